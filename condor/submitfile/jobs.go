package submitfile

import (
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
	if len(d.Jobs[0].Remaps) > 0 {
		columns = append(columns, "remaps")
	}
	if len(d.Jobs[0].Inputs) > 0 {
		columns = append(columns, "inputs")
	}
	return columns
}

// appendField appends the value of a job's variable.
func (j *Job) appendField(dst []byte, column string) []byte {
	switch column {
	case "index":
		return strconv.AppendInt(dst, int64(j.Index), 10)
	case "first":
		return strconv.AppendInt(dst, int64(j.First), 10)
	case "count":
		return strconv.AppendInt(dst, int64(j.Count), 10)
	case "remaps":
		for i, m := range j.Remaps {
			if i > 0 {
				dst = append(dst, ';')
			}
			dst = append(dst, escapeBlanks(m.Name)...)
			dst = append(dst, '=')
			dst = append(dst, escapeBlanks(m.To)...)
		}
	case "inputs":
		for i, name := range j.Inputs {
			if i > 0 {
				dst = append(dst, ", "...)
			}
			dst = append(dst, condor.Escape(name)...)
		}
	}
	return dst
}

// escapeBlanks escapes a name for a field that ends at a blank. [writeBlank] defines the
// macro.
func escapeBlanks(name string) string {
	return strings.ReplaceAll(condor.Escape(name), " ", "$(blank)")
}

// writeBlank defines the macro $(blank) if a job needs it.
//
// Note: with max_idle, HTCondor keeps no macros but the jobs' variables, so
// [Description.Check] refuses such a name.
func writeBlank(p *printer, d *Description) {
	blank := func(m Remap) bool { return strings.Contains(m.Name, " ") || strings.Contains(m.To, " ") }
	if slices.ContainsFunc(d.Jobs, func(j Job) bool { return slices.ContainsFunc(j.Remaps, blank) }) {
		p.comment("A blank in a name, which would end a field below.")
		p.set("blank", "$(undefined_on_purpose: )")
	}
}
