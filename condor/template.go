package condor

import (
	"slices"
	"strconv"
	"strings"

	"matpool/internal/base/file"
)

// A Template is text with macros that differ from job to job: $(index), the job's number;
// $(first) and $(count), the range of its products; $(Cluster) and $(Process), HTCondor's
// own numbers. $(DOLLAR) stands for a "$" that would otherwise begin a macro. Case does not
// matter.
type Template string

// Literal returns a template for the text itself, without macros.
func Literal(text string) Template { return Template(strings.ReplaceAll(text, "$", "$(DOLLAR)")) }

// Indexed returns a template for the names of numbered files: $(index) goes where
// [file.InsertIndex] says, before the extension unless the name has it.
func Indexed(name string) Template {
	return Template(strings.ReplaceAll(string(Literal(file.InsertIndex(name, mark))), mark, "$(index)"))
}

// Expand returns the text for a job. $(Cluster) and $(Process), whose values only HTCondor
// knows, stay as they are.
func (t Template) Expand(index, first, count int) string { return t.Expander()(index, first, count) }

// ExpandAll is Expand for a job whose numbers are known.
func (t Template) ExpandAll(id ID, index, first, count int) string {
	parts := t.parts()
	for i, p := range parts {
		switch p.macro {
		case "Cluster", "ClusterId":
			parts[i] = part{text: strconv.Itoa(id.Cluster)}
		case "Process", "ProcId":
			parts[i] = part{text: strconv.Itoa(id.Proc)}
		}
	}
	return expand(parts, index, first, count)
}

// Expander returns [Template.Expand] for many jobs: it parses the template only once.
func (t Template) Expander() func(index, first, count int) string {
	parts := t.parts()
	return func(index, first, count int) string { return expand(parts, index, first, count) }
}

func expand(parts []part, index, first, count int) string {
	var b strings.Builder
	for _, p := range parts {
		switch p.macro {
		case "index":
			b.WriteString(strconv.Itoa(index))
		case "first":
			b.WriteString(strconv.Itoa(first))
		case "count":
			b.WriteString(strconv.Itoa(count))
		case "":
			b.WriteString(p.text)
		default:
			b.WriteString("$(" + p.macro + ")")
		}
	}
	return b.String()
}

// PerJob reports whether the text differs from job to job.
func (t Template) PerJob() bool {
	return t.Uses("index") || t.Uses("first") || t.Uses("Process") || t.Uses("ProcId")
}

// Uses reports whether the template has a macro, by its canonical name: index.
func (t Template) Uses(macro string) bool {
	return slices.ContainsFunc(t.parts(), func(p part) bool { return p.macro == macro })
}

// A part of a template is either text or a macro, by its canonical name.
type part struct{ text, macro string }

// macro returns the canonical name of a macro.
func macro(name string) (string, bool) {
	for _, m := range []string{"index", "first", "count", "Cluster", "ClusterId", "Process", "ProcId"} {
		if strings.EqualFold(m, name) {
			return m, true
		}
	}
	return "", false
}

// parts splits a template, and joins adjacent texts.
func (t Template) parts() []part {
	var parts []part
	add := func(text string) {
		if n := len(parts); n > 0 && parts[n-1].macro == "" {
			parts[n-1].text += text
		} else if text != "" {
			parts = append(parts, part{text: text})
		}
	}
	rest := string(t)
	for {
		before, after, found := strings.Cut(rest, "$(")
		add(before)
		if !found {
			return parts
		}
		name, behind, closed := strings.Cut(after, ")")
		if m, ok := macro(name); ok && closed {
			parts, rest = append(parts, part{macro: m}), behind
		} else if strings.EqualFold(name, "DOLLAR") && closed {
			add("$")
			rest = behind
		} else {
			add("$(")
			rest = after
		}
	}
}

// Check returns a [*QuoteError] for anything that looks like a macro but is not one of a
// template's: HTCondor would replace it with something else, or with nothing.
func (t Template) Check() error {
	if err := CheckPrintable(string(t)); err != nil {
		return err
	}
	s := string(t)
	for i := 0; i < len(s); i++ {
		if s[i] != '$' {
			continue
		}
		word := s[i+1:]
		tail := strings.TrimLeft(word, "$_ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
		if !strings.HasPrefix(tail, "(") {
			continue
		}
		name, _, closed := strings.Cut(tail[1:], ")")
		_, known := macro(name)
		if len(word) == len(tail) && closed && (known || strings.EqualFold(name, "DOLLAR")) {
			continue
		}
		return &QuoteError{s, i, "unknown macro; the known ones are $(index), $(first), $(count), $(Cluster), $(Process), and $(DOLLAR) for a plain $"}
	}
	for _, p := range t.parts() {
		if err := checkDollars(p.text); err != nil {
			return err
		}
	}
	return nil
}

// CheckLiteral returns a [*QuoteError] if the name of a common file has a macro, or that of a
// numbered file one other than $(index). Other macros are literal in such names, which their
// author did not expect.
func CheckLiteral(name string, numbered bool) error {
	for i := range len(name) {
		rest, ok := strings.CutPrefix(name[i:], "$(")
		word, _, closed := strings.Cut(rest, ")")
		m, known := macro(word)
		switch {
		case !ok || !known || !closed || numbered && m == "index":
			continue
		case numbered:
			return &QuoteError{name, i, "$(" + m + ") has no effect in this name, only $(index) has"}
		}
		return &QuoteError{name, i, "$(" + m + ") has no effect in this name, which is the same for every job"}
	}
	return nil
}

// SubmitText returns the template as text for a submit description.
func (t Template) SubmitText() string {
	var b strings.Builder
	for _, p := range t.parts() {
		if p.macro != "" {
			b.WriteString("$(" + p.macro + ")")
		} else {
			b.WriteString(Escape(p.text))
		}
	}
	return b.String()
}

// Escape escapes the dollar signs of a text, so that HTCondor expands nothing in it.
// HTCondor expands "$(x)" and "$INT(x)" when it reads the submit description, and "$$(x)",
// in every attribute, when it sends the job to a machine. $(DOLLAR) becomes "$" after
// everything else has been expanded; $$(DOLLARDOLLAR) becomes "$$" when the job is sent.
//
// Note: $(DOLLAR)$(DOLLAR) is not "$$". The first one becomes "$", which forms
// "$$(DOLLAR)" with the second, and HTCondor holds the job.
func Escape(text string) string {
	if !strings.Contains(text, "$") {
		return text
	}
	text = strings.ReplaceAll(text, "$$", "\x00")
	text = strings.ReplaceAll(text, "$", "$(DOLLAR)")
	return strings.ReplaceAll(text, "\x00", "$$(DOLLARDOLLAR)")
}

// checkDollars returns a [*QuoteError] for the one text that cannot be escaped: HTCondor
// expands "$(DOLLAR" again after it has replaced the escape with "$".
func checkDollars(text string) error {
	if i := strings.Index(strings.ToUpper(text), "$(DOLLAR"); i >= 0 {
		return &QuoteError{text, i, "HTCondor cannot represent this"}
	}
	return nil
}
