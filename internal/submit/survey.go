package submit

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"matpool/condor/jobfile"
	"matpool/internal/arrayfile"
	"matpool/internal/base/each"
	"matpool/internal/base/file"
	"matpool/internal/blocks"
	"matpool/internal/pair"
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
	s.programs, err = findPrograms(t.work, t.Programs)
	errs = append(errs, err)
	if t.here() && err == nil {
		errs = append(errs, s.programs.checkHere())
	}
	var fixed *matprod.Factor
	if t.Fixed.Factor != "" {
		fixed, s.common, err = inspectFixed(t.work)
	} else {
		s.common, err = inspectCommon(t.Inputs)
	}
	errs = append(errs, err, checkNames(t, s.programs.systems), checkFolders(t), checkTargets(t), checkFileCount(t), checkDAG(t), checkOwner(t), checkFollowed(t))
	s.products, err = inspectPairs(ctx, t.work, fixed, stderr)
	if err := errors.Join(append(errs, err)...); err != nil {
		return survey{}, err
	}
	return s, errors.Join(checkShapes(t, s.products), checkDot(t, s.products))
}

// checkGrid makes sure that the inputs are tiles of the grid in the file, by the record of the first one: joined in
// another grid, tiles that fit make another matrix, which has the same norm.
func checkGrid(ctx context.Context, t task) error {
	if t.Grid.Tiles() == 0 {
		return nil
	}
	for _, name := range t.inputs(t.FirstIndex) {
		records, err := t.records.Of(name)
		if err != nil || len(records) == 0 {
			return err
		}
		h, _, err := t.records.Hashes.Hash(ctx, name)
		if err != nil {
			return err
		}
		for _, r := range records {
			if grid := r.Recipe.Get("grid"); r.Hash == h && r.Recipe.Op() == "block" && grid != "" && grid != t.Grid.String() {
				return status.DataError(fmt.Errorf("%s: grid: is %v, but %s was cut for a grid %s", t.File, t.Grid, name, grid), "set grid = "+grid)
			}
		}
	}
	return nil
}

// checkDot returns an error if the jobs were to multiply stacks with np.dot, whose product of two stacks is
// not that of matprod.
func checkDot(t task, products []product) error {
	if stack := func(p product) bool { return len(p.shape) > 2 }; t.script.Dot && slices.ContainsFunc(products, stack) {
		return status.DataError(fmt.Errorf("%s: python_script: %s multiplies stacks of matrices with np.dot, but matprod with np.matmul", t.File, t.Script), jobfile.InsteadOfScript(t.Script))
	}
	return nil
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

// inspectFixed checks the factor that all products have in common, and returns the size of its
// file.
func inspectFixed(w work) (fixed *matprod.Factor, bytes int64, err error) {
	if fixed, err = matprod.ReadFixed(w.pair); err != nil || fixed == nil {
		return nil, 0, err
	}
	info, err := os.Stat(w.Inputs[0])
	if err != nil {
		return nil, 0, fmt.Errorf("%s: %w", w.Inputs[0], file.Cause(err))
	}
	return fixed, info.Size(), nil
}

// inspectPairs checks the inputs of every product, only by headers and sizes. The error joins
// all faults, in the order of the products.
func inspectPairs(ctx context.Context, w work, fixed *matprod.Factor, stderr io.Writer) ([]product, error) {
	products := make([]product, w.TotalJobs)
	show, finish := progress.New(stderr, "checking")
	defer finish()
	err := forEach(ctx, len(products), show, func(i int) (err error) {
		products[i], err = w.kind.inspect(w, fixed, w.FirstIndex+i)
		return err
	})
	return products, err
}

// forEach calls f for the numbers below n, in parallel, since f mostly waits for the disk. The
// error joins those of f, in the order of the numbers.
func forEach(ctx context.Context, n int, show progress.Func, f func(i int) error) error {
	errs := make([]error, n)
	err := each.Try(ctx, 4*runtime.GOMAXPROCS(0), n, func(_ context.Context, _ int, mine iter.Seq[int]) error {
		for i := range mine {
			errs[i] = f(i)
			if i%64 == 0 {
				show(int64(i), int64(n))
			}
		}
		return nil
	})
	return cmp.Or(err, errors.Join(errs...))
}

// inspectFiles checks the numbered inputs of a product, and returns their size.
func inspectFiles(w work, number int) (m product, err error) {
	var errs []error
	for _, name := range w.inputs(number) {
		size, err := inspectInput(name)
		m.in, errs = m.in+size, append(errs, arrayfile.NotFound(name, err))
	}
	return m, errors.Join(errs...)
}

// inputSize returns the size in bytes of a product's inputs: of archives with all that is in them.
func inputSize(w work, number int, p matprod.Description) (bytes int64) {
	ofArrays := numberedSize(w, p)
	names := w.inputs(number)
	if !slices.ContainsFunc(names, file.IsNpz) {
		return ofArrays
	}
	for _, name := range names {
		info, err := os.Stat(name)
		if err != nil {
			return ofArrays
		}
		bytes += info.Size()
	}
	return bytes
}

// numberedSize returns the size of .npy files of those factors that each product has for itself.
func numberedSize(w work, p matprod.Description) int64 {
	switch {
	case w.Random != nil:
		return 0
	case w.pair.Fixed == pair.FixedA:
		return fileSize(p.B)
	case w.pair.Fixed == pair.FixedB, w.Gram:
		return fileSize(p.A)
	}
	return fileSize(p.A) + fileSize(p.B)
}

// fileSize returns the size in bytes of a file with this header, rounded up a little.
func fileSize(h npyio.Header) int64 {
	count, _ := h.Len()
	return count*int64(h.DType.Size) + 128
}

func isNPY(name string) bool { return strings.EqualFold(filepath.Ext(name), ".npy") }

// inspectInput checks an input of any kind, and returns its size. A file whose name ends in
// .npy must be a .npy file.
func inspectInput(name string) (size int64, err error) {
	if isNPY(name) {
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
		hint := ""
		if strings.ContainsAny(name, "*?[") {
			hint = "nothing expands wildcards in the names of inputs: name each file"
		}
		return 0, status.DataError(fmt.Errorf("%s: %w", name, file.Cause(err)), hint)
	case err != nil:
		return 0, fmt.Errorf("%s: %w", name, file.Cause(err))
	case info.IsDir():
		return 0, status.DataError(fmt.Errorf("%s: is a folder, not a file", name), "name its files, or pack them into one that the program unpacks")
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

// checkShapes makes sure that products that are added have the same shape, and that tiles fit
// each other.
func checkShapes(t task, products []product) error {
	var errs []error
	switch tiles := t.Grid.Tiles(); {
	case tiles > 0:
		perTile := len(products) / tiles
		for i := range products {
			errs = append(errs, sameShape(t, products, i, i/perTile*perTile))
		}
		if err := errors.Join(errs...); err != nil {
			return err
		}
		sizes := blocks.NewSizes(t.Grid)
		for tile := range tiles {
			errs = append(errs, sizes.Fit(tile, productName(t, tile*perTile), products[tile*perTile].shape))
		}
	case t.files.Sums || t.DAG:
		for i := range products {
			errs = append(errs, sameShape(t, products, i, 0))
		}
	}
	return errors.Join(errs...)
}

// sameShape returns an error unless two products have the same shape.
func sameShape(t task, products []product, i, other int) error {
	m, first := products[i], products[other]
	if slices.Equal(m.shape, first.shape) {
		return nil
	}
	return status.DataError(fmt.Errorf("%s: is %s, but %s is %s: they cannot be added",
		productName(t, i), shapeString(m.shape), productName(t, other), shapeString(first.shape)), "")
}

func productName(t task, i int) string { return t.pair.Numbered(t.FirstIndex + i).Name() }

func shapeString(shape []int) string { return npyio.Header{Shape: shape}.ShapeString() }
