package submit

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"matpool/condor/eventlog"
	"matpool/condor/jobfile"
	"matpool/internal/base/file/filetest"
	"matpool/internal/outputs"
)

// After an interruption, an old output is removed if its job was submitted since or if it
// exists again, and otherwise put back. Other files are left alone.
func TestHeal(t *testing.T) {
	t.Chdir(t.TempDir())
	tk := taskOf(4, jobfile.Request{ProductsPerJob: 1, IndexedOutputs: []string{"out/c.npy"}})
	tk.division = tk.divide(1)
	filetest.Touch(t, "out/.c0.npy.aside-1000", "out/.c1.npy.aside-1000", "out/.c2.npy.aside-1000", "out/c2.npy", "out/.c9.npy.aside-1000", "out/.c1.npy.aside-x", ".run.norm.aside-1000")
	earlier := past{latest: []*eventlog.Job{{Submitted: time.Unix(999, 0)}, {Submitted: time.Unix(1000, 0)}, nil, nil}}
	var err error
	if earlier.asides, err = outputs.FindAsides([]string{"out", "."}); err != nil {
		t.Fatal(err)
	}
	notes, err := recoverAsides(tk.work, earlier, "run.norm")
	if err != nil || len(notes) != 1 || !strings.HasPrefix(notes[0], "2 outputs put back: ") {
		t.Errorf("%q, %v", notes, err)
	}
	if want := []string{"out/.c1.npy.aside-x", "out/.c9.npy.aside-1000", "out/c0.npy", "out/c2.npy", "run.norm"}; !slices.Equal(filetest.Tree(t), want) {
		t.Errorf("%v, want %v", filetest.Tree(t), want)
	}
	if content, err := os.ReadFile("out/c2.npy"); string(content) != "out/c2.npy" {
		t.Errorf("the newer output became %q, %v", content, err)
	}
}
