package submit

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"matpool/condor"
	"matpool/internal/base/file"
	"matpool/internal/pair"
)

// drawnFrom returns what shows in the log from what random inputs are drawn, or "" if the inputs are
// files: two jobs for which it is the same have the same inputs.
func (w work) drawnFrom() string {
	q := w.Random
	if q == nil {
		return ""
	}
	words := []string{q.Seed, strconv.Itoa(q.Size), q.Distribution}
	if q.DType != "" {
		words = append(words, q.DType)
	}
	return strings.Join(words, "/")
}

// matprodArguments returns matprod's command line. In a job's folder, inputs have the last
// part of their names, and outputs go to the outbox.
//
// It prints its outputs' records: stdout comes back however the job ends, and into a file of each job.
func (w work) matprodArguments() []condor.Template {
	c := path.Join(outboxName, condor.Base(w.files.Names[0]))
	operands := func(names ...condor.Template) []condor.Template {
		if slices.ContainsFunc(names, func(name condor.Template) bool { return strings.HasPrefix(string(name), "-") }) {
			return append([]condor.Template{"--"}, names...)
		}
		return names
	}
	factors := w.factorNames(condor.Literal)
	printed := []string{"-records=-"}
	pair := literals(slices.Concat(printed, w.pair.Flags()))
	flags := slices.Concat(pair, []condor.Template{"-first", "$(first)", "-count", "$(count)"})
	if w.resumes() {
		flags = append(flags, "-resume", ".")
	}
	switch {
	case w.kind == ofSum:
		return slices.Concat(flags, []condor.Template{"-sum", condor.Indexed(c)}, operands(factors...))
	case w.perJob > 1:
		return slices.Concat(flags, operands(append(factors, condor.Literal(c))...))
	case w.Random != nil:
		return slices.Concat(pair, []condor.Template{"-first", "$(index)"}, operands(condor.Literal(c)))
	}
	return slices.Concat(literals(slices.Concat(printed, w.pair.Form.Flags())), operands(append(w.factorNames(condor.Indexed), condor.Indexed(c))...))
}

// literals returns arguments without macros.
func literals(args []string) (templates []condor.Template) {
	for _, arg := range args {
		templates = append(templates, condor.Literal(arg))
	}
	return templates
}

// factorNames returns the names of the factors in a job's folder, of a fixed one literally and of others as
// the function numbered gives them.
func (w work) factorNames(numbered func(name string) condor.Template) (names []condor.Template) {
	fixed, _ := w.pair.FixedAndOther()
	for _, name := range []string{w.pair.A, w.pair.B} {
		if name == "" {
			continue
		}
		path, member, isMember := file.SplitMember(name)
		inJob := condor.Base(path)
		if isMember {
			inJob += ":" + member
		}
		if w.pair.Fixed != pair.NotFixed && name == fixed {
			names = append(names, condor.Literal(inJob))
		} else {
			names = append(names, numbered(inJob))
		}
	}
	return names
}

// commandHere returns a short command that computes the jobs' products on this machine, or ""
// if there is none.
func (t task) commandHere(batches []batch) string {
	if t.kind == ofProgram || t.Random != nil || t.Fixed.Factor != "" || t.kind == ofSum && t.Grid.Tiles() > 0 {
		return ""
	}
	first, next := batches[0].first, batches[0].first
	for _, b := range batches {
		if b.first != next {
			return ""
		}
		next += b.count
	}
	names := slices.Clone(t.IndexedInputs)
	command := "matprod"
	for _, flag := range t.pair.Form.Flags() {
		command += " " + flag
	}
	serial := t.kind == ofSum || t.DAG
	if serial {
		command += " -serial"
	}
	if first > 0 {
		command += fmt.Sprintf(" -first %d", first)
	}
	if serial {
		command += fmt.Sprintf(" -jobs %d", next-first)
	} else {
		command += fmt.Sprintf(" -count %d", next-first)
		names = append(names, t.files.Names[0])
	}
	if standard := []string{file.InputA, file.InputB, file.Product}; slices.Equal(names, standard[:len(names)]) {
		names = nil // matprod's defaults
	}
	for _, name := range names {
		if !plainWord(name) {
			return ""
		}
		command += " " + name
	}
	return command
}
