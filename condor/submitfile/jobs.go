package submitfile

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"matpool/condor"
)

// columns returns the variables of a job in the queue statement, or in the VARS of a DAG.
// Only the last one may have blanks and commas.
func (d *Description) columns() []string {
	columns := []string{"index"}
	for _, macro := range []string{"first", "count"} {
		// condor_submit warns of unused variables.
		if d.hasRanges() || slices.ContainsFunc(d.templates(), func(t condor.Template) bool { return t.Uses(macro) }) {
			columns = append(columns, macro)
		}
	}
	if len(d.Jobs[0].Outputs) > 0 {
		columns = append(columns, "outputs")
	}
	if len(d.Jobs[0].Remaps) > 0 {
		columns = append(columns, "remaps")
	}
	if d.avoids() {
		columns = append(columns, "avoid", "not_under")
	}
	if len(d.Jobs[0].Inputs) > 0 {
		columns = append(columns, "inputs")
	}
	return columns
}

// appendField appends the value of a job's variable.
func (d *Description) appendField(dst []byte, j *Job, column string) []byte {
	switch column {
	case "index":
		return strconv.AppendInt(dst, int64(j.Index), 10)
	case "first":
		return strconv.AppendInt(dst, int64(j.First), 10)
	case "count":
		return strconv.AppendInt(dst, int64(j.Count), 10)
	case "outputs":
		for i, name := range j.Outputs {
			if i > 0 {
				dst = append(dst, "$(comma)"...)
			}
			dst = append(dst, escapeBlanks(name)...)
		}
	case "remaps":
		for i, m := range j.Remaps {
			if i > 0 {
				dst = append(dst, ';')
			}
			dst = append(dst, escapeBlanks(m.Name)...)
			dst = append(dst, '=')
			dst = append(dst, escapeBlanks(m.To)...)
		}
	case "avoid":
		dst = append(dst, cmp.Or(strings.Join(j.Avoid, ";"), "none")...)
	case "not_under":
		dst = append(dst, cmp.Or(j.NotUnder, "none")...)
	case "inputs":
		for i, name := range j.Inputs {
			if i > 0 {
				dst = append(dst, ", "...)
			}
			dst = append(dst, condor.Escape(d.fromFolder(name))...)
		}
	}
	return dst
}

// escapeBlanks escapes a name for a field that ends at a blank. [writeSeparators] defines the
// macro.
func escapeBlanks(name string) string {
	return strings.ReplaceAll(condor.Escape(name), " ", "$(blank)")
}

// writeSeparators defines the macros $(blank) and $(comma) if a job needs them.
//
// Note: with max_idle, HTCondor keeps no macros but the jobs' variables, so
// [Description.Check] refuses such names.
func writeSeparators(p *printer, d *Description) {
	blank := func(name string) bool { return strings.Contains(name, " ") }
	blanks := func(m Remap) bool { return blank(m.Name) || blank(m.To) }
	if slices.ContainsFunc(d.Jobs, func(j Job) bool {
		return slices.ContainsFunc(j.Outputs, blank) || slices.ContainsFunc(j.Remaps, blanks)
	}) {
		p.comment("A blank in a name, which would end a field below.")
		p.set("blank", "$(undefined_on_purpose: )")
	}
	if slices.ContainsFunc(d.Jobs, func(j Job) bool { return len(j.Outputs) > 1 }) {
		p.comment("A comma between names, which would also end a field.")
		p.set("comma", ",")
	}
}
