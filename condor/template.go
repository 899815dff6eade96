package condor

import (
	"slices"
	"strconv"
	"strings"

	"matpool/internal/file"
)

// A Template is text that is the same for all jobs but for these, which stand for
// something of each job's: $(index), its number; $(first) and $(count), the range
// of its products; $(Cluster) and $(Process), HTCondor's numbers for it. $(DOLLAR)
// stands for a "$" that would begin one. Capitals do not matter.
type Template string

// Literal returns a template for a text in which nothing stands for anything else.
func Literal(text string) Template { return Template(strings.ReplaceAll(text, "$", "$(DOLLAR)")) }

// Indexed returns a template for the name of a numbered file: $(index) goes before
// the extension.
func Indexed(name string) Template {
	// To find the extension of the escaped name is to find it in the name itself:
	// an escape has no dot and no slash.
	return Template(file.InsertIndex(string(Literal(name)), "$(index)"))
}

// Expand returns what the template means for a job, with what only HTCondor knows
// (its cluster and process) left as it is.
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

// PerJob reports whether the template is different for different jobs.
func (t Template) PerJob() bool {
	return slices.ContainsFunc(t.parts(), func(p part) bool {
		return p.macro == "index" || p.macro == "first" || strings.HasPrefix(p.macro, "Proc")
	})
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

// parts takes a template apart. Neighbouring texts are one part.
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

// check returns a [*QuoteError] for what looks like a macro and is none of a
// template's: HTCondor would put something there, or nothing.
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
		return &QuoteError{s, i, "this is not known here; $(index), $(first), $(count), $(Cluster) and $(Process) are, and $(DOLLAR) for a $ alone"}
	}
	for _, p := range t.parts() {
		if err := checkDollars(p.text); err != nil {
			return err
		}
	}
	return nil
}

// CheckLiteral returns a [*QuoteError] if a macro stands in the name of a numbered or a
// common file, where it would not do what its author expects.
func CheckLiteral(name string) error {
	for i := range len(name) {
		if rest, ok := strings.CutPrefix(name[i:], "$("); ok {
			word, _, closed := strings.Cut(rest, ")")
			if m, known := macro(word); known && closed {
				return &QuoteError{name, i, "$(" + m + ") does not stand in this name: the number goes before the extension by itself"}
			}
		}
	}
	return nil
}

// SubmitText prints a template for a submit description.
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

// Escape makes HTCondor leave the dollars of a text alone, when it reads the submit
// description, where "$(x)" and "$INT(x)" are expanded, and when it sends the job to a
// machine, where "$$(x)" is, in every attribute. $(DOLLAR) becomes "$" when all else has
// been expanded; $$(DOLLARDOLLAR) becomes "$$" on the way to the machine.
//
// Note: $(DOLLAR)$(DOLLAR) is not "$$". The first becomes "$", and with what follows
// makes "$$(DOLLAR)", for which the job is held.
func Escape(text string) string {
	if !strings.Contains(text, "$") {
		return text
	}
	text = strings.ReplaceAll(text, "$$", "\x00")
	text = strings.ReplaceAll(text, "$", "$(DOLLAR)")
	return strings.ReplaceAll(text, "\x00", "$$(DOLLARDOLLAR)")
}

// checkDollars returns a [*QuoteError] for the one text that cannot be escaped: when
// the "$" of "$(DOLLAR)" is put there, HTCondor finds it again.
func checkDollars(text string) error {
	if i := strings.Index(strings.ToUpper(text), "$(DOLLAR"); i >= 0 {
		return &QuoteError{text, i, "HTCondor cannot carry this"}
	}
	return nil
}
