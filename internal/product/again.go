package product

import (
	"context"

	"matpool/blas"
	"matpool/internal/arrayfile"
	"matpool/internal/pair"
	"matpool/internal/progress"
	"matpool/internal/record"
)

// Again computes each pair's C = A·B as [Write] does, and calls do with the record that its file would have. It
// writes nothing. Several goroutines may call do at once, in any order; i is the pair's number.
func Again(ctx context.Context, pairs []pair.Pair, m blas.Multiplier, recorder *record.Recorder, show progress.Func, do func(i int, made record.Record) error) error {
	work, err := Check(pairs, nil)
	if err != nil {
		return err
	}
	defer work.Close()
	work.Hashes = &recorder.Cache
	return work.Multiply(ctx, m, show, func(_ context.Context, i int, p Checked, each Each) error {
		image := arrayfile.NewImage(p.C, p.Product)
		var from []record.Input
		err := each(func(files []record.Input) { from = files }, func(values []byte, _ int) error {
			_, err := image.Write(values)
			return err
		})
		if err != nil {
			return err
		}
		size, h, err := image.Sum()
		if err != nil {
			return err
		}
		return do(i, recorder.Of(p.C, size, h, p.Recipe(), from))
	})
}
