package product

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"

	"matpool/internal/arrayfile"
	"matpool/internal/base/file"
	"matpool/internal/status"
	"matpool/npyio"
)

// Resume says where a run finds what an earlier one left that was stopped.
//
// An output is looked for in Folder, by the last part of its name, and moved to its own name.
// It is kept if it is complete: an array of the product's type and shape, and of the size that
// its header promises; in a .npz file, also with the right checksum. Whether it was made from
// the same factors is not known.
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
func (r *Resume) keep(w Work) (left Work, done *complete, err error) {
	if r == nil {
		return w, nil, nil
	}
	if err := r.checkInputs(w.Pairs); err != nil {
		return left, nil, err
	}
	left, done = Work{fixed: w.fixed}, &complete{Resume: r}
	for _, p := range w.Pairs {
		found := r.Find(p.C)
		if !isComplete(found, p.Product) {
			left.Pairs = append(left.Pairs, p)
			continue
		}
		if err := Take(found, p.C); err != nil {
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
