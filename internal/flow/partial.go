package flow

import (
	"context"

	"matpool/blas"
	"matpool/internal/file"
	"matpool/internal/progress"
	"matpool/npyio"
)

// PartialOptions say what [Partial] multiplies and adds up.
type PartialOptions struct {
	Pairs      []Pair // C is not used
	Multiplier blas.Multiplier
	Output     string // the file for the sum
	Sync       bool   // flush it to the disk; see [Products]
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
	out, err := file.Create(o.Output)
	if err != nil {
		return outputError(err)
	}
	defer out.Close()
	count, _ := h.Len()
	if err := out.Reserve(2 * (int64(len(h.Append(nil))) + int64(h.DType.Size)*count)); err != nil {
		return err
	}
	sum, err := work.sum(ctx, o.Multiplier, h, show)
	if err != nil {
		return err
	}
	if sum.Round() {
		return beyondDoubles(o.Output)
	}
	err = npyio.WriteNpz(interruptible{ctx, out},
		npyio.Array{Name: partialHi, DType: h.DType, Shape: h.Shape, Values: sum.Hi},
		npyio.Array{Name: partialLo, DType: h.DType, Shape: h.Shape, Values: sum.Lo})
	if err != nil {
		return err
	}
	return out.Commit(o.Sync)
}
