package flow

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"

	"matpool/internal/base/file"
	"matpool/internal/status"
	"matpool/npyio"
)

// Resume says where a run finds what an earlier one left that was stopped.
//
// An output is looked for in Folder, by the last part of its name, and moved to its own name.
// It is kept if it is complete: an array of the product's type and shape, and of the size that
// its header promises; in an .npz file, also with the right checksum. Whether it was made from
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
func (r *Resume) keep(w work) (left work, done *complete, err error) {
	if r == nil {
		return w, nil, nil
	}
	if err := r.checkInputs(w.pairs); err != nil {
		return work{}, nil, err
	}
	fixed, err := checkFixed(w.pairs)
	if err != nil {
		return work{}, nil, err
	}
	done = &complete{Resume: r}
	for _, p := range w.pairs {
		f, err := openFactors(p, fixed)
		if err != nil {
			return work{}, nil, err
		}
		found := r.find(p.C)
		kept := isComplete(found, f.product())
		if !kept {
			left.pairs = append(left.pairs, p)
			left.add(f)
		}
		f.close()
		if kept {
			if err := take(found, p.C); err != nil {
				return work{}, nil, err
			}
			done.add()
		}
	}
	if done.n.Load() > 0 {
		r.Report(int(done.n.Load()))
	}
	return left, done, nil
}

// keepPartial moves the complete partial sum of an earlier run to its name, if there is one.
func (r *Resume) keepPartial(output string, h npyio.Header, pairs int) (kept bool, err error) {
	found := r.find(output)
	arrays, err := openPartial(found)
	if err != nil {
		return false, nil
	}
	complete := true
	for _, array := range arrays {
		complete = complete && sameHeader(array.Header, h) && array.Verify() == nil
	}
	arrays[0].Close()
	if !complete {
		return false, nil
	}
	r.Report(pairs)
	return true, take(found, output)
}

// find returns where an output of an earlier run is.
func (r *Resume) find(output string) string { return filepath.Join(r.Folder, filepath.Base(output)) }

// checkInputs makes sure that no factor would be taken for an output.
func (r *Resume) checkInputs(pairs []Pair) error {
	isInput := map[string]bool{}
	for _, p := range pairs {
		for _, name := range p.files() {
			isInput[resolved(name)] = true
		}
	}
	for _, p := range pairs {
		if found := r.find(p.C); isInput[resolved(found)] {
			return status.UsageError(fmt.Errorf("%s: is an input, and would be taken for the output %s of an earlier run", found, p.C), ownName)
		}
	}
	return nil
}

// take moves an output of an earlier run to its name.
func take(found, name string) error {
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
	if strings.EqualFold(filepath.Ext(name), ".npz") {
		open = openOnly
	}
	f, err := open(name)
	if err != nil {
		return false
	}
	defer f.Close()
	return sameHeader(f.Header, want) && f.Verify() == nil
}

// sameHeader reports whether two headers promise the same values.
func sameHeader(a, b npyio.Header) bool { return string(a.Append(nil)) == string(b.Append(nil)) }
