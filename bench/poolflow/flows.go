//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"matpool/condor/eventlog"
)

// An outcome is what a flow came to.
type outcome struct {
	norm    float64
	took    time.Duration
	history *eventlog.History
}

// String writes the measurements: the makespan, and what a job's run takes on the average, by the times of the log. They
// are whole seconds, but those of many jobs have a mean.
func (o outcome) String() string {
	var idle, input, compute, output, total float64
	jobs := o.history.Jobs()
	for _, j := range jobs {
		for _, r := range j.Attempts {
			idle += r.Wait().Seconds()
			input += r.Input().Seconds()
			compute += r.Compute(time.Now()).Seconds()
			output += r.Output().Seconds()
			total += r.Total(time.Now()).Seconds()
		}
	}
	n := float64(len(jobs))
	return fmt.Sprintf("%d ns/op\t%d jobs\t%.3f idle-s\t%.3f input-s\t%.3f run-s\t%.3f output-s\t%.3f machine-s",
		o.took.Nanoseconds(), len(jobs), idle/n, input/n, compute/n, output/n, total/n)
}

// python is the flow by the scripts: a job for each product, in a folder of its own, where the inputs have the names
// that product.py reads.
func (p *pool) python(ctx context.Context, f flow) (o outcome, err error) {
	if err := clear(); err != nil {
		return o, err
	}
	here, err := os.Getwd()
	if err != nil {
		return o, err
	}
	for i := range f.products {
		dir := filepath.Join("jobs", strconv.Itoa(i))
		if err := os.MkdirAll(dir, 0o777); err != nil {
			return o, err
		}
		for _, name := range []string{"inputA", "inputB"} {
			if err := os.Symlink(fmt.Sprintf("%s/%s%d.npy", here, name, i), filepath.Join(dir, name+".npy")); err != nil {
				return o, err
			}
		}
	}
	description := `universe = vanilla
executable = /usr/bin/python3
transfer_executable = false
arguments = product.py
initialdir = jobs/$(Process)
should_transfer_files = YES
when_to_transfer_output = ON_EXIT
transfer_input_files = ` + filepath.Join(p.scripts, "product.py") + `, inputA.npy, inputB.npy
transfer_output_files = output.npy
transfer_output_remaps = "output.npy = ` + here + `/output$(Process).npy"
error = err.txt
log = ` + here + `/log.txt
requirements = ` + condition(f) + `
request_cpus = 1
request_memory = 256MB
queue ` + strconv.Itoa(f.products) + "\n"
	return p.finish(ctx, description, f.products, "/usr/bin/python3", filepath.Join(p.scripts, "combine.py"), strconv.Itoa(f.products))
}

// transfer sends the files of a flow and computes nothing: the least that a flow can take. What comes back is as large as
// the products.
func (p *pool) transfer(ctx context.Context, f flow) (o outcome, err error) {
	if err := clear(); err != nil {
		return o, err
	}
	perJob, err := strconv.Atoi(f.perJob)
	if err != nil {
		return o, err
	}
	var rows []string
	for first := 0; first < f.products; first += perJob {
		var inputs, outputs, remaps []string
		for i := first; i < min(first+perJob, f.products); i++ {
			a := fmt.Sprintf("inputA%d.npy", i)
			inputs = append(inputs, a, fmt.Sprintf("inputB%d.npy", i))
			outputs = append(outputs, a)
			remaps = append(remaps, fmt.Sprintf("%s=output%d.npy", a, i))
		}
		rows = append(rows, fmt.Sprintf("transfer_input_files = %s\ntransfer_output_files = %s\ntransfer_output_remaps = \"%s\"\nqueue\n",
			strings.Join(inputs, ","), strings.Join(outputs, ","), strings.Join(remaps, ";")))
	}
	description := `universe = vanilla
executable = /usr/bin/true
transfer_executable = false
should_transfer_files = YES
when_to_transfer_output = ON_EXIT
log = log.txt
requirements = ` + condition(f) + `
request_cpus = 1
request_memory = 256MB
` + strings.Join(rows, "")
	return p.finish(ctx, description, len(rows), "echo", "0")
}

// finish submits a description, waits for its jobs, and adds up what they return.
func (p *pool) finish(ctx context.Context, description string, jobs int, sum ...string) (o outcome, err error) {
	if err := os.WriteFile("run_product.sub", []byte(description), 0o666); err != nil {
		return o, err
	}
	start := time.Now()
	if _, err := output(ctx, "condor_submit", "run_product.sub"); err != nil {
		return o, err
	}
	if o.history, err = wait("log.txt", jobs); err != nil {
		return o, err
	}
	text, err := output(ctx, sum...)
	if err != nil {
		return o, err
	}
	o.took = time.Since(start)
	o.norm, err = strconv.ParseFloat(text, 64)
	return o, err
}

// submitted is what matsubmit says.
var submitted = regexp.MustCompile(`(\d+) jobs?\b`)

// ours is the flow by our programs.
func (p *pool) ours(ctx context.Context, f flow) (o outcome, err error) {
	if err := clear(); err != nil {
		return o, err
	}
	yesNo, output1 := "no", "output.npy"
	if f.sum {
		yesNo, output1 = "yes", "partial.npz"
	}
	file := fmt.Sprintf(`executable           = matprod
indexed_input_files  = inputA.npy, inputB.npy
indexed_output_files = %s
operating_systems    = linux
log                  = log.txt
total_jobs           = %d
products_per_job     = %s
slots                = %d
sum                  = %s
requirements         = %s
`, output1, f.products, f.perJob, f.slots, yesNo, condition(f))
	if err := os.WriteFile("run_product", []byte(file), 0o666); err != nil {
		return o, err
	}
	start := time.Now()
	said, err := output(ctx, filepath.Join(p.bin, "matsubmit"), "run_product")
	if err != nil {
		return o, err
	}
	m := submitted.FindStringSubmatch(said)
	if m == nil {
		return o, fmt.Errorf("matsubmit said %q", said)
	}
	jobs, _ := strconv.Atoi(m[1])
	if o.history, err = wait("log.txt", jobs); err != nil {
		return o, err
	}
	terms := f.products
	if f.sum {
		terms = jobs
	}
	text, err := output(ctx, filepath.Join(p.bin, "matcombine"), "-quiet", "-jobs", strconv.Itoa(terms), output1)
	if err != nil {
		return o, err
	}
	o.took = time.Since(start)
	o.norm, err = strconv.ParseFloat(text, 64)
	return o, err
}

// condition leaves the machines for the number of slots: each has two.
func condition(f flow) string {
	if f.slots == 2 {
		return `Machine == "linux1"`
	}
	return `OpSys == "LINUX"`
}

// wait follows the log until all jobs are done.
func wait(name string, jobs int) (*eventlog.History, error) {
	h := eventlog.NewHistory()
	var events *eventlog.Reader
	for deadline := time.Now().Add(15 * time.Minute); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if events == nil {
			f, err := os.Open(name)
			if errors.Is(err, os.ErrNotExist) {
				continue
			} else if err != nil {
				return nil, err
			}
			defer f.Close()
			events = eventlog.NewReader(name, f)
		}
		for events.Scan() {
			switch e := events.Record().(type) {
			case *eventlog.Event:
				h.Add(e)
			case error:
				return nil, e
			}
		}
		if err := events.Err(); err != nil {
			return nil, err
		}
		c := eventlog.Count(h.Jobs())
		if bad := c.Held + c.Failed + c.Removed; bad > 0 {
			return nil, fmt.Errorf("%d jobs are held or failed: see %s", bad, name)
		}
		if c.Done == jobs {
			return h, nil
		}
	}
	return nil, fmt.Errorf("the jobs are not done in a quarter of an hour: %+v", eventlog.Count(h.Jobs()))
}

// output runs a program and returns what it prints.
func output(ctx context.Context, argv ...string) (string, error) {
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	out, err := cmd.Output()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		err = fmt.Errorf("%v: %w: %s", argv, err, exit.Stderr)
	}
	return strings.TrimSpace(string(out)), err
}
