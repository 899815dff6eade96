//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
)

// A task is something that several programs do, each side's in turn.
type task struct {
	name    string // of the benchmark
	dir     string // where it is done
	threads int    // 0: as many as each program uses
	sides   []contender
	remove  string   // a pattern of files that are removed before
	check   []string // the command that prints what all must come to, unless they print it
}

// A contender is one side's command line.
type contender struct {
	side string
	argv []string
}

// warm is the product by numpy in a process that is warm: with the programs' times beside it, it tells what they
// take beyond their arithmetic.
func warm(n, threads int) string { return fmt.Sprintf("Warm/n=%d/threads=%d", n, threads) }

// measurePrograms times whole programs, from start to end.
func (s *session) measurePrograms(ctx context.Context) error {
	tasks, err := s.tasks(ctx)
	if err != nil {
		return err
	}
	for i := range s.runs + 1 {
		for _, t := range tasks {
			fmt.Fprintf(s.progress, "run %d of %d: %s\n", i, s.runs, t.name)
			if err := s.race(ctx, t, i > 0); err != nil { // the first time, the files may not be in memory
				return fmt.Errorf("%s: %w", t.name, err)
			}
		}
	}
	return nil
}

// race runs each side's program once. All must come to the same.
func (s *session) race(ctx context.Context, t task, counts bool) error {
	var env []string
	if t.threads > 0 {
		env = onThreads(t.threads)
	}
	var first string
	for i, r := range t.sides {
		if t.remove != "" {
			if err := remove(filepath.Join(t.dir, t.remove)); err != nil {
				return err
			}
		}
		printed, took, err := s.launch(ctx, t.dir, env, r.argv...)
		if err != nil {
			return err
		}
		result := printed
		if t.check != nil {
			if result, err = s.output(ctx, t.dir, nil, t.check...); err != nil {
				return err
			}
		}
		if i == 0 {
			first = result
		} else if !agree(first, result) {
			return fmt.Errorf("%v came to %s, %v to %s", t.sides[0].argv, first, r.argv, result)
		}
		if r.isWarm() {
			seconds, err := strconv.ParseFloat(printed, 64)
			if err != nil {
				return err
			}
			took = []value{{1e9 * seconds, "ns/op"}}
		}
		if counts {
			if err := s.results.add(r.side, programs, t.name, took...); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r contender) isWarm() bool { return len(r.argv) > 1 && filepath.Base(r.argv[1]) == "dgemm.py" }

// agree reports whether two results are the same text, or numbers that differ by 1e-14 at most.
func agree(x, y string) bool {
	a, errA := strconv.ParseFloat(x, 64)
	b, errB := strconv.ParseFloat(y, 64)
	return x == y || errA == nil && errB == nil && math.Abs(a-b) <= 1e-14*math.Abs(b)
}

// tasks makes the files that the tasks need, and returns the tasks.
func (s *session) tasks(ctx context.Context) (tasks []task, err error) {
	if err := s.makeFiles(ctx); err != nil {
		return nil, err
	}
	jobs := strconv.Itoa(s.jobs)
	// ours are both builds' runs of a program, and numpy's of the script, where there is one.
	ours := func(script []string, program string, args ...string) (runs []contender) {
		for _, side := range []string{openblas, goBuild} {
			runs = append(runs, contender{side, append([]string{s.program(side, program)}, args...)})
		}
		if script != nil {
			script = append([]string{python, s.script(script[0])}, script[1:]...)
			runs = append(runs, contender{numpy, script})
		}
		return runs
	}
	add := func(t task) {
		if t.dir == "" {
			t.dir = s.dir
		}
		tasks = append(tasks, t)
	}
	for _, program := range s.programNames() {
		for _, side := range []string{openblas, goBuild} { // they print different things
			add(task{name: "Start/program=" + program, threads: 1, sides: []contender{{side, []string{s.program(side, program), "-version"}}}})
		}
	}
	add(task{name: "Start/program=empty", threads: 1, sides: []contender{{empty, []string{s.program("tools", "empty")}}}})
	addWarm := func(n, threads int) {
		argv := []string{python, s.dgemm(), strconv.Itoa(n), "0.3"}
		add(task{name: warm(n, threads), threads: threads, sides: []contender{{numpy, argv}}})
	}
	for _, n := range s.sizes {
		addWarm(n, 1)
		add(task{name: fmt.Sprintf("Job/n=%d", n), dir: s.jobDir(n), threads: 1, remove: "output.npy",
			sides: ours([]string{"product.py"}, "matprod", "-threads", "1"),
			check: []string{s.program(goBuild, "matcombine"), "-quiet", "output.npy"}})
	}
	for threads := 1; threads <= min(2, runtime.NumCPU()); threads++ {
		t := strconv.Itoa(threads)
		if threads > 1 {
			addWarm(size, threads)
		}
		suffix := "/threads=" + t
		add(task{name: "Serial/products=" + jobs + suffix, threads: threads,
			sides: ours([]string{"serial.py", jobs}, "matprod", "-serial", "-quiet", "-jobs", jobs, "-threads", t)})
		add(task{name: "Batch/products=" + jobs + suffix, threads: threads, remove: "output*.npy",
			sides: ours(nil, "matprod", "-first", "0", "-count", jobs, "-threads", t),
			check: []string{s.program(goBuild, "matcombine"), "-quiet", "-jobs", jobs}})
		for _, outputs := range s.outputs {
			n := strconv.Itoa(outputs)
			add(task{name: "Combine/outputs=" + n + suffix, threads: threads, dir: filepath.Join(s.dir, "outputs"),
				sides: ours([]string{"combine.py", n}, "matcombine", "-quiet", "-jobs", n, "-threads", t)})
		}
		add(task{name: "Init/pairs=" + jobs + suffix, threads: threads, remove: "input*.npy",
			sides: ours([]string{"initialise.py", jobs, strconv.Itoa(size), strconv.Itoa(seed)},
				"matinit", "-quiet", "-jobs", jobs, "-size", strconv.Itoa(size), "-seed", strconv.Itoa(seed)),
			check: []string{s.program(goBuild, "matcombine"), "-quiet", "-jobs", jobs, "inputB.npy"}})
	}
	return tasks, nil
}

// programNames returns the names of all programs.
func (s *session) programNames() (names []string) {
	paths, _ := filepath.Glob(s.program(goBuild, "*"))
	for _, path := range paths {
		names = append(names, filepath.Base(path))
	}
	return names
}

func (s *session) jobDir(n int) string { return filepath.Join(s.dir, fmt.Sprintf("job-%d", n)) }

// makeFiles makes what the tasks read: a pair of each size, the flow's pairs, and as many outputs as are combined.
func (s *session) makeFiles(ctx context.Context) error {
	matinit := s.program(goBuild, "matinit")
	argv := func(dir string, jobs, n int) []string {
		return []string{matinit, "-quiet", "-dir", dir, "-jobs", strconv.Itoa(jobs), "-size", strconv.Itoa(n), "-seed", strconv.Itoa(seed)}
	}
	for _, n := range s.sizes {
		dir := s.jobDir(n)
		if _, err := s.output(ctx, s.dir, nil, argv(dir, 1, n)...); err != nil {
			return err
		}
		err := errors.Join(os.Rename(filepath.Join(dir, "inputA0.npy"), filepath.Join(dir, "inputA.npy")),
			os.Rename(filepath.Join(dir, "inputB0.npy"), filepath.Join(dir, "inputB.npy")))
		if err != nil {
			return err
		}
	}
	if err := s.makePairs(ctx); err != nil {
		return err
	}
	if _, err := s.output(ctx, s.dir, nil, s.program(goBuild, "matprod"), "-count", strconv.Itoa(s.jobs)); err != nil {
		return err
	}
	outputs := filepath.Join(s.dir, "outputs")
	if err := os.Mkdir(outputs, 0o777); err != nil {
		return err
	}
	for i := range s.outputs[len(s.outputs)-1] { // files of their own, since links would share memory
		from := filepath.Join(s.dir, fmt.Sprintf("output%d.npy", i%s.jobs))
		if err := copyFile(filepath.Join(outputs, fmt.Sprintf("output%d.npy", i)), from); err != nil {
			return err
		}
	}
	return nil
}

func copyFile(to, from string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

// fit leaves out the numbers of outputs whose files would not stay in memory or not fit on the disk: then it would be
// the disk that is measured.
func (s *session) fit() error {
	var disk syscall.Statfs_t
	if err := syscall.Statfs(s.dir, &disk); err != nil {
		return err
	}
	room := min(memory("MemAvailable"), int64(disk.Bavail)*disk.Bsize)
	flow := int64(s.jobs) * 24 * size * size
	for last := len(s.outputs) - 1; last > 0; last-- {
		if need := flow + int64(s.outputs[last])*8*size*size; float64(need) > 0.8*float64(room) {
			fmt.Fprintf(s.progress, "no room for %d outputs: %.1f GB of files, %.1f GB free\n", s.outputs[last], float64(need)/1e9, float64(room)/1e9)
			s.outputs = s.outputs[:last]
		}
	}
	return nil
}
