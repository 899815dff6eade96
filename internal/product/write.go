package product

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"matpool/blas"
	"matpool/internal/arrayfile"
	"matpool/internal/base/file"
	"matpool/internal/pair"
	"matpool/internal/progress"
	"matpool/internal/record"
	"matpool/internal/status"
)

// Options say what [Write] multiplies.
type Options struct {
	Pairs      []pair.Pair
	Multiplier blas.Multiplier
	Sync       bool    // flush each file to the disk
	Resume     *Resume // or nil: all products are computed
	Recorder   *record.Recorder
	Force      bool // replace files that are not known to be outputs
}

// Write computes each pair's C = A·B and writes it, replacing what was there.
//
// Note: without Sync, after a power cut, a file can be there with its whole length and
// zeros in it, since many file systems write names before data. It can be made again.
func Write(ctx context.Context, o Options, show progress.Func) error {
	if err := o.checkOutputs(); err != nil { // if the names are in the wrong order, the inputs are missing, too
		return err
	}
	work, err := Check(o.Pairs, nil)
	if err != nil {
		work.Close()
		return err
	}
	defer work.Close()
	if o.Recorder != nil {
		work.Hashes = &o.Recorder.Cache
	}
	recordBegin := sync.OnceFunc(func() { arrayfile.Begin(o.Recorder, o.outputs()...) })
	left, complete, err := o.Resume.keep(ctx, work, o.Recorder)
	if err != nil {
		return err
	}
	defer complete.stopped(ctx)
	return left.Multiply(ctx, o.Multiplier, show, func(ctx context.Context, _ int, p Checked, each Each) error {
		var out *arrayfile.Output
		defer func() { out.Close() }()
		var w io.Writer
		begin := func() (err error) {
			if out == nil {
				if out, err = arrayfile.Create(p.C, p.Product); err != nil {
					return err
				}
				if o.Recorder != nil {
					out.Hashed(p.Product)
				}
				w = arrayfile.Interruptible(ctx, out)
			}
			return nil
		}
		var small *bufio.Writer
		var from []record.Input
		err := each(func(files []record.Input) { from = files }, func(values []byte, _ int) error {
			if err := begin(); err != nil {
				return err
			}
			if small == nil && len(values) < smallWrite && len(p.Product.Shape) > 2 {
				small = bufio.NewWriterSize(w, 4*smallWrite)
				w = small
			}
			_, err := w.Write(values)
			return err
		})
		if err == nil {
			err = begin() // if there are no products
		}
		if err == nil && small != nil {
			err = small.Flush()
		}
		if err != nil {
			return err
		}
		recordBegin()
		if err := out.Commit(o.Sync); err != nil {
			return err
		}
		complete.add()
		return o.Recorder.Wrote(ctx, p.C, out.Hash(), p.Recipe(), from)
	})
}

// smallWrite is the size, in bytes, below which the products of a stack are collected
// before they are written.
const smallWrite = 64 << 10

// checkOutputs makes sure that each output can be written, as far as that can be known,
// and that none is another output or an input of any pair: by its name, as indexed names
// may be (input.npy with index 10 and input1.npy with index 0), or through a link.
func (o Options) checkOutputs() error {
	pairs := o.Pairs
	isInput, isOutput := make(map[string]bool, 2*len(pairs)), make(map[string]bool, len(pairs))
	for _, p := range pairs {
		for _, name := range p.Files() {
			isInput[arrayfile.Resolved(name)] = true
		}
	}
	for _, p := range pairs {
		c := arrayfile.Resolved(p.C)
		switch {
		case isInput[c]:
			return status.UsageError(fmt.Errorf("%s: the output is an input", p.C), arrayfile.OwnName)
		case isOutput[c]:
			return status.UsageError(fmt.Errorf("%s: two products would be written there", p.C), arrayfile.OwnName)
		}
		isOutput[c] = true
		if err := arrayfile.CheckName(p.C); err != nil {
			return err
		}
		if err := arrayfile.CheckDistinct(p.C, p.Files()...); err != nil {
			return err
		}
		if err := file.Check(p.C); err != nil {
			return arrayfile.OutputError(err)
		}
		if _, err := os.Stat(filepath.Dir(p.C)); errors.Is(err, fs.ErrNotExist) {
			return arrayfile.OutputError(fmt.Errorf("%s: cannot be written: %w", p.C, errors.Unwrap(err)))
		}
	}
	if o.Force {
		return nil
	}
	return arrayfile.CheckReplaced(o.outputs()...)
}

func (o Options) outputs() (names []string) {
	for _, p := range o.Pairs {
		names = append(names, p.C)
	}
	return names
}
