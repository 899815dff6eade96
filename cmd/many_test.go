package cmd_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"matpool/npyio"
)

// Submitting 100,000 products, whose inputs are all checked, takes at most 5 s and 200 MB of memory.
func TestManyJobs(t *testing.T) {
	long(t)
	const jobs = 100_000
	dir := t.TempDir()
	matrix := append(npyio.Header{DType: npyio.Float64, Shape: []int{2, 2}}.Append(nil), make([]byte, 32)...)
	names := make([]string, 0, 2*jobs)
	for i := range jobs {
		names = append(names, filepath.Join(dir, fmt.Sprintf("inputA%d.npy", i)), filepath.Join(dir, fmt.Sprintf("inputB%d.npy", i)))
	}
	inParallel(t, names, func(name string) error { return os.WriteFile(name, matrix, 0o666) })
	if err := os.WriteFile(filepath.Join(dir, "run_product"), fmt.Appendf(nil, "total_jobs = %d\n", jobs), 0o666); err != nil {
		t.Fatal(err)
	}

	submitMany(t, dir, names)
	text, err := os.ReadFile(filepath.Join(dir, "run_product.sub"))
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(text, []byte(", inputA")); n != jobs {
		t.Errorf("%d jobs in the submit description, want %d", n, jobs)
	}

	// Nor do the jobs of another program take longer. Its inputs need no links on Linux.
	if err := os.WriteFile(filepath.Join(dir, "tool"), []byte("#!/bin/sh\n"), 0o777); err != nil {
		t.Fatal(err)
	}
	submitMany(t, dir, names, "-executable=tool", "-indexed_input_files=inputA.npy,inputB.npy", "-indexed_output_files=out/result.txt,x.npy")
	if _, err := os.Stat(filepath.Join(dir, "run_product.inputs")); err == nil {
		t.Error("there are links")
	}

	// One bad input among them is found; if all are bad, only some are reported.
	if err := os.Truncate(filepath.Join(dir, "inputB77777.npy"), 150); err != nil {
		t.Fatal(err)
	}
	_, stderr, _ := run(t, dir, "matsubmit", "-N", "run_product")
	if want := "matsubmit: inputB77777.npy: truncated: header promises 32 bytes of data, file holds 22\n"; stderr != want {
		t.Errorf("%s, want %s", stderr, want)
	}
	_, stderr, _ = run(t, dir, "matsubmit", "-N", "run_product", "-indexed_input_files=a,b")
	if n := bytes.Count([]byte(stderr), []byte("\n")); n > 60 {
		t.Errorf("%d lines of errors", n)
	}
}

// submitMany has matsubmit describe the jobs of run_product, and fails if that takes too long or too
// much memory. On a machine that is slow or busy, the time allowed is a multiple of what reading the
// inputs takes there. The best of several runs counts, since other tests run at the same time.
func submitMany(t *testing.T, dir string, inputs []string, flags ...string) {
	t.Helper()
	findPrograms(t)
	const limit, readings, megabytes = 5 * time.Second, 5, 200
	var tried []string
	for range 3 {
		start := time.Now()
		inParallel(t, inputs, func(name string) error {
			_, err := os.ReadFile(name)
			return err
		})
		reading := time.Since(start)

		start = time.Now()
		used, out, err := peak(exec.Command("matsubmit", append([]string{"-N", "run_product"}, flags...)...), dir)
		took := time.Since(start)
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		if used == 0 || used > megabytes {
			t.Errorf("%d MB of memory, want at most %d", used, megabytes)
		}
		tried = append(tried, fmt.Sprintf("%v (reading the inputs: %v)", took.Round(time.Millisecond), reading.Round(time.Millisecond)))
		if took <= max(limit, readings*reading) {
			t.Logf("%s, %d MB", strings.Join(tried, ", "), used)
			return
		}
	}
	t.Errorf("%s: want at most %v, or %d times the reading", strings.Join(tried, ", "), limit, readings)
}

// inParallel calls f for each name.
func inParallel(t *testing.T, names []string, f func(name string) error) {
	t.Helper()
	var g errgroup.Group
	for share := range slices.Chunk(names, (len(names)+7)/8) {
		g.Go(func() error {
			for _, name := range share {
				if err := f(name); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
}

// peak runs a command in a folder and returns its peak memory, in megabytes. (The figure that
// wait4 returns includes the memory of the process that started it.)
func peak(cmd *exec.Cmd, dir string) (megabytes int, output []byte, err error) {
	var out bytes.Buffer
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &out, &out
	if err := cmd.Start(); err != nil {
		return 0, nil, err
	}
	ended := make(chan error)
	go func() { ended <- cmd.Wait() }()
	line := regexp.MustCompile(`VmHWM:\s+(\d+) kB`)
	for {
		select {
		case err := <-ended:
			return megabytes, out.Bytes(), err
		case <-time.After(5 * time.Millisecond):
			status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", cmd.Process.Pid))
			if m := line.FindSubmatch(status); m != nil {
				kb, _ := strconv.Atoi(string(m[1]))
				megabytes = max(megabytes, kb/1024)
			}
		}
	}
}
