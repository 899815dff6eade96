// Package npyio reads and writes numpy's .npy and .npz files, straight from and into the caller's memory.
//
// The format is numpy's (numpy/lib/_format_impl.py, NEP 1): a magic string, a
// version, the length of a header, the header, which is a Python dictionary in
// text, and the values as they lie in memory.
//
//	\x93NUMPY 1 0 <length> {'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), }   \n <values>
//
// Files that this package writes are byte for byte those of np.save in numpy 1.24
// and later. It reads versions 1, 2 and 3. A file is bad input until shown to be
// good: what a header claims is compared with the file's size before anything is
// allocated, and a file that is longer or shorter than its header promises is
// refused. Pickles are never opened. Every error about a file's contents
// matches [ErrFormat].
//
// A .npz file is a zip archive of .npy files, stored or deflated.
//
// All of numpy's numeric types are read and written, as the bytes that a file holds, in
// either byte order. Package elem makes numbers of them.
package npyio

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"unsafe"
)

// A Version is the version of the format. They differ in the width of the
// header's length (two bytes, then four) and its encoding (latin1, in 3 UTF-8).
type Version struct{ Major, Minor byte }

// A Header says what a file holds.
type Header struct {
	Version Version // of the file it was read from; for writing, the smallest that fits is taken
	DType   DType
	Fortran bool // values in Fortran order, the first index fastest
	Shape   []int
}

// Len returns the number of values, and false where it is more than an int64
// can count in bytes. A size of 0 makes it 0, whatever the others are.
func (h Header) Len() (int64, bool) {
	n, ok := int64(1), true
	for _, size := range h.Shape {
		if size == 0 {
			return 0, true
		}
		if int64(size) > math.MaxInt64/16/n { // 16: no value is larger
			n, ok = 1, false
		}
		n *= int64(size)
	}
	return n, ok
}

// ShapeString returns the shape as a person writes it, "1000×1000".
func (h Header) ShapeString() string {
	if len(h.Shape) == 0 {
		return "a single value"
	}
	sizes := make([]string, len(h.Shape))
	for i, size := range h.Shape {
		sizes[i] = strconv.Itoa(size)
	}
	return strings.Join(sizes, "×")
}

const magic = "\x93NUMPY"

// The values begin at a multiple of align, so that they can be mapped.
const align = 64

// growthDigits is the room that numpy ≥ 1.24 leaves in a header so that the
// size along which a file can grow may be changed in place.
const growthDigits = 21

// Append appends what stands before the values, from the magic string to the
// header's newline. It is what np.save writes for an array with this type, order
// and shape, with one rule of numpy's applied here too: an array that is
// contiguous both ways is said to be in C order.
func (h Header) Append(dst []byte) []byte {
	fortran := h.FortranOrder()
	var dict bytes.Buffer
	fmt.Fprintf(&dict, "{'descr': '%s', 'fortran_order': %s, 'shape': %s, }", h.DType, pythonBool(fortran), pythonTuple(h.Shape))
	if len(h.Shape) > 0 {
		grows := h.Shape[0]
		if fortran {
			grows = h.Shape[len(h.Shape)-1]
		}
		dict.WriteString(strings.Repeat(" ", growthDigits-len(strconv.Itoa(grows))))
	}
	// At most 64 sizes of 20 digits: this never needs version 2.
	const prefix = len(magic) + 2 + 2
	dict.WriteString(strings.Repeat(" ", align-(prefix+dict.Len()+1)%align))
	dict.WriteByte('\n')
	dst = append(dst, magic...)
	dst = append(dst, 1, 0, byte(dict.Len()), byte(dict.Len()>>8))
	return append(dst, dict.Bytes()...)
}

// FortranOrder reports whether values are in Fortran order, and not in C order too.
func (h Header) FortranOrder() bool { return h.Fortran && !h.contiguousC() }

// contiguousC reports whether values in Fortran order are in C order too: where
// at most one size is not 1, or one is 0.
func (h Header) contiguousC() bool {
	long := 0
	for _, size := range h.Shape {
		if size == 0 {
			return true
		}
		if size > 1 {
			long++
		}
	}
	return long <= 1
}

func pythonBool(b bool) string {
	if b {
		return "True"
	}
	return "False"
}

func pythonTuple(sizes []int) string {
	text := "("
	for i, size := range sizes {
		if i > 0 {
			text += ", "
		}
		text += strconv.Itoa(size)
	}
	if len(sizes) == 1 {
		text += ","
	}
	return text + ")"
}

// nativeOrder is the byte order of this machine's memory, in numpy's notation.
func nativeOrder() byte {
	if binary.NativeEndian.Uint16([]byte{1, 0}) == 1 {
		return '<'
	}
	return '>'
}

// asBytes returns x's own memory.
func asBytes(x []float64) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(x))), 8*len(x))
}

// WriteFloat64s writes values as they lie in memory, the type [Float64].
func WriteFloat64s(w io.Writer, x []float64) error {
	_, err := w.Write(asBytes(x))
	return err
}
