package flow

import (
	"bufio"
	"context"
	"io"

	"matpool/blas"
	"matpool/internal/progress"
	"matpool/npyio"
)

// ProductOptions say what [Products] multiplies.
type ProductOptions struct {
	Pairs      []Pair
	Multiplier blas.Multiplier
	Sync       bool    // flush each file to the disk
	Resume     *Resume // or nil: all products are computed
}

// Products computes each pair's C = A·B and writes it, replacing what was there.
//
// Note: without Sync, after a power cut, a file can be there with its whole length and
// zeros in it, since many file systems write names before data. It can be made again.
func Products(ctx context.Context, o ProductOptions, show progress.Func) error {
	work, err := checkProducts(o.Pairs)
	if err != nil {
		return err
	}
	work, complete, err := o.Resume.keep(work)
	if err != nil {
		return err
	}
	defer complete.stopped(ctx)
	return work.multiply(ctx, o.Multiplier, show, func(ctx context.Context, i int, c npyio.Header, each func(func([]byte, int) error) error) error {
		var out *arrayFile
		defer func() { out.close() }()
		var w io.Writer
		begin := func() (err error) {
			if out == nil {
				out, err = createArray(work.pairs[i].C, c)
				w = interruptible{ctx, out}
			}
			return err
		}
		var small *bufio.Writer
		err := each(func(values []byte, _ int) error {
			if err := begin(); err != nil {
				return err
			}
			if small == nil && len(values) < smallWrite && len(c.Shape) > 2 {
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
		if err := out.commit(o.Sync); err != nil {
			return err
		}
		complete.add()
		return nil
	})
}

// smallWrite is the size, in bytes, below which the products of a stack are collected
// before they are written.
const smallWrite = 64 << 10
