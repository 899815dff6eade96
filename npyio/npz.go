package npyio

import (
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"strings"
	"unicode/utf8"
)

// An NpzMember is an array of a .npz file that is to be written.
type NpzMember struct {
	Name   string
	Header Header
}

// An NpzLayout is a .npz file of arrays whose types and shapes are known: their values can be written at their
// places in any order, and the rest at the end. Its bytes are those of np.savez on Python 3.11.7, 3.12.1 and
// later, whose zipfile makes room for sizes of 64 bits in each local header.
//
// Note: earlier versions of Python write other bytes: in local headers the sizes are repeated in 32
// bits, and 2.0 is the version to unpack with. Which of the two numpy's own are depends on its Python alone.
type NpzLayout struct {
	members []NpzMember
	offsets []int64  // of the members
	headers [][]byte // of the arrays
	end     int64    // of the members, where the directory begins
}

// NewNpzLayout returns the layout of a file of some arrays.
func NewNpzLayout(members ...NpzMember) *NpzLayout {
	l := &NpzLayout{members: members}
	for _, m := range members {
		header := m.Header.Append(nil)
		l.offsets = append(l.offsets, l.end)
		l.headers = append(l.headers, header)
		l.end += localSize + int64(len(m.fileName())+len(header)) + m.valuesSize()
	}
	return l
}

func (m NpzMember) fileName() string { return m.Name + ".npy" }

func (m NpzMember) valuesSize() int64 {
	count, _ := m.Header.Len()
	return count * int64(m.Header.DType.Size)
}

// Values returns where the values of an array begin in the file.
func (l *NpzLayout) Values(member int) int64 {
	return l.offsets[member] + localSize + int64(len(l.members[member].fileName())+len(l.headers[member]))
}

// Size returns the size of the file.
func (l *NpzLayout) Size() int64 {
	return l.end + int64(len(l.directory(make([]Checksum, len(l.members)))))
}

// Finish writes all but the values, whose checksums it is given. at returns a writer into the file
// from an offset on.
func (l *NpzLayout) Finish(at func(offset int64) io.Writer, values ...Checksum) error {
	for i, offset := range l.offsets {
		if _, err := at(offset).Write(l.beginning(i, values[i])); err != nil {
			return err
		}
	}
	_, err := at(l.end).Write(l.directory(values))
	return err
}

// The sizes of what stands before a member's name and behind it.
const localSize = localLength + 20

// The rules are those of zipfile.ZipInfo.FileHeader and zipfile.ZipFile._write_end_record, for archives that
// numpy opens with force_zip64.
const (
	zip64Version = 45
	madeOnUnix   = 3
	newYear1980  = 1<<5 | 1
	ownerOnly    = 0o600 << 16
	limit32      = math.MaxInt32  // what is larger stands in 64 bits
	limit16      = math.MaxUint16 // so does what is appended to more members
	beyond32     = math.MaxUint32
)

// checksum returns a member's checksum, given that of its values.
func (l *NpzLayout) checksum(i int, values Checksum) uint32 {
	return ChecksumOf(l.headers[i]).Then(values).crc
}

func (m NpzMember) flags() uint16 {
	if strings.ContainsFunc(m.Name, func(r rune) bool { return r >= utf8.RuneSelf }) {
		return 1 << 11 // the name is UTF-8
	}
	return 0
}

// common returns what a local header and the directory have in common.
func (l *NpzLayout) common(dst []byte, i int, values Checksum) []byte {
	dst = le.AppendUint16(dst, zip64Version) // to unpack with
	dst = le.AppendUint16(dst, l.members[i].flags())
	dst = le.AppendUint16(dst, stored)
	dst = le.AppendUint16(dst, 0) // midnight
	dst = le.AppendUint16(dst, newYear1980)
	return le.AppendUint32(dst, l.checksum(i, values))
}

// size returns that of a member: of an array's header and values.
func (l *NpzLayout) size(i int) int64 { return int64(len(l.headers[i])) + l.members[i].valuesSize() }

// beginning returns what stands in the file before an array's values.
func (l *NpzLayout) beginning(i int, values Checksum) []byte {
	size, name := uint64(l.size(i)), l.members[i].fileName()
	b := l.common([]byte(localSignature), i, values)
	b = le.AppendUint32(b, beyond32)
	b = le.AppendUint32(b, beyond32)
	b = le.AppendUint16(b, uint16(len(name)))
	b = le.AppendUint16(b, 20)
	b = append(b, name...)
	b = le.AppendUint16(b, extra64)
	b = le.AppendUint16(b, 16)
	b = le.AppendUint64(b, size)
	b = le.AppendUint64(b, size)
	return append(b, l.headers[i]...)
}

// directory returns what stands behind the last member.
func (l *NpzLayout) directory(values []Checksum) []byte {
	var b []byte
	for i, m := range l.members {
		var wide []byte
		short := func(sizes ...int64) uint32 {
			if sizes[0] <= limit32 {
				return uint32(sizes[0])
			}
			for _, size := range sizes {
				wide = le.AppendUint64(wide, uint64(size))
			}
			return beyond32
		}
		size := short(l.size(i), l.size(i))
		offset := short(l.offsets[i])

		b = append(b, entrySignature...)
		b = append(b, zip64Version, madeOnUnix)
		b = l.common(b, i, values[i])
		b = le.AppendUint32(b, size)
		b = le.AppendUint32(b, size)
		b = le.AppendUint16(b, uint16(len(m.fileName())))
		extra := 0
		if len(wide) > 0 {
			extra = 4 + len(wide)
		}
		b = le.AppendUint16(b, uint16(extra))
		b = append(b, make([]byte, 6)...) // no comment, the first disk, no attributes
		b = le.AppendUint32(b, ownerOnly)
		b = le.AppendUint32(b, offset)
		b = append(b, m.fileName()...)
		if extra > 0 {
			b = le.AppendUint16(b, extra64)
			b = le.AppendUint16(b, uint16(len(wide)))
			b = append(b, wide...)
		}
	}
	return l.appendEnd(b)
}

// appendEnd appends to the directory's entries what ends the file.
func (l *NpzLayout) appendEnd(b []byte) []byte {
	count, size := uint64(len(l.members)), uint64(len(b))
	if l.end > limit32 || size > limit32 || count > limit16 {
		b = append(b, end64Signature...)
		b = le.AppendUint64(b, end64Length-12) // the length of the rest
		b = le.AppendUint16(b, zip64Version)
		b = le.AppendUint16(b, zip64Version)
		b = append(b, make([]byte, 8)...) // the first disk
		b = le.AppendUint64(b, count)
		b = le.AppendUint64(b, count)
		b = le.AppendUint64(b, size)
		b = le.AppendUint64(b, uint64(l.end))

		b = append(b, locator64Signature...)
		b = le.AppendUint32(b, 0)
		b = le.AppendUint64(b, uint64(l.end)+size)
		b = le.AppendUint32(b, 1)
	}
	b = append(b, endSignature...)
	b = append(b, 0, 0, 0, 0)
	b = le.AppendUint16(b, uint16(min(count, limit16)))
	b = le.AppendUint16(b, uint16(min(count, limit16)))
	b = le.AppendUint32(b, uint32(min(size, beyond32)))
	b = le.AppendUint32(b, uint32(min(l.end, beyond32)))
	return append(b, 0, 0)
}

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

// A Checksum is the CRC-32 of some bytes, and their number. The zero value is that of none.
type Checksum struct {
	crc    uint32
	length int64
}

// ChecksumOf returns the checksum of bytes.
func ChecksumOf(b []byte) Checksum { return Checksum{crc32.ChecksumIEEE(b), int64(len(b))} }

// Len returns the number of the bytes.
func (c Checksum) Len() int64 { return c.length }

// Then returns the checksum of bytes and others behind them. That is c·x⁸ⁿ + d modulo the CRC's
// polynomial, with n the number of the others: zlib's crc32_combine.
func (c Checksum) Then(d Checksum) Checksum {
	power := uint32(1) << 31  // 1; the bits are reversed
	square := uint32(1) << 23 // x⁸
	for n := d.length; n > 0; n >>= 1 {
		if n&1 != 0 {
			power = multiplyCRC(power, square)
		}
		square = multiplyCRC(square, square)
	}
	return Checksum{multiplyCRC(power, c.crc) ^ d.crc, c.length + d.length}
}

// multiplyCRC multiplies polynomials over the field of two elements, modulo the CRC's. x⁰ is the highest bit.
func multiplyCRC(a, b uint32) (product uint32) {
	for ; a != 0; a <<= 1 {
		if a>>31 != 0 {
			product ^= b
		}
		b = b>>1 ^ -(b&1)&crc32.IEEE
	}
	return product
}
