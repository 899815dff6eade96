//go:build linux

package main

import (
	"context"
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
	"syscall"

	"matpool/bench/launched"
)

// A runner builds the programs and measures them.
type runner struct {
	scope
	command  string         // the command line of this program, for the archive
	kinds    *regexp.Regexp // of the stage shapes
	progress io.Writer
	root     string   // of the module
	archive  string   // the folder
	dir      string   // a temporary folder for the programs, in bin, and the files
	baseline []string // numpy's environment beside the number of threads
}

// A scope determines how much is measured.
type scope struct {
	runs, poolRuns int
	products       int   // of the flow
	sizes          []int // of the matrices of a single job
	outputs        []int // how many files are combined
	benchtime      string
	goBenchmarks   string // of the packages, as in go test -bench
	mulSizes       string // of the multiplications, as in go test -bench
	typeSizes      string // of the products of each type, as in go test -bench
	shapeRuns      int
	everyShape     int // 10 is a tenth of the kinds
}

var (
	full = scope{runs: 11, poolRuns: 10, products: 100, sizes: []int{100, 200, 500, 1000, 2000, 4000}, outputs: []int{10, 100, 300},
		benchtime: "100ms", goBenchmarks: ".", mulSizes: ".", typeSizes: "Types/n=.*/threads=1", shapeRuns: 5, everyShape: 1}
	small = scope{runs: 3, products: 10, sizes: []int{100, 500, 1000}, outputs: []int{10, 30},
		benchtime: "20ms", goBenchmarks: "Peak|Kernel|Mul/n=10+/kernel=avx", mulSizes: "n=10+", typeSizes: "Types/n=1000/threads=1", shapeRuns: 3, everyShape: 10}
)

const (
	python  = "/usr/bin/python3" // as in test/setup.sh
	size    = 1000               // of the flow's matrices
	seed    = 2026
	version = "v0.0.0-bench" // of the programs that are measured
)

type stage struct {
	name string
	run  func(*runner, context.Context) error
}

var stages = []stage{
	{"sizes", (*runner).measureSizes},
	{"programs", (*runner).measurePrograms},
	{"packages", (*runner).measurePackages},
	{"types", (*runner).measureTypes},
	{"shapes", (*runner).measureShapes},
	{"pool", (*runner).measurePool},
}

// measure runs stages and returns the folder of the archive. If a stage fails, the others still run.
func (r *runner) measure(ctx context.Context, folder, parent string, only []string) (_ string, err error) {
	if r.root, err = r.output(ctx, "", nil, "go", "list", "-m", "-f", "{{.Dir}}"); err != nil {
		return "", err
	}
	if folder == "" {
		folder = filepath.Join(r.root, "bench", "runs", folderName())
	}
	if err := os.MkdirAll(filepath.Dir(folder), 0o777); err != nil {
		return "", err
	}
	if err := os.Mkdir(folder, 0o777); err != nil {
		return "", err
	}
	r.archive = folder
	if r.dir, err = os.MkdirTemp(parent, "measure-*"); err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(r.dir)) }()
	if err := r.build(ctx); err != nil {
		return "", err
	}
	if err := r.describeMachine(ctx); err != nil {
		return "", err
	}
	before := readTicks()
	var errs []error
	for _, stage := range stages {
		if ctx.Err() != nil || !slices.Contains(only, stage.name) {
			continue
		}
		if err := stage.run(r, ctx); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", stage.name, err))
			fmt.Fprintf(r.progress, "%s: %v\n", stage.name, err)
		}
	}
	now := readTicks()
	load, _ := os.ReadFile("/proc/loadavg")
	errs = append(errs, ctx.Err(), appendTo(folder, machineFile, fmt.Sprintf("load-after: %s\ntaken-by-other-virtual-machines: %.2f %% of the time\n",
		strings.Join(strings.Fields(string(load))[:3], " "), 100*(now.stolen-before.stolen)/(now.total-before.total))))
	return folder, errors.Join(errs...)
}

// build builds the programs in both ways, and the tools.
func (r *runner) build(ctx context.Context) error {
	nothing := filepath.Join(r.dir, "empty.go")
	if err := os.WriteFile(nothing, []byte("package main\n\nfunc main() {}\n"), 0o666); err != nil {
		return err
	}
	build := []string{"go", "build", "-trimpath", "-ldflags=-s -w", "-o"}
	for _, argv := range [][]string{
		append(build, r.program(goBuild, "")+"/", "./cmd/..."),
		append(build, r.program("tools", "")+"/", "./bench/launch", "./bench/files", "./bench/poolflow"),
		append(build, r.program("tools", "empty"), nothing),
		{"go", "run", "./release", "-version", version, "-programs", r.program(shipped, "")},
	} {
		if _, err := r.output(ctx, r.root, []string{"CGO_ENABLED=0"}, argv...); err != nil {
			return err
		}
	}
	return nil
}

func (r *runner) program(build, name string) string { return filepath.Join(r.dir, "bin", build, name) }

// record adds lines in Go's benchmark format to an implementation's samples.
func (r *runner) record(implementation, lines string) error {
	return appendTo(r.archive, implementation+".txt", lines)
}

// tuning matches the environment variables that change how fast programs run.
var tuning = regexp.MustCompile(`^(OPENBLAS_\w*|GOTO_\w*|OMP_\w*|GOMAXPROCS|GODEBUG|GOGC|GOMEMLIMIT)=`)

// cmd prepares a program to run in a folder. Its environment is the caller's without tuning, and with env added.
func (r *runner) cmd(ctx context.Context, dir string, env []string, argv ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Dir, cmd.Stderr = dir, r.progress
	cmd.Env = append(slices.DeleteFunc(os.Environ(), tuning.MatchString), env...)
	return cmd
}

// output runs a program and returns its output.
func (r *runner) output(ctx context.Context, dir string, env []string, argv ...string) (string, error) {
	out, err := r.cmd(ctx, dir, env, argv...).Output()
	if err != nil {
		err = fmt.Errorf("%v: %w", argv, err)
	}
	return strings.TrimSpace(string(out)), err
}

// threadCounts are the numbers of threads that are measured.
func threadCounts() []int { return []int{1, 2}[:min(2, runtime.NumCPU())] }

// onThreads returns the environment that limits a program to a number of threads, as HTCondor sets it.
func onThreads(n int) []string {
	t := strconv.Itoa(n)
	return []string{"GOMAXPROCS=" + t, "OPENBLAS_NUM_THREADS=" + t, "OMP_NUM_THREADS=" + t}
}

// launch runs a program. It returns the program's output, and the resources that it used in Go's benchmark format.
func (r *runner) launch(ctx context.Context, dir string, env []string, argv ...string) (printed, used string, err error) {
	syscall.Sync() // so that this program does not pay for writing the previous one's data to the disk
	return launched.Run(r.cmd(ctx, dir, env, append([]string{r.program("tools", "launch")}, argv...)...))
}
