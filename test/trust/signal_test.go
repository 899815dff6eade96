//go:build linux

package trust

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"matpool/test/programs"
)

// stop sends a signal to a program, and waits for its end. After the first SIGTERM it does not sleep for a second, nor
// its children, and all of them use no more than two seconds of the processors' time.
func (f *folder) stop(cmd *exec.Cmd, sig syscall.Signal, ended <-chan error) error {
	f.t.Helper()
	used, runs := programs.ProcessorTime(cmd.Process.Pid)
	if !runs {
		return <-ended
	}
	began := time.Now()
	cmd.Process.Signal(sig)
	for asleep := 0; sig != syscall.SIGKILL; {
		select {
		case err := <-ended:
			end := cmd.ProcessState
			if more := end.UserTime() + end.SystemTime() - used; more > 2*time.Second {
				f.t.Errorf("%v used %v after %v", cmd, more, sig)
			}
			return err
		case <-time.After(10 * time.Millisecond):
		}
		if asleep++; working(cmd.Process.Pid) {
			asleep = 0
		}
		if asleep == 100 {
			f.t.Errorf("%v sleeps, %v after %v", cmd, time.Since(began), sig)
			cmd.Process.Kill()
			break
		}
	}
	return <-ended
}

// working reports whether a thread of a process or of its children uses a processor or a disk, or waits for it.
func working(pid int) bool {
	tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*", pid))
	for _, task := range tasks {
		if s := state(task); s == "R" || s == "D" {
			return true
		}
		children, _ := os.ReadFile(task + "/children")
		for _, child := range strings.Fields(string(children)) {
			if n, err := strconv.Atoi(child); err == nil && working(n) {
				return true
			}
		}
	}
	return len(tasks) == 0 // it has ended
}

// state returns the state of a thread, or "" if it has ended.
func state(thread string) string {
	text, _ := os.ReadFile(thread + "/stat")
	_, rest, _ := strings.Cut(string(text), ") ")
	state, _, _ := strings.Cut(rest, " ")
	return state
}

// The first SIGTERM ends every program at every moment, also in the middle of large work, or of waiting. TestKilled does
// the same with small work.
func TestFirstSignal(t *testing.T) {
	const big = "matinit -quiet -jobs 1 -size 3000 -seed 1 -a big.npy -b unused.npy; rm unused0.npy; "
	const run = big + "printf 'total_jobs = 2\nlog = log.txt\n' >rp; cp big0.npy inputA0.npy; cp big0.npy inputA1.npy; cp big0.npy inputB0.npy; cp big0.npy inputB1.npy; "
	for name, k := range map[string]struct {
		setup    string
		command  string
		duration time.Duration // of the moments
	}{
		"matinit":             {":", "matinit -quiet -force -jobs 20 -size 1500 -seed 1", time.Second},
		"matinit -from":       {big + ":", "matinit -quiet -force -from big0.npy,big0.npy -panels 500 -a a.npy -b b.npy", time.Second},
		"matprod":             {big + ":", "matprod big0.npy big0.npy output.npy", 2 * time.Second},
		"matprod of integers": {"matinit -quiet -force -jobs 1 -size 2000 -seed 1 -dtype int32 -dist integers:0:2000000000 -a int.npy -b unused.npy", "matprod int0.npy int0.npy output.npy", 2 * time.Second},
		"matprod -sum":        {":", "matprod -generate -size 1500 -seed 1 -first 0 -count 20 -sum s.npz", 2 * time.Second},
		"matprod -serial":     {run, "matprod -serial rp", 2 * time.Second},
		"matprod -verify":     {run + "matprod -first 0 -count 2", "matprod -verify=100% rp", 2 * time.Second},
		"matprod of a pipe":   {big + "mkfifo pipe.npy", "matprod pipe.npy big0.npy output.npy", time.Second / 10},
		"a submission pipe":   {"mkfifo rp", "matprod -serial rp", time.Second / 10},
		"matsubmit of a pipe": {"mkfifo rp", "matsubmit rp -local", time.Second / 10},
		"matcombine":          {big + "for i in $(seq 0 19); do ln big0.npy output$i.npy; done; rm -f matpool.tsv", "matcombine -unchecked output.npy -jobs 20 -o sum.npy", time.Second},
		"matsubmit -local":    {run, "matsubmit rp -local -quiet -force", 2 * time.Second},
		"matsubmit -run":      {run, "matsubmit rp -run -local -quiet -force", 3 * time.Second},
		"another program":     {"printf 'executable = tool\nindexed_output_files = result.txt\ntotal_jobs = 2\nlog = log.txt\n' >rp; printf '#!/bin/sh\nsleep 100; :\n' >tool; chmod +x tool", "matsubmit rp -local -quiet -force", time.Second / 2},
		"matsubmit -try":      {"printf 'executable = tool\nindexed_output_files = result.txt\ntotal_jobs = 2\nlog = log.txt\n' >rp; printf '#!/bin/sh\nsleep 100; :\n' >tool; chmod +x tool", "matsubmit rp -try", time.Second / 2},
		"matwatch":            {"head -n 20 $LOGS/finished.log >log.txt", "matwatch log.txt", time.Second},
		"matwatch -wait":      {":", "matwatch -wait none.txt", time.Second / 2},
		"matwatch -plot":      {"yes $LOGS/finished.log | head -n 2000 | xargs cat >log.txt", "matwatch -plot run.png log.txt", time.Second},
		"matwatch -report":    {"yes $LOGS/finished.log | head -n 5000 | xargs cat >log.txt", "matwatch -report log.txt", time.Second},
		"matwatch -check":     {run + "matprod -first 0 -count 2", "matwatch -check", time.Second / 10},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFolder(t)
			f.must(k.setup)
			r := rand.New(rand.NewPCG(uint64(*kills), 10))
			stopped := 0
			for range max(2, *kills/10) {
				cmd := f.start(strings.Fields(k.command))
				ended := make(chan error, 1)
				go func() { ended <- cmd.Wait() }()
				time.Sleep(time.Duration(r.Int64N(int64(k.duration))))
				err := f.stop(cmd, syscall.SIGTERM, ended)
				if text := fmt.Sprint(cmd.Stderr); crash.MatchString(text) {
					t.Error(text)
				}
				if err != nil {
					stopped++
				}
			}
			t.Logf("%d of %d were stopped", stopped, max(2, *kills/10))
		})
	}
}
