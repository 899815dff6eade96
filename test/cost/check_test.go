//go:build linux

package cost

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"matpool/test/programs"
)

// BenchmarkCheck reports the processor's time of a job with matprod -check by that of one without: the ratio of the medians of
// jobs that run in turn, on one thread.
func BenchmarkCheck(b *testing.B) {
	bin := programs.Dir(b)
	for _, kernel := range []string{"avx512", "avx2", "openblas"} {
		for _, n := range []int{100, 1000, 4000} {
			b.Run(fmt.Sprintf("%s/n=%d", kernel, n), func(b *testing.B) {
				dir := b.TempDir()
				run := func(name string, args ...string) (time.Duration, error) {
					cmd := exec.Command(filepath.Join(bin, name), args...)
					cmd.Dir = dir
					out, err := cmd.CombinedOutput()
					if err != nil {
						return 0, fmt.Errorf("%v: %w: %s", cmd, err, out)
					}
					return cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), nil
				}
				if _, err := run("matinit", "-quiet", "-jobs", "1", "-size", fmt.Sprint(n), "-seed", "1"); err != nil {
					b.Fatal(err)
				}
				job := []string{"-threads", "1", "-kernel", kernel, "inputA0.npy", "inputB0.npy", "output0.npy"}
				if _, err := run("matprod", job...); err != nil {
					b.Skip(err) // these programs, or this processor, lack the kernel
				}
				var times [2][]time.Duration
				for b.Loop() {
					for i, argv := range [][]string{job, append([]string{"-check"}, job...)} {
						used, err := run("matprod", argv...)
						if err != nil {
							b.Fatal(err)
						}
						times[i] = append(times[i], used)
					}
				}
				median := func(list []time.Duration) float64 { slices.Sort(list); return list[len(list)/2].Seconds() }
				b.ReportMetric(median(times[1])/median(times[0]), "checked/unchecked")
			})
		}
	}
}
