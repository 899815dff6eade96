package sum

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"

	"matpool/blas"
	"matpool/elem"
	"matpool/internal/arrayfile"
	"matpool/internal/base/file"
	"matpool/internal/base/hash"
	"matpool/internal/pair"
	"matpool/internal/product"
	"matpool/internal/progress"
	"matpool/internal/record"
	"matpool/internal/status"
	"matpool/internal/sum/ddsum"
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
	Resume   *product.Resume
	Recorder *record.Recorder
	Force    bool // replace a file that is not known to be an output
}

// Partial computes the sum of the pairs' products, Σ AᵢBᵢ, and writes it as a partial
// sum, replacing what was there. [Combine] gets the same from partial sums as from the
// products: see there.
func Partial(ctx context.Context, o PartialOptions, show progress.Func) error {
	work, h, err := check(o.Pairs, o.Output)
	if err != nil {
		return err
	}
	defer work.Close()
	if err := arrayfile.CheckName(o.Output); err != nil {
		return err
	}
	if !o.Force {
		if err := arrayfile.CheckReplaced(o.Output); err != nil {
			return err
		}
	}
	running, err := newRunning(h, o.Pairs)
	if err != nil {
		return err
	}
	recipe := recipeOf(o.Pairs)
	if o.Recorder != nil {
		work.Hashes = &o.Recorder.Cache
	}
	if r := o.Resume; r != nil {
		if work.Hashes == nil {
			work.Hashes = new(record.Cache)
		}
		work.HashFirst = true
		earlier, err := r.Earlier(o.Recorder)
		if err != nil {
			return err
		}
		if kept, err := keepPartial(ctx, earlier, o, h, recipe); kept || err != nil {
			return err
		}
		if err := running.restore(ctx, savedName(r.Find(o.Output)), earlier); err != nil {
			return err
		}
		if n := running.complete(); n > 0 {
			r.Report(n)
		}
		running.saveTo(savedName(o.Output))
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
	var hasher hash.Hasher
	if err := writePartial(io.MultiWriter(&hasher, arrayfile.Interruptible(ctx, out)), h, sum, recipe); err != nil {
		return err
	}
	arrayfile.Begin(o.Recorder, o.Output)
	if err := out.Commit(o.Sync); err != nil {
		return err
	}
	running.discard()
	return o.Recorder.Wrote(ctx, o.Output, hasher.Sum(), recipe, running.from())
}

// writePartial writes a partial sum, which says what it is the sum of.
func writePartial(w io.Writer, h npyio.Header, sum *ddsum.Sum, recipe record.Recipe) error {
	indices, family := recipe.Indices(), []byte(recipe.Family().String())
	var ranges []byte
	for _, r := range indices {
		ranges = binary.NativeEndian.AppendUint64(ranges, uint64(r.First))
		ranges = binary.NativeEndian.AppendUint64(ranges, uint64(r.Last-r.First+1))
	}
	return npyio.WriteNpz(w,
		npyio.Array{Name: partialHi, DType: h.DType, Shape: h.Shape, Values: sum.Hi},
		npyio.Array{Name: partialLo, DType: h.DType, Shape: h.Shape, Values: sum.Lo},
		npyio.Array{Name: partialRanges, DType: npyio.DTypeOf(elem.Int64), Shape: []int{len(indices), 2}, Data: ranges},
		npyio.Array{Name: partialRecipe, DType: npyio.DTypeOf(elem.Uint8), Shape: []int{len(family)}, Data: family})
}

// keepPartial moves the complete partial sum of an earlier run to its name, if there is one of the same products,
// made from the files as they are now.
func keepPartial(ctx context.Context, earlier product.Earlier, o PartialOptions, h npyio.Header, recipe record.Recipe) (kept bool, err error) {
	var from []string
	for _, p := range o.Pairs {
		for _, name := range p.Files() {
			if !slices.Contains(from[max(0, len(from)-2):], name) {
				from = append(from, name)
			}
		}
	}
	rec, same, err := earlier.Find(ctx, o.Output, recipe, from)
	if err != nil || !same {
		return false, err
	}
	found := o.Resume.Find(o.Output)
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
	o.Resume.Report(len(o.Pairs))
	return true, errors.Join(product.Take(found, o.Output), o.Recorder.Again(o.Output, rec))
}

// beyondDoubles is the error for a partial sum that is no pair of float64s.
func beyondDoubles(name string) error {
	return status.DataError(fmt.Errorf("%s: the sum of these products is beyond 1.8e308, and cannot be added to others", name),
		"write the products, without -sum: matcombine adds them also where a part of their sum is beyond 1.8e308")
}
