package flow

import (
	"context"
	"fmt"
	"slices"

	"matpool/blas"
	"matpool/internal/file"
	"matpool/internal/progress"
	"matpool/internal/status"
	"matpool/npyio"
)

// A partial sum is a .npz file of two arrays of one shape, whose sum, not rounded, is
// the sum of some products (package ddsum): of float64s, or complex128s.
const (
	partialHi = "hi"
	partialLo = "lo"
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
	out, err := file.Create(o.Output)
	if err != nil {
		return outputError(err)
	}
	defer out.Close()
	count, _ := h.Len()
	if err := out.Reserve(2 * (int64(len(h.Append(nil))) + int64(h.DType.Size)*count)); err != nil {
		return err
	}
	hi, lo, err := work.sum(ctx, o.Multiplier, h, show)
	if err != nil {
		return err
	}
	err = npyio.WriteNpz(interruptible{ctx, out},
		npyio.Array{Name: partialHi, DType: h.DType, Shape: h.Shape, Values: hi},
		npyio.Array{Name: partialLo, DType: h.DType, Shape: h.Shape, Values: lo})
	if err != nil {
		return err
	}
	return out.Commit(o.Sync)
}

// openPartial opens the two arrays of a partial sum.
func openPartial(name string) ([]*npyio.File, error) {
	arrays, err := npyio.OpenNpz(name, partialHi, partialLo)
	if err != nil {
		return nil, inputError(err)
	}
	hi, lo := arrays[0], arrays[1]
	for _, array := range arrays {
		if err = array.CheckFloat64(); err != nil {
			err = status.DataError(err, "")
			break
		}
	}
	switch {
	case err != nil:
	case !slices.Equal(hi.Shape, lo.Shape):
		err = shapeError(name+": "+partialHi, hi.Header, partialLo, lo.Header)
	case hi.Fortran != lo.Fortran:
		err = status.DataError(fmt.Errorf("%s: %s is in another order (C or Fortran) than %s", name, partialHi, partialLo), "")
	}
	if err != nil {
		hi.Close()
		return nil, err
	}
	return arrays, nil
}
