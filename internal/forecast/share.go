package forecast

import (
	"context"
	"strings"

	"matpool/condor"
	"matpool/condor/pool"
)

// shareSeconds is the time that HTCondor takes, on each machine, before jobs can share an input there, besides sending it.
const shareSeconds = 2

// Share returns a load whose jobs share an input of some bytes, which the load counts for each job: it is sent once to
// each machine that can share it, and a slot's next job waits for the negotiator (see [submitfile.SharedFrom]).
func (o Offer) Share(l Load, need pool.Need, bytes int64) Load {
	l.In -= int64(l.Jobs-pool.Copies(o.slots, need, l.Jobs)) * bytes
	l.start, l.between = shareSeconds, o.interval
	return l
}

// SharingPays reports whether jobs are expected to end sooner if they share an input of some bytes. It is false if the
// slots are not known. The bandwidth is this machine's, in bytes per second; 0 if unknown.
func (o Offer) SharingPays(need pool.Need, jobs int, bytes int64, bandwidth float64) bool {
	match, free := o.Count(need)
	v := Verdict{Load: Load{Jobs: jobs, In: int64(jobs) * bytes}, Need: need, Offer: o, Bandwidth: bandwidth}
	alone := v.OnPool(slotsOf(match, free))
	v.Load = o.Share(v.Load, need, bytes)
	return match > 0 && v.OnPool(slotsOf(match, free)) < alone
}

// AskSchedd asks the schedd for its version; ok is false if it does not answer.
func AskSchedd(ctx context.Context) (version condor.Version, ok bool) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	out, err := ask(ctx, pool.ScheddCommand()...)
	if err != nil {
		return condor.Version{}, false
	}
	return pool.ParseSchedd(out)
}

// JobsEnterLate reports whether this machine's configuration makes jobs enter the queue one after the other, as max_idle does.
func JobsEnterLate(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	out, err := ask(ctx, "condor_config_val", "SUBMIT_FACTORY_JOBS_BY_DEFAULT") // an error if it is not defined
	return err == nil && !strings.EqualFold(strings.TrimSpace(string(out)), "false")
}
