package random

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"matpool/internal/arrayfile"
	"matpool/internal/base/file"
	"matpool/internal/base/hash"
	"matpool/internal/base/pages"
	"matpool/internal/progress"
	"matpool/internal/record"
	"matpool/npyio"
)

// drawn is how many bytes of values are drawn at once.
const drawn = 8 << 20

// An inputForm is what all files of random numbers have in common.
type inputForm struct {
	header npyio.Header     // of each array
	layout *npyio.NpzLayout // of an archive, or nil
	arrays []int64          // for each array of a file, where its values begin
	bytes  int64            // of an array's values
	size   int64            // of a file
}

func newInputForm(h npyio.Header, npz bool) inputForm {
	count, _ := h.Len()
	form := inputForm{header: h, bytes: count * int64(h.DType.Size)}
	if npz {
		form.layout = npyio.NewNpzLayout(npyio.NpzMember{Name: arrayfile.MemberA, Header: h}, npyio.NpzMember{Name: arrayfile.MemberB, Header: h})
		form.arrays = []int64{form.layout.Values(0), form.layout.Values(1)}
		form.size = form.layout.Size()
		return form
	}
	form.arrays = []int64{int64(len(h.Append(nil)))}
	form.size = form.arrays[0] + form.bytes
	return form
}

// create makes a file, without its values.
func (form inputForm) create(name string) (*file.Output, error) {
	if form.layout == nil {
		return arrayfile.CreateNpy(name, form.header)
	}
	out, err := file.Create(name)
	if err != nil {
		return nil, arrayfile.OutputError(err)
	}
	if err := out.Reserve(form.size); err != nil {
		out.Close()
		return nil, err
	}
	return out, nil
}

// drawAll writes files of random numbers.
//
// Writing takes longer than drawing, so several threads do both: while one draws, the
// others make files and write what they have drawn. Files of one piece are written at the
// same time; the system writes the pieces of a larger one in turn.
func (o Options) drawAll(ctx context.Context, names []string, form inputForm, show progress.Func) error {
	begin, err := o.fillers()
	if err != nil {
		return err
	}
	d := drawing{names: names, form: form, sync: o.Sync, begin: begin, open: map[*drawnFile]bool{}, hashes: o.Hashes}
	defer d.close()
	var files atomic.Int64
	g, ctx := errgroup.WithContext(ctx)
	for range max(1, min(o.Threads, maxWriters)) {
		g.Go(func() error {
			floats, err := pages.Alloc(int(min(drawn, form.bytes+7) / 8))
			if err != nil {
				return err
			}
			for ctx.Err() == nil {
				p, err := d.next(pages.Bytes(floats))
				if err != nil || p.file == nil {
					return err
				}
				done, err := d.write(p)
				if err != nil {
					return d.fail(p.file, err)
				}
				if done {
					show(files.Add(1), int64(len(names)))
				}
			}
			return ctx.Err()
		})
	}
	if err := g.Wait(); d.failure == nil {
		return err
	}
	return d.failure
}

// fillers returns what begins each array, of one stream for all pairs or of one for each.
func (o Options) fillers() (begin func() (func([]byte), error), err error) {
	if !o.Streams {
		one, err := o.Numbers.Filler()
		return func() (func([]byte), error) { return one(), nil }, err
	}
	var stream Filler
	arrays := 0
	return func() (func([]byte), error) {
		if arrays%2 == 0 {
			if stream, err = o.Numbers.Filler(o.First + arrays/2); err != nil {
				return nil, err
			}
		}
		arrays++
		return stream(), nil
	}, nil
}

// maxWriters is how many threads write at most: more gain nothing, since one draws.
const maxWriters = 4

// A drawing is the state that the threads share.
type drawing struct {
	names []string
	form  inputForm
	sync  bool

	mu    sync.Mutex
	begin func() (func([]byte), error) // begins the next array
	begun int                          // of the files
	file  *drawnFile                   // the last of them
	array int                          // the last one begun in it
	fill  func([]byte)                 // draws its values
	drawn int64                        // of them, in bytes
	open  map[*drawnFile]bool

	hashes *record.Cache // or nil

	failed  *drawnFile // the first of the files that cannot be written
	failure error      // why
}

// A drawnFile is made when there are values to write, by the thread that has them, so that the
// others draw meanwhile: where the system reserves room page by page (tmpfs), that takes longer
// than drawing.
type drawnFile struct {
	number  int // from 0 on
	create  sync.Once
	out     *file.Output       // or nil
	err     error              // of creating it
	missing atomic.Int64       // bytes of values
	sums    [][]npyio.Checksum // of an archive: for each array, of its pieces
	hasher  *hash.Hasher       // of a .npy file, or nil: of what was drawn so far
}

// A drawnPiece is a piece of an array of a file.
type drawnPiece struct {
	file   *drawnFile
	array  int
	first  int64 // its first byte among those of the values
	values []byte
}

// next draws the next values into the buffer. After the last ones, there is no piece.
func (d *drawing) next(buffer []byte) (p drawnPiece, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.file == nil || d.drawn == d.form.bytes {
		if d.array++; d.file == nil || d.array >= len(d.form.arrays) {
			if d.begun == len(d.names) {
				return p, nil
			}
			d.file = d.newFile(d.begun)
			d.array = 0
			d.begun++
		}
		if d.fill, err = d.begin(); err != nil {
			return p, err
		}
		d.drawn = 0
	}
	p = drawnPiece{d.file, d.array, d.drawn, buffer[:min(drawn, d.form.bytes-d.drawn)]}
	for chunk := range slices.Chunk(p.values, 256<<10) { // in a core's cache until it is hashed
		d.fill(chunk)
		if d.file.hasher != nil {
			d.file.hasher.Write(chunk)
		}
	}
	d.drawn += int64(len(p.values))
	return p, nil
}

func (d *drawing) newFile(number int) *drawnFile {
	f := &drawnFile{number: number}
	f.missing.Store(d.form.bytes * int64(len(d.form.arrays)))
	if d.form.layout != nil {
		for range d.form.arrays {
			f.sums = append(f.sums, make([]npyio.Checksum, (d.form.bytes+drawn-1)/drawn))
		}
	}
	if d.form.layout == nil && d.hashes != nil {
		f.hasher = new(hash.Hasher)
		f.hasher.Write(d.form.header.Append(nil))
	}
	d.open[f] = true
	return f
}

// write writes a piece, and gives the file its name if that was the last one missing.
func (d *drawing) write(p drawnPiece) (done bool, err error) {
	f := p.file
	f.create.Do(func() { f.out, f.err = d.form.create(d.names[f.number]) })
	if f.err != nil {
		return false, f.err
	}
	if d.form.layout != nil {
		f.sums[p.array][p.first/drawn] = npyio.ChecksumOf(p.values)
	}
	if _, err := f.out.At(d.form.arrays[p.array] + p.first).Write(p.values); err != nil {
		return false, err
	}
	if f.missing.Add(-int64(len(p.values))) > 0 {
		return false, nil
	}
	d.mu.Lock()
	delete(d.open, f)
	d.mu.Unlock()
	defer f.out.Close()
	if d.form.layout != nil {
		if err := d.form.layout.Finish(f.out.At, joined(f.sums)...); err != nil {
			return false, err
		}
	}
	if err := f.out.Commit(d.sync); err != nil {
		return false, err
	}
	if f.hasher != nil {
		d.hashes.Wrote(d.names[f.number], f.hasher.Sum())
	}
	return true, nil
}

// fail keeps the error of the first file that has one: which thread is the first to fail is a matter of chance.
func (d *drawing) fail(f *drawnFile, err error) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.failed == nil || f.number < d.failed.number {
		d.failed, d.failure = f, err
	}
	return err
}

// joined returns the checksum of each array from those of its pieces.
func joined(pieces [][]npyio.Checksum) []npyio.Checksum {
	sums := make([]npyio.Checksum, len(pieces))
	for i := range pieces {
		for _, piece := range pieces[i] {
			sums[i] = sums[i].Then(piece)
		}
	}
	return sums
}

// close removes what was not completed.
func (d *drawing) close() {
	for f := range d.open {
		f.out.Close()
	}
}
