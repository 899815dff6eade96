package submit

import (
	"bytes"
	"fmt"
	"path"
	"slices"
	"strings"

	"matpool/condor"
	"matpool/condor/submitfile"
	"matpool/internal/file"
	"matpool/internal/status"
	"matpool/internal/text"
)

// A written is a file to be written.
type written struct {
	name    string
	content []byte
}

// texts are what HTCondor is handed.
type texts struct {
	files   []written // the last one is what is submitted
	summary string    // what it asks for
	maxIdle int       // an argument of condor_submit_dag; 0 if there is none
}

// describe describes the jobs for HTCondor: in a submit description, or a graph with those
// of its nodes.
func describe(t task, s survey, d division, p plan) (texts, error) {
	description := descriptionOf(t, s, d, p)
	if err := description.Check(); err != nil {
		return texts{}, mapErrors(err, func(err error) error { return status.DataError(fmt.Errorf("%s: %w", t.File, err), "") })
	}
	summary := fmt.Sprintf("%s, on %s", summaryOf(t, d, p.batches), systemNames(s.programs.systems, " and "))
	if t.DAG {
		return describeGraph(t, d, description, summary)
	}
	var b bytes.Buffer
	err := description.Write(&b)
	return texts{files: []written{{t.subFile(), b.Bytes()}}, summary: summary}, err
}

// descriptionOf returns what the submit description is to say.
func descriptionOf(t task, s survey, d division, p plan) *submitfile.Description {
	description := &submitfile.Description{
		Comments:     comments(t, d, p),
		BatchName:    t.BatchName,
		Unit:         unit(t),
		Sum:          t.Sum,
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
	for _, arg := range t.Arguments {
		description.Arguments = append(description.Arguments, condor.Template(arg))
	}
	if t.Matprod {
		description.Arguments = matprodArguments(t, d.perJob)
		description.Outbox = outboxOf(t)
	}
	addFiles(description, t, d, p.batches)
	return description
}

// unit says what has a number: a product, or another program's job.
func unit(t task) string {
	if t.Matprod {
		return "product"
	}
	return "job"
}

// comments say at the top of the submit description where it comes from and what was
// chosen.
func comments(t task, d division, p plan) []string {
	first := fmt.Sprintf("%s, made from %s. Change that, not this.", path.Base(t.subFile()), t.File)
	switch {
	case t.Output == "-":
		first = fmt.Sprintf("Made from %s.", t.File)
	case t.DAG:
		first = fmt.Sprintf("%s, for the nodes of %s, made from %s. Change that, not this.", path.Base(t.subFile()), path.Base(t.dagFile()), t.File)
	}
	list := []string{first, "Names are relative to the folder where condor_submit runs."}
	if len(t.Overrides) > 0 {
		var words []string
		for _, o := range t.Overrides {
			words = append(words, o.Name+" = "+o.Value)
		}
		list = append(list, "On the command line: "+strings.Join(words, "; ")+".")
	}
	list = append(list, d.why...)
	if t.Resubmit {
		list = append(list, "Only what was missing: "+summaryOf(t, d, p.batches)+".")
	}
	return list
}

// matprodArguments returns matprod's command line. In a job's folder files lie under
// the last part of their names, and outputs in the outbox.
func matprodArguments(t task, perJob int) []condor.Template {
	a, b := condor.Base(t.IndexedInputs[0]), condor.Base(t.IndexedInputs[1])
	c := path.Join(outboxName, condor.Base(t.outputs.names[0]))
	literal := func(names ...string) (args []condor.Template) {
		if slices.ContainsFunc(names, func(name string) bool { return strings.HasPrefix(name, "-") }) {
			args = append(args, "--")
		}
		for _, name := range names {
			args = append(args, condor.Literal(name))
		}
		return args
	}
	ranged := []condor.Template{"-first", "$(first)", "-count", "$(count)"}
	switch {
	case t.Sum:
		return slices.Concat(ranged, []condor.Template{"-sum", condor.Indexed(c)}, literal(a, b))
	case perJob > 1:
		return slices.Concat(ranged, literal(a, b, c))
	}
	args := literal(a, b, c)
	for i, name := range []string{a, b, c} {
		args[len(args)-3+i] = condor.Indexed(name)
	}
	return args
}

// addFiles adds the jobs with their inputs, and says where their outputs go.
func addFiles(description *submitfile.Description, t task, d division, batches []batch) {
	// The name of an output of a job with one product, or of a sum, has the job's number.
	byIndex := t.Sum || d.perJob == 1
	for _, name := range t.outputs.names {
		if base := condor.Base(name); byIndex && name != base {
			description.Remaps = append(description.Remaps, submitfile.RemapTemplate{Name: condor.Indexed(base), To: condor.Indexed(name)})
		}
	}
	for _, b := range batches {
		job := submitfile.Job{Index: b.index, First: b.first, Count: b.count, Inputs: make([]string, 0, b.count*len(t.IndexedInputs))}
		for k := range b.count {
			for _, name := range t.IndexedInputs {
				job.Inputs = append(job.Inputs, file.Indexed(name, b.first+k))
			}
		}
		if !byIndex {
			for _, name := range t.outputs.of(b) {
				if base := condor.Base(name); base != name {
					job.Remaps = append(job.Remaps, submitfile.Remap{Name: base, To: name})
				}
			}
		}
		description.Jobs = append(description.Jobs, job)
	}
}

// summaryOf says what is submitted.
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
		return jobs + ", a product each"
	case d.perJob > 1 && t.Matprod:
		return jobs + " with " + text.Count(products, "product")
	case d.perJob > 1:
		return jobs + fmt.Sprintf(" with up to %d indices each", d.perJob)
	}
	return jobs
}
