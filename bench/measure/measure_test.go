//go:build linux

package main

import (
	"bufio"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"
)

func TestMedian(t *testing.T) {
	for _, test := range []struct {
		x    []float64
		want float64
	}{
		{nil, 0},
		{[]float64{5}, 5},
		{[]float64{4, 2}, 3},
		{[]float64{9, 1, 2}, 2},
		{[]float64{9, 1, 2, 4}, 3},
	} {
		before := append([]float64(nil), test.x...)
		if got := median(test.x); got != test.want {
			t.Errorf("median of %v is %v, want %v", test.x, got, test.want)
		}
		for i := range before {
			if test.x[i] != before[i] {
				t.Errorf("%v became %v", before, test.x)
			}
		}
	}
}

func TestAgreement(t *testing.T) {
	for _, test := range []struct {
		x, y string
		want bool
	}{
		{"2492.085656986398", "2492.0856569863895", true},
		{"2492.085656986398", "2492.0856569864", true},
		{"2492.0856569864", "2492.0856569865", false},
		{"nan", "1.0", false},
		{"", "1.0", false},
	} {
		if agree(test.x, test.y) != test.want {
			t.Errorf("agree(%q, %q) is %v", test.x, test.y, !test.want)
		}
	}
}

// What a caller's environment says about threads and kernels does not reach what is timed.
func TestTuningIsRemoved(t *testing.T) {
	for variable, want := range map[string]bool{
		"OPENBLAS_CORETYPE=Haswell": true, "OPENBLAS_L2_SIZE=1": true, "OPENBLAS_NUM_THREADS=1": true, "OMP_NUM_THREADS=1": true,
		"GOTO_NUM_THREADS=1": true, "GOMAXPROCS=1": true, "GODEBUG=cpu.all=off": true,
		"PATH=/bin": false, "HOME=/OMP_NUM_THREADS=": false, "GOFLAGS=-mod=mod": false,
	} {
		if tuning.MatchString(variable) != want {
			t.Errorf("%s: removed is %v", variable, !want)
		}
	}
}

// What is written down is what is read again, whatever the order, in the units of Go's benchmarks.
func TestResultsAreKept(t *testing.T) {
	dir := t.TempDir()
	sheet := []entry{{"date", "2026-01-31"}, {"cpu", "a: b"}}
	r := newResults(dir, sheet)
	for _, ns := range []float64{3e6, 1e6, 2e6} {
		if err := r.add(numpy, programs, "Job/n=100", value{ns, "ns/op"}, value{5e6, "peak-B"}); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.addLines(goBuild, "goos: linux\npkg: matpool/blas\nBenchmarkMul/n=100-2 \t 10\t 2000 ns/op\t 3.5 GF/s\nPASS\n"); err != nil {
		t.Fatal(err)
	}
	if err := r.close(); err != nil {
		t.Fatal(err)
	}
	if err := writeSheet(dir, sheet); err != nil {
		t.Fatal(err)
	}
	again, err := read(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range []*results{r, again} {
		job, _ := r.time(numpy, "cmd.Job/n=100")
		rate := median(r.values[key{goBuild, "blas.Mul/n=100", "GF/s"}])
		if job != 2e-3 || rate != 3.5 || r.about("cpu") != "a: b" {
			t.Errorf("median %v s, want 0.002; rate %v, want 3.5; cpu %q; all: %v", job, rate, r.about("cpu"), r.values)
		}
	}
	if err := newResults(dir, sheet).add(numpy, programs, "Job/n=100"); !os.IsExist(err) {
		t.Errorf("measurements are written over: %v", err)
	}
}

// A figure at its limit meets it.
func TestTargetsAreMet(t *testing.T) {
	most, least := target{limit: 0.5}, target{limit: 0.5, least: true}
	for x, want := range map[float64][2]bool{0.4: {true, false}, 0.5: {true, true}, 0.6: {false, true}} {
		if most.met(x) != want[0] || least.met(x) != want[1] {
			t.Errorf("%v: at most 0.5 is %v, at least %v", x, most.met(x), least.met(x))
		}
	}
}

// What a program takes beyond its product, over what the script does.
func TestOverhead(t *testing.T) {
	r := newResults("", nil)
	for k, seconds := range map[key]float64{
		{numpy, "cmd.Warm/n=1000/threads=1", "sec/op"}: 0.040,
		{numpy, "cmd.Job/n=1000", "sec/op"}:            0.240,
		{openblas, "cmd.Job/n=1000", "sec/op"}:         0.050,
	} {
		r.values[k] = []float64{seconds}
	}
	if x, ok := overhead(openblas)(r); !ok || x < 0.0499 || x > 0.0501 {
		t.Errorf("%v, %v; want 0.05", x, ok)
	}
	if _, ok := overhead(goBuild)(r); ok {
		t.Error("a figure without measurements")
	}
}

const traced = `10 1.000000 execve("./matprod", ...) = 0 <0.000100>
10 1.000200 read(3, ..., 65536) = 65536 <0.000001>
11 1.003000 openat(AT_FDCWD, "inputA.npy", O_RDONLY) = 5 <0.000005>
11 1.003100 read(5, ..., 512) = 512 <0.000003>
12 1.003400 openat(AT_FDCWD, "inputA.npy", O_RDONLY) = 5 <0.000005>
12 1.004000 pread64(5, ..., 8000000, 128) = 8000000 <0.001000>
12 1.006000 pread64(8, ..., 8000000, 128) = 8000000 <0.001000>
12 1.047000 openat(AT_FDCWD, ".output.npy.tmp-10-0", O_WRONLY|O_CREAT|O_EXCL, 0666) = 5 <0.0001>
12 1.047500 write(5, ..., 128) = 128 <0.000007>
12 1.048000 write(5, ..., 8000000) = 8000000 <0.002000>
10 1.051000 exit_group(0) = ?
12 1.052000 +++ exited with 0 +++
10 1.053000 +++ exited with 0 +++
`

func TestTimeline(t *testing.T) {
	got, err := timeline(bufio.NewScanner(strings.NewReader(traced)), 8_000_000)
	if err != nil {
		t.Fatal(err)
	}
	want := []float64{0.003, 0.001, 0.001, 0.002, 0.040, 0.001, 0.002, 0.003}
	for i, w := range want {
		if got[i] < w-1e-6 || got[i] > w+1e-6 {
			t.Errorf("%s took %v, want %v", steps[i].name, got[i], w)
		}
	}
	_, err = timeline(bufio.NewScanner(strings.NewReader(strings.Split(traced, "12 1.047000")[0])), 8_000_000)
	if err == nil || err.Error() != `step "multiply" was not seen` {
		t.Errorf("an incomplete trace: %v", err)
	}
}

func TestTableIsMarkdown(t *testing.T) {
	want := "| a | b |\n| --- | ---: |\n| x | 1 |\n"
	if got := table([]string{"a", "b"}, [][]string{{"x", "1"}}); got != want {
		t.Errorf("%q", got)
	}
	if got := spread([]float64{0.002, 0.001, 0.0305}); got != "2 (1–30.5) ms" {
		t.Error(got)
	}
}

// Only what is between the marks is replaced.
func TestReadmeIsFilledIn(t *testing.T) {
	dir := t.TempDir()
	readme := dir + "/README.md"
	r := newResults("", []entry{{"cpu", "a processor"}, {"date", "today"}})
	r.values[key{openblas, "cmd.Job/n=100", "sec/op"}] = []float64{0.004}
	r.values[key{numpy, "cmd.Job/n=100", "sec/op"}] = []float64{0.1}
	for range 2 { // the second time it is there already
		if _, err := os.Stat(readme); err != nil {
			if err := os.WriteFile(readme, []byte("before\n"+beginMark+endMark+"after\n"), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		if err := r.insertInto(readme, dir+"/runs/x"); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"before\n" + beginMark, endMark + "after\n", "(runs/x/job.svg)", "| one job, 100×100 | 100 (100–100) ms | 4 (4–4) ms | 25.0 |"} {
		if strings.Count(string(text), want) != 1 {
			t.Errorf("%q is not there once:\n%s", want, text)
		}
	}
	if err := r.insertInto("measure_test.go", dir); err == nil {
		t.Error("a file without marks was written to")
	}
}

// From makespans that a model gives, its constants are found again.
func TestModelIsFitted(t *testing.T) {
	want := model{start: 3, round: 1.5, rate: 400e6, product: 0.03, cores: 2}
	r := newResults("", []entry{{"cores", "2, of a virtual machine"}})
	r.values[key{openblas, "cmd.Serial/products=100/threads=1", "sec/op"}] = []float64{1}
	r.values[key{openblas, "cmd.Batch/products=100/threads=1", "sec/op"}] = []float64{3}
	for _, x := range []struct{ products, slots, perJob int }{{100, 4, 1}, {100, 4, 5}, {100, 4, 25}, {100, 2, 5}, {50, 4, 1}, {50, 4, 5}, {20, 4, 5}} {
		name := fmt.Sprintf("cmd.Flow/products=%d/slots=%d/per_job=%d", x.products, x.slots, x.perJob)
		r.values[key{openblas, name, "jobs"}] = []float64{math.Ceil(float64(x.products) / float64(x.perJob))}
		r.values[key{openblas, name, "sec/op"}] = []float64{want.makespan(x.products, x.slots, float64(x.perJob))}
	}
	got, ok := r.fit()
	if !ok || math.Abs(got.start-want.start) > 1e-6 || math.Abs(got.round-want.round) > 1e-6 || math.Abs(got.rate/want.rate-1) > 1e-6 || got.deviation > 1e-6 {
		t.Errorf("%+v, want %+v", got, want)
	}
	if text := r.poolTable(); !strings.Contains(text, "T = 3.00 s + 1.50 s·⌈⌈p/k⌉/s⌉ + bytes ÷ 400 MB/s + p·30.0 ms") {
		t.Error(text)
	}
	// 20 products on 4 slots in jobs of 5: one round, 480 MB, two cores.
	if x := want.makespan(20, 4, 5); math.Abs(x-(3+1.5+480e6/400e6+20*0.03/2)) > 1e-9 {
		t.Errorf("makespan %v", x)
	}
}
