package local

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"matpool/condor"
	"matpool/condor/eventlog"
	"matpool/condor/submitfile"
	"matpool/internal/status"
)

// limit is the time after which something does not happen any more, however busy the machine is.
const limit = 5 * time.Minute

// runner returns a runner for jobs that run a script for sh, and the folder in which all files
// are.
func runner(t *testing.T, jobs int, script string, change func(*Runner)) (*Runner, string) {
	t.Helper()
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir+"/tmp")
	for _, name := range []string{"tmp", "here", "in"} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	program := filepath.Join(dir, "in/program")
	if err := os.WriteFile(program, []byte("#!/bin/sh\n"+script), 0o666); err != nil {
		t.Fatal(err)
	}
	d := &submitfile.Description{Unit: "job", Systems: []condor.System{condor.Linux}, Arguments: []condor.Template{"$(index)", condor.Literal(dir)},
		Stdout: "out$(index)", Stderr: "err$(index)", Log: "log", Cpus: 1, Memory: submitfile.Resource{Bytes: 1}, MaxRunTime: time.Hour}
	for i := range jobs {
		d.Jobs = append(d.Jobs, submitfile.Job{Index: i, First: i, Count: 1})
	}
	r := &Runner{Description: d, Program: program, Name: "program", Cluster: 7, AtOnce: 1, Show: func(int64, int64) {},
		Place: func(name string) string { return filepath.Join(dir, "here", name) }}
	change(r)
	return r, dir
}

func (r *Runner) run(t *testing.T) []Result {
	t.Helper()
	_, results, err := r.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return results
}

// here returns the names and contents of the files that were written, besides the log and
// empty streams.
func here(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(dir, "here"))
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, e := range entries {
		text, err := os.ReadFile(filepath.Join(dir, "here", e.Name()))
		if e.Name() != "log" && (err != nil || len(text) > 0) {
			list = append(list, e.Name()+"="+strings.TrimSpace(string(text)))
		}
	}
	left, err := os.ReadDir(filepath.Join(dir, "tmp"))
	if err != nil || len(left) > 0 {
		t.Errorf("temporary files are left: %v, %v", left, err)
	}
	return strings.Join(list, " ")
}

// As many jobs run at the same time as there are slots, and no more.
func TestAtOnce(t *testing.T) {
	// Each job waits until three have begun, but not for ever, and then a little for a fourth.
	const script = `echo begin >>$2/times
		for i in $(seq 600); do [ $(grep -c begin $2/times) -ge 3 ] && break; sleep 0.1; done
		sleep 0.1
		echo end >>$2/times`
	r, dir := runner(t, 7, script, func(r *Runner) { r.AtOnce = 3 })
	r.run(t)
	times, err := os.ReadFile(filepath.Join(dir, "times"))
	if err != nil {
		t.Fatal(err)
	}
	running, most := 0, 0
	for _, word := range strings.Fields(string(times)) {
		if word == "begin" {
			running++
		} else {
			running--
		}
		most = max(most, running)
	}
	if most != 3 {
		t.Errorf("%d jobs run at the same time, want 3", most)
	}
}

// A program starts although others are being copied and started.
func TestManyStart(t *testing.T) {
	r, _ := runner(t, 150, "", func(r *Runner) { r.AtOnce = 8 })
	for i, result := range r.run(t) {
		if result.Held.Code != 0 {
			t.Fatalf("job %d: %+v", i, result)
		}
	}
}

// Named outputs come back if the program succeeds, also those beside a missing one. An output
// that does not come back, or cannot, does not touch the file that has its name.
func TestNamedOutputs(t *testing.T) {
	outputs := func(r *Runner) {
		r.Outputs = []condor.Template{"a", "b$(index)"}
		r.Remaps = []submitfile.RemapTemplate{{Name: "a", To: "new/../a$(index)"}}
	}
	for script, want := range map[string]string{
		"echo new >a; echo new >b0":          "a0=new b0=new",
		"echo new >a; echo new >b0; exit 1":  "a0=old b0=old",
		"echo new >a; echo new >b0; kill $$": "a0=old b0=old",
		"echo new >b0; echo oh >&2":          "a0=old b0=new err0=oh",
		"echo x >c; echo new >b0; mkfifo a":  "a0=old b0=new",
	} {
		r, dir := runner(t, 1, script, outputs)
		for _, name := range []string{"a0", "b0"} {
			if err := os.WriteFile(r.Place(name), []byte("old"), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		r.run(t)
		if got := here(t, dir); got != want {
			t.Errorf("%s: %s, want %s", script, got, want)
		}
	}
	r, dir := runner(t, 1, "echo new >a; echo new >b0", outputs)
	if err := os.Mkdir(r.Place("b0"), 0o777); err != nil {
		t.Fatal(err)
	}
	held := r.run(t)[0].Held
	if held.Code != condor.CodeOutputs || held.Subcode == condor.SubcodeMissing || !strings.Contains(held.Reason, "while receiving files from execution point slot1_1@") {
		t.Errorf("%+v", held)
	}
	if got := here(t, dir); got != "a0=new b0=" {
		t.Error(got)
	}
}

// A program that is also named among the inputs is sent once.
func TestProgramAmongInputs(t *testing.T) {
	r, _ := runner(t, 1, "", func(r *Runner) { r.Inputs = []string{r.Program} })
	if result := r.run(t)[0]; result.Held.Code != 0 || result.Exit.Status != 0 {
		t.Errorf("%+v", result)
	}
}

// What is in the outbox comes back, however the program ends.
func TestOutbox(t *testing.T) {
	r, dir := runner(t, 2, "echo $1 >box/result$1; echo x >other; exit $1", func(r *Runner) { r.Outbox = "sub/box" })
	results := r.run(t)
	if got := here(t, dir); got != "result0=0 result1=1" {
		t.Error(got)
	}
	if results[0].Held.Code != 0 || results[1].Held.Code != condor.CodePolicy || results[1].Held.Subcode != 1 {
		t.Errorf("%+v", results)
	}
}

// Both streams may have one file, or none; other files than regular ones are not replaced.
func TestStreams(t *testing.T) {
	const script = "echo a; echo b >&2; exit 1"
	r, dir := runner(t, 1, script, func(r *Runner) { r.Stderr = r.Stdout; r.MaxRetries = 1 })
	r.run(t)
	if got := here(t, dir); got != "out0=a\nb" {
		t.Errorf("%q", got)
	}
	place := func(r *Runner) {
		under := r.Place
		r.Stdout = condor.Literal(os.DevNull)
		r.Place = func(name string) string {
			if name == os.DevNull {
				return name
			}
			return under(name)
		}
	}
	r, dir = runner(t, 1, script, place)
	r.run(t)
	if got := here(t, dir); got != "err0=b" {
		t.Errorf("%q", got)
	}
	r, dir = runner(t, 1, script, func(*Runner) {})
	if err := os.Mkdir(r.Place("err0"), 0o777); err != nil {
		t.Fatal(err)
	}
	if _, _, err := r.Run(t.Context()); status.Of(err) != status.Usage {
		t.Error(err)
	}
	if got := here(t, dir); got != "err0=" {
		t.Errorf("%q", got)
	}
}

// When a program has ended, the processes that it has left are killed.
func TestProcessesEnd(t *testing.T) {
	r, dir := runner(t, 1, "exec 3>$2/pipe; sleep 1000 & exit 0", func(*Runner) {})
	pipe := filepath.Join(dir, "pipe")
	if err := unix.Mkfifo(pipe, 0o666); err != nil {
		t.Fatal(err)
	}
	held, err := os.OpenFile(pipe, os.O_RDONLY|unix.O_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer held.Close()
	r.run(t)
	// The pipe ends with the last process that holds it.
	held.SetReadDeadline(time.Now().Add(limit))
	if _, err := held.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("a process goes on: %v", err)
	}
}

// If the run is interrupted, all jobs leave the queue, and of what they have made only what they
// printed stays.
func TestInterrupted(t *testing.T) {
	const script = "echo good >a; echo good; [ $1 = 0 ] || { echo >$2/said; sleep 1000; }"
	r, dir := runner(t, 3, script, func(r *Runner) { r.Outputs = []condor.Template{"a"} })
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	go func() {
		for ctx.Err() == nil {
			if _, err := os.Stat(filepath.Join(dir, "said")); err == nil {
				cancel()
			}
			time.Sleep(time.Millisecond)
		}
	}()
	history, _, err := r.Run(ctx)
	if err != context.Canceled {
		t.Fatal(err)
	}
	var states []string
	for _, j := range history.Jobs() {
		states = append(states, fmt.Sprint(j.ID, " ", j.State, " ", j.Starts))
	}
	if got := strings.Join(states, ", "); got != "7.0 done 1, 7.1 removed 1, 7.2 removed 0" {
		t.Error(got)
	}
	if got := here(t, dir); got != "a=good out0=good out1=good" {
		t.Error(got)
	}
}

// If this machine fails, the log does not say that somebody stopped the run.
func TestMachineFails(t *testing.T) {
	r, dir := runner(t, 2, "", func(*Runner) {})
	if err := os.Remove(filepath.Join(dir, "tmp")); err != nil {
		t.Fatal(err)
	}
	if _, _, err := r.Run(t.Context()); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	log, err := os.ReadFile(filepath.Join(dir, "here/log"))
	if err != nil || strings.Count(string(log), "matsubmit failed") != 2 {
		t.Errorf("%v\n%s", err, log)
	}
}

// The log has the bytes of each attempt, and of all of them.
func TestBytesOfAllAttempts(t *testing.T) {
	r, dir := runner(t, 1, "cp data box; [ -e $2/again ] || { echo >$2/again; exit 1; }", func(r *Runner) {
		r.Outbox, r.MaxRetries = "box", 1
	})
	r.Inputs = []string{filepath.Join(dir, "in/data")}
	if err := os.WriteFile(r.Inputs[0], make([]byte, 1000), 0o666); err != nil {
		t.Fatal(err)
	}
	r.run(t)
	log, err := os.ReadFile(r.Place("log"))
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(r.Program)
	if err != nil {
		t.Fatal(err)
	}
	_, last, _ := strings.Cut(string(log), "Job terminated.")
	sent := info.Size() + 1000
	for _, want := range []string{"1000  -  Run Bytes Sent By Job", fmt.Sprintf("%d  -  Run Bytes Received By Job", sent),
		"2000  -  Total Bytes Sent By Job", fmt.Sprintf("%d  -  Total Bytes Received By Job", 2*sent)} {
		if !strings.Contains(last, want) {
			t.Errorf("the log lacks %q:\n%s", want, last)
		}
	}
}

// The log has what the history has.
func TestLog(t *testing.T) {
	r, _ := runner(t, 3, "exit $(($1 % 2))", func(r *Runner) { r.MaxRetries = 2 })
	want, _, err := r.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(r.Place("log"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	got := eventlog.NewHistory()
	reader := eventlog.NewReader("log", file)
	for reader.Scan() {
		e, ok := reader.Record().(*eventlog.Event)
		if !ok {
			t.Fatal(reader.Record())
		}
		got.Add(e)
	}
	for i, j := range got.Jobs() {
		w := want.Jobs()[i]
		if j.State != w.State || j.Starts != w.Starts || j.Retries != w.Retries || j.Hold != w.Hold || j.MemoryMB != w.MemoryMB || len(j.Attempts) != len(w.Attempts) {
			t.Errorf("the log has %+v\nwant %+v", j, w)
		}
	}
	if j := got.Jobs()[1]; j.State != eventlog.Held || j.Starts != 3 || j.WillBeReleased() {
		t.Errorf("%+v", j)
	}
}
