// Package elem describes numpy's numeric types in memory: their sizes, the type of a result, conversion in blocks.
//
// The types are those of a machine with 64 bits, from bool to complex128, without longdouble and
// objects. [Result] is numpy.result_type of two arrays. Conversions turn bytes, as a file or
// an array in memory holds them in either byte order, into numbers in which Go can compute, and
// back: float64 for all types, int64 for integers. A complex value is two float64s, re and im.
package elem

// A Type is one of numpy's numeric types.
type Type uint8

// The types, in the order of numpy's type numbers.
const (
	Bool Type = iota
	Int8
	Uint8
	Int16
	Uint16
	Int32
	Uint32
	Int64
	Uint64
	Float16
	Float32
	Float64
	Complex64
	Complex128
	count
)

var types = [count]struct {
	name string
	kind byte // in numpy's array-interface notation
	size int
}{
	Bool:       {"bool", 'b', 1},
	Int8:       {"int8", 'i', 1},
	Uint8:      {"uint8", 'u', 1},
	Int16:      {"int16", 'i', 2},
	Uint16:     {"uint16", 'u', 2},
	Int32:      {"int32", 'i', 4},
	Uint32:     {"uint32", 'u', 4},
	Int64:      {"int64", 'i', 8},
	Uint64:     {"uint64", 'u', 8},
	Float16:    {"float16", 'f', 2},
	Float32:    {"float32", 'f', 4},
	Float64:    {"float64", 'f', 8},
	Complex64:  {"complex64", 'c', 8},
	Complex128: {"complex128", 'c', 16},
}

// Types returns all types.
func Types() []Type {
	all := make([]Type, count)
	for i := range all {
		all[i] = Type(i)
	}
	return all
}

// Of returns the type with a kind and a size in bytes, as in 'f' and 4 for float32,
// and false if there is none.
func Of(kind byte, size int) (Type, bool) {
	for i, t := range types {
		if t.kind == kind && t.size == size {
			return Type(i), true
		}
	}
	return 0, false
}

// String returns numpy's name, such as float32.
func (t Type) String() string { return types[t].name }

// Kind returns 'b' for a boolean, 'i' for an integer, 'u' unsigned, 'f' float, 'c' complex.
func (t Type) Kind() byte { return types[t].kind }

// Size returns the size of a value in bytes.
func (t Type) Size() int { return types[t].size }

// IsInteger reports whether values are integers, signed or unsigned. Booleans are not.
func (t Type) IsInteger() bool { return t.Kind() == 'i' || t.Kind() == 'u' }

// IsFloat reports whether values are real floating-point numbers.
func (t Type) IsFloat() bool { return t.Kind() == 'f' }

// IsComplex reports whether values are complex.
func (t Type) IsComplex() bool { return t.Kind() == 'c' }

// Parts returns how many float64s a value becomes: 2 if it is complex, otherwise 1.
func (t Type) Parts() int {
	if t.IsComplex() {
		return 2
	}
	return 1
}

// Part returns the type of re and of im, and a type that is not complex itself.
func (t Type) Part() Type {
	switch t {
	case Complex64:
		return Float32
	case Complex128:
		return Float64
	}
	return t
}

// Result returns the type of a product or sum, numpy.result_type(a, b) of two arrays:
// the smallest type that holds every value of both. Floating-point types count as holding
// integers with fewer bits than their mantissa, and float64 also those of 32 and 64.
func Result(a, b Type) Type {
	switch {
	case a == Bool:
		return b
	case b == Bool:
		return a
	case a.IsInteger() && b.IsInteger():
		return integers(a, b)
	}
	part := max(float(a.Part()), float(b.Part())) // in order of size
	switch {
	case !a.IsComplex() && !b.IsComplex():
		return part
	case part == Float64:
		return Complex128
	}
	return Complex64
}

func integers(a, b Type) Type {
	if a.Kind() == b.Kind() {
		return max(a, b)
	}
	signed, unsigned := a, b
	if unsigned.Kind() == 'i' {
		signed, unsigned = b, a
	}
	if signed.Size() > unsigned.Size() {
		return signed
	}
	if wider, ok := Of('i', 2*unsigned.Size()); ok {
		return wider
	}
	return Float64
}

// float returns the smallest floating-point type that holds a real type.
func float(t Type) Type {
	switch {
	case t.IsFloat():
		return t
	case t.Size() == 1:
		return Float16
	case t.Size() == 2:
		return Float32
	}
	return Float64
}
