//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"matpool/internal/base/file"
)

var programNames = []string{"matcombine", "matinit", "matprod", "matsubmit", "matwatch"}

// A benchmark is work that several implementations do in turn.
type benchmark struct {
	name     string
	dir      string // in the temporary folder
	threads  int
	commands []command
	outputs  string   // a pattern for the files that they write, which are removed first
	norm     []string // a command that prints the norm of the outputs; without it, they print their result
	reports  bool     // they measure themselves, and print the times in Go's benchmark format
}

// A command runs an implementation.
type command struct {
	implementation string
	argv           []string
}

// from returns the benchmark with another of its commands first, and the others in turn. The first one may find less in
// memory and the later ones a busier disk.
func (b benchmark) from(round int) benchmark {
	n := round % len(b.commands)
	b.commands = slices.Concat(b.commands[n:], b.commands[:n])
	return b
}

// measurePrograms times whole programs.
func (r *runner) measurePrograms(ctx context.Context) error {
	if err := r.makeInputs(ctx); err != nil {
		return err
	}
	benchmarks := r.benchmarks()
	for i := range r.runs + 1 {
		for _, b := range benchmarks {
			fmt.Fprintf(r.progress, "run %d of %d: %s\n", i, r.runs, b.name)
			if err := r.compare(ctx, b.from(i), i > 0); err != nil { // in round 0, files may not be in memory yet
				return fmt.Errorf("%s: %w", b.name, err)
			}
		}
	}
	return nil
}

// compare runs each command of a benchmark once. All must give the same result.
func (r *runner) compare(ctx context.Context, b benchmark, counts bool) error {
	var first string
	for i, c := range b.commands {
		if b.outputs != "" {
			if err := remove(filepath.Join(b.dir, b.outputs)); err != nil {
				return err
			}
		}
		result, used, err := r.launch(ctx, b.dir, r.environment(c.implementation, b.threads), c.argv...)
		if err != nil {
			return err
		}
		lines := benchmarkLine(b.name, used)
		if b.reports {
			lines = "pkg: " + programs + "\n" + result + "\n"
		}
		if b.norm != nil {
			if result, err = r.output(ctx, b.dir, nil, b.norm...); err != nil {
				return err
			}
		}
		if i == 0 {
			first = result
		} else if !agree(first, result) {
			return fmt.Errorf("%v gave %s, but %v gave %s", b.commands[0].argv, first, c.argv, result)
		}
		if counts {
			if err := r.record(c.implementation, lines); err != nil {
				return err
			}
		}
	}
	return nil
}

// agree reports whether two results are the same text, or numbers whose relative difference is at most 1e-14.
func agree(x, y string) bool {
	a, errA := strconv.ParseFloat(x, 64)
	b, errB := strconv.ParseFloat(y, 64)
	return x == y || errA == nil && errB == nil && math.Abs(a-b) <= 1e-14*math.Abs(b)
}

// benchmarks returns the benchmarks in the order of a round.
func (r *runner) benchmarks() (all []benchmark) {
	add := func(b benchmark, commands ...command) {
		b.dir, b.commands = filepath.Join(r.dir, b.dir), commands
		all = append(all, b)
	}
	by := func(build, line string) command {
		argv := strings.Fields(line)
		return command{build, append([]string{r.program(build, argv[0])}, argv[1:]...)}
	}
	byNumpy := func(folder, line string) command {
		argv := strings.Fields(line)
		return command{numpy, append([]string{python, filepath.Join(r.root, "bench", folder, argv[0])}, argv[1:]...)}
	}
	script := func(line string) command { return byNumpy("numpy", line) }
	ours := func(line string) []command { return []command{by(shipped, line), by(goBuild, line)} }
	// numpy's scripts replace the outputs, too, which have other records then.
	norm := func(operands string) []string { return by(goBuild, "matcombine -quiet -unchecked "+operands).argv }

	// alone adds what only reads and writes the files of a benchmark, which have no result.
	alone := func(b benchmark, writes string, reads ...string) {
		b.norm = nil
		argv := append([]string{r.program("tools", "files"), "-threads", strconv.Itoa(b.threads)}, strings.Fields(writes)...)
		add(b, command{empty, append(argv, reads...)})
	}

	for _, name := range programNames {
		for _, build := range []string{shipped, goBuild} { // one benchmark each, since they print different things
			add(benchmark{name: "Start/program=" + name, threads: 1}, by(build, name+" -version"))
		}
	}
	add(benchmark{name: "Start/program=empty", threads: 1}, command{empty, []string{r.program("tools", "empty")}})
	warm := func(n, threads int) {
		add(benchmark{name: fmt.Sprintf("Warm/n=%d/threads=%d", n, threads), threads: threads, reports: true},
			byNumpy("measure", fmt.Sprint("dgemm.py ", n, threads)))
	}
	for _, n := range r.sizes {
		warm(n, 1)
		job := benchmark{name: fmt.Sprintf("Job/n=%d", n), dir: jobDir(n), threads: 1, outputs: "output.npy", norm: norm("output.npy")}
		alone(job, fmt.Sprintf("-write output.npy -size %d", 8*n*n), "inputA.npy", "inputB.npy")
		add(job, append(ours("matprod -threads 1"), script("product.py"))...)
	}
	largest := r.sizes[len(r.sizes)-1]
	for form, factors := range map[string]string{"gram": "-gram inputA.npy", "transpose": "-transpose a inputA.npy inputB.npy"} {
		add(benchmark{name: fmt.Sprintf("Gram/n=%d/form=%s", largest, form), dir: jobDir(largest), threads: 1, outputs: "output.npy", norm: norm("output.npy")},
			ours("matprod -threads 1 "+factors+" output.npy")...)
	}
	p := r.products
	inputs := append(file.IndexedRange("inputA.npy", 0, p), file.IndexedRange("inputB.npy", 0, p)...)
	for _, t := range threadCounts() {
		if t > 1 {
			warm(size, t)
		}
		serial := benchmark{name: fmt.Sprintf("Serial/products=%d/threads=%d", p, t), threads: t}
		alone(serial, "", inputs...)
		add(serial, append(ours(fmt.Sprintf("matprod -serial -quiet -jobs %d -threads %d", p, t)), script(fmt.Sprint("serial.py ", p)))...)
		random := fmt.Sprintf("matprod -serial -quiet -generate -jobs %d -size %d -seed %d -threads %d", p, size, seed, t)
		add(benchmark{name: fmt.Sprintf("Random/products=%d/threads=%d", p, t), threads: t},
			append(ours(random), byNumpy("measure", fmt.Sprint("montecarlo.py ", p, size, seed)))...)
		batch := benchmark{name: fmt.Sprintf("Batch/products=%d/threads=%d", p, t), threads: t, outputs: "output*.npy", norm: norm(fmt.Sprint("-jobs ", p))}
		alone(batch, fmt.Sprintf("-write output%%d.npy -count %d -size %d", p, 8*size*size), inputs...)
		add(batch, ours(fmt.Sprintf("matprod -first 0 -count %d -threads %d", p, t))...)
		for _, n := range r.outputs {
			combine := benchmark{name: fmt.Sprintf("Combine/outputs=%d/threads=%d", n, t), dir: "outputs", threads: t}
			alone(combine, "", file.IndexedRange("output.npy", 0, n)...)
			add(combine, append(ours(fmt.Sprintf("matcombine -quiet -jobs %d -threads %d", n, t)), script(fmt.Sprint("combine.py ", n)))...)
		}
		matinit := benchmark{name: fmt.Sprintf("Init/pairs=%d/threads=%d", p, t), threads: t, outputs: "input*.npy", norm: norm(fmt.Sprintf("-jobs %d inputB.npy", p))}
		alone(matinit, fmt.Sprintf("-write input%%d.npy -count %d -size %d", 2*p, 8*size*size))
		add(matinit, append(ours(fmt.Sprintf("matinit -quiet -jobs %d -size %d -seed %d", p, size, seed)), script(fmt.Sprint("initialise.py ", p, size, seed)))...)
	}
	return all
}

// dgemm returns the script that measures numpy's product in a warm process.
func (r *runner) dgemm() string { return filepath.Join(r.root, "bench", "measure", "dgemm.py") }

func jobDir(n int) string { return fmt.Sprintf("job-%d", n) }

// makeInputs makes the benchmarks' inputs: a pair of each size, the flow's pairs, and the outputs to combine.
func (r *runner) makeInputs(ctx context.Context) error {
	for _, n := range r.sizes {
		dir := filepath.Join(r.dir, jobDir(n))
		if err := errors.Join(r.makePairs(ctx, dir, 1, n),
			os.Rename(filepath.Join(dir, "inputA0.npy"), filepath.Join(dir, "inputA.npy")),
			os.Rename(filepath.Join(dir, "inputB0.npy"), filepath.Join(dir, "inputB.npy"))); err != nil {
			return err
		}
	}
	if err := r.makePairs(ctx, r.dir, r.products, size); err != nil {
		return err
	}
	if _, err := r.output(ctx, r.dir, nil, r.program(goBuild, "matprod"), "-count", strconv.Itoa(r.products)); err != nil {
		return err
	}
	outputs := filepath.Join(r.dir, "outputs")
	if err := os.Mkdir(outputs, 0o777); err != nil {
		return err
	}
	for i := range r.outputs[len(r.outputs)-1] { // no links, which would share memory
		data, err := os.ReadFile(filepath.Join(r.dir, fmt.Sprintf("output%d.npy", i%r.products)))
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(outputs, fmt.Sprintf("output%d.npy", i)), data, 0o666); err != nil {
			return err
		}
	}
	return nil
}

// makePairs makes pairs of n×n matrices in a folder.
func (r *runner) makePairs(ctx context.Context, dir string, pairs, n int) error {
	_, err := r.output(ctx, r.dir, nil, r.program(goBuild, "matinit"), "-quiet", "-force", "-dir", dir,
		"-jobs", strconv.Itoa(pairs), "-size", strconv.Itoa(n), "-seed", strconv.Itoa(seed))
	return err
}

// remove removes the files that match a pattern.
func remove(pattern string) error {
	names, err := filepath.Glob(pattern)
	for _, name := range names {
		err = errors.Join(err, os.Remove(name))
	}
	return err
}
