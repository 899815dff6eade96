package cmd_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"matpool/internal/base/hash"
	"matpool/internal/base/text"
	"matpool/internal/record"
	"matpool/npyio"
)

// Submitting many products, whose inputs are all checked, takes little time and memory: with 100,000, some seconds and at
// most 200 MB.
func TestManyJobs(t *testing.T) {
	long(t)
	t.Parallel()
	dir := t.TempDir()
	matrix := makeMany(t, dir, "inputA", "inputB")

	submitMany(t, dir)
	text, err := os.ReadFile(filepath.Join(dir, "run_product.sub"))
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(text, []byte(", inputA")); n != *many {
		t.Errorf("%d jobs in the submit description, want %d", n, *many)
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
	bad := filepath.Join(dir, "inputB7777.npy")
	if err := errors.Join(os.Remove(bad), os.WriteFile(bad, matrix[:150], 0o666)); err != nil {
		t.Fatal(err)
	}
	_, stderr, _ := run(t, dir, "matsubmit", "-N", "run_product")
	if want := "matsubmit: inputB7777.npy: truncated: header promises 32 bytes of data, file holds 22\n"; stderr != want {
		t.Errorf("%s, want %s", stderr, want)
	}
	_, stderr, _ = run(t, dir, "matsubmit", "-N", "run_product", "-indexed_input_files=a,b")
	if n := bytes.Count([]byte(stderr), []byte("\n")); n > 60 {
		t.Errorf("%d lines of errors", n)
	}
}

// Looking at many products with records, which are all done, takes little time and memory, with 100,000 some seconds and at
// most 200 MB, whether or not the hashes of the 300,000 files are known already; adding them takes some more.
func TestManyRecords(t *testing.T) {
	long(t)
	t.Parallel()
	dir := t.TempDir()
	matrix := makeMany(t, dir, "inputA", "inputB", "output")
	h := hash.Of(matrix)
	family := record.New("product", "a", "inputA$(index).npy", "b", "inputB$(index).npy")
	records := make([]record.Record, *many)
	for i := range records {
		records[i] = record.Record{Name: fmt.Sprintf("output%d.npy", i), Size: int64(len(matrix)), Hash: h, Recipe: family.At(i),
			From: []record.Input{{Name: fmt.Sprintf("inputA%d.npy", i), Hash: h}, {Name: fmt.Sprintf("inputB%d.npy", i), Hash: h}},
			By:   "matprod v1.0, OpenBLAS 0.3.29, kernel SkylakeX", Machine: fmt.Sprintf("node%d.example.org", i%100), Time: time.Now()}
	}
	if err := record.Append(dir, records...); err != nil {
		t.Fatal(err)
	}
	all := text.Number(*many)
	reading := submitMany(t, dir, "-force") // which looks at the inputs' headers only
	check := func(what string, megabytes int, output string, command ...string) {
		t.Helper()
		megabytes, limit := forMany(megabytes, 5*time.Second)
		limit = max(limit, 7*reading/2)
		used, memory, out := measure(t, dir, command[0], command[1:]...)
		if !strings.Contains(out, output) {
			t.Errorf("%s: %.1000swant %s", what, out, output)
		}
		if t.Logf("%s: %v of processors' time, %d MB", what, used, memory); used > limit || memory > megabytes {
			t.Errorf("%s: %v of processors' time and %d MB of memory; want at most %v and %d MB", what, used, memory, limit, megabytes)
		}
	}
	for _, hashes := range []string{"unknown", "known"} {
		check("-resubmit, hashes "+hashes, 200, "of "+all+" products: "+all+" done, 0 in the queue, 0 missing\n", "matsubmit", "run_product", "-local", "-resubmit")
	}
	check("matcombine", 350, "norm of the sum of "+all+" files: 0.0\n", "matcombine", "run_product")
	check("matwatch -check", 200, fmt.Sprintf("\noutput%d.npy: valid\n", *many-1), "matwatch", "-check")

	// The jobs are done, whatever the times of their outputs are. The records are read once.
	var log bytes.Buffer
	for i := range *many {
		fmt.Fprintf(&log, "000 (007.%d.000) 2026-11-24 06:14:03 Job submitted from host: <192.0.2.7:9618>\n    first=%[1]d count=1 starts=4 jobs=%d outputs=output.npy\n...\n", i, *many)
		fmt.Fprintf(&log, "005 (007.%d.000) 2026-11-24 06:14:07 Job terminated.\n\t(1) Normal termination (return value 0)\n...\n", i)
	}
	if err := os.WriteFile(filepath.Join(dir, "log.txt"), log.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
	for i := 0; i < *many; i += perFile {
		if err := os.Chtimes(filepath.Join(dir, fmt.Sprintf("output%d.npy", i)), time.Time{}, time.Unix(1e9, 0)); err != nil {
			t.Fatal(err)
		}
	}
	check("matwatch", 280, "cluster 7: "+all+" jobs: "+all+" done, ", "sh", "-c", "ulimit -t 60; exec matwatch log.txt")

	// What has changed is found among them.
	for _, name := range []string{"output7.npy", "inputB7777.npy"} {
		name = filepath.Join(dir, name)
		if err := errors.Join(os.Remove(name), os.WriteFile(name, append(matrix[:len(matrix)-1:len(matrix)-1], 1), 0o666)); err != nil {
			t.Fatal(err)
		}
	}
	stdout, _, _ := run(t, dir, "matsubmit", "-N", "run_product", "-resubmit", "-quiet")
	want := "of " + all + " products: " + text.Number(*many-2) + " done, 0 in the queue, 2 missing\n" +
		"to be made again: 1 of other inputs (output7777.npy was made from another inputB7777.npy than the one that is there now), 1 changed since (output7.npy has changed since matprod wrote it (its record in matpool.tsv has another hash))\n"
	if !strings.HasPrefix(stdout, want) {
		t.Errorf("%swant %s", stdout, want)
	}
}

var many = flag.Int("many", 20_000, "the number of products of the tests of many, half as many as jobs in a big log")

// perFile is how many files are links to one.
const perFile = 10_000

// forMany returns the bounds of memory and processors' time from those for 100,000 products.
func forMany(megabytes int, limit time.Duration) (int, time.Duration) {
	share := float64(*many) / 100_000
	return 40 + int(float64(megabytes-40)*share), time.Second + time.Duration(float64(limit)*share)
}

// makeMany makes a folder with run_product and, for each name, as many files with one matrix, whose bytes it returns. The
// files are links to a few: making so many takes a busy disk minutes.
func makeMany(t *testing.T, dir string, names ...string) (matrix []byte) {
	t.Helper()
	matrix = append(npyio.Header{DType: npyio.Float64, Shape: []int{2, 2}}.Append(nil), make([]byte, 32)...)
	for _, name := range names {
		for i := range *many {
			file := func(i int) string { return filepath.Join(dir, fmt.Sprintf("%s%d.npy", name, i)) }
			err := errors.ErrUnsupported
			if i%perFile > 0 {
				err = os.Link(file(i/perFile*perFile), file(i))
			}
			if err != nil {
				err = os.WriteFile(file(i), matrix, 0o666)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "run_product"), fmt.Appendf(nil, "total_jobs = %d\n", *many), 0o666); err != nil {
		t.Fatal(err)
	}
	return matrix
}

// submitMany has matsubmit describe the jobs of run_product, and fails if that takes too much of the
// processors' time, which depends little on what else the machine does, or too much memory.
func submitMany(t *testing.T, dir string, flags ...string) time.Duration {
	t.Helper()
	megabytes, limit := forMany(200, 15*time.Second)
	used, memory, _ := measure(t, dir, "matsubmit", append([]string{"-N", "run_product"}, flags...)...)
	if t.Logf("%v of processors' time, %d MB", used, memory); used > limit || memory > megabytes {
		t.Errorf("%v of processors' time and %d MB of memory; want at most %v and %d MB", used, memory, limit, megabytes)
	}
	return used
}

// measure runs a command in a folder and returns its processors' time and its peak memory, in megabytes.
func measure(t *testing.T, dir, program string, args ...string) (used time.Duration, megabytes int, output string) {
	t.Helper()
	findPrograms(t)
	cmd := exec.Command(program, args...)
	megabytes, out, err := peak(cmd, dir)
	if err != nil || megabytes == 0 {
		t.Fatalf("%v, %d MB\n%s", err, megabytes, out)
	}
	return cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), megabytes, string(out)
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
