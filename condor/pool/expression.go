package pool

import (
	"regexp"
	"slices"
	"strings"
	"sync"
)

// Split splits requirements at each "&&" that is not in parentheses: each part is a
// condition. If there is also an operator of lower precedence, the whole is one condition.
func Split(requirements string) []string {
	var parts []string
	depth, begin := 0, 0
	for _, at := range tokens().FindAllStringIndex(requirements, -1) {
		switch token := requirements[at[0]:at[1]]; {
		case strings.ContainsAny(token[:1], "([{"):
			depth++
		case strings.ContainsAny(token[:1], ")]}"):
			depth--
		case depth == 0 && (token == "||" || token == "?"):
			return []string{strings.TrimSpace(requirements)}
		case depth == 0 && token == "&&":
			parts = append(parts, strings.TrimSpace(requirements[begin:at[0]]))
			begin = at[1]
		}
	}
	return append(parts, strings.TrimSpace(requirements[begin:]))
}

// tokens matches what divides an expression, and strings and comparisons, in which it does
// not count.
var tokens = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|=\?=|[()\[\]{}]|&&|\|\||\?`)
})

// ofSlot rewrites a condition of a job for the slot itself.
func ofSlot(condition string) string {
	return scopes().ReplaceAllStringFunc(condition, func(token string) string {
		if strings.ContainsAny(token[:1], `"'`) {
			return token
		}
		return "MY."
	})
}

var scopes = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|(?i)\bTARGET\s*\.\s*`)
})

// OfJob reports whether a condition depends on the job, or on macros of its description, which
// condor_status does not know.
func OfJob(condition string) bool {
	return strings.Contains(condition, "$") || slices.ContainsFunc(job().FindAllString(condition, -1), func(token string) bool {
		return !strings.ContainsAny(token[:1], `"'`)
	})
}

var job = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|(?i)\bMY\s*\.|\bRequest[A-Z]\w*`)
})
