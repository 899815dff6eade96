package request

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"matpool/internal/pair"
	"matpool/internal/status"
)

// write writes a file, and returns its name.
func write(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "run_product")
	if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	return name
}

// What a file says about the factors, for those who multiply without HTCondor.
func TestFactors(t *testing.T) {
	const other, bad = "executable = tool\n", "error"
	for _, test := range []struct{ text, want string }{
		{"total_jobs = 5", "{[inputA.npy inputB.npy] 0 5}"},
		{"total_jobs = 5\nfirst_index = 3\nproducts_per_job = 2", "{[inputA.npy inputB.npy] 3 5}"},
		{"total_jobs = 5\nfirst_index = 3\nproducts_per_job = 2\nsum = yes", "{[inputA.npy inputB.npy] 3 5}"},
		{"total_jobs = 5\nproducts_per_job = auto\nsum = yes\nindexed_output_files = r/s.npz", "{[inputA.npy inputB.npy] 0 5}"},
		{"total_jobs = 5\nindexed_input_files = pair.npz", "{[pair.npz] 0 5}"},
		{other + "total_jobs = 5\nindexed_input_files = a, b\nindexed_output_files = c", "{[a b] 0 5}"},
		{"total_jobs = 5\nfixed = a\ninput_files = w/A.npy\nindexed_input_files = b.npy", "false 1 {[w/A.npy b.npy] 0 5}"},
		{"total_jobs = 5\nfixed = b\ninput_files = A.npz:x\nindexed_input_files = b.npy", "false 2 {[b.npy A.npz:x] 0 5}"},
		{"total_jobs = 5\ninputs = random\nseed = 1\nfirst_index = 3", "true 0 {[] 3 5}"},
		{"total_jobs = 5\ninputs = random\nseed = 1\ndistribution = none", bad},
		{"total_jobs = 5\ngram = yes", "2 {[inputX.npy] 0 5}"},
		{"total_jobs = 6\ngrid = 2x3\ntranspose = a", bad},
		{"total_jobs = 12\ngrid = 2x3\nsum = yes", bad},
		{other + "total_jobs = 5", bad},
		{other + "total_jobs = 5\nindexed_input_files = a\nindexed_output_files = c, d", bad},
		{"total_jobs = 5\nfirst_index = 499999999", bad},
	} {
		name := write(t, test.text)
		p, q, err := Factors(name)
		first, count := 0, 0
		if err == nil {
			first, count = q.FirstIndex, q.TotalJobs
		}
		factors := fmt.Sprintf("{%v %d %d}", strings.Fields(p.A+" "+p.B), first, count)
		if p.Form != pair.Plain {
			factors = fmt.Sprint(p.Form, " ", factors)
		}
		if p.Random != nil || p.Fixed != pair.NotFixed {
			factors = fmt.Sprint(p.Random != nil, p.Fixed, " ", factors)
		}
		if err == nil && factors != test.want || (err != nil) != (test.want == bad) || err != nil && status.Of(err) != status.Data {
			t.Errorf("%q: %s, %v; want %s", test.text, factors, err, test.want)
		}
	}
}

func TestIs(t *testing.T) {
	for text, want := range map[string]bool{
		"total_jobs = 5": true, "# =": true, "\xff\xfea\x00=\x00": true,
		"": false, "1.0 2.0\n": false, "\x93NUMPY\x01\x00v\x00{'descr': '<f8'} =": false, "PK\x03\x04=": false, "a\x00b=": false,
	} {
		if got := Is(write(t, text)); got != want {
			t.Errorf("%q: %t", text, got)
		}
	}
	if Is(t.TempDir()) || Is("absent") {
		t.Error("a folder, or no file, is one")
	}
}
