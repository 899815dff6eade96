package npyio

import (
	"archive/zip"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"github.com/klauspost/compress/flate" // twice as fast as the standard library's
)

// IsNpz reports whether a file begins as a .npz file does. It says no where there is
// no file that can be read.
func IsNpz(path string) bool {
	file, _, err := openRegular(path)
	if err != nil {
		return false
	}
	defer file.Close()
	var beginning [4]byte
	_, err = io.ReadFull(file, beginning[:])
	return err == nil && (string(beginning[:]) == "PK\x03\x04" || string(beginning[:]) == "PK\x05\x06")
}

// OpenNpz opens a .npz file, which must hold the arrays with these names and no
// others, and returns them in this order. They share one open file: to close one is
// to close all.
//
// An array that is stored, as by np.savez, is read like a .npy file. One that is
// deflated, as by np.savez_compressed, is decompressed as it is read: see
// [File.Deflated].
//
// Sizes are held against the file's, and each header against its member's size.
// What the values are held against is a checksum: see [File.Verify]. Errors are those
// of [Open].
func OpenNpz(path string, names ...string) ([]*File, error) {
	file, info, err := openRegular(path)
	if err != nil {
		return nil, err
	}
	// The section says of an offset that cannot be that the file ends there.
	arrays, err := openMembers(io.NewSectionReader(file, 0, info.Size()), names)
	if err != nil {
		file.Close()
		return nil, wrap(path, err)
	}
	for i, array := range arrays {
		array.path, array.file = path+": "+names[i], file
	}
	return arrays, nil
}

func openMembers(file *io.SectionReader, names []string) ([]*File, error) {
	archive, err := zip.NewReader(file, file.Size())
	if err != nil {
		return nil, damaged(err)
	}
	archive.RegisterDecompressor(zip.Deflate, flate.NewReader)
	members := make(map[string]*zip.File)
	var held []string
	for _, m := range archive.File {
		name := strings.TrimSuffix(m.Name, ".npy") // as numpy names it
		members[name], held = m, append(held, strconv.QuoteToASCII(name))
	}
	var wanted []string
	for _, name := range names {
		wanted = append(wanted, strconv.QuoteToASCII(name))
	}
	if slices.Sort(held); !slices.Equal(held, slices.Sorted(slices.Values(wanted))) {
		if len(held) > 5 {
			held = append(held[:5], "…")
		}
		return nil, &ArchiveError{fmt.Sprintf("holds the arrays %s, where %s are wanted", strings.Join(held, ", "), strings.Join(wanted, ", "))}
	}
	arrays := make([]*File, len(names))
	for i, name := range names {
		if arrays[i], err = openMember(members[name], file); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return arrays, nil
}

// maxDeflation is how much longer than its compressed form the longest run of one
// byte is: 258 bytes in 2 bits (RFC 1951).
const maxDeflation = 258 * 8 / 2

const encrypted = 1 // in a member's flags

// openMember reads the header of a member of an archive.
func openMember(m *zip.File, file *io.SectionReader) (*File, error) {
	offset, err := m.DataOffset()
	if err != nil {
		return nil, damaged(err)
	}
	held := uint64(max(file.Size()-offset, 0))
	switch {
	case m.Flags&encrypted != 0:
		return nil, &ArchiveError{"is encrypted"}
	case m.CompressedSize64 > held:
		return nil, &ArchiveError{fmt.Sprintf("truncated: %d bytes are promised, the file has %d", m.CompressedSize64, held)}
	}
	f := &File{member: m}
	switch m.Method {
	case zip.Store:
		if m.CompressedSize64 != m.UncompressedSize64 {
			return nil, &ArchiveError{fmt.Sprintf("damaged: it is not compressed, but its size is %d and %d", m.CompressedSize64, m.UncompressedSize64)}
		}
		f.values = io.NewSectionReader(file, offset, int64(m.CompressedSize64))
	case zip.Deflate:
		if m.UncompressedSize64/maxDeflation > m.CompressedSize64 {
			return nil, &ArchiveError{fmt.Sprintf("%d bytes are promised, more than %d bytes can be decompressed to", m.UncompressedSize64, m.CompressedSize64)}
		}
		f.values = &forward{open: m.Open}
	default:
		return nil, &ArchiveError{fmt.Sprintf("is compressed by method %d of zip files; only 0 (stored) and 8 (deflated) are read", m.Method)}
	}
	length := int64(m.UncompressedSize64)
	f.Header, f.data, err = ReadHeader(io.NewSectionReader(f.values, 0, length))
	if err != nil {
		return nil, damaged(err)
	}
	return f, f.Header.checkSize(length - f.data)
}

// damaged makes an error of taking an archive apart a fault of the file, unless the
// system failed to read it, or it is one already.
func damaged(err error) error {
	switch {
	case err == nil, errors.Is(err, ErrFormat), errors.As(err, new(*fs.PathError)):
		return err
	case errors.Is(err, zip.ErrFormat):
		return &ArchiveError{"truncated or damaged: its directory, which stands at its end, is not there"}
	}
	return &ArchiveError{"damaged: " + err.Error()}
}

// Deflated reports whether values are decompressed as they are read. It is done from
// the first one on: to read them in any order but theirs takes long, and several
// threads would wait for each other.
func (f *File) Deflated() bool { return f.member != nil && f.member.Method == zip.Deflate }

// Verify reads all of an array of a .npz file, and holds it against the checksum
// that stands there. A .npy file has none.
func (f *File) Verify() error {
	if f.member == nil {
		return nil
	}
	values, err := f.member.Open()
	if err == nil {
		_, err = io.CopyBuffer(struct{ io.Writer }{io.Discard}, values, make([]byte, min(1<<18, f.member.UncompressedSize64+1)))
		values.Close()
	}
	if err != nil {
		return wrap(f.path, damaged(err))
	}
	return nil
}

// An Array is float64s in C order and the name that they have in a .npz file.
type Array struct {
	Name   string
	Shape  []int
	Values []float64
}

// WriteNpz writes a .npz file as np.savez does, to be read by np.load(file)[name].
// The same arrays make the same bytes.
//
// Note: the values are stored, not deflated. Of a double-double sum deflating takes away
// 40 %, most of lo, for 40 to 60 ms of work on 16 MB and as much again in reading
// (BenchmarkDeflate in package flow), which is what sending the rest takes at 100 to
// 150 MB/s; and what is stored can be read in parts, by several threads.
func WriteNpz(w io.Writer, arrays ...Array) error {
	archive := zip.NewWriter(w)
	for _, a := range arrays {
		header := Header{DType: Float64, Shape: a.Shape}.Append(nil)
		size := uint64(len(header) + 8*len(a.Values))
		// The checksum stands before the values, so that they need not be followed by it.
		sum := crc32.Update(crc32.ChecksumIEEE(header), crc32.IEEETable, asBytes(a.Values))
		member, err := archive.CreateRaw(&zip.FileHeader{
			Name:               a.Name + ".npy",
			Method:             zip.Store,
			ReaderVersion:      20,
			ModifiedDate:       1<<5 | 1, //lint:ignore SA1019 np.savez's date, 1980-01-01; Modified would not be written
			CRC32:              sum,
			CompressedSize64:   size,
			UncompressedSize64: size,
		})
		if err == nil {
			_, err = member.Write(header)
		}
		if err == nil {
			err = WriteFloat64s(member, a.Values)
		}
		if err != nil {
			return err
		}
	}
	return archive.Close()
}
