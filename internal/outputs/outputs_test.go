package outputs

import (
	"fmt"
	"testing"

	"matpool/condor/jobfile"
	"matpool/internal/status"
)

// What there is to add once the jobs of a file are done, for those who add without HTCondor.
func TestToCombine(t *testing.T) {
	const other, bad = "executable = tool\n", "error"
	for _, test := range []struct{ text, want string }{
		{"total_jobs = 5", "{output.npy 0 5 0x0}"},
		{"total_jobs = 5\nfirst_index = 3\nproducts_per_job = 2", "{output.npy 3 5 0x0}"},
		{"total_jobs = 5\nfirst_index = 3\nproducts_per_job = 2\nsum = yes", "{partial.npz 0 3 0x0}"},
		{"total_jobs = 5\nproducts_per_job = auto\nsum = yes\nindexed_output_files = r/s.npz", "{r/s.npz 0 0 0x0}"},
		{"total_jobs = 5\nindexed_input_files = pair.npz", "{output.npy 0 5 0x0}"},
		{other + "total_jobs = 5\nindexed_input_files = a, b\nindexed_output_files = c", "{c 0 5 0x0}"},
		{"total_jobs = 5\nfixed = a\ninput_files = w/A.npy\nindexed_input_files = b.npy", "{output.npy 0 5 0x0}"},
		{"total_jobs = 5\nfixed = b\ninput_files = A.npz:x\nindexed_input_files = b.npy", "{output.npy 0 5 0x0}"},
		{"total_jobs = 5\ninputs = random\nseed = 1\nfirst_index = 3", "{output.npy 3 5 0x0}"},
		{"total_jobs = 5\ninputs = random\nseed = 1\ndistribution = none", "{output.npy 0 5 0x0}"},
		{"total_jobs = 5\ngram = yes", "{output.npy 0 5 0x0}"},
		{"total_jobs = 6\ngrid = 2x3\ntranspose = a", "{output.npy 0 6 2x3}"},
		{"total_jobs = 12\ngrid = 2x3\nsum = yes", "{partial.npz 0 6 2x3}"},
		{other + "total_jobs = 5", bad},
		{other + "total_jobs = 5\nindexed_input_files = a\nindexed_output_files = c, d", bad},
	} {
		parsed, err := jobfile.Parse("run", test.text+"\n")
		if err != nil {
			t.Fatal(err)
		}
		q, err := parsed.Request()
		if err != nil {
			t.Fatal(err)
		}
		r, err := ToCombine(q, "run")
		if got := fmt.Sprint(r); err == nil && got != test.want || (err != nil) != (test.want == bad) || err != nil && status.Of(err) != status.Data {
			t.Errorf("%q: %s, %v; want %s", test.text, got, err, test.want)
		}
	}
}
