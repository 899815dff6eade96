package blocks

import (
	"context"
	"io"
	"os"
	"slices"

	"matpool/internal/arrayfile"
	"matpool/internal/base/file"
	"matpool/internal/base/hash"
	"matpool/internal/progress"
	"matpool/internal/record"
	"matpool/npyio"
)

// cutBuffer is how many bytes of values are read at a time.
const cutBuffer = 8 << 20

// A cutter cuts matrices into blocks.
type cutter struct {
	ctx         context.Context
	sync        bool
	open        int // how many files are open at a time
	show        progress.Func
	done, total int64 // bytes
	recorder    *record.Recorder
	source      *source // the matrix that is cut
	written     []block // of it

	read, gathered []byte // two buffers
}

// A source is a matrix that is cut. Its file is hashed if it is read in order.
type source struct {
	path   string
	hasher *hash.Hasher // or nil
	next   int64        // the first value that it lacks
	count  int64        // of values
}

// A block is a file that was written, with its hash.
type block struct {
	name   string
	hash   hash.Hash
	recipe record.Recipe
}

// begin looks at the file of a matrix before it is read.
func (c *cutter) begin(m blocked) error {
	path, _ := arrayfile.Split(m.of)
	c.source, c.written = &source{path: path}, nil
	if c.source.count, _ = m.file.Len(); c.recorder == nil || m.file.IsMember() {
		return nil
	}
	beginning, err := m.file.Beginning()
	if err != nil {
		return err
	}
	c.source.hasher = new(hash.Hasher)
	c.source.hasher.Write(beginning)
	return nil
}

// read takes values that were read, from the one numbered first on, if they are the next ones.
func (s *source) read(values []byte, first int64, size int) {
	if s.hasher != nil && first == s.next {
		s.hasher.Write(values)
		s.next += int64(len(values) / size)
	}
}

// record records the blocks of a matrix that was read.
func (c *cutter) record() error {
	if c.recorder == nil {
		return nil
	}
	s := c.source
	from := record.Input{Name: s.path}
	if s.hasher != nil && s.next == s.count {
		from.Hash = s.hasher.Sum()
	} else {
		var err error
		if from.Hash, _, err = c.recorder.Cache.Hash(c.ctx, s.path); err != nil {
			return err
		}
	}
	for _, b := range c.written {
		if err := c.recorder.Wrote(c.ctx, b.name, b.hash, b.recipe, []record.Input{from}); err != nil {
			return err
		}
	}
	return nil
}

// cut writes all blocks of a matrix. It reads the file once, in order, unless
// more blocks lie side by side than files may be open.
func (c *cutter) cut(m blocked) error {
	// A line is what lies contiguous in the file: a row, or in Fortran order a column.
	if err := c.begin(m); err != nil {
		return err
	}
	lines, places := m.rows, m.cols
	fortran := m.file.FortranOrder()
	if fortran {
		lines, places = places, lines
	}
	blocks := len(places) - 1
	for i := range len(lines) - 1 {
		for first := 0; first < blocks; first += c.open {
			g := group{lines: lines[i : i+2], length: places[blocks], places: places[first : min(first+c.open, blocks)+1]}
			for j := first; j < first+len(g.places)-1; j++ {
				row, col := i, j
				if fortran {
					row, col = j, i
				}
				g.headers = append(g.headers, m.header(row, col))
				g.names = append(g.names, m.names(row, col))
				var recipes []record.Recipe
				for _, number := range m.numbers(row, col) {
					recipes = append(recipes, m.recipe(row, col, number))
				}
				g.recipes = append(g.recipes, recipes)
			}
			if err := c.cutGroup(m.file, g); err != nil {
				return err
			}
		}
	}
	return c.record()
}

// A group is some blocks that lie side by side in the same lines.
type group struct {
	lines   []int // the first one, and the one behind the last
	places  []int // where the blocks begin in a line, and where the last one ends
	length  int   // of a line
	headers []npyio.Header
	names   [][]string
	recipes [][]record.Recipe // of a block by each name
}

// An output is a block that is written, in order.
type output struct {
	*file.Output
	hasher hash.Hasher
}

func (o *output) Write(p []byte) (int, error) {
	o.hasher.Write(p)
	return o.Output.Write(p)
}

// cutGroup writes the blocks of a group.
func (c *cutter) cutGroup(f *npyio.File, g group) error {
	outs := make([]*output, len(g.names))
	defer func() {
		for _, out := range outs {
			if out != nil {
				out.Close()
			}
		}
	}()
	for i, names := range g.names {
		out, err := arrayfile.CreateNpy(names[0], g.headers[i])
		if err != nil {
			return err
		}
		outs[i] = &output{Output: out}
		outs[i].hasher.Write(g.headers[i].Append(nil))
	}
	if err := c.copyLines(f, g, outs); err != nil {
		return err
	}
	for i, names := range g.names {
		if err := outs[i].Commit(c.sync); err != nil {
			return err
		}
		for k, name := range names {
			if k > 0 {
				if err := c.again(names[0], name); err != nil {
					return err
				}
			}
			c.written = append(c.written, block{name, outs[i].hasher.Sum(), g.recipes[i][k]})
		}
	}
	return nil
}

// copyLines copies the values, as many lines at a time as the buffer holds, or of longer ones a
// part.
func (c *cutter) copyLines(f *npyio.File, g group, outs []*output) error {
	size := f.DType.Size
	first, end := g.places[0], g.places[len(g.places)-1]
	width := min(end-first, cutBuffer/size) // of what is read of a line
	if width == 0 {
		return nil
	}
	atOnce := cutBuffer / (width * size)
	for line := g.lines[0]; line < g.lines[1]; line += atOnce {
		n := min(atOnce, g.lines[1]-line)
		for at := first; at < end; at += width {
			if err := c.copyPatch(f, g, outs, patch{line, at, n, min(width, end-at)}); err != nil {
				return err
			}
		}
	}
	return nil
}

// A patch is a part of a matrix: some places in some lines.
type patch struct{ line, place, lines, places int }

// copyPatch reads a patch, and writes to each block its part.
func (c *cutter) copyPatch(f *npyio.File, g group, outs []*output, p patch) error {
	if err := c.ctx.Err(); err != nil {
		return err
	}
	size := f.DType.Size
	row := p.places * size
	values, err := c.readPatch(f, g, p)
	if err != nil {
		return err
	}
	block, _ := slices.BinarySearch(g.places, p.place+1)
	for block--; block < len(outs) && g.places[block] < p.place+p.places; block++ {
		from, to := max(g.places[block], p.place)-p.place, min(g.places[block+1], p.place+p.places)-p.place
		part := values
		if width := (to - from) * size; width < row {
			part = grow(&c.gathered, p.lines*width)
			for i := range p.lines {
				copy(part[i*width:][:width], values[i*row+from*size:])
			}
		}
		if _, err := outs[block].Write(part); err != nil {
			return err
		}
	}
	c.done += int64(len(values))
	c.show(c.done, c.total)
	return nil
}

// readPatch reads a patch: whole lines at once, otherwise one part after the other.
func (c *cutter) readPatch(f *npyio.File, g group, p patch) ([]byte, error) {
	row := p.places * f.DType.Size
	values := grow(&c.read, p.lines*row)
	first := func(line int) int64 { return int64(line)*int64(g.length) + int64(p.place) }
	if p.places == g.length {
		err := arrayfile.InputError(f.Read(values, first(p.line)))
		c.source.read(values, first(p.line), f.DType.Size)
		return values, err
	}
	for i := range p.lines {
		if err := f.Read(values[i*row:][:row], first(p.line+i)); err != nil {
			return nil, arrayfile.InputError(err)
		}
		c.source.read(values[i*row:][:row], first(p.line+i), f.DType.Size)
	}
	return values, nil
}

// grow returns the first n bytes of a buffer.
func grow(buffer *[]byte, n int) []byte {
	if len(*buffer) < n {
		*buffer = make([]byte, n)
	}
	return (*buffer)[:n]
}

// again gives a file another name, or copies it where that cannot be.
func (c *cutter) again(existing, name string) error {
	if file.Link(existing, name, c.sync) == nil {
		return nil
	}
	return c.copy(existing, name)
}

func (c *cutter) copy(existing, name string) error {
	in, err := os.Open(existing)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := file.Create(name)
	if err != nil {
		return arrayfile.OutputError(err)
	}
	defer out.Close()
	if _, err := io.Copy(arrayfile.Interruptible(c.ctx, out), in); err != nil {
		return err
	}
	return out.Commit(c.sync)
}
