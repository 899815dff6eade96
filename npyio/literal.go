package npyio

import (
	"fmt"
	"strings"

	"matpool/internal/base/text"
)

// maxDepth is how deep the types of records may be nested.
const maxDepth = 20

// Python's lists and tuples in a header. Their values are strings, lists and tuples; what
// else stands there, sizes mostly, is nil.
type (
	list  []any
	tuple []any
)

// value takes a Python value.
func (p *parser) value(depth int) any {
	if depth > maxDepth {
		p.fail("types are nested too deep")
	}
	switch {
	case p.accept("["):
		return list(p.values("]", depth))
	case p.accept("("):
		return tuple(p.values(")", depth))
	case p.quote() != "":
		return p.str()
	}
	rest := strings.TrimLeft(p.rest, "0123456789-LTrueFalsNon")
	if len(rest) == len(p.rest) {
		p.fail(fmt.Sprintf("%q where a value should be", text.Clip(p.rest)))
	}
	p.rest = rest
	return nil
}

func (p *parser) values(end string, depth int) (values []any) {
	for p.err == nil && !p.accept(end) {
		values = append(values, p.value(depth+1))
		if !p.accept(",") {
			p.expect(end)
			break
		}
	}
	return values
}

// structured returns the error for a type that is no single number. That is a record, a
// list of fields (name, type) or (name, type, shape), where a name may be a pair (title,
// name); or a subarray, a pair (type, shape).
func structured(descr any) error {
	if object := objectIn(descr); object != "" {
		return &PickleError{quote(object)}
	}
	fields, isRecord := descr.(list)
	if !isRecord {
		return &TypeError{"subarray", "holds small arrays as values", "in Python: np.save(name, np.load(name))"}
	}
	var names []string
	for _, field := range fields {
		field, _ := field.(tuple)
		if len(field) == 0 {
			continue
		}
		name := field[0]
		if pair, ok := name.(tuple); ok && len(pair) == 2 {
			name = pair[1]
		}
		if name, ok := name.(string); ok && name != "" { // padding has no name
			names = append(names, quote(name))
		}
	}
	return &TypeError{"record", "holds records, with the fields " + text.First(names, ", "),
		"save each field by itself; in Python: r = np.load(name); [np.save(f + '.npy', r[f]) for f in r.dtype.names]"}
}

// objectIn returns the first type of Python objects in a type, or nothing.
func objectIn(descr any) (object string) {
	switch descr := descr.(type) {
	case string:
		if isObject(descr) {
			return descr
		}
	case tuple:
		if len(descr) > 0 {
			return objectIn(descr[0])
		}
	case list:
		for _, field := range descr {
			if field, ok := field.(tuple); ok && len(field) > 1 && object == "" {
				object = objectIn(field[1])
			}
		}
	}
	return object
}

func isObject(descr string) bool {
	_, err := parseDType(descr)
	_, is := err.(*PickleError)
	return is
}
