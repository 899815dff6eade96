package blocks

import (
	"context"
	"io"
	"os"
	"slices"

	"matpool/internal/arrayfile"
	"matpool/internal/base/file"
	"matpool/internal/progress"
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

	read, gathered []byte // two buffers
}

// cut writes all blocks of a matrix. It reads the file once, from its beginning to its end, unless
// more blocks lie side by side than files may be open.
func (c *cutter) cut(m blocked) error {
	// A line is what lies contiguous in the file: a row, or in Fortran order a column.
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
			}
			if err := c.cutGroup(m.file, g); err != nil {
				return err
			}
		}
	}
	return nil
}

// A group is some blocks that lie side by side in the same lines.
type group struct {
	lines   []int // the first one, and the one behind the last
	places  []int // where the blocks begin in a line, and where the last one ends
	length  int   // of a line
	headers []npyio.Header
	names   [][]string
}

// cutGroup writes the blocks of a group.
func (c *cutter) cutGroup(f *npyio.File, g group) error {
	outs := make([]*file.Output, len(g.names))
	defer func() {
		for _, out := range outs {
			out.Close()
		}
	}()
	for i, names := range g.names {
		var err error
		if outs[i], err = arrayfile.CreateNpy(names[0], g.headers[i]); err != nil {
			return err
		}
	}
	if err := c.copyLines(f, g, outs); err != nil {
		return err
	}
	for i, names := range g.names {
		if err := outs[i].Commit(c.sync); err != nil {
			return err
		}
		for _, name := range names[1:] {
			if err := c.again(names[0], name); err != nil {
				return err
			}
		}
	}
	return nil
}

// copyLines copies the values, as many lines at a time as the buffer holds, or of longer ones a
// part.
func (c *cutter) copyLines(f *npyio.File, g group, outs []*file.Output) error {
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
func (c *cutter) copyPatch(f *npyio.File, g group, outs []*file.Output, p patch) error {
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
		return values, arrayfile.InputError(f.Read(values, first(p.line)))
	}
	for i := range p.lines {
		if err := f.Read(values[i*row:][:row], first(p.line+i)); err != nil {
			return nil, arrayfile.InputError(err)
		}
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
