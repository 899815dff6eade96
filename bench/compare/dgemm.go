package main

import (
	"bufio"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"matpool/blas"
	"matpool/internal/nprand"
	"matpool/internal/pages"
)

// burst is how long one side multiplies before it is the other's turn.
const burst = 200 * time.Millisecond

// raceKernels times the multiplication alone, on one thread: each of our kernels
// against a warm numpy in a process of its own, in turn.
func (c *comparison) raceKernels() (rows []row, err error) {
	cmd := c.command(c.dir, []string{"OPENBLAS_NUM_THREADS=1"}, python, filepath.Join(c.root, "bench", "compare", "dgemm.py"))
	input, errIn := cmd.StdinPipe()
	output, errOut := cmd.StdoutPipe()
	if err := errors.Join(errIn, errOut, cmd.Start()); err != nil {
		return nil, err
	}
	defer func() {
		input.Close()
		err = errors.Join(err, cmd.Wait())
	}()
	lines := bufio.NewScanner(output)
	line := func() string { lines.Scan(); return lines.Text() }
	c.numpy = line()
	if strings.Contains(c.numpy, "not OpenBLAS") {
		return nil, fmt.Errorf("numpy is %s: times against it tell nothing; run test/setup.sh", c.numpy)
	}
	numpysNorm := line()

	n := c.size
	memory, err := pages.Alloc(3 * n * n)
	if err != nil {
		return nil, err
	}
	nprand.New(seed).Float64s(memory[:2*n*n]) // what inputA0.npy and inputB0.npy hold
	a, b, product := blas.Dense(n, n, memory[:n*n]), blas.Dense(n, n, memory[n*n:2*n*n]), blas.Dense(n, n, memory[2*n*n:])
	for _, kernel := range blas.Kernels() {
		m, err := blas.New(kernel, 1)
		if err != nil {
			return nil, err
		}
		r := row{name: "dgemm, kernel " + kernel, flops: 2 * math.Pow(float64(n), 3)}
		fmt.Fprintln(c.progress, r.name)
		for i := range c.runs + 1 {
			var times []float64
			for end := time.Now().Add(burst); len(times) == 0 || time.Now().Before(end); {
				start := time.Now()
				if err := m.Mul(c.ctx, product, a, b); err != nil {
					return nil, err
				}
				times = append(times, time.Since(start).Seconds())
			}
			fmt.Fprintln(input, burst.Seconds()) // if it has ended, there is no answer
			numpys, err := strconv.ParseFloat(line(), 64)
			if err != nil {
				return nil, fmt.Errorf("dgemm.py: %w", err)
			}
			if i > 0 {
				r.seconds[0], r.seconds[1] = append(r.seconds[0], median(times)), append(r.seconds[1], numpys)
			}
		}
		if ours := fmt.Sprint(norm(product.Data)); !agree(ours, numpysNorm) {
			return nil, fmt.Errorf("%s: our norm is %s, numpy's %s", r.name, ours, numpysNorm)
		}
		rows = append(rows, r)
	}
	return rows, nil
}
