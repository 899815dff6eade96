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
// exists again, and otherwise put back. Other files are left alone. The time says so if each job has its own log.
func TestRecoverAsides(t *testing.T) {
	t.Chdir(t.TempDir())
	tk := taskOf(4, jobfile.Request{ProductsPerJob: 1, IndexedOutputs: []string{"out/c.npy"}})
	tk.division = tk.divide(1)
	filetest.Touch(t, "out/.c0.npy.aside-1000", "out/.c1.npy.aside-1000", "out/.c2.npy.aside-1000", "out/c2.npy", "out/.c9.npy.aside-1000", "out/.c1.npy.aside-x", ".run.norm.aside-1000")
	earlier := past{latest: makersOf(&eventlog.Job{Submitted: time.Unix(999, 0)}, &eventlog.Job{Submitted: time.Unix(1000, 0)})}
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

// The order in a log that jobs share says whether a job was submitted since, unless the log has been replaced.
func TestIsNewer(t *testing.T) {
	now, later := time.Unix(1000, 0), time.Unix(2000, 0)
	for _, test := range []struct {
		job     *eventlog.Job
		aside   outputs.Aside
		logSize int64
		want    bool
	}{
		{nil, outputs.Aside{When: now, Log: 50}, 90, false},
		{&eventlog.Job{}, outputs.Aside{When: now, Log: 0}, 90, false}, // the log lacks its submission
		{&eventlog.Job{Submitted: later, Offset: 49}, outputs.Aside{When: now, Log: 50}, 90, false},
		{&eventlog.Job{Submitted: now, Offset: 50}, outputs.Aside{When: later, Log: 50}, 90, true},
		{&eventlog.Job{Submitted: later, Offset: 0}, outputs.Aside{When: now, Log: 50}, 40, true},
		{&eventlog.Job{Submitted: now, Offset: 0}, outputs.Aside{When: later, Log: 50}, 40, false},
		{&eventlog.Job{Submitted: later}, outputs.Aside{When: now, Log: -1}, -1, true},
		{&eventlog.Job{Submitted: now}, outputs.Aside{When: later, Log: -1}, -1, false},
	} {
		if got := (&past{logSize: test.logSize}).isNewer(test.job, test.aside); got != test.want {
			t.Errorf("%+v, %+v, %d: %t", test.job, test.aside, test.logSize, got)
		}
	}
}
