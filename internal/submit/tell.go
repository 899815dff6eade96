package submit

import (
	"context"
	"fmt"
	"os/exec"
	"strconv"
	"strings"

	"matpool/condor/pool"
	"matpool/condor/submitfile"
	"matpool/internal/forecast"
)

// tell prints how long the jobs will take, and a warning if no slot matches. If nothing is
// submitted, it does so only where HTCondor is. It never fails, since the jobs do not depend on it.
func (h handover) tell(ctx context.Context, o forecast.Offer, earlier past) {
	if _, err := exec.LookPath("condor_submit"); o.Missing && (err != nil || !h.task.submits()) {
		return
	}
	need := h.task.need(h.plan.batches)
	if why := o.Obstacle(need); why != "" {
		fmt.Fprintln(h.stderr, "matsubmit: warning: "+why)
	}
	if h.task.Quiet {
		return
	}
	v := forecast.Verdict{Load: h.task.load(h.plan.batches), Need: need, Offer: o}
	var err error
	if v.Speed, v.Command, err = h.task.kind.here(ctx, h.task, h.plan.batches); err != nil {
		return
	}
	if e := forecast.FindEarlier(earlier.latest, h.task.FirstIndex, h.task.inputs); e != nil {
		var batches []batch
		for _, r := range e.Ranges {
			batches = append(batches, batch{first: r.First, count: r.Count})
		}
		e.Load = h.task.load(batches)
		v.Earlier = e
	}
	fmt.Fprintln(h.messages, &v)
}

// conditions returns the conditions on a slot, apart from its resources and from the machines
// that a job had before, and whether there are others, which no slot shows.
func (w work) conditions() (conditions []string, others bool) {
	arch, opsys := submitfile.Platforms(w.programs.systems)
	conditions = []string{arch, opsys, "HasFileTransfer"}
	if w.generic && len(w.IndexedInputs) > 0 && !w.linksInputs() {
		conditions = append(conditions, submitfile.RenamesInputs)
	}
	if w.Requirements != "" {
		conditions = append(conditions, pool.Split(w.Requirements)...)
	}
	for _, e := range w.Extra {
		name := strings.ToLower(e.Name)
		resource, requested := strings.CutPrefix(name, "request_")
		if n, err := strconv.Atoi(e.Value); requested && err == nil { // such as request_gpus = 1
			conditions = append(conditions, fmt.Sprintf("%s >= %d", resource, n))
			continue
		}
		others = others || requested || name == "requirements"
	}
	return conditions, others
}
