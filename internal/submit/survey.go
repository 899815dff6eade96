package submit

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"matpool/condor/jobfile"
	"matpool/internal/arrayfile"
	"matpool/internal/base/file"
	matprod "matpool/internal/product"
	"matpool/internal/progress"
	"matpool/internal/status"
	"matpool/npyio"
)

// A survey is what inspect finds out about the jobs' files.
type survey struct {
	programs programs
	products []product // in the order of their numbers
	common   int64     // the size in bytes of the files that every job gets, besides the program
}

// A product is what the inputs of one product show.
type product struct {
	in, out int64 // sizes in bytes of its inputs, and of its outputs if known
	flops   int64 // additions and multiplications

	// If matprod makes it:
	shape           []int
	factors, result int64 // bytes in memory, of a stack one product at a time
	fixed           int64 // bytes in memory of a factor that all have in common
	sum             int64 // bytes of the sum of such products
}

// inspect checks everything that the jobs need. The error joins all faults.
func inspect(ctx context.Context, t task, stderr io.Writer) (s survey, err error) {
	var errs []error
	s.programs, err = findPrograms(t.Request, t.Programs)
	errs = append(errs, err, checkHere(t, s.programs, err))
	var fixed *matprod.Factor
	if t.Fixed.Factor != "" {
		fixed, s.common, err = inspectFixed(t)
	} else {
		s.common, err = inspectCommon(t.Inputs)
	}
	errs = append(errs, err, checkNames(t), checkFolders(t), checkOutbox(t), checkTargets(t), checkDAG(t))
	s.products, err = inspectPairs(ctx, t, fixed, stderr)
	if err := errors.Join(append(errs, err)...); err != nil {
		return survey{}, err
	}
	return s, checkShapes(t, s.products)
}

// inspectCommon checks the files that every job gets, and returns their total size.
func inspectCommon(names []string) (bytes int64, err error) {
	var errs []error
	for _, name := range names {
		size, err := inspectInput(name)
		bytes, errs = bytes+size, append(errs, err)
	}
	return bytes, errors.Join(errs...)
}

// inspectPairs checks the inputs of every product, only by headers and sizes. The error joins
// all faults, in the order of the products.
func inspectPairs(ctx context.Context, t task, fixed *matprod.Factor, stderr io.Writer) ([]product, error) {
	products := make([]product, t.TotalJobs)
	show, finish := progress.New(stderr, "checking")
	defer finish()
	err := forEach(ctx, len(products), show, func(i int) (err error) {
		products[i], err = inspectPair(t, fixed, t.FirstIndex+i)
		return err
	})
	return products, err
}

func inspectPair(t task, fixed *matprod.Factor, index int) (m product, err error) {
	if t.Matprod && (fixed != nil || t.Fixed.Factor == "") { // otherwise the fixed factor is bad
		p, err := matprod.Describe(t.pair.Numbered(index), fixed)
		if err != nil {
			return m, err
		}
		return product{in: inputSize(t, index, p), out: fileSize(p.C), flops: 2 * p.Multiplications,
			shape: p.C.Shape, factors: p.Factors, result: p.Result, fixed: p.Fixed, sum: p.Sum}, nil
	}
	var errs []error
	for _, name := range t.IndexedInputFiles() {
		name = file.Indexed(name, index)
		size, err := inspectInput(name)
		m.in, errs = m.in+size, append(errs, arrayfile.NotFound(name, err))
	}
	return m, errors.Join(errs...)
}

// inputSize returns the size in bytes of a product's inputs: of archives with all that is in them.
func inputSize(t task, index int, p matprod.Description) (bytes int64) {
	ofArrays := numberedSize(t, p)
	names := t.IndexedInputFiles()
	if !slices.ContainsFunc(names, jobfile.IsArchive) {
		return ofArrays
	}
	for _, name := range names {
		info, err := os.Stat(file.Indexed(name, index))
		if err != nil {
			return ofArrays
		}
		bytes += info.Size()
	}
	return bytes
}

// fileSize returns the size in bytes of a file with this header, rounded up a little.
func fileSize(h npyio.Header) int64 {
	count, _ := h.Len()
	return count*int64(h.DType.Size) + 128
}

// inspectInput checks an input of any kind, and returns its size. A file whose name ends in
// .npy must be a .npy file.
func inspectInput(name string) (size int64, err error) {
	if strings.EqualFold(filepath.Ext(name), ".npy") {
		f, err := npyio.Open(name)
		switch {
		case errors.Is(err, fs.ErrNotExist), errors.Is(err, npyio.ErrFormat):
			return 0, status.DataError(err, npyio.Hint(err))
		case err != nil:
			return 0, err
		}
		defer f.Close()
		return fileSize(f.Header), nil
	}
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return 0, status.DataError(fmt.Errorf("%s: %w", name, file.Cause(err)), "")
	case err != nil:
		return 0, fmt.Errorf("%s: %w", name, file.Cause(err))
	case !info.Mode().IsRegular(): // opening a pipe would wait for its writer
		return 0, status.DataError(fmt.Errorf("%s: is not a regular file", name), "")
	}
	f, err := os.Open(name)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", name, file.Cause(err))
	}
	f.Close()
	return info.Size(), nil
}
