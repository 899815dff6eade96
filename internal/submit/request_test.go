package submit

import (
	"strings"
	"testing"

	"matpool/condor/jobfile"
)

// What a job needs, against what a program of each kind was seen to use: matprod with
// pairs of 1000×1000 took 34 MB, and 65 MB in a range.
func TestRequests(t *testing.T) {
	const mb = 1 << 20
	for _, test := range []struct {
		what               string
		total              int
		job                jobfile.Request
		leastMem, mostMem  int64
		leastDisk, mostRow int64
		why                string
	}{
		{"one product", 3, jobfile.Request{Matprod: true, ProductsPerJob: 1}, 66, 160, 24, 40, "8.0 MB; the program"},
		{"a range", 30, jobfile.Request{Matprod: true, ProductsPerJob: 10}, 91, 200, 240, 300, "2 of these at a time"},
		{"a sum", 30, jobfile.Request{Matprod: true, ProductsPerJob: 10, Sum: true}, 91, 200, 176, 220, "the sum 16.0 MB"},
		{"a range, four processors", 30, jobfile.Request{Matprod: true, ProductsPerJob: 10, Cpus: 4}, 256, 300, 240, 300, "4 of these at a time"},
		{"two processors", 3, jobfile.Request{Matprod: true, ProductsPerJob: 1, Cpus: 2}, 98, 192, 24, 40, ""},
		{"another program", 3, jobfile.Request{ProductsPerJob: 1}, 540, 560, 540, 570, "Of another program nothing is known"},
		{"as asked for", 3, jobfile.Request{ProductsPerJob: 1, Memory: 5 * mb, Disk: 7 * mb}, 5, 5, 7, 7, "As asked for."},
	} {
		p := planOf(test.total, square(1000), test.job)
		p.deal()
		memory, disk := p.memory(), p.disk()
		if m := memory.Bytes / mb; m < test.leastMem || m > test.mostMem {
			t.Errorf("%s: %d MB of memory (%s), want %d to %d", test.what, m, memory.Why, test.leastMem, test.mostMem)
		}
		if d := disk.Bytes / mb; d < test.leastDisk*1e6/mb || d > test.mostRow {
			t.Errorf("%s: %d MB of disk (%s), want %d to %d", test.what, d, disk.Why, test.leastDisk, test.mostRow)
		}
		if !strings.Contains(memory.Why, test.why) || disk.Why == "" {
			t.Errorf("%s: because %q, %q", test.what, memory.Why, disk.Why)
		}
	}
}
