package sum

import (
	"context"

	"matpool/blas"
	"matpool/internal/base/hash"
	"matpool/internal/pair"
	"matpool/internal/progress"
	"matpool/internal/record"
)

// Again computes the sum of the pairs' products as [Partial] does, and returns the record that its file would have. It
// writes nothing.
func Again(ctx context.Context, pairs []pair.Pair, name string, m blas.Multiplier, recorder *record.Recorder, show progress.Func) (made record.Record, err error) {
	work, h, err := check(pairs, "")
	if err != nil {
		return made, err
	}
	defer work.Close()
	work.Hashes = &recorder.Cache
	running, err := newRunning(h, pairs)
	if err != nil {
		return made, err
	}
	if err := addTo(ctx, running, work, m, show); err != nil {
		return made, err
	}
	if running.sum.Round() {
		return made, beyondDoubles(name)
	}
	var hasher hash.Hasher
	recipe := recipeOf(pairs)
	if err := writePartial(&hasher, h, running.sum, recipe); err != nil {
		return made, err
	}
	return recorder.Of(name, hasher.Size(), hasher.Sum(), recipe, running.from()), nil
}
