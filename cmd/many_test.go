package cmd_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
	"time"

	"matpool/npyio"
)

// Submitting 100,000 products, whose inputs are all checked, takes some seconds and at most 200 MB of memory.
func TestManyJobs(t *testing.T) {
	long(t)
	t.Parallel()
	const jobs = 100_000
	dir := t.TempDir()
	matrix := append(npyio.Header{DType: npyio.Float64, Shape: []int{2, 2}}.Append(nil), make([]byte, 32)...)
	// The files are links to a few: making so many takes a busy disk minutes.
	for i := range 2 * jobs {
		name := filepath.Join(dir, fmt.Sprintf("input%c%d.npy", 'A'+i%2, i/2))
		err := errors.ErrUnsupported
		if i%10_000 > 0 {
			err = os.Link(filepath.Join(dir, fmt.Sprintf("input%c%d.npy", 'A', i/10_000*5_000)), name)
		}
		if err != nil {
			err = os.WriteFile(name, matrix, 0o666)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "run_product"), fmt.Appendf(nil, "total_jobs = %d\n", jobs), 0o666); err != nil {
		t.Fatal(err)
	}

	submitMany(t, dir)
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
	submitMany(t, dir, "-executable=tool", "-indexed_input_files=inputA.npy,inputB.npy", "-indexed_output_files=out/result.txt,x.npy")
	if _, err := os.Stat(filepath.Join(dir, "run_product.inputs")); err == nil {
		t.Error("there are links")
	}

	// One bad input among them is found; if all are bad, only some are reported.
	bad := filepath.Join(dir, "inputB77777.npy")
	if err := errors.Join(os.Remove(bad), os.WriteFile(bad, matrix[:150], 0o666)); err != nil {
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

// submitMany has matsubmit describe the jobs of run_product, and fails if that takes too much of the
// processors' time, which depends little on what else the machine does, or too much memory.
func submitMany(t *testing.T, dir string, flags ...string) {
	t.Helper()
	findPrograms(t)
	const limit, megabytes = 15 * time.Second, 200
	cmd := exec.Command("matsubmit", append([]string{"-N", "run_product"}, flags...)...)
	memory, out, err := peak(cmd, dir)
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	used := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	if t.Logf("%v of processors' time, %d MB", used, memory); used > limit || memory == 0 || memory > megabytes {
		t.Errorf("%v of processors' time and %d MB of memory; want at most %v and %d MB", used, memory, limit, megabytes)
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
