/*
Compare measures our programs against the numpy flow that they replace, on this machine.

Usage:

	go run ./bench/compare [flags]

It builds the programs, writes inputs, and runs ours and numpy's in turn: ours,
numpy's, ours, numpy's, …, so that what else the machine does hits both. The table
shows medians, with the least and the greatest, and the ratio of the medians. Both
must come to the same result, norms to 1e-14, or there is no table. bench/README.md
says what each row means.

Flags:

	-runs N      time each program N times, after one time that does not count (11)
	-jobs N      as many products (100)
	-size N      of N×N matrices (1000)
	-dir D       where to make a folder for the files, which is removed in the end;
	             they take 24·jobs·size² bytes, 2.4 GB, and should fit in memory
	             (the system's folder for temporary files)
	-help        print this
*/
package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"matpool/internal/cli"
)

//go:embed main.go
var source string

func main() { cli.Main("compare", run) }

func run(ctx context.Context, args []string, stdout, stderr io.Writer) (err error) {
	flags := cli.NewFlags("compare", source)
	runs := flags.Whole("runs", 11, 1, 1000)
	jobs := flags.Jobs()
	size := flags.Whole("size", 1000, 1, 20_000)
	parent := flags.Path("dir", "")
	operands, done, err := flags.Parse(args, stdout)
	if done || err != nil {
		return err
	}
	if len(operands) > 0 {
		return flags.Misused("unexpected argument %q", operands[0])
	}
	dir, err := os.MkdirTemp(*parent, "compare-*")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	fmt.Fprintf(stderr, "the files take %.2f GB in %s\n", 24e-9*float64(*jobs)*float64(*size)*float64(*size), dir)

	c := &comparison{ctx: ctx, progress: stderr, runs: *runs, size: *size, dir: dir}
	tasks, err := c.prepare(strconv.Itoa(*jobs), strconv.Itoa(*size))
	if err != nil {
		return err
	}
	var rows []row
	for _, t := range tasks {
		r, err := c.race(t)
		if err != nil {
			return fmt.Errorf("%s: %w", t.name, err)
		}
		rows = append(rows, r)
	}
	kernels, err := c.raceKernels()
	if err != nil {
		return err
	}
	version, err := c.output(dir, nil, c.program("matprod"), "-version")
	if err != nil {
		return err
	}
	fmt.Fprintf(stdout, "processor  %s, %d threads\nours       %s\nnumpy      %s\nruns       %d, of %d jobs with %d×%d matrices\n\n",
		processor(), runtime.NumCPU(), strings.ReplaceAll(version, "\n", ", "), c.numpy, *runs, *jobs, *size, *size)
	return printTable(stdout, append(rows, kernels...))
}

// A comparison is one run of this program.
type comparison struct {
	ctx        context.Context
	progress   io.Writer
	runs, size int
	dir        string // everything is made here: the programs in bin, and the files
	root       string // the module
	numpy      string // what it says of itself
}

const (
	python = "/usr/bin/python3" // as in test/setup.sh
	seed   = 2026
)

func (c *comparison) program(name string) string { return filepath.Join(c.dir, "bin", name) }

// A task is what two programs do, ours and numpy's.
type task struct {
	name         string
	ours, numpys []string // the command lines
	dir          string   // where they run
	env          []string // set for both
	outputs      string   // a pattern of files, which are removed before
	check        []string // the command that prints what both must come to, unless they print it
}

// prepare builds the programs and makes the files that the tasks need.
func (c *comparison) prepare(jobs, size string) (tasks []task, err error) {
	if c.root, err = c.output("", nil, "go", "list", "-m", "-f", "{{.Dir}}"); err != nil {
		return nil, err
	}
	job := filepath.Join(c.dir, "job") // where one pair has the names that product.py reads
	err = errors.Join(os.Mkdir(job, 0o777),
		os.Symlink("../inputA0.npy", filepath.Join(job, "inputA.npy")), os.Symlink("../inputB0.npy", filepath.Join(job, "inputB.npy")))
	if err != nil {
		return nil, err
	}
	matinit, matprod, matcombine := c.program("matinit"), c.program("matprod"), c.program("matcombine")
	initialise := []string{matinit, "-quiet", "-force", "-jobs", jobs, "-size", size, "-seed", strconv.Itoa(seed)}
	for _, argv := range [][]string{
		{"go", "build", "-C", c.root, "-trimpath", "-ldflags", "-s -w", "-o", c.program("") + "/", "./cmd/matinit", "./cmd/matprod", "./cmd/matcombine"},
		initialise,
		{matprod, "-first", "0", "-count", jobs},
	} {
		if _, err := c.output(c.dir, []string{"CGO_ENABLED=0"}, argv...); err != nil {
			return nil, err
		}
	}
	script := func(name string, args ...string) []string {
		return append([]string{python, filepath.Join(c.root, "bench", "numpy", name)}, args...)
	}
	return []task{
		{name: "init, " + jobs + " pairs", dir: c.dir, outputs: "input*.npy",
			ours: initialise, numpys: script("initialise.py", jobs, size, strconv.Itoa(seed)),
			check: []string{matcombine, "-quiet", "-jobs", jobs, "inputB.npy"}},
		{name: "one job, 1 thread", dir: job, outputs: "output.npy", env: []string{"GOMAXPROCS=1", "OPENBLAS_NUM_THREADS=1"},
			ours: []string{matprod, "-threads", "1"}, numpys: script("product.py"),
			check: []string{matcombine, "-quiet", "output.npy"}},
		{name: "combine, " + jobs + " outputs", dir: c.dir,
			ours: []string{matcombine, "-quiet", "-jobs", jobs}, numpys: script("combine.py", jobs)},
		{name: "serial check, " + jobs + " products", dir: c.dir,
			ours: []string{matprod, "-serial", "-quiet", "-jobs", jobs}, numpys: script("serial.py", jobs)},
	}, nil
}

// race times two programs that do the same, in turn.
func (c *comparison) race(t task) (row, error) {
	fmt.Fprintln(c.progress, t.name)
	r := row{name: t.name}
	for i := range c.runs + 1 {
		var results [2]string
		for side, argv := range [][]string{t.ours, t.numpys} {
			if err := t.removeOutputs(); err != nil {
				return row{}, err
			}
			start := time.Now()
			result, err := c.output(t.dir, t.env, argv...)
			if i > 0 { // the first time, caches are cold
				r.seconds[side] = append(r.seconds[side], time.Since(start).Seconds())
			}
			if err == nil && t.check != nil {
				result, err = c.output(t.dir, nil, t.check...)
			}
			if err != nil {
				return row{}, err
			}
			results[side] = result
		}
		if !agree(results[0], results[1]) {
			return row{}, fmt.Errorf("our result is %s, numpy's %s", results[0], results[1])
		}
	}
	return r, nil
}

func (t task) removeOutputs() error {
	if t.outputs == "" {
		return nil
	}
	names, err := filepath.Glob(filepath.Join(t.dir, t.outputs))
	for _, name := range names {
		err = errors.Join(err, os.Remove(name))
	}
	return err
}

// tuning are the variables of the environment that change how fast programs run.
var tuning = regexp.MustCompile(`^(OPENBLAS_\w*|GOTO_\w*|OMP_\w*|GOMAXPROCS|GODEBUG|GOGC|GOMEMLIMIT)=`)

// command prepares a program to be run in a folder, in the caller's environment but
// for what would tune it, and with env.
func (c *comparison) command(dir string, env []string, argv ...string) *exec.Cmd {
	cmd := exec.CommandContext(c.ctx, argv[0], argv[1:]...)
	cmd.Dir, cmd.Stderr = dir, c.progress
	cmd.Env = append(slices.DeleteFunc(os.Environ(), tuning.MatchString), env...)
	return cmd
}

// output runs a program and returns what it prints.
func (c *comparison) output(dir string, env []string, argv ...string) (string, error) {
	cmd := c.command(dir, env, argv...)
	out, err := cmd.Output()
	if err != nil {
		err = fmt.Errorf("%v: %w", cmd, err)
	}
	return strings.TrimSpace(string(out)), err
}

// processor returns what the processor calls itself.
func processor() string {
	info, _ := os.ReadFile("/proc/cpuinfo")
	name := regexp.MustCompile(`(?m)^model name\s*: (.*)$`).FindSubmatch(info)
	if name == nil {
		return runtime.GOARCH
	}
	return string(name[1])
}
