//go:build linux

package main

import (
	"context"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"matpool/bench/launched"
)

// A large product is cut into products for jobs. What its steps need does not grow with its long dimension.
type large struct {
	name    string // of the benchmark
	long    int    // the dimension over which the products are summed
	factors []factor
	cut     string // arguments of matinit, which writes into the folder large
	jobs    string // attributes of the submission file
	job     string // arguments of matprod for one job
}

// A factor is a file of uniform random numbers.
type factor struct {
	file          string
	rows, columns int
}

// gram is XᵀX of a tall matrix.
func gram(rows int) large {
	return large{name: "gram", long: rows, factors: []factor{{"X.npy", rows, 300}},
		cut:  "-gram -panels auto -memory 160MB",
		jobs: "gram = yes\nindexed_input_files = large/inputX.npy\nindexed_output_files = large/output.npy\n",
		job:  "-gram large/inputX0.npy large/output0.npy"}
}

// product is A·B of a wide and a tall matrix.
func product(k int) large {
	return large{name: "product", long: k, factors: []factor{{"A.npy", 3000, k}, {"B.npy", k, 2000}},
		cut:  "-panels auto -memory 256MB",
		jobs: "indexed_input_files = large/inputA.npy, large/inputB.npy\nindexed_output_files = large/output.npy\n",
		job:  "large/inputA0.npy large/inputB0.npy large/output0.npy"}
}

func (l large) benchmark() string { return fmt.Sprintf("Large/product=%s/long=%d", l.name, l.long) }

// makeFactors makes the files of a large product with numpy.
func (p *pool) makeFactors(ctx context.Context, l large) error {
	for i, f := range l.factors {
		code := fmt.Sprintf("import numpy as np; np.save('%s', np.random.default_rng(%d).random((%d, %d)))", f.file, i, f.rows, f.columns)
		if _, err := output(ctx, python, "-c", code); err != nil {
			return err
		}
	}
	return nil
}

// measureLarge computes a large product by numpy in one process, and by our programs on the pool, and prints the measurements.
func (p *pool) measureLarge(ctx context.Context, l large) error {
	if err := p.makeFactors(ctx, l); err != nil {
		return err
	}
	var files []string
	for _, f := range l.factors {
		files = append(files, f.file)
	}
	want, used, err := p.launch(ctx, append([]string{python, p.script("measure/large.py")}, files...)...)
	if err != nil {
		return err
	}
	fmt.Printf("%s\tBenchmark%s\t1\t%s\n", numpy, l.benchmark(), used)
	norm, lines, err := p.onPool(ctx, l, files)
	if err != nil {
		return err
	}
	if !agree(norm, want) {
		return fmt.Errorf("the norm is %s, numpy's %s", norm, want)
	}
	fmt.Print(lines)
	return removeOutputs()
}

// onPool computes a large product on the pool. It returns its norm and the measurements: the makespan, and the time and peak
// memory of cutting the factors, of one of the jobs by itself, and of the sum.
func (p *pool) onPool(ctx context.Context, l large, files []string) (norm, lines string, err error) {
	if err := removeOutputs(); err != nil {
		return "", "", err
	}
	start := time.Now()
	cut := append([]string{p.program("matinit"), "-quiet", "-dir", "large", "-from", strings.Join(files, ",")}, strings.Fields(l.cut)...)
	_, cutting, err := p.launch(ctx, cut...)
	if err != nil {
		return "", "", err
	}
	panels, _ := filepath.Glob("large/input" + files[0][:1] + "*.npy")
	text := l.jobs + fmt.Sprintf("operating_systems = linux\nlog = log.txt\ntotal_jobs = %d\n", len(panels))
	if err := p.submitOurs(ctx, text); err != nil {
		return "", "", err
	}
	norm, combining, err := p.launch(ctx, p.program("matcombine"), "-quiet", "-jobs", strconv.Itoa(len(panels)), "large/output.npy")
	if err != nil {
		return "", "", err
	}
	makespan := time.Since(start)
	_, working, err := p.launch(ctx, append([]string{p.program("matprod"), "-threads", "1"}, strings.Fields(l.job)...)...)
	if err != nil {
		return "", "", err
	}
	lines = fmt.Sprintf("%s\tBenchmark%s\t1\t%d ns/op\t%d panels\n", openblas, l.benchmark(), makespan.Nanoseconds(), len(panels))
	for _, step := range [][2]string{{"cut", cutting}, {"job", working}, {"combine", combining}} {
		lines += fmt.Sprintf("%s\tBenchmark%s/step=%s\t1\t%s\n", openblas, l.benchmark(), step[0], step[1])
	}
	return norm, lines, nil
}

// agree reports whether two norms agree but for the order of numpy's additions.
func agree(x, y string) bool {
	a, errA := strconv.ParseFloat(x, 64)
	b, errB := strconv.ParseFloat(y, 64)
	return errA == nil && errB == nil && math.Abs(a-b) <= 1e-12*math.Abs(b)
}

// launch runs a program. It returns the program's output, and the resources that it used in Go's benchmark format.
func (p *pool) launch(ctx context.Context, argv ...string) (printed, used string, err error) {
	cmd := exec.CommandContext(ctx, p.launcher, argv...)
	cmd.Stderr = os.Stderr
	return launched.Run(cmd)
}
