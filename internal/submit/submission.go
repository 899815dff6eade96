package submit

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"matpool/condor"
	"matpool/condor/submitfile"
	"matpool/internal/file"
	"matpool/internal/text"
)

// submission returns what HTCondor is to be told.
func (p *plan) submission() *submitfile.Description {
	job := p.job
	s := &submitfile.Description{
		Comments:     p.comments(),
		BatchName:    job.BatchName,
		Unit:         p.unit(),
		Sum:          job.Sum,
		Systems:      p.programs.systems,
		Arguments:    job.Arguments,
		Inputs:       job.Inputs,
		Stdout:       job.Stdout,
		Stderr:       job.Stderr,
		Log:          job.Log,
		Cpus:         job.Cpus,
		Memory:       p.memory(),
		Disk:         p.disk(),
		Requirements: job.Requirements,
		MaxRetries:   job.MaxRetries,
		RetryDelay:   job.RetryDelay,
		MaxRunTime:   job.MaxRunTime,
		MaxIdle:      job.MaxIdle,
		Extra:        job.Extra,
	}
	if job.Matprod {
		s.Arguments = p.matprodArguments()
		s.Outbox = p.outbox()
	}
	if s.Executable = p.programs.files[0]; len(s.Systems) > 1 {
		s.Executable, _ = p.programs.laid(path.Dir(p.subFile()))
	}
	p.addFiles(s)
	return s
}

// unit says what has a number: a product, or another program's work.
func (p *plan) unit() string {
	if p.job.Matprod {
		return "product"
	}
	return "job"
}

// comments says at the top of the submit description where it comes from and what was
// chosen.
func (p *plan) comments() []string {
	first := fmt.Sprintf("%s, made from %s. Change that, not this.", path.Base(p.subFile()), p.File)
	switch {
	case p.Output == "-":
		first = fmt.Sprintf("Made from %s.", p.File)
	case p.DAG:
		first = fmt.Sprintf("%s, for the nodes of %s, made from %s. Change that, not this.", path.Base(p.nodeFile()), path.Base(p.dagFile()), p.File)
	}
	comments := []string{first, "Names are relative to the folder where condor_submit runs."}
	if len(p.Overrides) > 0 {
		var words []string
		for _, o := range p.Overrides {
			words = append(words, o.Name+" = "+o.Value)
		}
		comments = append(comments, "On the command line: "+strings.Join(words, "; ")+".")
	}
	comments = append(comments, p.why...)
	if p.Resubmit {
		comments = append(comments, "Only what was missing: "+p.summary()+".")
	}
	return comments
}

// matprodArguments returns matprod's command line. In a job's folder files lie under
// the last part of their names, and outputs in the outbox.
func (p *plan) matprodArguments() []condor.Template {
	a, b := condor.Base(p.job.IndexedInputs[0]), condor.Base(p.job.IndexedInputs[1])
	c := path.Join(outboxName, condor.Base(p.outputs()[0]))
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
	case p.job.Sum:
		return slices.Concat(ranged, []condor.Template{"-sum", condor.Indexed(c)}, literal(a, b))
	case p.perJob > 1:
		return slices.Concat(ranged, literal(a, b, c))
	}
	args := literal(a, b, c)
	for i, name := range []string{a, b, c} {
		args[len(args)-3+i] = condor.Indexed(name)
	}
	return args
}

// addFiles adds the jobs, with their inputs, and where their outputs go.
func (p *plan) addFiles(s *submitfile.Description) {
	// The name of an output of a job with one product, or of a sum, has the job's number.
	byIndex := p.job.Sum || p.perJob == 1
	for _, name := range p.outputs() {
		if byIndex && name != condor.Base(name) {
			s.Remaps = append(s.Remaps, submitfile.RemapTemplate{Name: condor.Indexed(condor.Base(name)), To: condor.Indexed(name)})
		}
	}
	s.Jobs = slices.Clone(p.rows)
	for i := range s.Jobs {
		row := &s.Jobs[i]
		row.Inputs = make([]string, 0, row.Count*len(p.job.IndexedInputs))
		for k := range row.Count {
			for _, name := range p.job.IndexedInputs {
				row.Inputs = append(row.Inputs, file.Indexed(name, row.First+k))
			}
		}
		if byIndex {
			continue
		}
		for _, name := range p.outputsOf(*row) {
			if base := condor.Base(name); base != name {
				row.Remaps = append(row.Remaps, submitfile.Remap{Name: base, To: name})
			}
		}
	}
}

// summary says what is submitted.
func (p *plan) summary() string {
	products := 0
	for _, row := range p.rows {
		products += row.Count
	}
	line := text.Count(len(p.rows), "job")
	switch {
	case p.job.Sum:
		line += " for the sum of " + text.Count(products, "product")
	case p.perJob == 1 && p.job.Matprod:
		line += ", a product each"
	case p.perJob > 1 && p.job.Matprod:
		line += " with " + text.Count(products, "product")
	case p.perJob > 1:
		line += fmt.Sprintf(" with up to %d indices each", p.perJob)
	}
	return line
}

// systemNames says which systems the programs are for.
func (p *plan) systemNames() string {
	var names []string
	for _, s := range p.programs.systems {
		names = append(names, spell(s))
	}
	return strings.Join(names, " and ")
}
