//go:build linux

package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// steps are what a single job does, in order. The system calls that begin and end them can be seen from outside.
var steps = []struct{ name, text string }{
	{"start", "the program is loaded and begins, until it opens its first input"},
	{"open", "both files are found and their headers looked at"},
	{"readA", "the first matrix is read, into memory that is touched for the first time"},
	{"readB", "the second matrix likewise"},
	{"multiply", "the product, into memory that is touched for the first time"},
	{"create", "the output is made, and room for it reserved"},
	{"write", "the product is written"},
	{"end", "the output gets its name, the program ends and gives its memory back"},
}

// budgetSize is of the job that is taken apart.
const budgetSize = size

// measureBudget takes single jobs apart, each side's in turn.
func (s *session) measureBudget(ctx context.Context) error {
	dir := filepath.Join(s.dir, "budget")
	matinit := []string{s.program(goBuild, "matinit"), "-quiet", "-dir", dir, "-jobs", "1", "-size", strconv.Itoa(budgetSize)}
	if _, err := s.output(ctx, s.dir, nil, matinit...); err != nil {
		return err
	}
	for _, name := range []string{"inputA", "inputB"} {
		if err := os.Rename(filepath.Join(dir, name+"0.npy"), filepath.Join(dir, name+".npy")); err != nil {
			return err
		}
	}
	for i := range s.runs + 1 {
		for _, r := range []contender{
			{openblas, []string{s.program(openblas, "matprod"), "-threads", "1"}},
			{goBuild, []string{s.program(goBuild, "matprod"), "-threads", "1"}},
			{numpy, []string{python, s.script("product.py")}},
		} {
			fmt.Fprintf(s.progress, "run %d of %d: steps of a job by %s\n", i, s.runs, r.side)
			took, err := s.trace(ctx, dir, r.argv)
			if err != nil {
				return fmt.Errorf("%s: %w", r.side, err)
			}
			for j, step := range steps {
				if i == 0 {
					break
				}
				if err := s.results.add(r.side, programs, "Step/step="+step.name, value{1e9 * took[j], "ns/op"}); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// trace runs a job under strace and returns how long each step took, in seconds. Only the calls that bound the steps
// are traced, since each costs some 20 µs: the kernel lets the others pass (seccomp).
func (s *session) trace(ctx context.Context, dir string, argv []string) ([]float64, error) {
	if err := remove(filepath.Join(dir, "output.npy")); err != nil {
		return nil, err
	}
	log := filepath.Join(dir, "trace")
	strace := []string{"strace", "-f", "--seccomp-bpf", "-q", "-ttt", "-T", "-s", "0", "-o", log,
		"-e", "trace=execve,openat,read,pread64,write,pwrite64,exit_group"}
	if _, err := s.output(ctx, dir, onThreads(1), append(strace, argv...)...); err != nil {
		return nil, err
	}
	f, err := os.Open(log)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return timeline(bufio.NewScanner(f), 8*budgetSize*budgetSize)
}

// call matches a line of strace: when, the system call, its arguments, its result, how long it took; or the last line
// of a process.
var call = regexp.MustCompile(`^\d+ +(\d+\.\d+) (?:(\w+)\((.*)\) += (-?\d+).* <(\d+\.\d+)>|\+\+\+ exited)`)

// timeline finds the steps of a job in what strace wrote, given the bytes of a matrix.
func timeline(lines *bufio.Scanner, matrix int64) ([]float64, error) {
	var at [9]float64 // where step i begins and the one before ends
	var read, written int64
	mark := func(i int, t float64) {
		if at[i] == 0 {
			at[i] = t
		}
	}
	for lines.Scan() {
		m := call.FindStringSubmatch(lines.Text())
		if m == nil {
			continue
		}
		start, _ := strconv.ParseFloat(m[1], 64)
		result, _ := strconv.ParseInt(m[4], 10, 64)
		took, _ := strconv.ParseFloat(m[5], 64)
		end := start + took
		large := result >= 1<<15
		switch name, args := m[2], m[3]; {
		case name == "execve" && result == 0:
			mark(0, start)
		case name == "openat" && strings.Contains(args, "inputA.npy") && result >= 0:
			mark(1, start)
		case name == "openat" && strings.Contains(args, "output.npy") && strings.Contains(args, "O_CREAT"):
			mark(5, start)
		case (name == "read" || name == "pread64") && at[1] > 0 && large:
			mark(2, start)
			if read += result; read >= matrix-1<<16 && at[3] == 0 {
				at[3] = end
			}
			if read >= 2*matrix-1<<16 {
				at[4] = end
			}
		case (name == "write" || name == "pwrite64") && large:
			mark(6, start)
			if written += result; written >= matrix-1<<16 {
				at[7] = end
			}
		case name == "": // the last process to end comes last
			at[8] = start
		}
	}
	took := make([]float64, len(steps))
	for i := range took {
		if at[i] == 0 || at[i+1] < at[i] {
			return nil, fmt.Errorf("step %q was not seen", steps[i].name)
		}
		took[i] = at[i+1] - at[i]
	}
	return took, lines.Err()
}
