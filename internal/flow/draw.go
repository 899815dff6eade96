package flow

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"matpool/internal/file"
	"matpool/internal/nprand"
	"matpool/internal/pages"
	"matpool/internal/progress"
	"matpool/npyio"
)

// drawn is how many values are drawn at once: 8 MiB.
const drawn = 1 << 20

// drawAll writes files of random numbers, one stream for all of them.
//
// Writing takes longer than drawing, so several threads do both: while one draws, the
// others write what they have drawn. Files of one piece are written at the same time;
// the system writes the pieces of a larger one in turn.
func (o InitOptions) drawAll(ctx context.Context, names []string, h npyio.Header, show progress.Func) error {
	count, _ := h.Len()
	d := drawing{names: names, header: h, count: count, sync: o.Sync, source: nprand.New(o.Seed), open: map[*drawnFile]bool{}}
	defer d.close()
	var files atomic.Int64
	g, ctx := errgroup.WithContext(ctx)
	for range min(runtime.GOMAXPROCS(0), maxWriters) {
		g.Go(func() error {
			buffer, err := pages.Alloc(int(min(drawn, count)))
			if err != nil {
				return err
			}
			for ctx.Err() == nil {
				f, first, x, err := d.next(buffer)
				if err != nil || f == nil {
					return err
				}
				done, err := d.write(f, first, x)
				if err != nil {
					return err
				}
				if done {
					show(files.Add(1), int64(len(names)))
				}
			}
			return ctx.Err()
		})
	}
	return g.Wait()
}

// maxWriters is how many threads write at most: more gain nothing, since one draws.
const maxWriters = 4

// A drawing is the state that the threads share.
type drawing struct {
	names  []string
	header npyio.Header
	count  int64 // of values in a file
	sync   bool

	mu     sync.Mutex
	source *nprand.Source
	begun  int        // of the files
	file   *drawnFile // the last of them
	drawn  int64      // of its values
	open   map[*drawnFile]bool
}

type drawnFile struct {
	*file.Output
	values  int64 // where they begin, in bytes
	missing atomic.Int64
}

// next draws the next values into the buffer: x, those of file f from number first on.
// It begins files as needed. After the last file, f is nil.
func (d *drawing) next(buffer []float64) (f *drawnFile, first int64, x []float64, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.file == nil || d.drawn == d.count {
		if d.begun == len(d.names) {
			return nil, 0, nil, nil
		}
		out, err := create(d.names[d.begun], d.header)
		if err != nil {
			return nil, 0, nil, err
		}
		d.file, d.drawn = &drawnFile{Output: out, values: int64(len(d.header.Append(nil)))}, 0
		d.file.missing.Store(d.count)
		d.open[d.file] = true
		d.begun++
	}
	first, x = d.drawn, buffer[:min(int64(len(buffer)), d.count-d.drawn)]
	d.source.Float64s(x)
	d.drawn += int64(len(x))
	return d.file, first, x, nil
}

// write writes a piece, and gives the file its name if that was the last one missing.
func (d *drawing) write(f *drawnFile, first int64, x []float64) (done bool, err error) {
	if err := npyio.WriteFloat64s(f.At(f.values+8*first), x); err != nil {
		return false, err
	}
	if f.missing.Add(-int64(len(x))) > 0 {
		return false, nil
	}
	d.mu.Lock()
	delete(d.open, f)
	d.mu.Unlock()
	defer f.Close()
	return true, f.Commit(d.sync)
}

// close removes what was not completed.
func (d *drawing) close() {
	for f := range d.open {
		f.Close()
	}
}
