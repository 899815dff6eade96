package flow

import (
	"context"

	"matpool/blas"
	"matpool/internal/base/file"
	"matpool/internal/progress"
	"matpool/npyio"
)

// PartialOptions say what [Partial] multiplies and adds up.
type PartialOptions struct {
	Pairs      []Pair // C is not used
	Multiplier blas.Multiplier
	Output     string // the file for the sum
	Sync       bool   // flush it to the disk; see [Products]

	// Resume, if not nil, keeps an output that is complete. The sum of a run that is stopped is
	// saved beside the output, in .NAME.sum, and from time to time before; a run for the same
	// pairs continues with it.
	Resume *Resume
}

// Partial computes the sum of the pairs' products, Σ AᵢBᵢ, and writes it as a partial
// sum, replacing what was there. [Combine] gets the same from partial sums as from the
// products: see there.
func Partial(ctx context.Context, o PartialOptions, show progress.Func) error {
	work, h, err := checkTerms(o.Pairs, o.Output)
	if err != nil {
		return err
	}
	if err := checkNotMember(o.Output); err != nil {
		return err
	}
	running, err := newRunning(h, len(o.Pairs))
	if err != nil {
		return err
	}
	if r := o.Resume; r != nil {
		if kept, err := r.keepPartial(o.Output, h, len(o.Pairs)); kept || err != nil {
			return err
		}
		running.restore(savedName(r.find(o.Output)), o.Pairs)
		if n := running.complete(); n > 0 {
			r.Report(n)
		}
		running.saveTo(savedName(o.Output), o.Pairs)
	}
	out, err := file.Create(o.Output)
	if err != nil {
		return outputError(err)
	}
	defer out.Close()
	count, _ := h.Len()
	if err := out.Reserve(2 * (int64(len(h.Append(nil))) + int64(h.DType.Size)*count)); err != nil {
		return err
	}
	if err := work.addTo(ctx, running, o.Multiplier, show); err != nil {
		return running.stopped(ctx, o.Resume, err)
	}
	sum := running.sum
	if sum.Round() {
		return beyondDoubles(o.Output)
	}
	err = npyio.WriteNpz(interruptible{ctx, out},
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
