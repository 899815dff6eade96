package record

import (
	"fmt"
	"slices"
	"strings"
)

// Diff says in words what differs between a recipe and the expected one, each in the form that
// follows "made with": "seed 42, not 43", "a=inputA7.npy, not inputC7.npy", "transpose=a", "no
// transpose=a". It returns none if they are the same.
func Diff(have, want Recipe) []string {
	if have.equal(want) {
		return nil
	}
	have, want = have.Expanded(), want.Expanded()
	if have.op != want.op {
		return []string{have.op + ", not " + want.op}
	}
	var list []string
	for _, key := range keysOf(have, want) {
		a, b := have.Get(key), want.Get(key)
		switch {
		case a == b:
		case b == "":
			list = append(list, key+"="+escape(a, inCell))
		case a == "":
			list = append(list, "no "+key+"="+escape(b, inCell))
		case isNumber(a) && isNumber(b):
			list = append(list, fmt.Sprintf("%s %s, not %s", key, a, b))
		default:
			list = append(list, fmt.Sprintf("%s=%s, not %s", key, escape(a, inCell), escape(b, inCell)))
		}
	}
	switch {
	case have.of != nil && want.of != nil:
		return append(list, Diff(*have.of, *want.of)...)
	case have.of != nil:
		list = append(list, "of "+have.of.String())
	case want.of != nil:
		list = append(list, "not of "+want.of.String())
	}
	return list
}

// keysOf returns the keys of both, in order.
func keysOf(a, b Recipe) (keys []string) {
	for _, w := range slices.Concat(a.words, b.words) {
		keys = append(keys, w.key)
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

func isNumber(s string) bool { return s != "" && strings.Trim(s, "0123456789.") == "" }
