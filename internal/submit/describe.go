package submit

import (
	"bytes"
	"fmt"
	"path"
	"slices"
	"strings"

	"matpool/condor"
	"matpool/condor/submitfile"
	"matpool/internal/base/file"
	"matpool/internal/base/text"
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
	linked  bool       // jobs' inputs are links
	maxIdle int        // for condor_submit_dag -maxidle; 0 for no limit
}

// describe makes the submit description of the jobs, or a DAG and the submit descriptions of
// its nodes.
func describe(t task, s survey, d division, p plan) (submission, error) {
	linked := t.linksInputs(s.programs.systems)
	description := descriptionOf(t, s, d, p, linked)
	asData := func(err error) error {
		return status.Map(err, func(err error) error { return status.DataError(fmt.Errorf("%s: %w", t.File, err), "") })
	}
	summary := fmt.Sprintf("%s, on %s", summaryOf(t, d, p.batches), systemNames(systemName, s.programs.systems, "and"))
	if t.DAG {
		if err := description.Check(); err != nil {
			return submission{}, asData(err)
		}
		sub, err := describeDAG(t, d, description, summary)
		sub.linked = linked
		return sub, err
	}
	var b bytes.Buffer
	if err := description.Write(&b); err != nil { // of Check: a buffer takes everything
		return submission{}, asData(err)
	}
	return submission{files: []textFile{{t.subFile(), b.Bytes()}}, summary: summary, linked: linked}, nil
}

// descriptionOf returns the content of the submit description.
func descriptionOf(t task, s survey, d division, p plan, linked bool) *submitfile.Description {
	description := &submitfile.Description{
		Comments:     comments(t, d, p),
		BatchName:    t.BatchName,
		Unit:         unit(t),
		Sum:          t.Sum,
		Random:       drawnFrom(t.Request),
		Executable:   s.programs.executable(path.Dir(t.subFile())),
		Systems:      s.programs.systems,
		Inputs:       t.Inputs,
		Stdout:       t.Stdout,
		Stderr:       t.Stderr,
		Log:          t.Log,
		Cpus:         t.Cpus,
		Memory:       memory(t, s.products, d.perJob),
		Disk:         disk(t, s, d.batches),
		Requirements: t.Requirements,
		MaxRetries:   t.MaxRetries,
		RetryDelay:   t.RetryDelay,
		MaxRunTime:   t.MaxRunTime,
		MaxIdle:      t.MaxIdle,
		Extra:        t.Extra,
	}
	description.File, description.Returned = fromLog(t)
	for _, arg := range t.Arguments {
		description.Arguments = append(description.Arguments, condor.Template(arg))
	}
	if t.Matprod {
		description.Arguments = matprodArguments(t, d.perJob)
		description.Outbox = outboxOf(t)
		if description.Resumes = resumes(t, d.perJob); description.Resumes {
			description.VacateTime = vacateTime(t, s, d.batches)
		}
	}
	addOutputs(description, t, d)
	addJobs(description, t, d, p.batches, linked)
	return description
}

// unit returns the word for what is numbered: products, or another program's jobs.
func unit(t task) string {
	if t.Matprod {
		return "product"
	}
	return "job"
}

// comments returns the comments at the top of the submit description: the source, and
// choices with their reasons.
func comments(t task, d division, p plan) []string {
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
	list = append(list, d.why...)
	if t.Resubmit {
		list = append(list, "Only what is missing: "+summaryOf(t, d, p.batches)+".")
	}
	return list
}

// matprodArguments returns matprod's command line. In a job's folder, inputs have the last
// part of their names, and outputs go to the outbox.
func matprodArguments(t task, perJob int) []condor.Template {
	c := path.Join(outboxName, condor.Base(t.outputs.names[0]))
	operands := func(names ...condor.Template) []condor.Template {
		if slices.ContainsFunc(names, func(name condor.Template) bool { return strings.HasPrefix(string(name), "-") }) {
			return append([]condor.Template{"--"}, names...)
		}
		return names
	}
	factors := factorNames(t, condor.Literal)
	flags := slices.Concat(factorFlags(t), []condor.Template{"-first", "$(first)", "-count", "$(count)"})
	if resumes(t, perJob) {
		flags = append(flags, "-resume", ".")
	}
	switch {
	case t.Sum:
		return slices.Concat(flags, []condor.Template{"-sum", condor.Indexed(c)}, operands(factors...))
	case perJob > 1:
		return slices.Concat(flags, operands(append(factors, condor.Literal(c))...))
	case t.Random != nil:
		return slices.Concat(factorFlags(t), []condor.Template{"-first", "$(index)"}, operands(condor.Literal(c)))
	}
	return slices.Concat(formFlags(t), operands(append(factorNames(t, condor.Indexed), condor.Indexed(c))...))
}

// hasJobNumbers reports whether an output has its job's number: the job has one product or
// returns a sum. Otherwise it has its product's.
func hasJobNumbers(t task, d division) bool { return t.Sum || d.perJob == 1 }

// addOutputs adds the outputs that all jobs have.
//
// Note: matprod's jobs have an outbox instead of named outputs. Their files are never missing
// without a failure, and what they leave in the outbox comes back however they end; without
// streams, a job's output is one transfer, not a message for each line; and the names inside a
// job need no remaps, which exclude some characters.
func addOutputs(description *submitfile.Description, t task, d division) {
	if t.outputs.folders() {
		description.Folder = condor.Template(condor.Literal(t.outputs.folder) + "/$(index)")
	}
	if !hasJobNumbers(t, d) {
		return
	}
	for _, name := range t.outputs.names {
		from, to := t.inJob(name), condor.Indexed(name)
		if !t.Matprod {
			description.Outputs = append(description.Outputs, from)
		}
		if from != to {
			description.Remaps = append(description.Remaps, submitfile.RemapTemplate{Name: from, To: to})
		}
	}
}

// addJobs adds the jobs with their inputs, and outputs that have other numbers than the jobs.
func addJobs(description *submitfile.Description, t task, d division, batches []batch, linked bool) {
	if t.generic && !linked {
		for _, name := range t.IndexedInputs {
			if sent := condor.Base(string(condor.Indexed(name))); sent != string(t.inJob(name)) {
				description.InputRemaps = append(description.InputRemaps, submitfile.RemapTemplate{Name: condor.Template(sent), To: t.inJob(name)})
			}
		}
	}
	for _, b := range batches {
		job := submitfile.Job{Index: b.index, First: b.first, Count: b.count, Inputs: make([]string, 0, b.count*len(t.IndexedInputFiles()))}
		for k := range b.count {
			for _, name := range t.IndexedInputFiles() {
				if linked {
					name = t.linkTo(name, b.first+k)
				} else {
					name = file.Indexed(name, b.first+k)
				}
				job.Inputs = append(job.Inputs, name)
			}
		}
		if !hasJobNumbers(t, d) {
			for _, name := range t.outputs.of(b) {
				base := condor.Base(name)
				if !t.Matprod {
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

// summaryOf returns a summary of the jobs.
func summaryOf(t task, d division, batches []batch) string {
	products := 0
	for _, b := range batches {
		products += b.count
	}
	jobs := text.Count(len(batches), "job")
	switch {
	case t.Sum:
		return jobs + " for the sum of " + text.Count(products, "product")
	case d.perJob == 1 && t.Matprod:
		return jobs + ", one product each"
	case d.perJob > 1 && t.Matprod:
		return jobs + " with " + text.Count(products, "product")
	case d.perJob > 1:
		return jobs + fmt.Sprintf(" with up to %d indices each", d.perJob)
	}
	return jobs
}
