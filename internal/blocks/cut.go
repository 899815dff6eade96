// Package blocks cuts one product into the pairs of many, and joins the tiles of a product.
package blocks

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"matpool/condor/jobfile"
	"matpool/elem"
	"matpool/internal/arrayfile"
	"matpool/internal/base/file"
	"matpool/internal/base/text"
	"matpool/internal/pair"
	"matpool/internal/product"
	"matpool/internal/progress"
	"matpool/internal/record"
	"matpool/internal/status"
	"matpool/npyio"
)

// CutOptions say how [Cut] makes the pairs of many products out of the factors of one.
type CutOptions struct {
	From   pair.Pair // A and B, or X of a pair.Gram matrix, which is A
	Dir    string    // for the blocks
	A, B   string    // their names without the index; of X it is A
	Cut    Division
	Memory int64 // of a job in bytes, for what is chosen automatically
	Force  bool  // replace files that are there
	Sync   bool  // flush each file to the disk

	Recorder *record.Recorder

	open int // how many files are written at the same time; 0 means what the system allows
}

// A Division says into how many parts a product's sizes are cut.
//
// With P panels, k is cut: the product is the sum of P products, of blocks of A's columns and of
// B's rows. With a grid of R×C tiles the rows of A and the columns of B are cut: each product is a
// tile of the product, which has its bits. The products have numbers, those of a tile one after
// the other, and the tiles row by row.
//
// The sizes of parts differ by at most one, the larger ones first, as np.array_split has them.
type Division struct {
	Panels int
	jobfile.Grid
}

// Products returns the number of products.
func (d Division) Products() int { return d.Panels * d.Tiles() }

// index returns the number of the product of tile (r, c) for a panel.
func (d Division) index(r, c, panel int) int { return (r*d.Cols+c)*d.Panels + panel }

// Cut writes the blocks of A and B as numbered pairs, or the blocks of X, in the type, byte order and
// order (C or Fortran) that they have. It returns a summary for the user, and why the division is
// as it is if it was chosen.
//
// All tiles in a row have the same block of A: equal blocks are one file with several names where the file
// system has hard links. Cut holds [cutBuffer] bytes twice, whatever the sizes. Everything is
// checked beforehand: nothing is written if a block would be empty, a file exists, or the disk is too small.
func Cut(ctx context.Context, o CutOptions, show progress.Func) (summary, why string, err error) {
	f, err := product.Open(o.From, nil)
	if err != nil {
		return "", "", err
	}
	defer f.Close()
	if err := checkMatrices(f); err != nil {
		return "", "", err
	}
	d, why, err := o.choose(f)
	if err != nil {
		return "", "", err
	}
	if err := d.check(f); err != nil {
		return "", "", err
	}
	blocked := o.blocked(f, d)
	if err := errors.Join(o.checkOthers(d), o.check(blocked)); err != nil {
		return "", "", err
	}
	for _, m := range blocked {
		if err := arrayfile.InputError(m.file.Verify()); err != nil {
			return "", "", err
		}
	}
	if err := arrayfile.MakeDir(o.Dir); err != nil {
		return "", "", err
	}
	c := cutter{ctx: ctx, sync: o.Sync, show: show, recorder: o.Recorder, open: cmp.Or(o.open, file.MayOpen()/4)}
	for _, m := range blocked {
		c.total += m.bytes()
	}
	for _, m := range blocked {
		if err := c.cut(m); err != nil {
			return "", "", err
		}
	}
	return d.summary(f), why, nil
}

// checkMatrices makes sure that there are no vectors and no stacks.
func checkMatrices(f product.Factors) error {
	var errs []error
	check := func(a product.Factor) {
		if len(a.Shape) != 2 {
			errs = append(errs, status.DataError(fmt.Errorf("%s: has %s, but only a matrix can be cut", a.Name, text.Count(len(a.Shape), "dimension")), ""))
		}
	}
	check(f.A)
	if f.Form != pair.Gram {
		check(f.B)
	}
	return errors.Join(errs...)
}

// check makes sure that no part is empty, and that the products of panels add up to the product. Products of
// integers do not if they wrap around, and those of bools never do, because they are added as floats.
func (d Division) check(f product.Factors) error {
	if a, b, c := f.Types(); d.Panels > 1 && (c.IsInteger() || c == elem.Bool) {
		of, hint := a.String(), "if no value exceeds 2**53, convert it first; in Python: np.save(name, np.load(name).astype(np.float64))"
		if f.Form != pair.Gram {
			hint = "cut it with -grid, or, " + hint
		}
		if b != a {
			of += " and " + b.String()
		}
		return status.DataError(fmt.Errorf("%s: has type %s: products over panels wrap around, so they do not add up to the product", f.Name(), of), hint)
	}
	inner := "columns of " + f.A.Name
	if f.Form == pair.Gram {
		inner = "rows of " + f.A.Name
	}
	for _, x := range []struct {
		flag        string
		parts, size int
		of          string
	}{
		{fmt.Sprintf("-panels %d", d.Panels), d.Panels, f.K, inner},
		{"-grid " + d.Grid.String(), d.Rows, f.Rows, "rows of " + f.A.Name},
		{"-grid " + d.Grid.String(), d.Cols, f.Cols, "columns of " + f.B.Name},
	} {
		if x.parts > max(x.size, 1) {
			return status.UsageError(fmt.Errorf("%s: the %d %s cannot be cut into %d parts", x.flag, x.size, x.of, x.parts), "")
		}
	}
	if n := float64(d.Rows) * float64(d.Cols) * float64(d.Panels); n > file.MaxCount {
		return status.UsageError(fmt.Errorf("%d×%d tiles with %d panels are %.0f products; the limit is %d", d.Rows, d.Cols, d.Panels, n, file.MaxCount), "")
	}
	return nil
}

// summary says what was written.
func (d Division) summary(f product.Factors) string {
	atMost := ""
	part := func(size, parts int) int {
		if size%parts != 0 {
			atMost = "at most "
		}
		return (size + parts - 1) / parts
	}
	rows, k, cols := part(f.Rows, d.Rows), part(f.K, d.Panels), part(f.Cols, d.Cols)
	if f.Form == pair.Gram {
		return fmt.Sprintf("wrote %s of %s%d×%d: their Gram matrices add up to that of %s, %s",
			text.Count(d.Panels, "block"), atMost, k, cols, f.A.Name, f.Product().ShapeString())
	}
	are := "their products"
	switch {
	case d.Rows*d.Cols == 1:
		are += " add up to"
	case d.Panels == 1:
		are += fmt.Sprintf(" are the %d×%d tiles of", d.Rows, d.Cols)
	default:
		are += fmt.Sprintf(", each %d added up, are the %d×%d tiles of", d.Panels, d.Rows, d.Cols)
	}
	return fmt.Sprintf("wrote %s of %s%d×%d times %d×%d: %s %s times %s, %s",
		text.Count(d.Products(), "pair"), atMost, rows, k, k, cols, are, f.A.Name, f.B.Name, f.Product().ShapeString())
}

// A blocked matrix is a file and the blocks that it is cut into.
type blocked struct {
	file       *npyio.File
	of         string               // the file's name, or that of the array in it
	factor     string               // a, b or x
	rows, cols []int                // where the blocks begin, and where the last ones end
	numbers    func(i, j int) []int // of the products that have a block
	name       string               // of the blocks, without the index
	division   Division
}

func (o CutOptions) blocked(f product.Factors, d Division) []blocked {
	rows, k, cols := split(f.Rows, d.Rows), split(f.K, d.Panels), split(f.Cols, d.Cols)
	a := blocked{file: f.A.File, of: f.A.Name, factor: "a", rows: rows, cols: k, name: filepath.Join(o.Dir, o.A), division: d}
	if f.Form == pair.Gram {
		a.factor, a.rows, a.cols = "x", k, split(f.Cols, 1)
		a.numbers = func(i, _ int) []int { return []int{i} }
		return []blocked{a}
	}
	b := blocked{file: f.B.File, of: f.B.Name, factor: "b", rows: k, cols: cols, name: filepath.Join(o.Dir, o.B), division: d}
	a.numbers = func(r, panel int) (numbers []int) {
		for c := range d.Cols {
			numbers = append(numbers, d.index(r, c, panel))
		}
		return numbers
	}
	b.numbers = func(panel, c int) (numbers []int) {
		for r := range d.Rows {
			numbers = append(numbers, d.index(r, c, panel))
		}
		return numbers
	}
	return []blocked{a, b}
}

// names returns the names of block (i, j), one for each product that has it.
func (m blocked) names(i, j int) (names []string) {
	for _, number := range m.numbers(i, j) {
		names = append(names, file.Indexed(m.name, number))
	}
	return names
}

func (m blocked) recipe(i, j, number int) record.Recipe {
	from := func(at []int, i int) string { return fmt.Sprintf("%d:%d", at[i], at[i+1]) }
	path, member := arrayfile.Split(m.of)
	return record.New("block", "of", filepath.Base(path), "array", member, "factor", m.factor, "rows", from(m.rows, i), "cols", from(m.cols, j),
		"grid", m.division.Grid.String(), "panels", strconv.Itoa(m.division.Panels)).At(number)
}

// split returns where the parts of a size begin, and where the last one ends.
func split(size, parts int) []int {
	at := make([]int, parts+1)
	for i := range parts {
		at[i+1] = at[i] + size/parts
		if i < size%parts {
			at[i+1]++
		}
	}
	return at
}

func (m blocked) header(i, j int) npyio.Header {
	return npyio.Header{DType: m.file.DType, Fortran: m.file.FortranOrder(), Shape: []int{m.rows[i+1] - m.rows[i], m.cols[j+1] - m.cols[j]}}
}

// bytes returns the size of all values.
func (m blocked) bytes() int64 {
	count, _ := m.file.Len()
	return count * int64(m.file.DType.Size)
}

func (m blocked) each(do func(i, j int)) {
	for i := range len(m.rows) - 1 {
		for j := range len(m.cols) - 1 {
			do(i, j)
		}
	}
}

// checkOthers makes sure that no block of a finer division is there, which would be taken for one of
// these, even where files may be replaced.
func (o CutOptions) checkOthers(d Division) error {
	names := []string{o.A}
	if o.From.Form != pair.Gram {
		names = append(names, o.B)
	}
	for _, name := range names {
		next := filepath.Join(o.Dir, file.Indexed(name, d.Products()))
		if _, err := os.Lstat(next); err == nil {
			return status.UsageError(fmt.Errorf("%s: left over from an earlier split (this one makes only %s)", next, text.Count(d.Products(), "block")),
				"remove the blocks that are there, or choose another folder with -dir")
		}
	}
	return nil
}

// check checks everything about the files to be written.
func (o CutOptions) check(all []blocked) error {
	var names []string
	var needed, copies float64 // bytes; copies are not needed if there are links
	for _, m := range all {
		m.each(func(i, j int) {
			block := m.names(i, j)
			h := m.header(i, j)
			count, _ := h.Len()
			size := float64(len(h.Append(nil))) + float64(float64(count)*float64(h.DType.Size))
			names, needed, copies = append(names, block...), needed+size, copies+float64(size*float64(len(block)-1))
		})
	}
	if name, twice := arrayfile.Repeated(names); twice {
		return status.UsageError(fmt.Errorf("two of the blocks would be written to %s", name), "give -a and -b names that differ by more than an index")
	}
	for _, name := range []string{names[0], names[len(names)-1]} { // the others differ in the index only
		if err := file.Check(name); err != nil {
			return arrayfile.OutputError(err)
		}
	}
	for _, name := range names {
		if err := arrayfile.CheckDistinct(name, o.From.Files()...); err != nil {
			return err
		}
	}
	if _, err := arrayfile.Existing(names, o.Force); err != nil {
		return err
	}
	if copies > 0 && !file.CanLink(arrayfile.Nearest(o.Dir)) {
		needed += copies
	}
	return arrayfile.CheckSpace(o.Dir, needed, "the blocks take as much as the matrices")
}
