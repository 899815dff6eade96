package npyio

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/klauspost/compress/flate" // twice as fast as the standard library's

	"matpool/internal/base/text"
)

// An Archive is a .npz file that is open for reading: a zip archive of .npy files, stored as by
// np.savez or deflated as by np.savez_compressed.
//
// Nothing is allocated on the archive's word, and members are read as they are needed: an archive
// takes memory for its directory, of 16 MiB at most.
type Archive struct {
	path    string
	file    *os.File
	bytes   *io.SectionReader // the section says of an offset that cannot be that the file ends there
	entries []*entry
	names   map[string]*entry // by their full names
}

// OpenArchive opens a .npz file and reads its directory. Errors are those of [Open].
func OpenArchive(path string) (*Archive, error) {
	file, info, err := openRegular(path)
	if err != nil {
		return nil, err
	}
	a := &Archive{path: path, file: file, bytes: io.NewSectionReader(file, 0, info.Size())}
	if err := a.readDirectory(); err != nil {
		file.Close()
		return nil, wrap(path, err)
	}
	return a, nil
}

func (a *Archive) readDirectory() error {
	var beginning [4]byte
	_, err := a.bytes.ReadAt(beginning[:], 0)
	switch {
	case err != nil && !errors.Is(err, io.EOF):
		return err
	case isZip(beginning[:]):
		a.entries, a.names, err = readDirectory(a.bytes)
		return err
	}
	// Not in the middle of a file either, where zip would look for it.
	if string(beginning[:]) == magic[:4] {
		return &ArchiveError{What: "is a .npy file, not a .npz file"}
	}
	err = notNpy(a.bytes)
	return &ArchiveError{What: strings.Replace(err.Error(), "not a .npy", "not a .npz", 1), Hint: Hint(err)}
}

// Close closes the archive and the arrays that were opened from it.
func (a *Archive) Close() error { return a.file.Close() }

// key returns the name of a member as numpy has it.
func key(name string) string { return strings.TrimSuffix(name, ".npy") }

// Names returns the names of the arrays, in the archive's order: of members whose name ends in .npy,
// without that, and of others that begin as a .npy file does.
func (a *Archive) Names() []string {
	var names []string
	for _, e := range a.entries {
		if name := key(e.name); name != e.name || a.beginsLikeNpy(e) {
			names = append(names, name)
		}
	}
	return names
}

func (a *Archive) beginsLikeNpy(e *entry) bool {
	values, err := a.content(e)
	if err != nil || strings.HasSuffix(e.name, "/") {
		return false
	}
	beginning := make([]byte, len(magic))
	_, err = values.ReadAt(beginning, 0)
	return err == nil && string(beginning) == magic
}

// find returns the member with a name, which is its full name or lacks ".npy": where there
// are both, it is the former, as with np.load(path)[name].
func (a *Archive) find(name string) *entry {
	if e := a.names[name]; e != nil {
		return e
	}
	return a.names[name+".npy"]
}

// Open opens an array by its name: that of the member, with or without ".npy". It can be read until the archive is
// closed; to close the array itself does nothing.
//
// A stored array is read like a .npy file, by several threads too. For a deflated one see [File.Deflated].
// The header is compared with the member's size, and the values can be compared with a
// checksum: see [File.Verify]. Errors are those of the function [Open].
func (a *Archive) Open(name string) (*File, error) {
	e := a.find(name)
	if e == nil {
		return nil, wrap(a.path, a.noArray(name))
	}
	f, err := a.open(e)
	if err != nil {
		return nil, wrap(a.path, fmt.Errorf("%s: %w", text.Plain(name), err))
	}
	f.path, f.shared = a.path+": "+text.Plain(name), true
	return f, nil
}

// OpenMember opens an array of a .npz file that no other is wanted of. See [Archive.Open].
func OpenMember(path, name string) (*File, error) {
	a, err := OpenArchive(path)
	if err != nil {
		return nil, err
	}
	f, err := a.Open(name)
	if err != nil {
		a.Close()
		return nil, err
	}
	f.shared = false
	return f, nil
}

func (a *Archive) noArray(name string) error {
	e := &ArchiveError{What: fmt.Sprintf("holds no array %s", text.Quoted(name))}
	var quoted []string
	for _, name := range a.Names() {
		quoted = append(quoted, text.Quoted(name))
	}
	if e.Hint = "it holds " + text.First(quoted, ", "); len(quoted) == 0 {
		e.Hint = "it holds no arrays"
	}
	return e
}

// maxDeflation is how much longer than its compressed form the longest run of one
// byte is: 258 bytes in 2 bits (RFC 1951).
const maxDeflation = 258 * 8 / 2

// content returns a member's bytes, which are decompressed as they are read.
func (a *Archive) content(e *entry) (io.ReaderAt, error) {
	if e.flags&encrypted != 0 {
		return nil, &ArchiveError{What: "is encrypted", Hint: "unpack the archive and pack it again without a password"}
	}
	offset, err := e.readLocal(a.bytes)
	if err != nil {
		return nil, err
	}
	packed := io.NewSectionReader(a.bytes, int64(offset), int64(e.packed))
	switch e.method {
	case stored:
		if e.packed != e.size {
			return nil, &ArchiveError{What: fmt.Sprintf("damaged: it is not compressed, but its size is %d and %d", e.packed, e.size)}
		}
		return packed, nil
	case deflated:
		if e.size/maxDeflation > e.packed || e.size >= math.MaxInt64 {
			return nil, &ArchiveError{What: fmt.Sprintf("damaged: %d bytes are promised, more than %d bytes can be decompressed to", e.size, e.packed)}
		}
		return &forward{open: func() (io.ReadCloser, error) {
			return flate.NewReader(io.NewSectionReader(packed, 0, packed.Size())), nil
		}}, nil
	}
	unread := &ArchiveError{What: fmt.Sprintf("is compressed by method %d of zip files; only 0 (stored) and 8 (deflated) are read", e.method)}
	if unread.Hint = "unpack the archive and pack it again"; e.method == 12 || e.method == 14 { // bzip2, lzma
		unread.Hint = "in Python: np.savez(name, **np.load(name))"
	}
	return nil, unread
}

func (a *Archive) open(e *entry) (*File, error) {
	// Note: names such as /A, ../A, a\b and W:0 are sound. They matter to who unpacks an archive, and frameworks give them.
	if strings.ContainsRune(e.name, 0) {
		return nil, &ArchiveError{What: "has a name with a zero byte, where Python's name for it ends", Hint: "give the array another name"}
	}
	values, err := a.content(e)
	if err != nil {
		return nil, err
	}
	f := &File{file: a.file, member: e, values: values}
	if err := f.readHeader(int64(e.size)); err != nil { // a size that was compared with the file's, or 1032 times it
		return nil, damaged(err)
	}
	return f, nil
}

// damaged makes an error of taking an archive apart a fault of the file, unless the
// system failed to read it, or it is one already.
func damaged(err error) error {
	switch {
	case err == nil, errors.Is(err, ErrFormat), errors.As(err, new(*fs.PathError)):
		return err
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return &ArchiveError{What: "damaged: it is shorter than promised"}
	}
	return &ArchiveError{What: "damaged: " + err.Error()}
}

// Deflated reports whether values are decompressed as they are read. It is done from
// the first one on: to read them in any order but theirs takes long, and several
// threads would wait for each other.
func (f *File) Deflated() bool { return f.member != nil && f.member.method == deflated }

// Verify reads all of an array of a .npz file and compares it with the checksum that
// stands there. A .npy file has none.
func (f *File) Verify() error {
	if f.member == nil {
		return nil
	}
	var sum Checksum
	rest := io.NewSectionReader(f.values, f.data, int64(f.member.size)-f.data)
	for block := make([]byte, min(1<<18, rest.Size())); sum.length < rest.Size(); {
		block = block[:min(int64(len(block)), rest.Size()-sum.length)]
		if _, err := rest.ReadAt(block, sum.length); err != nil {
			return wrap(f.path, damaged(err))
		}
		sum = sum.Then(ChecksumOf(block))
	}
	return f.VerifyValues(sum)
}

// VerifyValues is [File.Verify] for values that have been read, all of them once and in order: it takes their
// checksum. To read a deflated array again takes long.
func (f *File) VerifyValues(values Checksum) error {
	if f.member == nil {
		return nil
	}
	if err := f.verifyValues(values); err != nil {
		return wrap(f.path, damaged(err))
	}
	return nil
}

func (f *File) verifyValues(values Checksum) error {
	switch n, err := f.values.ReadAt(make([]byte, 1), int64(f.member.size)); {
	case n > 0:
		return &ArchiveError{What: fmt.Sprintf("damaged: %d bytes are promised, it holds %d or more", f.member.size, f.member.size+1)}
	case err != io.EOF: // what is compressed ends in another way
		return err
	}
	header := make([]byte, f.data)
	if _, err := f.values.ReadAt(header, 0); err != nil {
		return err
	}
	if ChecksumOf(header).Then(values).crc != f.member.crc {
		return &ArchiveError{What: "damaged: zip: checksum error"}
	}
	return nil
}

// IsMember reports whether the array is one of a .npz file, which has a checksum.
func (f *File) IsMember() bool { return f.member != nil }

// isZip reports whether a file begins as a zip archive does, one without members too.
func isZip(beginning []byte) bool {
	return bytes.HasPrefix(beginning, []byte(localSignature)) || bytes.HasPrefix(beginning, []byte(endSignature))
}

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
	return err == nil && isZip(beginning[:])
}

// OpenNpz opens a .npz file, which must hold the arrays with these names and no
// others, and returns them in this order. They share one open file: to close one is
// to close all. See [Archive.Open].
func OpenNpz(path string, names ...string) ([]*File, error) {
	a, err := OpenArchive(path)
	if err != nil {
		return nil, err
	}
	arrays := make([]*File, len(names))
	err = a.checkNames(names)
	for i := 0; i < len(names) && err == nil; i++ {
		if arrays[i], err = a.Open(names[i]); err == nil {
			arrays[i].shared = false
		}
	}
	if err != nil {
		a.Close()
		return nil, err
	}
	return arrays, nil
}

// checkNames returns an error unless these are the names of all members.
func (a *Archive) checkNames(names []string) error {
	var held, wanted []string
	for _, e := range a.entries {
		held = append(held, text.Quoted(key(e.name)))
	}
	for _, name := range names {
		wanted = append(wanted, text.Quoted(name))
	}
	slices.Sort(held)
	if slices.Equal(held, slices.Sorted(slices.Values(wanted))) {
		return nil
	}
	return wrap(a.path, &ArchiveError{What: fmt.Sprintf("holds the arrays %s, where %s are wanted", text.First(held, ", "), strings.Join(wanted, ", "))})
}

// A forward is an [io.ReaderAt] over what can only be read from its beginning. To read
// on where the last call ended costs nothing more, to go back is to begin again.
type forward struct {
	open func() (io.ReadCloser, error)

	mu sync.Mutex
	r  io.ReadCloser // or nil
	at int64         // where r is
}

func (f *forward) ReadAt(p []byte, offset int64) (n int, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.r != nil && f.at > offset {
		f.close()
	}
	if f.r == nil {
		if f.r, err = f.open(); err != nil {
			return 0, err
		}
		f.at = 0
	}
	skipped, err := io.CopyN(io.Discard, f.r, offset-f.at)
	f.at += skipped
	if err == nil {
		n, err = io.ReadFull(f.r, p)
		f.at += int64(n)
	}
	if err != nil {
		f.close() // so that every call says what is wrong
	}
	return n, err
}

func (f *forward) close() {
	f.r.Close()
	f.r = nil
}
