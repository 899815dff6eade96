package flow

import (
	"context"

	"matpool/blas"
	"matpool/internal/progress"
	"matpool/npyio"
)

// ProductOptions say what [Products] multiplies.
type ProductOptions struct {
	Pairs      []Pair
	Multiplier blas.Multiplier
	Sync       bool // flush each file to the disk
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
	return work.multiply(ctx, o.Multiplier, show, func(ctx context.Context, i int, c blas.Matrix) error {
		h := npyio.Header{DType: npyio.Float64, Shape: []int{c.Rows, c.Cols}}
		return writeArray(ctx, o.Pairs[i].C, h, c.Data, o.Sync)
	})
}
