package submit

import (
	"context"
	"slices"
	"strings"

	"matpool/condor"
	"matpool/condor/submitfile"
	"matpool/internal/forecast"
	"matpool/internal/pair"
)

// mayShare reports whether the jobs on a machine could share the fixed factor.
//
// Note: the inputs of other programs are not shared, since shared files are read-only.
func (t task) mayShare() bool {
	unfit := func(name string) bool { return !submitfile.CanShare(name) }
	given := func(s condor.Setting) bool {
		name := strings.ToLower(strings.ReplaceAll(s.Name, "_", ""))
		return strings.Contains(name, "commoninput") || strings.Contains(name, "maxmaterialize")
	}
	return !t.here() && t.pair.Fixed != pair.NotFixed && !slices.ContainsFunc(t.Inputs, unfit) && t.MaxIdle == 0 && !slices.ContainsFunc(t.Extra, given)
}

// shares reports whether the jobs on a machine share the fixed factor, which HTCondor then sends there only once: if the
// jobs are expected to end sooner, and if the schedd says that it can. If not, each job gets the factor, which always works.
func shares(ctx context.Context, t task, o forecast.Offer) bool {
	if !t.mayShare() || !o.SharingPays(t.need(t.batches), len(t.batches), t.common, t.Bandwidth) {
		return false
	}
	version, ok := forecast.AskSchedd(ctx)
	return ok && version.Compare(submitfile.SharedFrom()) >= 0 && !forecast.JobsEnterLate(ctx)
}
