//go:build pool

package pool

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"matpool/condor/eventlog"
)

// inputs makes a folder with pairs of factors, and run_product from the examples.
func inputs(t testing.TB, pairs, size int) folder {
	t.Helper()
	f := newFolder(t)
	f.makeInputs(pairs, size)
	f.copy("../../examples/run_product", "run_product")
	return f
}

func (f folder) makeInputs(pairs, size int) {
	f.Helper()
	f.run("matinit", "-quiet", "-force", "-seed", "42", "-jobs", fmt.Sprint(pairs), "-size", fmt.Sprint(size))
}

// serial returns the norm that the serial check prints.
func (f folder) serial(pairs int) string {
	f.Helper()
	return f.run("matprod", "-serial", "-quiet", "-jobs", fmt.Sprint(pairs))
}

// The flow of the README, end to end: with its file unchanged, with fewer products, in batches,
// and with sums. Each time the norm is the serial check's.
func TestRunProduct(t *testing.T) {
	t.Parallel()
	for _, way := range []struct {
		name           string
		flags          string
		jobs, products int
		outputs        string
	}{
		{"products", "", 100, 100, "output.npy"},
		{"fewer", "-total_jobs=5", 5, 5, "output.npy"},
		{"few at a time", "-max_idle=3 -total_jobs=20", 20, 20, "output.npy"},
		{"batches", "-products_per_job 10", 10, 100, "output.npy"},
		{"sums", "-products_per_job=10 --sum yes", 10, 100, "partial.npz"},
		{"uneven sums", "-products_per_job=30 -sum=yes", 4, 100, "partial.npz"},
	} {
		t.Run(way.name, func(t *testing.T) {
			t.Parallel()
			f := inputs(t, 100, 64)
			f.run("matsubmit", append(strings.Fields(way.flags), "run_product")...)
			told, status := f.watch()
			if status != 0 {
				t.Fatalf("matwatch: exit status %d\n%s", status, told)
			}
			// All jobs are counted from the beginning, even those that have not entered the queue yet.
			for _, total := range regexp.MustCompile(`cluster \d+: (\d+) jobs:`).FindAllStringSubmatch(told, -1) {
				if total[1] != fmt.Sprint(way.jobs) {
					t.Errorf("matwatch knows of %s jobs\n%s", total[1], told)
				}
			}
			if c := eventlog.Count(f.history("log.txt").Jobs()); c.Done != way.jobs || c.Total() != way.jobs {
				t.Fatalf("%+v, want %d jobs done", c, way.jobs)
			}
			files := way.products
			if way.outputs == "partial.npz" {
				files = way.jobs
			}
			norm := f.run("matcombine", "-quiet", "-jobs", fmt.Sprint(files), way.outputs)
			if want := f.serial(way.products); norm != want {
				t.Errorf("norm %s, want the serial check's %s", norm, want)
			}
			if names, _ := filepath.Glob(f.path("output*.npy")); way.outputs == "output.npy" && len(names) != way.products {
				t.Errorf("%d outputs", len(names))
			}
		})
	}
}

// One submit file serves machines of both systems: both take jobs, and the outputs do not show
// which system made them. The pool must be idle, since these jobs are too short for a machine
// that is busy with other tests' jobs to get any.
func TestMixed(t *testing.T) {
	const pairs = 24
	f := inputs(t, pairs, 200)
	f.run("matprod", "-first", "0", "-count", fmt.Sprint(pairs), "inputA.npy", "inputB.npy", "here.npy")
	f.run("matsubmit", "run_product", "-total_jobs", fmt.Sprint(pairs), "-indexed_output_files=there.npy")
	h := f.settle("log.txt")
	systems := map[string]int{}
	for i, j := range h.Jobs() {
		systems[j.Attempts[len(j.Attempts)-1].System]++
		if f.read(fmt.Sprintf("here%d.npy", i)) != f.read(fmt.Sprintf("there%d.npy", i)) {
			t.Errorf("there%d.npy differs from here%[1]d.npy", i)
		}
	}
	if t.Log(systems); systems["LINUX"] == 0 || systems["WINDOWS"] == 0 || len(h.Jobs()) != pairs {
		t.Errorf("jobs by system: %v", systems)
	}
}
