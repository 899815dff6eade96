package submit

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"matpool/condor"
	"matpool/condor/pool"
	"matpool/condor/submitfile"
	"matpool/internal/base/hash"
	"matpool/internal/forecast"
)

// tell prints how long the jobs will take, and a warning if no slot matches; if the user compares, how long they
// would take in other ways. If nothing is submitted, it does so only where HTCondor is, or to compare. It returns the time
// that it expects on the pool, 0 if it does not know. It never fails, since the jobs do not depend on it.
func (h handover) tell(ctx context.Context, o forecast.Offer, earlier past) (expected time.Duration) {
	if _, err := exec.LookPath("condor_submit"); o.Missing && (err != nil || !h.task.submits()) && !h.task.compares() {
		return 0
	}
	need := h.task.need(h.plan.batches)
	if why := o.Obstacle(need); why != "" {
		fmt.Fprintln(h.stderr, "matsubmit: warning: "+why)
	}
	if h.task.Quiet {
		return 0
	}
	v := forecast.Verdict{Load: h.task.loadOn(o, h.plan.batches), Need: need, Offer: o, Bandwidth: h.task.Bandwidth}
	var err error
	if v.Speed, v.Command, err = h.task.kind.here(ctx, h.task, h.plan.batches); err != nil {
		return 0
	}
	unchanged := func(r forecast.Range, submitted time.Time) bool { return h.task.unchanged(ctx, r, submitted) }
	if e := forecast.FindEarlier(earlier.paced, h.task.FirstIndex, h.task.TotalJobs, unchanged); e != nil {
		var batches []batch
		for _, r := range e.Ranges {
			batches = append(batches, batch{first: r.First, count: r.Count})
		}
		e.Load = h.task.loadOn(o, batches)
		v.Earlier = e
	}
	if !h.task.compares() {
		fmt.Fprintln(h.messages, &v)
		return v.Expected()
	}
	slots := slotsFor(h.task.work, o)
	v.Load = h.task.load(h.task.batches) // of all products, whatever is there
	fmt.Fprintln(h.messages, v.Choices(slots.count, slots.origin, h.task.choices(slots)))
	return 0
}

// unchanged reports whether the inputs of the first product of some are those that an earlier run read. The records say
// so; of inputs that no record knows, or that take long to read, the times do.
func (t task) unchanged(ctx context.Context, r forecast.Range, submitted time.Time) bool {
	const most = 256 << 20 // bytes to read
	b := batch{index: r.First, first: r.First, count: 1}
	if t.files.Sums {
		b = t.batchOf(r.First, r.Count)
	}
	read := map[string][]hash.Hash{} // by the last parts of the inputs' names
	for _, name := range t.makes(b) {
		known, _ := t.records.Of(name) // an error would only leave out the verdict's reason
		for _, rec := range known {
			for _, input := range rec.From {
				base := path.Base(input.Name)
				read[base] = append(read[base], input.Hash)
			}
		}
	}
	given, err := t.records.Runs()
	if err != nil {
		return false
	}
	for _, name := range t.sources(batch{first: r.First, count: 1}) {
		hashes := read[condor.Base(name)]
		if h, known := given.GivenTo(t.id, inFolder(name)); known {
			hashes = append(hashes, h)
		}
		info, err := os.Stat(name)
		switch {
		case err != nil:
			return false
		case len(hashes) == 0 || info.Size() > most:
			if info.ModTime().After(submitted) {
				return false
			}
		default:
			if h, _, err := t.records.Hashes.Hash(ctx, name); err != nil || !slices.Contains(hashes, h) {
				return false
			}
		}
	}
	return true
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
