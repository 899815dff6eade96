package blocks

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"strconv"

	"matpool/condor/jobfile"
	"matpool/elem"
	"matpool/internal/arrayfile"
	"matpool/internal/base/file"
	"matpool/internal/base/hash"
	"matpool/internal/base/pages"
	"matpool/internal/base/text"
	"matpool/internal/progress"
	"matpool/internal/record"
	"matpool/internal/status"
	"matpool/internal/sum"
	"matpool/internal/sum/ddsum"
	"matpool/npyio"
)

// Join joins the tiles of a grid to the matrix that they are parts of, of their type and in C order, and returns
// its norm: the one of [sum.Combine] for the matrix in one file. A tile is a product or, as a float64, a
// partial sum, rounded.
//
// Join holds some rows of the matrix in memory: [cutBuffer] bytes, or one row if that is longer, and the
// same for the tile that it reads.
func Join(ctx context.Context, grid jobfile.Grid, o sum.CombineOptions, show progress.Func) (result sum.Result, err error) {
	t, err := openTiles(grid, o.Names, cmp.Or(o.Open, file.MayOpen()/2))
	if err != nil {
		return result, err
	}
	defer t.Close()
	squares := squaring{t: arrayfile.Type(t.Header), odd: -1}
	err = t.Make(ctx, o, t.misplaced, t.recipe, func(out *arrayfile.Output) error {
		if out != nil && o.Judgment != nil {
			out.Hashed(t.Header)
		}
		var done int64
		count, _ := t.Header.Len()
		return t.eachRows(ctx, func(values []byte) error {
			squares.add(values)
			done += int64(len(values))
			show(done, count*int64(t.Header.DType.Size))
			if out == nil {
				return nil
			}
			_, err := out.Write(values)
			return err
		})
	})
	if err != nil {
		return result, err
	}
	result.Norm = squares.norm()
	if squares.odd >= 0 {
		result.NotFinite = sum.OddAt("the matrix", t.Header, squares.oddValue, squares.odd)
	}
	return result, nil
}

// recipe returns the recipe of the joined matrix.
func (t *tiles) recipe(family record.Recipe, _ record.Ranges) record.Recipe {
	r := record.New("join", "grid", t.grid.String())
	if family.IsZero() {
		return r
	}
	return r.Of(family)
}

// misplaced returns what is wrong if the factors of tile i are blocks of another grid, or of another of its tiles.
func (t *tiles) misplaced(i int, r record.Record, load func(string) (*record.Folder, error)) string {
	for _, input := range r.From {
		block, ok := recordedBlock(input.Name, input.Hash, load)
		if !ok {
			continue
		}
		if grid := block.Get("grid"); grid != "" && grid != t.grid.String() {
			return fmt.Sprintf("is a tile of a grid %s, not %v", grid, t.grid)
		}
		panels, err := strconv.Atoi(block.Get("panels"))
		if err != nil || panels < 1 {
			panels = 1
		}
		if n, ok := block.Index(); ok && n/panels != i {
			return fmt.Sprintf("is tile %d of the grid, not %d", n/panels, i)
		}
	}
	return ""
}

// recordedBlock returns the recipe by which matinit cut a file with this hash, if that is known.
func recordedBlock(path string, h hash.Hash, load func(string) (*record.Folder, error)) (record.Recipe, bool) {
	f, err := load(filepath.Dir(path))
	if err != nil || h.IsZero() {
		return record.Recipe{}, false
	}
	for _, r := range f.Of(filepath.Base(path)) {
		if r.Hash == h && r.Recipe.Op() == "block" {
			return r.Recipe, true
		}
	}
	return record.Recipe{}, false
}

// tiles are files of tiles that fit each other.
type tiles struct {
	sum.Terms
	grid            jobfile.Grid
	heights, widths []int // of the tiles in each row and column
}

// Sizes are the heights of the rows of tiles in a grid, and the widths of its columns, as far as they are known.
type Sizes struct{ rows, cols []tileSize }

// A tileSize is the height of a row of tiles, or the width of a column, and the tile that has it.
type tileSize struct {
	size int
	name string
}

// NewSizes returns the sizes of a grid of which no tile is known.
func NewSizes(grid jobfile.Grid) *Sizes {
	return &Sizes{make([]tileSize, grid.Rows), make([]tileSize, grid.Cols)}
}

// Fit returns an error unless tile i is a matrix that fits those before it.
func (s *Sizes) Fit(i int, name string, shape []int) error {
	if len(shape) != 2 {
		return status.DataError(fmt.Errorf("%s: has %s, but a tile must have 2", name, text.Count(len(shape), "dimension")), "")
	}
	return errors.Join(s.rows[i/len(s.cols)].fit(name, shape[0], "row"), s.cols[i%len(s.cols)].fit(name, shape[1], "column"))
}

// fit sets the size if it is not known yet, and otherwise returns an error unless it is the same.
func (s *tileSize) fit(name string, size int, what string) error {
	if s.name == "" {
		*s = tileSize{size, name}
	}
	if size == s.size {
		return nil
	}
	return status.DataError(fmt.Errorf("%s: has %d %ss, but %s in the same %s of tiles has %d", name, size, what, s.name, what, s.size), "")
}

// openTiles opens the tiles of a grid, and returns them or all that is wrong with them.
func openTiles(grid jobfile.Grid, names []string, keep int) (*tiles, error) {
	t := &tiles{grid: grid}
	fitting := NewSizes(grid)
	var errs []error
	first := ""
	for i, name := range names {
		term, h, err := openTile(name)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		e := arrayfile.Type(h)
		switch {
		case first == "":
			first, t.Header = name, npyio.Header{DType: npyio.DTypeOf(e)}
		case e != arrayfile.Type(t.Header):
			errs = append(errs, status.DataError(fmt.Errorf("%s: has type %v, but %s has type %v", name, e, first, arrayfile.Type(t.Header)), ""))
		}
		errs = append(errs, fitting.Fit(i, name, h.Shape))
		t.Append(term, keep)
	}
	if err := errors.Join(errs...); err != nil {
		t.Close()
		return nil, err
	}
	t.heights, t.widths = sizes(fitting.rows), sizes(fitting.cols)
	t.Header.Shape = []int{total(t.heights), total(t.widths)}
	if _, ok := t.Header.Len(); !ok {
		t.Close()
		return nil, status.DataError(fmt.Errorf("the tiles make a matrix of %s: more values than can be addressed", t.Header.ShapeString()), "")
	}
	return t, nil
}

// openTile opens a tile, which must be in C order.
func openTile(name string) (sum.Term, npyio.Header, error) {
	t, h, err := sum.OpenRounded(name)
	if err == nil && h.FortranOrder() {
		t.Close()
		err = status.DataError(fmt.Errorf("%s: is in Fortran order, but a tile must be in C order", name),
			"in Python: np.save(name, np.ascontiguousarray(np.load(name)))")
	}
	return t, h, err
}

func sizes(all []tileSize) (sizes []int) {
	for _, s := range all {
		sizes = append(sizes, s.size)
	}
	return sizes
}

func total(sizes []int) (sum int) {
	for _, size := range sizes {
		sum += size
	}
	return sum
}

// eachRows calls do with the values of the whole matrix, some rows at a time.
func (t *tiles) eachRows(ctx context.Context, do func(values []byte) error) error {
	size := t.Header.DType.Size
	row := t.Header.Shape[1] * size
	if row == 0 {
		return nil
	}
	atOnce := max(1, cutBuffer/row)
	var rows, tile []byte
	for r, height := range t.heights {
		for line := 0; line < height; line += atOnce {
			n := min(atOnce, height-line)
			values := grow(&rows, n*row)
			at := 0
			for c, width := range t.widths {
				if err := ctx.Err(); err != nil {
					return err
				}
				part := grow(&tile, n*width*size)
				if err := t.readRows(r*len(t.widths)+c, part, int64(line)*int64(width)); err != nil {
					return err
				}
				for i := range n {
					copy(values[i*row+at:], part[i*width*size:][:width*size])
				}
				at += width * size
			}
			if err := do(values); err != nil {
				return err
			}
		}
	}
	return nil
}

// readRows reads values of tile i, from the value numbered first on, in the machine's byte order.
func (t *tiles) readRows(i int, values []byte, first int64) error {
	return t.With(i, func(part int, array *npyio.File) error {
		if err := array.Read(values, first); err != nil {
			return arrayfile.InputError(err)
		}
		if err := t.See(i, part, array, values); err != nil {
			return err
		}
		if array.DType.Swapped() {
			elem.SwapBytes(values, arrayfile.Type(array.Header))
		}
		return nil
	})
}

// A squaring takes the norm of values that come in order.
type squaring struct {
	t      elem.Type
	block  []float64 // not yet squared
	blocks []ddsum.Squares

	odd      int // the number of the first part that is inf or nan; or −1
	oddValue float64
}

func (s *squaring) add(values []byte) {
	if s.block == nil {
		s.block = make([]float64, 0, ddsum.Block)
	}
	size := s.t.Part().Size()
	for len(values) > 0 {
		begin := len(s.block)
		n := min(cap(s.block)-begin, len(values)/size)
		s.block = s.block[:begin+n]
		elem.ToFloat64(s.block[begin:], values[:n*size], s.t.Part(), false)
		values = values[n*size:]
		if len(s.block) == cap(s.block) {
			s.square()
		}
	}
}

func (s *squaring) square() {
	squares := ddsum.SquaresOf(s.block)
	if s.odd < 0 && (math.IsInf(squares.Hi, 0) || math.IsNaN(squares.Hi)) {
		if at := sum.FirstOdd(pages.Bytes(s.block), elem.Float64); at >= 0 {
			s.odd, s.oddValue = len(s.blocks)*ddsum.Block+at, s.block[at]
		}
	}
	s.blocks = append(s.blocks, squares)
	s.block = s.block[:0]
}

func (s *squaring) norm() ddsum.Norm {
	if len(s.block) > 0 {
		s.square()
	}
	return ddsum.NormOf(s.blocks)
}
