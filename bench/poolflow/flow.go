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
	return name
}

// measure runs a flow from the submission to the norm of the sum, and returns the norm and the measurements: the makespan,
// and the average times of a job in seconds.
func (p *pool) measure(ctx context.Context, f flow) (norm float64, line string, err error) {
	if err := removeOutputs(); err != nil {
		return 0, "", err
	}
	submit, text := []string{"condor_submit", "run_product"}, p.pythonJobs(f)
	switch f.implementation {
	case openblas:
		submit, text = []string{filepath.Join(p.bin, "matsubmit"), "run_product"}, p.ourJobs(f)
	case empty:
		text = p.emptyJobs(f)
	}
	if err := os.WriteFile("run_product", []byte(text), 0o666); err != nil {
		return 0, "", err
	}
	start := time.Now()
	if _, err := output(ctx, submit...); err != nil {
		return 0, "", err
	}
	if _, err := output(ctx, "condor_wait", "-wait", "900", "log.txt"); err != nil {
		return 0, "", fmt.Errorf("the jobs were not done within a quarter of an hour: %w", err)
	}
	var combine []string
	switch {
	case f.implementation == numpy:
		combine = []string{"/usr/bin/python3", filepath.Join(p.scripts, "combine.py"), strconv.Itoa(f.products)}
	case f.implementation == openblas && f.sum:
		partials, _ := filepath.Glob("partial*.npz")
		combine = []string{filepath.Join(p.bin, "matcombine"), "-quiet", "-jobs", strconv.Itoa(len(partials)), "partial.npz"}
	case f.implementation == openblas:
		combine = []string{filepath.Join(p.bin, "matcombine"), "-quiet", "-jobs", strconv.Itoa(f.products)}
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
	report, err := output(ctx, filepath.Join(p.bin, "matwatch"), "-json", "log.txt")
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

// requirements selects machines for the number of slots: each machine has two.
func (f flow) requirements() string {
	if f.slots == 2 {
		return `Machine == "linux1"`
	}
	return `OpSys == "LINUX"`
}

// ourJobs returns the simplified file.
func (p *pool) ourJobs(f flow) string {
	output, sum := "output.npy", "no"
	if f.sum {
		output, sum = "partial.npz", "yes"
	}
	return fmt.Sprintf(`executable           = matprod
indexed_input_files  = inputA.npy, inputB.npy
indexed_output_files = %s
operating_systems    = linux
log                  = log.txt
total_jobs           = %d
products_per_job     = %s
slots                = %d
sum                  = %s
requirements         = %s
`, output, f.products, f.perJobText(), f.slots, sum, f.requirements())
}

// description returns the first part of a submit description, for jobs that matsubmit does not submit.
func (f flow) description() string {
	return `universe = vanilla
transfer_executable = false
should_transfer_files = YES
when_to_transfer_output = ON_EXIT
request_cpus = 1
request_memory = 256MB
log = log.txt
requirements = ` + f.requirements() + "\n"
}

// pythonJobs returns a job for each product. On the machine, the files get the names that product.py reads.
func (p *pool) pythonJobs(f flow) string {
	return f.description() + `executable = /bin/sh
arguments = "-c 'mv inputA$(Process).npy inputA.npy && mv inputB$(Process).npy inputB.npy && exec /usr/bin/python3 product.py'"
transfer_input_files = ` + filepath.Join(p.scripts, "product.py") + `, inputA$(Process).npy, inputB$(Process).npy
error = err$(Process).txt
transfer_output_files = output.npy
transfer_output_remaps = "output.npy = output$(Process).npy"
queue ` + strconv.Itoa(f.products) + "\n"
}

// emptyJobs returns jobs that only have their files sent, and send back as many bytes as the products have.
func (p *pool) emptyJobs(f flow) string {
	text := f.description() + "executable = /usr/bin/true\n"
	for first := 0; first < f.products; first += f.perJob {
		var inputs, outputs, remaps []string
		for i := first; i < min(first+f.perJob, f.products); i++ {
			a := fmt.Sprintf("inputA%d.npy", i)
			inputs = append(inputs, a, fmt.Sprintf("inputB%d.npy", i))
			outputs = append(outputs, a)
			remaps = append(remaps, fmt.Sprintf("%s=output%d.npy", a, i))
		}
		text += fmt.Sprintf("transfer_input_files = %s\ntransfer_output_files = %s\ntransfer_output_remaps = \"%s\"\nqueue\n",
			strings.Join(inputs, ","), strings.Join(outputs, ","), strings.Join(remaps, ";"))
	}
	return text
}

// removeOutputs removes the outputs of an earlier flow.
func removeOutputs() (err error) {
	for _, pattern := range []string{"output*.npy", "partial*.npz", "run_product*", "*.txt", "logs"} {
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
