//go:build linux

package main

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/perf/benchmath"
)

// set adds a sample.
func (a *archive) set(implementation, name, unit string, values ...float64) {
	a.samples[key{implementation, name, unit}] = benchmath.NewSample(values, &benchmath.DefaultThresholds)
}

// The report of each archive is what the code makes from its samples, and each of the README's sections is made from one of them.
func TestReportsAreCurrent(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	runs, err := filepath.Glob("../runs/*")
	if err != nil || len(runs) == 0 {
		t.Fatalf("no archives: %v", err)
	}
	inReadme := map[string]bool{beginMark: false, shapesMark: false}
	for _, run := range runs {
		dir := filepath.Join(t.TempDir(), "bench", "runs", filepath.Base(run))
		if err := os.CopyFS(dir, os.DirFS(run)); err != nil {
			t.Fatal(err)
		}
		a, err := read(dir)
		if err != nil {
			t.Fatal(err)
		}
		if err := a.report(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"table.md", "README.md"} {
			want, _ := os.ReadFile(filepath.Join(run, name))
			if got, _ := os.ReadFile(filepath.Join(dir, name)); string(got) != string(want) {
				t.Errorf("%s/%s is not what go run ./bench/measure -report writes", run, name)
			}
		}
		timesJobs := a.names(goBuild, "Job/*", "sec/op") != nil
		if info, err := os.Stat(filepath.Join(dir, jobPlot)); timesJobs && (err != nil || info.Size() < 5000) {
			t.Errorf("%s: no plot: %v", run, err)
		}
		for mark, section := range a.sections("bench/runs/" + filepath.Base(run)) {
			inReadme[mark] = inReadme[mark] || strings.Contains(string(readme), mark+section+endMark)
		}
	}
	for mark, current := range inReadme {
		if !current {
			t.Errorf("the README's section after %q is not what go run ./bench/measure -report DIR -readme README.md writes from an archive", mark)
		}
	}
}

// Only the text between the marks is replaced.
func TestReadmeIsUpdated(t *testing.T) {
	dir := t.TempDir()
	a := newArchive(filepath.Join(dir, "runs", "x"))
	a.machine = map[string]string{"cpu": "a processor"}
	a.set(shipped, "Job/n=100", "sec/op", 0.004)
	a.set(numpy, "Job/n=100", "sec/op", 0.1)
	readme := filepath.Join(dir, "README.md")
	if err := os.WriteFile(readme, []byte("before\n"+beginMark+"old\n"+endMark+"after\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := a.updateReadme(readme); err != nil {
		t.Fatal(err)
	}
	text, _ := os.ReadFile(readme)
	if want := "before\n" + beginMark + a.summary("runs/x") + endMark + "after\n"; string(text) != want {
		t.Errorf("%s\nwant\n%s", text, want)
	}
	if row := "| one job, 100×100 | 100 (100–100) ms | 4 (4–4) ms | 25.0 |  |  |"; !strings.Contains(string(text), row) {
		t.Errorf("%q is missing:\n%s", row, text)
	}
	if err := os.WriteFile(readme, []byte("no marks"), 0o666); err != nil {
		t.Fatal(err)
	}
	if a.updateReadme(readme) == nil {
		t.Error("a file without marks was written")
	}
}

// Recorded samples are read back in base units.
func TestArchive(t *testing.T) {
	dir := t.TempDir()
	r := &runner{archive: dir}
	if err := appendTo(dir, machineFile, "cpu: a: b\n"); err != nil {
		t.Fatal(err)
	}
	for _, ns := range []int{3e6, 1e6, 2e6} {
		if err := r.record(numpy, benchmarkLine("Job/n=100", fmt.Sprintf("%d ns/op\t5000000 peak-B", ns))); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.record(goBuild, "goos: linux\npkg: matpool/blas\nBenchmarkMul/n=100-2 \t 10\t 2000 ns/op\t 3.5 GF/s\nPASS\nok  \tmatpool/blas\t1s\n"); err != nil {
		t.Fatal(err)
	}
	a, err := read(dir)
	if err != nil {
		t.Fatal(err)
	}
	job, rate := a.seconds(numpy, "Job/n=100"), a.median(goBuild, "blas.Mul/n=100", "GF/s")
	if job != 2e-3 || rate != 3.5 || a.machine["cpu"] != "a: b" {
		t.Errorf("median %v s, want 0.002; rate %v, want 3.5; cpu %q; all: %v", job, rate, a.machine["cpu"], a.samples)
	}
	if _, err := read(t.TempDir()); err == nil {
		t.Error("an empty folder is no archive")
	}
}

func TestTargets(t *testing.T) {
	most, least := target{sign: "≤", limit: 0.5}, target{sign: "≥", limit: 0.5}
	for x, want := range map[float64][2]bool{0.4: {true, false}, 0.5: {true, true}, 0.6: {false, true}} {
		if most.met(x) != want[0] || least.met(x) != want[1] {
			t.Errorf("%v: at most 0.5 is %v, at least %v", x, most.met(x), least.met(x))
		}
	}
	a := newArchive("")
	a.set(numpy, "Warm/n=1000/threads=1", "sec/op", 0.040)
	a.set(numpy, "Job/n=1000", "sec/op", 0.240)
	a.set(shipped, "Job/n=1000", "sec/op", 0.050)
	job := a.targets()[0]
	if x := job.figure(shipped); math.Abs(x-0.05) > 1e-9 {
		t.Errorf("%s: %v, want 0.05", job.work, x)
	}
	if x := job.figure(goBuild); !math.IsNaN(x) {
		t.Errorf("%s: %v without a sample", job.work, x)
	}
}

// A fit to the makespans that a model predicts finds its constants again.
func TestModelIsFitted(t *testing.T) {
	want := model{start: 3, round: 1.5, inRate: 300e6, outRate: 400e6, product: 0.03, cores: 2}
	a := newArchive("")
	a.machine = map[string]string{"cores": "2, of a virtual machine"}
	a.set(numpy, "Serial/products=100/threads=1", "sec/op", 1)
	a.set(shipped, "Batch/products=100/threads=1", "sec/op", 3)
	for _, x := range []struct {
		products, slots, perJob int
		suffix                  string
	}{{100, 4, 1, ""}, {100, 4, 5, ""}, {100, 4, 5, sumSuffix}, {100, 4, 25, ""}, {100, 2, 5, ""}, {50, 4, 1, ""}, {50, 4, 5, ""}, {20, 4, 5, ""}} {
		f := flow{products: x.products, slots: x.slots, jobs: float64(x.products / x.perJob), sum: x.suffix != ""}
		name := fmt.Sprintf(flowPattern, x.products, x.slots, fmt.Sprint(x.perJob)+x.suffix)
		a.set(shipped, name, "jobs", f.jobs)
		a.set(shipped, name, "sec/op", want.makespan(f))
	}
	got, ok := a.fit()
	if !ok || math.Abs(got.start-want.start) > 1e-6 || math.Abs(got.round-want.round) > 1e-6 || math.Abs(got.inRate/want.inRate-1) > 1e-6 || math.Abs(got.outRate/want.outRate-1) > 1e-6 || got.deviation > 1e-6 {
		t.Errorf("%+v, want %+v", got, want)
	}
	// 20 products on 4 slots in 4 jobs: one round, 320 MB in, two cores; 160 MB out, or the two arrays of 4 sums.
	if x := want.makespan(flow{products: 20, slots: 4, jobs: 4}); math.Abs(x-(3+1.5+320e6/300e6+160e6/400e6+20*0.03/2)) > 1e-9 {
		t.Errorf("makespan %v", x)
	}
	if x := want.makespan(flow{products: 20, slots: 4, jobs: 4, sum: true}); math.Abs(x-(3+1.5+320e6/300e6+64e6/400e6+20*0.03/2)) > 1e-9 {
		t.Errorf("makespan of sums %v", x)
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

// Each round begins with another command, and has all of them.
func TestCommandsTakeTurns(t *testing.T) {
	b := benchmark{commands: []command{{numpy, nil}, {shipped, nil}, {goBuild, nil}}}
	for round, want := range []string{numpy + shipped + goBuild, shipped + goBuild + numpy, goBuild + numpy + shipped, numpy + shipped + goBuild} {
		order := ""
		for _, c := range b.from(round).commands {
			order += c.implementation
		}
		if order != want {
			t.Errorf("round %d: %s, want %s", round, order, want)
		}
	}
}

// The caller's settings of threads and kernels do not reach the measured programs.
func TestTuningIsRemoved(t *testing.T) {
	for variable, want := range map[string]bool{
		"OPENBLAS_CORETYPE=Haswell": true, "OPENBLAS_NUM_THREADS=1": true, "OMP_NUM_THREADS=1": true,
		"GOTO_NUM_THREADS=1": true, "GOMAXPROCS=1": true, "GODEBUG=cpu.all=off": true,
		"PATH=/bin": false, "HOME=/OMP_NUM_THREADS=": false, "GOFLAGS=-mod=mod": false,
	} {
		if tuning.MatchString(variable) != want {
			t.Errorf("%s: removed is %v", variable, !want)
		}
	}
}

// Numpy's OpenBLAS uses the processor's instructions, also if it does not know the processor.
func TestFairKernels(t *testing.T) {
	for _, test := range []struct {
		chosen       string
		avx512, avx2 bool
		want         string
	}{
		{"Prescott", true, true, "SkylakeX"}, {"Haswell", true, true, "SkylakeX"}, {"Zen", true, true, "SkylakeX"},
		{"SkylakeX", true, true, ""}, {"Cooperlake", true, true, ""}, {"SapphireRapids", true, true, ""},
		{"Prescott", false, true, "Haswell"}, {"Zen", false, true, ""}, {"Haswell", false, true, ""}, {"Prescott", false, false, ""},
	} {
		config := "1.24.2 on OpenBLAS 0.3.21 NO_LAPACKE DYNAMIC_ARCH NO_AFFINITY " + test.chosen + " MAX_THREADS=64"
		if got := fairKernels(config, test.avx512, test.avx2); got != test.want {
			t.Errorf("%s, AVX-512 %t, AVX2 %t: %q, want %q", test.chosen, test.avx512, test.avx2, got, test.want)
		}
	}
}
