package sum

import (
	"context"
	"fmt"

	"matpool/blas"
	"matpool/internal/arrayfile"
	"matpool/internal/base/file"
	"matpool/internal/pair"
	"matpool/internal/product"
	"matpool/internal/progress"
	"matpool/internal/status"
	"matpool/npyio"
)

// PartialOptions say what [Partial] multiplies and adds up.
type PartialOptions struct {
	Pairs      []pair.Pair // C is not used
	Multiplier blas.Multiplier
	Output     string // the file for the sum
	Sync       bool   // flush it to the disk; see [product.Write]

	// Resume, if not nil, keeps an output that is complete. The sum of a run that is stopped is
	// saved beside the output, in .NAME.sum, and from time to time before; a run for the same
	// pairs continues with it.
	Resume *product.Resume
}

// Partial computes the sum of the pairs' products, Σ AᵢBᵢ, and writes it as a partial
// sum, replacing what was there. [Combine] gets the same from partial sums as from the
// products: see there.
func Partial(ctx context.Context, o PartialOptions, show progress.Func) error {
	work, h, err := check(o.Pairs, o.Output)
	defer work.Close()
	if err != nil {
		return err
	}
	if err := arrayfile.CheckName(o.Output); err != nil {
		return err
	}
	running, err := newRunning(h, len(o.Pairs))
	if err != nil {
		return err
	}
	if r := o.Resume; r != nil {
		if kept, err := keepPartial(r, o.Output, h, len(o.Pairs)); kept || err != nil {
			return err
		}
		running.restore(savedName(r.Find(o.Output)), o.Pairs)
		if n := running.complete(); n > 0 {
			r.Report(n)
		}
		running.saveTo(savedName(o.Output), o.Pairs)
	}
	out, err := file.Create(o.Output)
	if err != nil {
		return arrayfile.OutputError(err)
	}
	defer out.Close()
	count, _ := h.Len()
	if err := out.Reserve(2 * (int64(len(h.Append(nil))) + int64(h.DType.Size)*count)); err != nil {
		return err
	}
	if err := addTo(ctx, running, work, o.Multiplier, show); err != nil {
		return running.stopped(ctx, o.Resume, err)
	}
	sum := running.sum
	if sum.Round() {
		return beyondDoubles(o.Output)
	}
	err = npyio.WriteNpz(arrayfile.Interruptible(ctx, out),
		npyio.Array{Name: partialHi, DType: h.DType, Shape: h.Shape, Values: sum.Hi},
		npyio.Array{Name: partialLo, DType: h.DType, Shape: h.Shape, Values: sum.Lo})
	if err != nil {
		return err
	}
	if err := out.Commit(o.Sync); err != nil {
		return err
	}
	running.discard()
	return nil
}

// keepPartial moves the complete partial sum of an earlier run to its name, if there is one.
func keepPartial(r *product.Resume, output string, h npyio.Header, pairs int) (kept bool, err error) {
	found := r.Find(output)
	arrays, err := openPartial(found)
	if err != nil {
		return false, nil
	}
	complete := true
	for _, array := range arrays {
		complete = complete && arrayfile.SameHeader(array.Header, h) && array.Verify() == nil
	}
	arrays[0].Close()
	if !complete {
		return false, nil
	}
	r.Report(pairs)
	return true, product.Take(found, output)
}

// beyondDoubles is the error for a partial sum that is no pair of float64s.
func beyondDoubles(name string) error {
	return status.DataError(fmt.Errorf("%s: the sum of these products is beyond 1.8e308, and cannot be added to others", name),
		"write the products, without -sum: matcombine adds them also where a part of their sum is beyond 1.8e308")
}
