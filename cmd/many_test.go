package cmd_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"matpool/npyio"
)

// Submitting 100,000 products, whose inputs are all checked, takes at most 5 s and 200 MB of memory.
func TestManyJobs(t *testing.T) {
	long(t)
	const jobs, seconds, megabytes = 100_000, 5, 200
	dir := t.TempDir()
	matrix := append(npyio.Header{DType: npyio.Float64, Shape: []int{2, 2}}.Append(nil), make([]byte, 32)...)
	var g errgroup.Group
	for share := range 8 {
		g.Go(func() error {
			for i := share; i < jobs; i += 8 {
				for _, name := range []string{"inputA%d.npy", "inputB%d.npy"} {
					if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf(name, i)), matrix, 0o666); err != nil {
						return err
					}
				}
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "run_product"), fmt.Appendf(nil, "total_jobs = %d\n", jobs), 0o666); err != nil {
		t.Fatal(err)
	}

	// The best of several runs, since other tests run at the same time.
	best := time.Hour
	for range 3 {
		start := time.Now()
		used, out, err := peak(exec.Command("matsubmit", "-N", "run_product"), dir)
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		best = min(best, time.Since(start))
		t.Logf("%v, %d MB", time.Since(start), used)
		if used == 0 || used > megabytes {
			t.Errorf("%d MB of memory, want at most %d", used, megabytes)
		}
		if best <= seconds*time.Second {
			break
		}
	}
	if best > seconds*time.Second {
		t.Errorf("%v, want at most %d s", best, seconds)
	}
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
	best = time.Hour
	for range 3 {
		start := time.Now()
		used, out, err := peak(exec.Command("matsubmit", "-N", "run_product", "-executable=tool", "-indexed_input_files=inputA.npy,inputB.npy", "-indexed_output_files=out/result.txt,x.npy"), dir)
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		best = min(best, time.Since(start))
		t.Logf("another program: %v, %d MB", time.Since(start), used)
		if used > megabytes {
			t.Errorf("%d MB of memory, want at most %d", used, megabytes)
		}
		if best <= seconds*time.Second {
			break
		}
	}
	if best > seconds*time.Second {
		t.Errorf("%v, want at most %d s", best, seconds)
	}
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
