package npyio

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"matpool/elem"
)

// A DType is a numeric type in numpy's array-interface notation, such as '<f8':
// a byte order, a kind and a size in bytes.
type DType struct {
	Order byte // '<' little-endian, '>' big-endian, '|' where it has no meaning
	Kind  byte // 'b' boolean, 'i' integer, 'u' unsigned, 'f' float, 'c' complex
	Size  int  // of one value, in bytes
}

// Float64 is the type of the files that are written: '<f8' but on big-endian machines.
var Float64 = DTypeOf(elem.Float64)

// DTypeOf returns a type as it lies in this machine's memory.
func DTypeOf(t elem.Type) DType {
	d := DType{nativeOrder(), t.Kind(), t.Size()}
	if d.Size == 1 {
		d.Order = '|'
	}
	return d
}

// Elem returns the type without its byte order. It is one for every header that is read.
func (d DType) Elem() (elem.Type, bool) { return elem.Of(d.Kind, d.Size) }

// Swapped reports whether the bytes of a value are not in this machine's order.
func (d DType) Swapped() bool { return d.Size > 1 && d.Order != nativeOrder() }

// String returns the notation, '<f8'.
func (d DType) String() string { return string(d.Order) + string(d.Kind) + strconv.Itoa(d.Size) }

// typeChars are numpy's characters for types, with what they are on 64-bit Linux: C's
// long, 'l', has 8 bytes. With a size behind it a letter is a kind: 'b' is int8, 'b1' bool.
var typeChars = map[string]string{
	"?": "b1",
	"b": "i1", "h": "i2", "i": "i4", "l": "i8", "q": "i8", "p": "i8",
	"B": "u1", "H": "u2", "I": "u4", "L": "u8", "Q": "u8", "P": "u8",
	"e": "f2", "f": "f4", "d": "f8", "g": "f16",
	"F": "c8", "D": "c16", "G": "c32",
}

// typeNames are numpy's names for types, those that numpy 2 has given up too. They take no byte order.
var typeNames = map[string]string{
	"bool": "b1", "bool_": "b1", "bool8": "b1",
	"int8": "i1", "int16": "i2", "int32": "i4", "int64": "i8",
	"uint8": "u1", "uint16": "u2", "uint32": "u4", "uint64": "u8",
	"byte": "i1", "short": "i2", "intc": "i4", "int": "i8", "int_": "i8", "long": "i8", "longlong": "i8", "intp": "i8", "int0": "i8",
	"ubyte": "u1", "ushort": "u2", "uintc": "u4", "uint": "u8", "ulong": "u8", "ulonglong": "u8", "uintp": "u8", "uint0": "u8",
	"float16": "f2", "half": "f2", "float32": "f4", "single": "f4",
	"float64": "f8", "double": "f8", "float": "f8", "float_": "f8",
	"longdouble": "f16", "longfloat": "f16", "float96": "f12", "float128": "f16",
	"complex64": "c8", "csingle": "c8", "singlecomplex": "c8",
	"complex128": "c16", "cdouble": "c16", "cfloat": "c16", "complex": "c16", "complex_": "c16",
	"clongdouble": "c32", "clongfloat": "c32", "longcomplex": "c32", "complex192": "c24", "complex256": "c32",
	"object": "O", "object_": "O", "object0": "O",
	"str": "U", "str_": "U", "str0": "U", "unicode": "U", "unicode_": "U", "string": "S", "string_": "S", "bytes": "S", "bytes_": "S", "bytes0": "S",
	"datetime64": "M", "timedelta64": "m", "void": "V", "void0": "V",
}

// parseDType understands what np.dtype makes of a string. An order that is not given, and
// '=' and '|' before values of several bytes, is the reader's own, as np.load takes it.
//
// Note: on Windows some types named after C's have 4 bytes ('l', 'long', 'int' and their unsigned
// forms). No numpy writes any of them: np.save has '<i4' or '<i8'.
func parseDType(descr string) (DType, error) {
	order, code := byte('='), descr
	if code != "" && strings.IndexByte("<>=|", code[0]) >= 0 {
		order, code = code[0], code[1:]
	}
	if name, ok := typeNames[descr]; ok {
		code = name
	} else if char, ok := typeChars[code]; ok {
		code = char
	}
	if code == "" {
		return DType{}, unknownType(descr)
	}
	d := DType{order, code[0], typeSize(code[1:])}
	if _, ok := d.Elem(); !ok {
		return DType{}, refusedType(d, descr)
	}
	switch {
	case d.Size == 1:
		d.Order = '|'
	case d.Order == '=' || d.Order == '|':
		d.Order = nativeOrder()
	}
	return d, nil
}

// typeSize returns the number that follows a kind, which numpy reads by C's strtol: "8",
// "08", " +8". It is -1 for what is none.
func typeSize(text string) int {
	digits := strings.TrimPrefix(strings.TrimLeft(text, " \t\n\v\f\r"), "+")
	size, err := strconv.ParseUint(digits, 10, 16)
	if err != nil {
		return -1
	}
	return int(size)
}

func unknownType(descr string) error {
	return &TypeError{descr, fmt.Sprintf("names no type of numpy's: descr %s", quote(descr)), ""}
}

// refusedType says what a type is that numpy has, and that is not read.
func refusedType(d DType, descr string) error {
	e := &TypeError{Descr: descr}
	switch is := fmt.Sprintf(" (descr %s)", quote(descr)); {
	case d.Kind == 'O':
		return &PickleError{quote(descr)}
	case d.Kind == 'f' && (d.Size == 12 || d.Size == 16):
		e.What = "holds longdoubles" + is + ", which differ from machine to machine"
		e.Hint = "in Python: np.save(name, np.load(name).astype(np.float64)) # rounds each value to the 53 bits of a float64"
	case d.Kind == 'c' && (d.Size == 24 || d.Size == 32):
		e.What = "holds complex longdoubles" + is + ", which differ from machine to machine"
		e.Hint = "in Python: np.save(name, np.load(name).astype(np.complex128)) # rounds re and im to the 53 bits of a float64"
	case strings.IndexByte("SUa", d.Kind) >= 0 || d.Kind == 'c' && d.Size < 0:
		e.What = "holds text" + is + ", not numbers"
		e.Hint = "if each text is a number, in Python: np.save(name, np.load(name).astype(np.float64))"
	case d.Kind == 'M':
		e.What = "holds dates" + is + ", not numbers"
		e.Hint = "in Python: np.save(name, np.load(name).view(np.int64))"
	case d.Kind == 'm':
		e.What = "holds differences of time" + is + ", not numbers"
		e.Hint = "in Python: np.save(name, np.load(name).view(np.int64))"
	case d.Kind == 'V':
		e.What = "holds raw bytes" + is + ", not numbers"
		e.Hint = rawHint(d.Size)
	case d.Kind == 'f' && d.Size == 1:
		e.What = "holds float8 numbers" + is + ", which numpy cannot load"
		e.Hint = `in Python, as float16: import io; np.save(name, (np.load(io.BytesIO(open(name, 'rb').read().replace(b"'<f1'", b"'|u1'", 1))).astype('<u2') << 8).view('<f2'))`
	case isExtension(descr):
		e.What = "holds numbers of a type of ml_dtypes" + is
		e.Hint = "in Python: import ml_dtypes; np.save(name, np.load(name).astype(np.float32))"
	default:
		return unknownType(descr)
	}
	return e
}

// isExtension reports whether a type is one of those that Python's package ml_dtypes adds to numpy's.
func isExtension(descr string) bool {
	for _, prefix := range []string{"float4_", "float6_", "float8_"} {
		if strings.HasPrefix(descr, prefix) {
			return true
		}
	}
	return slices.Contains([]string{"bfloat16", "int1", "int2", "int4", "uint1", "uint2", "uint4"}, descr)
}

// rawHint shows how to convert raw bytes to numbers, assuming the most likely type of this size. numpy saves the types of
// ml_dtypes as raw bytes, except float8_e5m2, which it saves as '<f1'. (A bfloat16 is the upper half of a float32, a
// float8_e5m2 that of a float16.)
func rawHint(size int) string {
	view := func(t string) string {
		return "in Python, if they are " + t + ": np.save(name, np.load(name).view(np." + t + "))"
	}
	switch size {
	case 1:
		return "in Python, if they are float8_e4m3fn: import ml_dtypes; np.save(name, np.load(name).view(ml_dtypes.float8_e4m3fn).astype(np.float32))"
	case 2:
		return "in Python, if they are bfloat16: np.save(name, (np.load(name).view('<u2').astype('<u4') << 16).view('<f4'))"
	case 4:
		return view("float32")
	case 8:
		return view("float64")
	case 16:
		return view("complex128")
	}
	return "ask whoever made the file of what type they are: it does not say so"
}
