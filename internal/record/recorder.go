package record

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"matpool/internal/base/file"
	"matpool/internal/base/hash"
)

// A Recorder makes the records of the files that a program writes. It may be used by several
// goroutines. A nil one makes none.
type Recorder struct {
	// Cache has the hashes of the files that the program reads and writes.
	Cache Cache

	by, machine string
	print       io.Writer // where a job prints its records, or nil: they go to the outputs' folders
	both        bool      // those of a job that may be resumed also lie beside the outputs until it ends

	mu      sync.Mutex
	pending map[string][]Record // by the outputs' folders
	flushed time.Time           // when records were written last
	folders map[string]bool     // that have had records
	failure error               // the first error of writing records
}

// NewRecorder returns a Recorder for a program, with its version and kernel: "matprod v1.2 avx512".
// Records are appended to the file [FileName] in the folder of each output. A job prints them
// instead.
func NewRecorder(by string, print io.Writer) *Recorder {
	machine, _ := os.Hostname()
	return &Recorder{by: by, machine: machine, print: print, pending: map[string][]Record{}, folders: map[string]bool{}}
}

// KeepBeside has the records of a job lie beside its outputs, too, until [Recorder.Finish]: a job that
// is stopped finds them when it is resumed.
func (r *Recorder) KeepBeside() {
	if r != nil {
		r.both = r.print != nil
	}
}

// Begin records that outputs are about to be written that are not there yet. A program that is killed when an output
// has its name, and not yet its record, leaves one that it knows again ([Folder.Begun]).
func (r *Recorder) Begin(names []string) {
	if r == nil || r.print != nil {
		return
	}
	lines := map[string][]string{}
	for _, name := range names {
		if _, err := os.Lstat(name); err != nil {
			dir := filepath.Dir(name)
			lines[dir] = append(lines[dir], formatLine(kindBegun, filepath.Base(name), "", hash.Hash{}, New(kindBegun), nil, r.by, r.machine, time.Now()))
		}
	}
	for dir, lines := range lines {
		r.fail(appendLines(dir, lines))
	}
}

// Wrote records a complete file that has its name. Its hash is h; if that is zero, the file is read. The only error is that
// of a context that has ended: the file stands without a record, and [Recorder.Finish] says so.
func (r *Recorder) Wrote(ctx context.Context, name string, h hash.Hash, recipe Recipe, from []Input) error {
	if r == nil {
		return nil
	}
	var size int64
	if h.IsZero() {
		var err error
		if h, size, err = r.Cache.Hash(ctx, name); err != nil {
			r.fail(err)
			return ctx.Err()
		}
	} else {
		stat, err := StatOf(name)
		if err != nil {
			return nil // somebody has removed it already
		}
		if size = stat.size; size >= smallFile {
			r.Cache.put(name, entry{stat, h, 0})
		}
	}
	return r.add(filepath.Dir(name), r.Of(name, size, h, recipe, from))
}

// Of returns the record of a file of this size and hash that the program makes, whether it is written or not.
func (r *Recorder) Of(name string, size int64, h hash.Hash, recipe Recipe, from []Input) Record {
	return Record{Name: filepath.Base(name), Size: size, Hash: h, Recipe: recipe, From: r.relative(filepath.Dir(name), from), By: r.by, Machine: r.machine, Time: time.Now()}
}

// Again records a file that an earlier run has made.
func (r *Recorder) Again(name string, rec Record) error {
	if r == nil {
		return nil
	}
	rec.Name = filepath.Base(name)
	return r.add(filepath.Dir(name), rec)
}

// delay bounds how often records are written: those that come sooner after others wait for more. A job that may
// be resumed does not wait: it can be killed without a word.
const delay = 100 * time.Millisecond

func (r *Recorder) add(dir string, rec Record) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.pending[dir] = append(r.pending[dir], rec)
	r.folders[dir] = true
	if now := time.Now(); r.both || now.Sub(r.flushed) >= delay {
		r.flush()
		r.flushed = now
	}
	return nil
}

// flush writes the records that wait. The results stand without them.
func (r *Recorder) flush() {
	for dir, records := range r.pending {
		if r.print == nil || r.both {
			r.fail(Append(dir, records...))
		}
		if r.print != nil {
			var lines []byte
			for _, rec := range records {
				lines = append(lines, rec.StdoutLine()...)
			}
			_, err := r.print.Write(lines)
			r.fail(err)
		}
	}
	clear(r.pending)
}

func (r *Recorder) fail(err error) {
	if r.failure == nil {
		r.failure = err
	}
}

// Finish writes what is left. It returns the first error of writing a record. A job that is not
// stopped leaves no records beside its outputs.
func (r *Recorder) Finish(stopped bool) error {
	if r == nil {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.flush()
	if r.print == nil {
		r.Cache.Flush()
	}
	if r.both && !stopped {
		for dir := range r.folders {
			os.Remove(filepath.Join(dir, FileName))
		}
	}
	return r.failure
}

// relative returns inputs with the names that they have in a record in a folder: a job knows no more
// than the last parts.
func (r *Recorder) relative(dir string, from []Input) []Input {
	list := make([]Input, len(from))
	for i, input := range from {
		name := filepath.Base(input.Name)
		if r.print == nil {
			name = file.From(dir, input.Name)
		}
		list[i] = Input{filepath.ToSlash(name), input.Hash}
	}
	return list
}
