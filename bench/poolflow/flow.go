//go:build linux

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// The implementations of bench/measure.
const (
	numpy    = "numpy"
	openblas = "openblas"
	empty    = "empty" // only the files are sent
)

const auto = 0 // products_per_job = auto

// A flow is one way to compute the sum of products on the pool.
type flow struct {
	implementation          string
	products, slots, perJob int
	sum                     bool // jobs return the sum of their products
	random                  bool // and make their inputs themselves
}

func (f flow) perJobText() string {
	if f.perJob == auto {
		return "auto"
	}
	return strconv.Itoa(f.perJob)
}

func (f flow) name() string {
	name := fmt.Sprintf("Flow/products=%d/slots=%d/per_job=%s", f.products, f.slots, f.perJobText())
	if f.sum {
		name += "/sum=yes"
	}
	if f.random {
		name += "/inputs=random"
	}
	return name
}

// measure runs a flow from the submission to the norm of the sum, and returns the norm and the measurements: the makespan,
// and the average times of a job in seconds.
func (p *pool) measure(ctx context.Context, f flow) (norm float64, line string, err error) {
	if err := removeOutputs(); err != nil {
		return 0, "", err
	}
	start := time.Now()
	switch f.implementation {
	case numpy:
		err = submitted(ctx, p.pythonJobs(f), "condor_submit")
	case empty:
		err = submitted(ctx, p.emptyJobs(f), "condor_submit")
	case openblas:
		err = p.submitOurs(ctx, ourJobs(f))
	}
	if err != nil {
		return 0, "", err
	}
	var combine []string
	switch {
	case f.implementation == numpy:
		combine = []string{python, p.script("numpy/combine.py"), strconv.Itoa(f.products)}
	case f.implementation == openblas && f.sum:
		partials, _ := filepath.Glob("partial*.npz")
		combine = []string{p.program("matcombine"), "-quiet", "-jobs", strconv.Itoa(len(partials)), "partial.npz"}
	case f.implementation == openblas:
		combine = []string{p.program("matcombine"), "-quiet", "-jobs", strconv.Itoa(f.products)}
	}
	if combine != nil {
		text, err := output(ctx, combine...)
		if err != nil {
			return 0, "", err
		}
		if norm, err = strconv.ParseFloat(text, 64); err != nil {
			return 0, "", err
		}
	}
	makespan := time.Since(start)
	report, err := output(ctx, p.program("matwatch"), "-json", "log.txt")
	if err != nil {
		return 0, "", err
	}
	var r struct {
		Counts struct{ Jobs float64 }
		Total  struct {
			Input   float64 `json:"input_s"`
			Compute float64 `json:"compute_s"`
			Output  float64 `json:"output_s"`
			Busy    float64 `json:"busy_s"`
		}
	}
	if err := json.Unmarshal([]byte(report), &r); err != nil {
		return 0, "", err
	}
	jobs := r.Counts.Jobs
	return norm, fmt.Sprintf("%d ns/op\t%.0f jobs\t%.3f input-s\t%.3f run-s\t%.3f output-s\t%.3f machine-s",
		makespan.Nanoseconds(), jobs, r.Total.Input/jobs, r.Total.Compute/jobs, r.Total.Output/jobs, r.Total.Busy/jobs), nil
}

// submitOurs runs jobs that matsubmit submits, until they are done.
func (p *pool) submitOurs(ctx context.Context, text string) error {
	return submitted(ctx, text, p.program("matsubmit"))
}

// submitted runs the jobs of a submission file until they are done.
func submitted(ctx context.Context, text, submit string) error {
	if err := os.WriteFile("run_product", []byte(text), 0o666); err != nil {
		return err
	}
	if _, err := output(ctx, submit, "run_product"); err != nil {
		return err
	}
	if _, err := output(ctx, "condor_wait", "-wait", "900", "log.txt"); err != nil {
		return fmt.Errorf("the jobs were not done within a quarter of an hour: %w", err)
	}
	return nil
}

// removeOutputs removes the outputs of an earlier flow.
func removeOutputs() (err error) {
	for _, pattern := range []string{"output*.npy", "partial*.npz", "run_product*", "*.txt", "logs", "large"} {
		names, _ := filepath.Glob(pattern)
		for _, name := range names {
			err = errors.Join(err, os.RemoveAll(name))
		}
	}
	return err
}

// output runs a program and returns its output.
func output(ctx context.Context, argv ...string) (string, error) {
	out, err := exec.CommandContext(ctx, argv[0], argv[1:]...).Output()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		err = fmt.Errorf("%v: %w: %s", argv, err, exit.Stderr)
	}
	return strings.TrimSpace(string(out)), err
}
