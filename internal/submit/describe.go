package submit

import (
	"bytes"
	"fmt"
	"path"
	"strings"

	"matpool/condor"
	"matpool/condor/submitfile"
	"matpool/internal/outputs"
	"matpool/internal/status"
)

// A textFile is a file to write.
type textFile struct {
	name    string
	content []byte
}

// A submission is the input for HTCondor.
type submission struct {
	files   []textFile // the last one is submitted
	summary string     // for the user
	outbox  string     // the name of a folder to make, or ""
	linked  bool       // jobs' inputs are links
	maxIdle int        // for condor_submit_dag -maxidle; 0 for no limit
}

// describe makes the submit description of the jobs, or a DAG and the submit descriptions of
// its nodes.
func describe(t task, p plan) (submission, error) {
	linked := t.linksInputs()
	description := descriptionOf(t, p, linked)
	asData := func(err error) error {
		return status.Map(err, func(err error) error { return status.DataError(fmt.Errorf("%s: %w", t.File, err), "") })
	}
	summary := fmt.Sprintf("%s, on %s", t.summary(p.batches), systemNames(systemName, t.programs.systems, "and"))
	if t.DAG {
		if err := description.Check(); err != nil {
			return submission{}, asData(err)
		}
		sub, err := describeDAG(t, description, summary)
		sub.outbox, sub.linked = description.Outbox, linked
		return sub, err
	}
	var b bytes.Buffer
	if err := description.Write(&b); err != nil { // of Check: a buffer takes everything
		return submission{}, asData(err)
	}
	return submission{files: []textFile{{t.subFile(), b.Bytes()}}, summary: summary, outbox: description.Outbox, linked: linked}, nil
}

// descriptionOf returns the content of the submit description.
func descriptionOf(t task, p plan, linked bool) *submitfile.Description {
	description := &submitfile.Description{
		Comments:     comments(t, p),
		BatchName:    t.BatchName,
		Unit:         t.kind.unit(),
		Sum:          t.files.Sums,
		Random:       t.drawnFrom(),
		ID:           t.id.String(),
		Executable:   t.programs.executable(path.Dir(t.subFile())),
		Systems:      t.programs.systems,
		Arguments:    t.kind.arguments(t.work),
		Inputs:       t.Inputs,
		Shared:       t.shared,
		Outbox:       t.outbox(),
		Resumes:      t.resumes(),
		Stdout:       t.Stdout,
		Stderr:       t.Stderr,
		Log:          t.Log,
		Cpus:         t.Cpus,
		Memory:       t.memory(),
		Disk:         t.disk(t.batches),
		Requirements: t.Requirements,
		MaxRetries:   t.MaxRetries,
		RetryDelay:   t.RetryDelay,
		MaxRunTime:   t.MaxRunTime,
		MaxIdle:      t.MaxIdle,
		Extra:        t.Extra,
	}
	if description.Resumes {
		description.VacateTime = t.vacateTime(t.batches)
	}
	if t.Output != "-" {
		description.File = outputs.FromLog(string(t.Log), t.subFile())
	}
	for _, name := range t.files.Names {
		description.Returned = append(description.Returned, outputs.FromLog(string(t.Log), name))
	}
	addOutputs(description, t.work)
	addJobs(description, t, p.batches, linked)
	return description
}

// comments returns the comments at the top of the submit description: the source, and
// choices with their reasons.
func comments(t task, p plan) []string {
	first := fmt.Sprintf("%s, made from %s. Edit that file, not this one.", path.Base(t.subFile()), t.File)
	switch {
	case t.Output == "-":
		first = fmt.Sprintf("Made from %s.", t.File)
	case t.DAG:
		first = fmt.Sprintf("%s, for the nodes of %s, made from %s. Edit that file, not this one.", path.Base(t.subFile()), path.Base(t.dagFile()), t.File)
	}
	list := []string{first, "File names are relative to the folder in which condor_submit runs."}
	if len(t.Overrides) > 0 {
		var words []string
		for _, o := range t.Overrides {
			words = append(words, o.Name+" = "+o.Value)
		}
		list = append(list, "On the command line: "+strings.Join(words, "; ")+".")
	}
	if q := t.Random; q != nil {
		list = append(list, fmt.Sprintf("The jobs make their inputs: product i has the pair of np.random.default_rng([%s, i]).", q.Seed))
	}
	if machines := t.doubts.contradicted; len(machines) > 0 {
		list = append(list, fmt.Sprintf("No job goes to %s: other machines contradict what was made there (matsubmit -verify).", strings.Join(machines, ", ")))
	}
	list = append(list, t.why...)
	switch {
	case t.again:
		list = append(list, "The jobs make outputs again on other machines, and return only the records of what they make: "+t.summary(p.batches)+".")
	case t.Resubmit:
		list = append(list, "Only what is missing: "+t.summary(p.batches)+".")
	}
	return list
}

// addOutputs adds the outputs that all jobs have.
//
// Note: matprod's jobs have an outbox instead of named outputs. Their files are never missing
// without a failure, and what they leave in the outbox comes back however they end; without
// streams, a job's output is one transfer, not a message for each line; and the names inside a
// job need no remaps, which exclude some characters.
func addOutputs(description *submitfile.Description, w work) {
	if w.files.Folder != "" {
		description.Folder = condor.Template(condor.Literal(w.files.Folder) + "/$(index)")
	}
	if !w.numberedAsJobs() {
		return
	}
	for _, name := range w.files.Names {
		from, to := w.kind.inJob(w, name), condor.Indexed(name)
		if description.Outbox == "" {
			description.Outputs = append(description.Outputs, from)
		}
		if from != to {
			description.Remaps = append(description.Remaps, submitfile.RemapTemplate{Name: from, To: to})
		}
	}
}

// addJobs adds the jobs with their inputs, and outputs that have other numbers than the jobs.
func addJobs(description *submitfile.Description, t task, batches []batch, linked bool) {
	if t.generic && !linked {
		for _, name := range t.IndexedInputs {
			if sent := condor.Base(string(condor.Indexed(name))); sent != string(t.kind.inJob(t.work, name)) {
				description.InputRemaps = append(description.InputRemaps, submitfile.RemapTemplate{Name: condor.Template(sent), To: t.kind.inJob(t.work, name)})
			}
		}
	}
	for _, b := range batches {
		inputs := b.count * len(t.IndexedInputFiles())
		job := submitfile.Job{Index: b.index, First: b.first, Count: b.count, Inputs: make([]string, 0, inputs)}
		for k := 0; k < b.count && inputs > 0; k++ {
			if linked {
				job.Inputs = append(job.Inputs, t.links(b.first+k)...)
			} else {
				job.Inputs = append(job.Inputs, t.inputs(b.first+k)...)
			}
		}
		if !t.numberedAsJobs() {
			for _, name := range t.makes(b) {
				base := condor.Base(name)
				if description.Outbox == "" {
					job.Outputs = append(job.Outputs, base)
				}
				if base != name {
					job.Remaps = append(job.Remaps, submitfile.Remap{Name: base, To: name})
				}
			}
		}
		description.Jobs = append(description.Jobs, job)
	}
}
