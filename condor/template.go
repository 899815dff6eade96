package condor

import (
	"slices"
	"strconv"
	"strings"

	"matpool/internal/file"
)

// A Template is text with macros that differ from job to job: $(index), the job's number;
// $(first) and $(count), the range of its products; $(Cluster) and $(Process), HTCondor's
// own numbers. $(DOLLAR) is a "$" that would otherwise begin a macro. Capitals do not
// matter.
type Template string

// Literal returns a template that means the text itself: nothing in it is a macro.
func Literal(text string) Template { return Template(strings.ReplaceAll(text, "$", "$(DOLLAR)")) }

// Indexed returns a template for the names of numbered files: $(index) goes before the
// extension (see [file.InsertIndex]).
func Indexed(name string) Template {
	// The escaped name has its extension where the name has it: an escape has no dot and
	// no slash.
	return Template(file.InsertIndex(string(Literal(name)), "$(index)"))
}

// Expand returns what the template means for a job. The macros that only HTCondor knows,
// $(Cluster) and $(Process), stay as they are.
func (t Template) Expand(index, first, count int) string {
	var b strings.Builder
	for _, p := range t.parts() {
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

// Uses reports whether the template has a macro, by its name in its usual spelling: index.
func (t Template) Uses(macro string) bool {
	return slices.ContainsFunc(t.parts(), func(p part) bool { return p.macro == macro })
}

// A part of a template is a text, or a macro by its name in its usual spelling.
type part struct{ text, macro string }

func macro(name string) (string, bool) {
	for _, m := range []string{"index", "first", "count", "Cluster", "ClusterId", "Process", "ProcId"} {
		if strings.EqualFold(m, name) {
			return m, true
		}
	}
	return "", false
}

// parts splits a template. Adjacent texts are one part.
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

// Check returns a [*QuoteError] for what looks like a macro but is none of a template's:
// HTCondor would replace it by something else, or by nothing.
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
		return &QuoteError{s, i, "not a known macro; these are $(index), $(first), $(count), $(Cluster), $(Process), and $(DOLLAR) for a plain $"}
	}
	for _, p := range t.parts() {
		if err := checkDollars(p.text); err != nil {
			return err
		}
	}
	return nil
}

// CheckLiteral returns a [*QuoteError] if there is a macro in the name of a numbered or
// a common file. Such a name is taken as it is written, which its author did not expect.
func CheckLiteral(name string) error {
	for i := range len(name) {
		if rest, ok := strings.CutPrefix(name[i:], "$("); ok {
			word, _, closed := strings.Cut(rest, ")")
			if m, known := macro(word); known && closed {
				return &QuoteError{name, i, "$(" + m + ") cannot be used in this name: the number is put before the extension anyway"}
			}
		}
	}
	return nil
}

// SubmitText returns the template as a submit description has it.
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

// Escape makes HTCondor leave the dollars of a text alone. HTCondor expands "$(x)" and
// "$INT(x)" when it reads the submit description, and "$$(x)", in every attribute, when it
// sends the job to a machine. $(DOLLAR) becomes "$" after all else has been expanded;
// $$(DOLLARDOLLAR) becomes "$$" on the way to the machine.
//
// Note: $(DOLLAR)$(DOLLAR) is not "$$". The first one becomes "$", which makes
// "$$(DOLLAR)" with what follows, and the job is held.
func Escape(text string) string {
	if !strings.Contains(text, "$") {
		return text
	}
	text = strings.ReplaceAll(text, "$$", "\x00")
	text = strings.ReplaceAll(text, "$", "$(DOLLAR)")
	return strings.ReplaceAll(text, "\x00", "$$(DOLLARDOLLAR)")
}

// checkDollars returns a [*QuoteError] for the one text that cannot be escaped: HTCondor
// expands "$(DOLLAR" again once the "$" of an escape is in place.
func checkDollars(text string) error {
	if i := strings.Index(strings.ToUpper(text), "$(DOLLAR"); i >= 0 {
		return &QuoteError{text, i, "HTCondor cannot carry this"}
	}
	return nil
}
