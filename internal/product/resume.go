package product

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync/atomic"

	"matpool/internal/arrayfile"
	"matpool/internal/base/file"
	"matpool/internal/record"
	"matpool/internal/status"
	"matpool/npyio"
)

// Resume says where a run finds what an earlier one left that was stopped.
//
// An output is looked for in Folder, by the last part of its name, and moved to its own name. It is kept if
// its record shows that it was made by the same recipe from the factors as they are now, and it is complete: an
// array of the product's type and shape, and of the size that its header promises; in a .npz file, also with
// the right checksum.
type Resume struct {
	Folder string
	// Report is called before the work if there is something to keep, and after it if it is
	// stopped, with the number of products that are complete.
	Report func(complete int)
}

// complete counts the products that are complete. A nil one does nothing.
type complete struct {
	*Resume
	n atomic.Int64
}

// keep moves the complete outputs of an earlier run to their names. It returns the work that
// is left.
func (r *Resume) keep(ctx context.Context, w Work, recorder *record.Recorder) (left Work, done *complete, err error) {
	if r == nil {
		return w, nil, nil
	}
	if err := r.checkInputs(w.Pairs); err != nil {
		return left, nil, err
	}
	left, done = Work{Hashes: w.Hashes, fixed: w.fixed}, &complete{Resume: r}
	earlier, err := r.Earlier(recorder)
	if err != nil {
		return left, nil, err
	}
	for _, p := range w.Pairs {
		rec, kept, err := earlier.Find(ctx, p.C, p.Recipe(), p.Files())
		if err != nil {
			return left, nil, err
		}
		if !kept || !isComplete(r.Find(p.C), p.Product) {
			left.Pairs = append(left.Pairs, p)
			continue
		}
		if err := errors.Join(Take(r.Find(p.C), p.C), recorder.Again(p.C, rec)); err != nil {
			return left, nil, err
		}
		done.add()
	}
	if done.n.Load() > 0 {
		r.Report(int(done.n.Load()))
	}
	return left, done, nil
}

// Find returns where an output of an earlier run is.
func (r *Resume) Find(output string) string { return filepath.Join(r.Folder, filepath.Base(output)) }

// An Earlier is the outputs of an earlier run, with their records.
type Earlier struct {
	resume *Resume
	folder *record.Folder
	cache  *record.Cache
}

// Earlier returns what is recorded of the outputs of an earlier run.
func (r *Resume) Earlier(recorder *record.Recorder) (e Earlier, err error) {
	e = Earlier{resume: r, cache: new(record.Cache)}
	if recorder != nil {
		e.cache = &recorder.Cache
	}
	e.folder, err = record.Load(r.Folder)
	return e, err
}

// Find looks for the record of an output that is to be made by a recipe from some files, and reports whether the
// output is there, and was made so from the files as they are now.
func (e Earlier) Find(ctx context.Context, output string, recipe record.Recipe, from []string) (rec record.Record, kept bool, err error) {
	found := e.resume.Find(output)
	records := e.folder.Of(filepath.Base(output))
	if len(records) == 0 {
		return rec, false, nil
	}
	h, size, err := e.cache.Hash(ctx, found)
	if errors.Is(err, fs.ErrNotExist) {
		return rec, false, nil
	}
	if err != nil {
		return rec, false, err
	}
	for _, rec := range records {
		if f := record.Judge(found, size, h, []record.Record{rec}, record.Expected{Recipe: recipe}); f.Outcome != record.Valid {
			continue
		}
		if same, err := e.Unchanged(ctx, rec.From, from); same || err != nil {
			return rec, same, err
		}
	}
	return rec, false, nil
}

// Unchanged reports whether the files from which something was made are as they were then: in the same order, by
// the last parts of their names.
func (e Earlier) Unchanged(ctx context.Context, then []record.Input, from []string) (bool, error) {
	if len(then) != len(from) {
		return false, nil
	}
	for i, name := range from {
		if filepath.Base(filepath.FromSlash(then[i].Name)) != filepath.Base(name) {
			return false, nil
		}
		if h, _, err := e.cache.Hash(ctx, name); err != nil || h != then[i].Hash {
			return false, err
		}
	}
	return true, nil
}

// checkInputs makes sure that no factor would be taken for an output.
func (r *Resume) checkInputs(pairs []Checked) error {
	isInput := map[string]bool{}
	for _, p := range pairs {
		for _, name := range p.Files() {
			isInput[arrayfile.Resolved(name)] = true
		}
	}
	for _, p := range pairs {
		if found := r.Find(p.C); isInput[arrayfile.Resolved(found)] {
			return status.UsageError(fmt.Errorf("%s: is an input, and would be taken for the output %s of an earlier run", found, p.C), arrayfile.OwnName)
		}
	}
	return nil
}

// Take moves an output of an earlier run to its name.
func Take(found, name string) error {
	if file.Same(found, name) {
		return nil
	}
	return file.Move(found, name)
}

func (c *complete) add() {
	if c != nil {
		c.n.Add(1)
	}
}

// stopped reports what is complete, if the work was stopped.
func (c *complete) stopped(ctx context.Context) {
	if c != nil && ctx.Err() != nil {
		c.Report(int(c.n.Load()))
	}
}

// isComplete reports whether a file holds an array with this header, and nothing else.
func isComplete(name string, want npyio.Header) bool {
	if info, err := os.Stat(name); err != nil || !info.Mode().IsRegular() {
		return false
	}
	open := npyio.Open
	if file.IsNpz(name) {
		open = arrayfile.OpenOnly
	}
	f, err := open(name)
	if err != nil {
		return false
	}
	defer f.Close()
	return arrayfile.SameHeader(f.Header, want) && f.Verify() == nil
}
