package submit

import (
	"context"
	"os"
	"slices"

	"matpool/condor/eventlog"
	"matpool/condor/submitfile"
	"matpool/internal/base/hash"
	"matpool/internal/outputs"
	"matpool/internal/record"
)

// Doubts are what other machines found when they made outputs again (matsubmit -verify), as it is recorded.
type doubts struct {
	found        []record.Verified
	contradicted []string // machines that compute wrongly
}

// readDoubts reads what is recorded in the current folder.
func readDoubts(records *outputs.Records) (d doubts, err error) {
	runs, err := records.Runs()
	if err != nil {
		return d, err
	}
	d.found = runs.Verified()
	d.contradicted = record.Contradicted(d.found)
	return d, nil
}

// avoiding returns the work with the further requirement that no job goes to a machine that was contradicted.
func (w work) avoiding(machines []string) work {
	if len(machines) == 0 {
		return w
	}
	q := *w.Request
	condition := submitfile.IsNoneOf(machines)
	if q.Requirements != "" {
		condition += " && (" + q.Requirements + ")"
	}
	q.Requirements = condition
	w.Request = &q
	return w
}

// A maker is who made an output. HTCondor and the machine itself may know it by different names.
type maker struct {
	machine string   // as the log has it, or if that does not have it, the record; "" if unknown
	names   []string // all
	system  string   // the operating system as HTCondor names it; "" if unknown
}

// recordOf returns the record of an output with a hash. Several may say that several machines made it: then it is that of
// its job, unless somebody has made it here since.
func recordOf(known []record.Record, h hash.Hash, job *eventlog.Job) (r record.Record, ok bool) {
	known = slices.DeleteFunc(slices.Clone(known), func(r record.Record) bool { return r.Hash != h })
	if len(known) == 0 {
		return r, false
	}
	if on := machineOf(job); on != "" && !isHere(known[0].Machine) {
		if i := slices.IndexFunc(known, func(r record.Record) bool { return record.SameMachine(r.Machine, on) }); i >= 0 {
			return known[i], true
		}
	}
	return known[0], true
}

// machineOf returns the machine on which a job was done, or "".
func machineOf(job *eventlog.Job) string {
	if job == nil || job.State != eventlog.Done || len(job.Attempts) == 0 {
		return ""
	}
	return last(job).Machine
}

func isHere(machine string) bool {
	here, _ := os.Hostname()
	return record.SameMachine(machine, here)
}

// makerOf returns who made an output with this record: the machine of its job, if that made it.
func makerOf(r record.Record, job *eventlog.Job) (m maker) {
	if r.Machine != "" {
		m.machine, m.names = r.Machine, []string{r.Machine}
	}
	on := machineOf(job)
	if on == "" || isHere(r.Machine) && !isHere(on) { // somebody has made it here since
		return m
	}
	m.machine, m.system = on, last(job).System
	if !slices.Contains(m.names, on) {
		m.names = append(m.names, on)
	}
	return m
}

// last returns the attempt in which a job that is done made its output.
func last(job *eventlog.Job) eventlog.Attempt { return job.Attempts[len(job.Attempts)-1] }

// isDoubtful reports whether an output was made on a machine that others contradict, and was not confirmed itself.
func (t task) isDoubtful(ctx context.Context, name string, job *eventlog.Job) (on string, is bool, err error) {
	if len(t.doubts.contradicted) == 0 {
		return "", false, nil
	}
	known, err := t.records.Of(name)
	if err != nil || len(known) == 0 {
		return "", false, err
	}
	h, _, err := t.records.Hashes.Hash(ctx, name)
	if err != nil {
		return "", false, err
	}
	r, ok := recordOf(known, h, job)
	if !ok {
		return "", false, nil
	}
	if right, ok := record.VoteOn(t.doubts.found, inFolder(name), h).Decided(); ok && right == h {
		return "", false, nil
	}
	on = makerOf(r, job).machine
	return on, slices.ContainsFunc(t.doubts.contradicted, func(m string) bool { return record.SameMachine(m, on) }), nil
}
