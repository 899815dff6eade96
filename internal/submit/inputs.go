package submit

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"matpool/condor"
	"matpool/internal/file"
	"matpool/internal/flow"
	"matpool/internal/progress"
	"matpool/internal/status"
	"matpool/npyio"
)

// A product is what is known of one product from its inputs.
type product struct {
	in, out    int64 // bytes of its input files, and of its outputs where that is known
	flops      int64 // additions and multiplications
	rows, cols int   // of the product, where matprod makes it
}

// measure looks at the inputs of every product: at headers and sizes only. The error
// joins all that is wrong with them, in the order of their numbers.
func (p *plan) measure(ctx context.Context) error {
	p.products = make([]product, p.job.TotalJobs)
	show, finish := progress.New(p.stderr, "checking")
	defer finish()
	return p.forAll(ctx, len(p.products), show, func(i int) (err error) {
		p.products[i], err = p.measureOne(p.job.FirstIndex + i)
		return err
	})
}

func (p *plan) measureOne(index int) (m product, err error) {
	if p.job.Matprod {
		inputs := p.job.IndexedInputs
		pair := flow.Pair{A: file.Indexed(inputs[0], index), B: file.Indexed(inputs[1], index)}
		a, b, c, err := flow.Headers(pair)
		if err != nil {
			return m, err
		}
		multiplications := int64(a.Shape[0]) * int64(a.Shape[1]) * int64(b.Shape[1])
		return product{fileSize(a) + fileSize(b), fileSize(c), 2 * multiplications, c.Shape[0], c.Shape[1]}, nil
	}
	var errs []error
	for _, name := range p.job.IndexedInputs {
		size, err := checkInput(file.Indexed(name, index))
		errs = append(errs, err)
		m.in += size
	}
	return m, errors.Join(errs...)
}

// checkOneShape makes sure that products which are to be added have one shape.
func (p *plan) checkOneShape() error {
	if !p.job.Sum && !p.DAG || !p.job.Matprod {
		return nil
	}
	name := func(i int) string {
		a, b := p.job.IndexedInputs[0], p.job.IndexedInputs[1]
		return file.Indexed(a, p.job.FirstIndex+i) + " times " + file.Indexed(b, p.job.FirstIndex+i)
	}
	var errs []error
	first := p.products[0]
	for i, m := range p.products {
		if m.rows != first.rows || m.cols != first.cols {
			errs = append(errs, status.DataError(fmt.Errorf("%s: is %d×%d, but %s is %d×%d: they have no sum",
				name(i), m.rows, m.cols, name(0), first.rows, first.cols), ""))
		}
	}
	return errors.Join(errs...)
}

// fileSize returns the size in bytes of a file with this header, or a little more.
func fileSize(h npyio.Header) int64 {
	count, _ := h.Len()
	return count*int64(h.DType.Size) + 128
}

// checkInput looks at a file of any kind, and returns its size. What is called .npy
// must be one.
func checkInput(name string) (size int64, err error) {
	if strings.EqualFold(filepath.Ext(name), ".npy") {
		f, err := npyio.Open(name)
		switch {
		case errors.Is(err, fs.ErrNotExist), errors.Is(err, npyio.ErrFormat):
			return 0, status.DataError(err, "")
		case err != nil:
			return 0, err
		}
		defer f.Close()
		return fileSize(f.Header), nil
	}
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return 0, status.DataError(fmt.Errorf("%s: no such file", name), "")
	case err != nil:
		return 0, fmt.Errorf("%s: %w", name, file.Cause(err))
	case !info.Mode().IsRegular(): // to open a pipe would be to wait for its writer
		return 0, status.DataError(fmt.Errorf("%s: is not a regular file", name), "")
	}
	f, err := os.Open(name)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", name, file.Cause(err))
	}
	f.Close()
	return info.Size(), nil
}

// forAll calls f for the numbers below n, several at a time, since a look at a file is
// mostly waiting. The error joins those of f in the order of the numbers.
func (p *plan) forAll(ctx context.Context, n int, show progress.Func, f func(i int) error) error {
	type failure struct {
		i   int
		err error
	}
	var mu sync.Mutex
	var failures []failure
	var next atomic.Int64
	const share = 64 // numbers that a goroutine takes at a time
	g, ctx := errgroup.WithContext(ctx)
	for range 4 * runtime.GOMAXPROCS(0) {
		g.Go(func() error {
			for {
				first := int(next.Add(share)) - share
				if first >= n {
					return nil
				}
				if err := ctx.Err(); err != nil {
					return err
				}
				for i := first; i < min(first+share, n); i++ {
					if err := f(i); err != nil {
						mu.Lock()
						failures = append(failures, failure{i, err})
						mu.Unlock()
					}
				}
				show(int64(min(first+share, n)), int64(n))
			}
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	slices.SortFunc(failures, func(a, b failure) int { return cmp.Compare(a.i, b.i) })
	errs := make([]error, len(failures))
	for i := range failures {
		errs[i] = failures[i].err
	}
	return errors.Join(errs...)
}

// checkCommon looks at the files that every job gets.
func (p *plan) checkCommon() error {
	var errs []error
	for _, name := range p.job.Inputs {
		_, err := checkInput(name)
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// common returns the size of the files that every job gets.
func (p *plan) common() (bytes int64) {
	for _, name := range p.job.Inputs {
		if info, err := os.Stat(name); err == nil {
			bytes += info.Size()
		}
	}
	return bytes
}

// checkNames makes sure that no output is an input: in a job's folder, where only the
// last part of a name counts, and here, where input1.npy with index 0 is input.npy with
// index 10.
func (p *plan) checkNames() error {
	var errs []error
	for _, output := range p.outputs() {
		for _, input := range append(slices.Clone(p.job.IndexedInputs), p.job.Inputs...) {
			if a, b := condor.Base(output), condor.Base(input); a == b && !p.job.Matprod { // whose outputs are in the outbox
				errs = append(errs, status.DataError(fmt.Errorf("%s: indexed_output_files: %s and %s would be one file in a job's folder", p.File, output, input),
					"give the outputs names of their own, as in indexed_output_files = results/output.npy"))
			}
		}
		for _, input := range p.job.IndexedInputs {
			if index, clash := p.meet(output, input); clash {
				errs = append(errs, status.DataError(fmt.Errorf("%s: indexed_output_files: %s is also an input", p.File, file.Indexed(output, index)),
					"give the outputs names that no index makes equal to an input's"))
			}
		}
	}
	return errors.Join(errs...)
}

// meet finds an index with which a name is the other name with another index.
func (p *plan) meet(name, other string) (index int, clash bool) {
	if bare(name) != bare(other) {
		return 0, false
	}
	names := make(map[string]bool, p.job.TotalJobs)
	for i := range p.job.TotalJobs {
		names[filepath.Clean(file.Indexed(other, p.job.FirstIndex+i))] = true
	}
	for i := range p.job.TotalJobs {
		index := p.job.FirstIndex + i
		if names[filepath.Clean(file.Indexed(name, index))] {
			return index, true
		}
	}
	return 0, false
}

// bare returns a name without the digits where an index goes.
func bare(name string) string {
	ext := filepath.Ext(name)
	return filepath.Clean(strings.TrimRight(strings.TrimSuffix(name, ext), "0123456789") + ext)
}
