package npyio

import (
	"fmt"
	"io"
)

// An Array is an array and the name that it has in a .npz file.
type Array struct {
	Name    string
	DType   DType // none is Float64
	Fortran bool
	Shape   []int
	Values  []float64 // as they lie in memory, or
	Data    []byte    // the same for any type
}

func (a Array) header() Header {
	h := Header{DType: a.DType, Fortran: a.Fortran, Shape: a.Shape}
	if h.DType == (DType{}) {
		h.DType = Float64
	}
	return h
}

func (a Array) bytes() []byte {
	if a.Values != nil {
		return asBytes(a.Values)
	}
	return a.Data
}

// WriteNpz writes a .npz file as np.savez does, to be read by np.load(file)[name]: see [NpzLayout].
//
// Note: the values are stored, not deflated. Of a double-double sum deflating takes away
// 40 %, most of lo, for 40 to 60 ms of work on 16 MB and as much again in reading
// (BenchmarkDeflate in internal/sum), which is what sending the rest takes at 100 to
// 150 MB/s; and what is stored can be read in parts, by several threads.
func WriteNpz(w io.Writer, arrays ...Array) error {
	var members []NpzMember
	for _, a := range arrays {
		if err := a.header().checkSize(int64(len(a.bytes()))); err != nil {
			return fmt.Errorf("%s: %w", a.Name, err)
		}
		members = append(members, NpzMember{a.Name, a.header()})
	}
	layout, sums := NewNpzLayout(members...), make([]Checksum, len(arrays))
	for i, a := range arrays {
		// The checksum stands before the values, so that they need not be followed by it.
		sums[i] = ChecksumOf(a.bytes())
		if _, err := w.Write(layout.beginning(i, sums[i])); err != nil {
			return err
		}
		if _, err := w.Write(a.bytes()); err != nil {
			return err
		}
	}
	_, err := w.Write(layout.directory(sums))
	return err
}
