package npyio

import (
	"encoding/binary"
	"io"
	"unsafe"
)

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
