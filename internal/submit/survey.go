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
	products products
	common   int64 // the size in bytes of the files that every job gets, besides the program
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
	errs = append(errs, err, checkNames(t, s.programs.systems), checkFolders(t), checkTargets(t), checkFileCount(t), checkDAG(t), checkOwner(ctx, t), checkFollowed(t))
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
func checkDot(t task, all products) error {
	if stack := func(g group) bool { return len(g.shape) > 2 }; t.script.Dot && slices.ContainsFunc(all, stack) {
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
func inspectPairs(ctx context.Context, w work, fixed *matprod.Factor, stderr io.Writer) (products, error) {
	if w.Random != nil { // they are alike
		m, err := w.kind.inspect(w, fixed, w.FirstIndex)
		return products{}.with(w.FirstIndex, w.TotalJobs, m), err
	}
	list := make([]product, w.TotalJobs)
	show, finish := progress.New(stderr, "checking")
	defer finish()
	err := forEach(ctx, len(list), show, func(i int) (err error) {
		list[i], err = w.kind.inspect(w, fixed, w.FirstIndex+i)
		return err
	})
	var all products
	for i, m := range list {
		all = all.with(w.FirstIndex+i, 1, m)
	}
	return all, err
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
func checkShapes(t task, all products) error {
	tiles := t.Grid.Tiles()
	switch {
	case tiles == 0 && (t.files.Sums || t.DAG):
		return sameShape(t, all, batch{first: t.FirstIndex, count: t.TotalJobs})
	case tiles == 0:
		return nil
	}
	var errs []error
	perTile := t.TotalJobs / tiles
	for tile := range tiles {
		errs = append(errs, sameShape(t, all, batch{first: tile * perTile, count: perTile}))
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	sizes := blocks.NewSizes(t.Grid)
	for tile := range tiles {
		errs = append(errs, sizes.Fit(tile, productName(t, tile*perTile), all.of(tile*perTile).shape))
	}
	return errors.Join(errs...)
}

// sameShape returns an error for each product of a batch that has not the shape of the first one.
func sameShape(t task, all products, b batch) error {
	first := all.of(b.first)
	var errs []error
	for g := range all.in(b) {
		if slices.Equal(g.shape, first.shape) {
			continue
		}
		for i := range g.count {
			errs = append(errs, status.DataError(fmt.Errorf("%s: is %s, but %s is %s: they cannot be added",
				productName(t, g.first+i), shapeString(g.shape), productName(t, b.first), shapeString(first.shape)), ""))
		}
	}
	return errors.Join(errs...)
}

func productName(t task, number int) string { return t.pair.Numbered(number).Name() }

func shapeString(shape []int) string { return npyio.Header{Shape: shape}.ShapeString() }
