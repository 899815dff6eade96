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
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// A session is one run of this program: its scope, and a folder for everything that is made.
type session struct {
	scope
	progress io.Writer
	dir      string // the programs in bin, and the files
	root     string // the module
	results  *results
}

// A scope says how much is measured.
type scope struct {
	runs, jobs int
	sizes      []int // of the matrices of a single job
	outputs    []int // numbers of files to be combined
	benchtime  string
	slow       bool // what takes half a minute for a figure
	poolRuns   int
}

const (
	python = "/usr/bin/python3" // as in test/setup.sh
	size   = 1000               // of the flow's matrices
	seed   = 2026

	version = "v0.0.0-bench" // of the programs that are measured
)

func (s *session) program(side, name string) string { return filepath.Join(s.dir, "bin", side, name) }

// script returns the path of a Python script.
func (s *session) script(name string) string {
	return filepath.Join(s.root, "bench", "numpy", name)
}

// build makes the programs, ours of both builds and our tools.
func (s *session) build(ctx context.Context) error {
	noCgo := []string{"CGO_ENABLED=0"}
	const flags = "-s -w"
	if err := os.MkdirAll(filepath.Join(s.dir, "bin", "tests"), 0o777); err != nil {
		return err
	}
	nothing := filepath.Join(s.dir, "empty.go")
	if err := os.WriteFile(nothing, []byte("package main\n\nfunc main() {}\n"), 0o666); err != nil {
		return err
	}
	for _, argv := range [][]string{
		{"go", "build", "-trimpath", "-ldflags", flags, "-o", s.program(goBuild, "") + "/", "./cmd/..."},
		{"go", "build", "-trimpath", "-ldflags", flags, "-o", s.program("tools", "launch"), "./bench/launch"},
		{"go", "build", "-trimpath", "-ldflags", flags, "-o", s.program("tools", "empty"), nothing},
		{"go", "run", "./release", "-version", version, "-programs", s.program(openblas, "")},
	} {
		if _, err := s.output(ctx, s.root, noCgo, argv...); err != nil {
			return err
		}
	}
	return nil
}

// tuning are the variables of the environment that change how fast programs run.
var tuning = regexp.MustCompile(`^(OPENBLAS_\w*|GOTO_\w*|OMP_\w*|GOMAXPROCS|GODEBUG|GOGC|GOMEMLIMIT)=`)

// command prepares a program to be run in a folder, in the caller's environment but for what would tune it, and with env.
func (s *session) command(ctx context.Context, dir string, env []string, argv ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Dir, cmd.Stderr = dir, s.progress
	cmd.Env = append(slices.DeleteFunc(os.Environ(), tuning.MatchString), env...)
	return cmd
}

// output runs a program and returns what it prints.
func (s *session) output(ctx context.Context, dir string, env []string, argv ...string) (string, error) {
	cmd := s.command(ctx, dir, env, argv...)
	out, err := cmd.Output()
	if err != nil {
		err = fmt.Errorf("%v: %w", cmd, err)
	}
	return strings.TrimSpace(string(out)), err
}

// onThreads is the environment of a program that is to use a number of threads, as HTCondor sets it.
func onThreads(n int) []string {
	t := strconv.Itoa(n)
	return []string{"GOMAXPROCS=" + t, "OPENBLAS_NUM_THREADS=" + t, "OMP_NUM_THREADS=" + t}
}

// launch runs a program from its start to its end, and returns what it prints and what it took.
func (s *session) launch(ctx context.Context, dir string, env []string, argv ...string) (printed string, took []value, err error) {
	report, write, err := os.Pipe()
	if err != nil {
		return "", nil, err
	}
	defer report.Close()
	syscall.Sync() // what the program before has left in memory is not to be written to the disk at this one's expense
	cmd := s.command(ctx, dir, env, slices.Concat([]string{s.program("tools", "launch")}, argv)...)
	cmd.ExtraFiles = []*os.File{write}
	out, err := cmd.Output()
	write.Close()
	if err != nil {
		return "", nil, fmt.Errorf("%v: %w", argv, err)
	}
	line, err := io.ReadAll(report)
	if err != nil {
		return "", nil, err
	}
	words := strings.Fields(string(line))
	units := []value{{1, "ns/op"}, {1024, "peak-B"}, {1, "faults"}}
	if len(words) != len(units) {
		return "", nil, fmt.Errorf("launch reported %q", line)
	}
	for i, u := range units {
		n, err := strconv.ParseFloat(words[i], 64)
		if err != nil {
			return "", nil, err
		}
		took = append(took, value{n * u.x, u.unit})
	}
	return strings.TrimSpace(string(out)), took, nil
}

// remove removes the files that match a pattern.
func remove(pattern string) error {
	names, err := filepath.Glob(pattern)
	for _, name := range names {
		err = errors.Join(err, os.Remove(name))
	}
	return err
}
