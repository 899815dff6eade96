package submit

import (
	"context"
	"fmt"

	"matpool/condor"
	"matpool/internal/base/file"
	"matpool/internal/base/hash"
	"matpool/internal/outputs"
	"matpool/internal/record"
)

// An identity tells a run from others that share its log, its outputs' names or its submission file: jobs with
// the same identity make the same files of the same inputs.
type identity struct {
	id     hash.Hash
	family record.Recipe // of the products, or of what another program makes
}

// identify returns the identity of the jobs' run. Of another program, its file and the files that every
// job gets count with their content.
func identify(ctx context.Context, t task, hashes *record.Cache) (x identity, err error) {
	var names, more []string
	for _, name := range t.files.Names {
		names = append(names, outputs.FromLog(string(t.Log), file.InsertIndex(name, "$(index)")))
	}
	if t.files.Sums {
		more = append(more, "sum")
	}
	x.family = t.kind.family(t.work)
	for _, name := range t.kind.givenToAll(t.work) {
		h, _, err := hashes.Hash(ctx, name)
		if err != nil {
			return x, err
		}
		more = append(more, fmt.Sprintf("%s %v", condor.Base(name), h))
	}
	x.id = record.Identify(x.family, names, more...)
	return x, nil
}
