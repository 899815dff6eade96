//go:build linux

package cost

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"matpool/internal/record"
	"matpool/test/programs"
)

// BenchmarkRecords measures what records cost: the processors' time of a program with them, over that without. The two
// take turns. The files are in memory, which makes the most of the difference; on a busy machine both take longer.
//
//	go test -run '^$' -bench Records -benchtime 50x ./test/cost
func BenchmarkRecords(b *testing.B) {
	bin := programs.Dir(b)
	const one = "matprod -threads 1 inputA0.npy inputB0.npy output0.npy"
	for _, test := range []struct {
		name, command, without, with string
		size, jobs                   int
		unknown                      string // whose hashes are not known: the beginning of their names
	}{
		{"a job", one, "-records=none", "-records=-", 100, 1, "input"},
		{"a job", one, "-records=none", "-records=-", 1000, 1, "input"},
		{"by hand", one, "-records=none", "", 100, 1, "input"},
		{"by hand", one, "-records=none", "", 1000, 1, "input"},
		{"a sum", "matcombine -threads 1 -jobs 100", "-unchecked", "", 1000, 100, "output"},
		{"a sum, hashes known", "matcombine -threads 1 -jobs 100", "-unchecked", "", 1000, 100, "none"},
	} {
		b.Run(fmt.Sprintf("%s/n=%d", test.name, test.size), func(b *testing.B) {
			dir := b.TempDir()
			run := func(command string) time.Duration {
				argv := strings.Fields(command)
				cmd := exec.Command(filepath.Join(bin, argv[0]), argv[1:]...)
				cmd.Dir = dir
				if out, err := cmd.CombinedOutput(); err != nil {
					b.Fatalf("%s: %v\n%s", command, err, out)
				}
				return cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
			}
			jobs := strconv.Itoa(test.jobs)
			run("matinit -quiet -seed 1 -size " + strconv.Itoa(test.size) + " -jobs " + jobs)
			run("matprod -quiet -count " + jobs)
			var times [2][]time.Duration
			for turn := 0; b.Loop(); turn++ {
				for i := range 2 {
					forget(b, dir, test.unknown)
					i = (i + turn) % 2
					times[i] = append(times[i], run(test.command+" "+[]string{test.without, test.with}[i]))
				}
			}
			var median [2]float64
			for i := range times {
				slices.Sort(times[i])
				median[i] = times[i][len(times[i])/2].Seconds() * 1e3
			}
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(median[0], "ms-without")
			b.ReportMetric(median[1], "ms-with")
			b.ReportMetric(median[1]/median[0], "with/without")
		})
	}
}

// forget removes the hashes of files whose names begin so from the cache of a folder.
func forget(b *testing.B, dir, prefix string) {
	name := filepath.Join(dir, record.CacheName)
	text, err := os.ReadFile(name)
	if os.IsNotExist(err) {
		return // the files are too young
	}
	lines := slices.DeleteFunc(strings.SplitAfter(string(text), "\n"), func(line string) bool { return strings.HasPrefix(line, prefix) })
	if err := os.WriteFile(name, []byte(strings.Join(lines, "")), 0o666); err != nil {
		b.Fatal(err)
	}
}
