// Package condortest reads the values of a submit description by HTCondor's rules, for tests.
//
// It follows the manual, condor_arglist.h and the behaviour of real jobs, not the code
// under test.
package condortest

import (
	"strings"
	"testing"
)

// Expand returns a value as it is on the machine: HTCondor expands macros when the job is
// submitted, and $$ when it sends the job.
func Expand(t testing.TB, value string, macros map[string]string) string {
	t.Helper()
	return ExpandOnMachine(t, expandOnSubmit(t, value, macros))
}

// expandOnSubmit expands macros: first all but DOLLAR, then DOLLAR.
func expandOnSubmit(t testing.TB, value string, macros map[string]string) string {
	t.Helper()
	for {
		at := -1
		for i := range len(value) {
			if strings.HasPrefix(value[i:], "$(") && (i == 0 || value[i-1] != '$') && !strings.HasPrefix(value[i:], "$(DOLLAR)") {
				at = i
				break
			}
		}
		if at < 0 {
			break
		}
		end := at + strings.IndexByte(value[at:], ')')
		name, otherwise, ok := strings.Cut(value[at+2:end], ":")
		with, known := macros[name]
		if !known {
			with = otherwise
		}
		if !known && !ok {
			t.Fatalf("%q: unknown macro at %d", value, at)
		}
		value = value[:at] + with + value[end+1:]
	}
	for {
		// The "$" may form another macro with what follows.
		i := strings.Index(value, "$(DOLLAR)")
		if i > 0 && value[i-1] == '$' {
			t.Fatalf("%q: $$(DOLLAR) is unknown: HTCondor would hold the job", value)
		}
		if i < 0 {
			return value
		}
		value = value[:i] + "$" + value[i+len("$(DOLLAR)"):]
	}
}

// ExpandOnMachine expands $$, as HTCondor does when it sends a job to a machine.
func ExpandOnMachine(t testing.TB, value string) string {
	t.Helper()
	done := ""
	for {
		before, after, found := strings.Cut(value, "$$(")
		if !found {
			return done + value
		}
		rest, ok := strings.CutPrefix(after, "DOLLARDOLLAR)")
		if !ok {
			t.Fatalf("%q: HTCondor would expand this for the machine", value)
		}
		done, value = done+before+"$$", rest
	}
}

// SplitArguments splits arguments in the new syntax, which condor_arglist.h describes in
// prose. It is a plain state machine, independent of the package under test.
func SplitArguments(t testing.TB, quoted string) []string {
	t.Helper()
	raw, ok := strings.CutPrefix(quoted, `"`)
	raw, ok2 := strings.CutSuffix(raw, `"`)
	if !ok || !ok2 {
		t.Fatalf("%s: not in double quotes", quoted)
	}
	if strings.Contains(strings.ReplaceAll(raw, `""`, ""), `"`) {
		t.Fatalf("%s: a double quote is not doubled", quoted)
	}
	raw = strings.ReplaceAll(raw, `""`, `"`)
	var args []string
	var arg strings.Builder
	state := "between"
	for _, c := range raw + " " {
		switch {
		case state == "in quotes" && c == '\'':
			state = "after a quote"
		case state == "in quotes":
			arg.WriteRune(c)
		case state == "after a quote" && c == '\'': // a doubled quote stands for one
			arg.WriteRune(c)
			state = "in quotes"
		case c == '\'':
			state = "in quotes"
		case c == ' ' || c == '\t':
			if state != "between" {
				args = append(args, arg.String())
				arg.Reset()
			}
			state = "between"
		default:
			arg.WriteRune(c)
			state = "in an argument"
		}
	}
	if state != "between" {
		t.Fatalf("%s: a single quote is not closed", quoted)
	}
	return args
}
