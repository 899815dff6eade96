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

	"matpool/internal/file"
	"matpool/internal/flow"
	"matpool/internal/progress"
	"matpool/internal/status"
	"matpool/npyio"
)

// A survey is what the jobs need, as it was found.
type survey struct {
	programs programs
	products []product // by their numbers, less the first one's
	common   int64     // bytes of the files that every job gets
}

// A product is what is known of one product from its inputs.
type product struct {
	in, out int64 // bytes of its input files, and of its outputs if that is known
	flops   int64 // additions and multiplications

	// If matprod makes it:
	shape           []int
	factors, result int64 // bytes in memory, of a stack one product at a time
	sum             int64 // bytes of the sum of such products
}

// look looks at everything that the jobs need. The error joins all that is wrong.
func look(ctx context.Context, t task, stderr io.Writer) (s survey, err error) {
	var errs []error
	s.programs, err = findPrograms(t.Request, t.Programs)
	errs = append(errs, err)
	s.common, err = lookAtCommon(t.Inputs)
	errs = append(errs, err, checkNames(t), checkFolders(t), checkOutbox(t), checkTargets(t), checkGraph(t))
	s.products, err = lookAtPairs(ctx, t, stderr)
	if err := errors.Join(append(errs, err)...); err != nil {
		return survey{}, err
	}
	return s, checkOneShape(t, s.products)
}

// lookAtCommon looks at the files that every job gets, and returns their size.
func lookAtCommon(names []string) (bytes int64, err error) {
	var errs []error
	for _, name := range names {
		size, err := lookAtInput(name)
		bytes, errs = bytes+size, append(errs, err)
	}
	return bytes, errors.Join(errs...)
}

// lookAtPairs looks at the inputs of every product: at headers and sizes only. The error
// joins all that is wrong with them, in the order of their numbers.
func lookAtPairs(ctx context.Context, t task, stderr io.Writer) ([]product, error) {
	products := make([]product, t.TotalJobs)
	show, finish := progress.New(stderr, "checking")
	defer finish()
	err := forEach(ctx, len(products), show, func(i int) (err error) {
		products[i], err = lookAtPair(t, t.FirstIndex+i)
		return err
	})
	return products, err
}

func lookAtPair(t task, index int) (m product, err error) {
	if t.Matprod {
		p, err := flow.Headers(flow.Pair{A: file.Indexed(t.IndexedInputs[0], index), B: file.Indexed(t.IndexedInputs[1], index)})
		if err != nil {
			return m, err
		}
		return product{in: fileSize(p.A) + fileSize(p.B), out: fileSize(p.C), flops: 2 * p.Multiplications,
			shape: p.C.Shape, factors: p.Factors, result: p.Result, sum: p.Sum}, nil
	}
	var errs []error
	for _, name := range t.IndexedInputs {
		size, err := lookAtInput(file.Indexed(name, index))
		m.in, errs = m.in+size, append(errs, err)
	}
	return m, errors.Join(errs...)
}

// fileSize returns the size in bytes of a file with this header, or a little more.
func fileSize(h npyio.Header) int64 {
	count, _ := h.Len()
	return count*int64(h.DType.Size) + 128
}

// lookAtInput looks at a file of any kind, and returns its size. A file with a name in
// .npy must be one.
func lookAtInput(name string) (size int64, err error) {
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

// checkOneShape makes sure that products which are to be added have one shape.
func checkOneShape(t task, products []product) error {
	if !t.Sum && !t.DAG || !t.Matprod {
		return nil
	}
	name := func(i int) string {
		return file.Indexed(t.IndexedInputs[0], t.FirstIndex+i) + " times " + file.Indexed(t.IndexedInputs[1], t.FirstIndex+i)
	}
	var errs []error
	first := products[0]
	for i, m := range products {
		if !slices.Equal(m.shape, first.shape) {
			errs = append(errs, status.DataError(fmt.Errorf("%s: is %s, but %s is %s: they have no sum",
				name(i), shapeString(m.shape), name(0), shapeString(first.shape)), ""))
		}
	}
	return errors.Join(errs...)
}

func shapeString(shape []int) string { return npyio.Header{Shape: shape}.ShapeString() }
