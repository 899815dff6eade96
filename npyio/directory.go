package npyio

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"slices"

	"matpool/internal/base/text"
)

// maxDirectory is the longest directory of a zip archive that is read, in bytes. It is
// that of some 100,000 members.
const maxDirectory = 16 << 20

// An entry is a member of a zip archive, as the archive's directory has it.
type entry struct {
	name   string
	flags  uint16
	method uint16
	crc    uint32
	packed uint64 // its size in the archive
	size   uint64
	local  uint64 // where its local header begins
	end    uint64 // where the next member, or the directory, begins
}

// The parts of a zip archive, and what else is needed of its format: PKWARE's
// APPNOTE.TXT 6.3, sections 4.3 to 4.5.
const (
	localSignature     = "PK\x03\x04"
	entrySignature     = "PK\x01\x02"
	endSignature       = "PK\x05\x06"
	end64Signature     = "PK\x06\x06"
	locator64Signature = "PK\x06\x07"

	localLength     = 30
	entryLength     = 46
	endLength       = 22
	end64Length     = 56
	locator64Length = 20

	extra64 = 1 // with sizes of 64 bits

	encrypted  = 1<<0 | 1<<6 | 1<<13 // flags: by the old way, by the new one, of the directory
	descriptor = 1 << 3              // sizes and checksum stand behind the member

	stored   = 0
	deflated = 8
)

var le = binary.LittleEndian

// readDirectory reads the directory of an archive, in its order. Memory is bounded by
// [maxDirectory], whatever the archive says.
//
// It is stricter than most programs: nothing may stand before the first member, between
// the directory and what ends the archive, or behind that; and no two members may have one name or one place.
// Where these hold, all programs find the same members.
//
// Note: package archive/zip does not say where a member's local header begins, so none of this can be checked with it;
// it allocates a quarter of the file's size on the word of an archive of 98 bytes, if the file is sparse.
func readDirectory(file *io.SectionReader) (entries []*entry, names map[string]*entry, err error) {
	d, err := findDirectory(file)
	if err != nil {
		return nil, nil, err
	}
	if d.length > maxDirectory {
		return nil, nil, &ArchiveError{What: fmt.Sprintf("has a directory of %d bytes, longer than the limit of %d", d.length, maxDirectory)}
	}
	rest := make([]byte, d.length)
	if _, err := file.ReadAt(rest, int64(d.offset)); err != nil {
		return nil, nil, damaged(err)
	}
	names = make(map[string]*entry)
	for len(rest) > 0 {
		e, length := parseEntry(rest)
		if e == nil {
			return nil, nil, &ArchiveError{What: "damaged: its directory cannot be understood"}
		}
		if names[e.name] != nil {
			return nil, nil, &ArchiveError{What: fmt.Sprintf("holds two members with the name %s", text.Quoted(e.name))}
		}
		names[e.name] = e
		entries, rest = append(entries, e), rest[length:]
	}
	if uint64(len(entries)) != d.count {
		return nil, nil, &ArchiveError{What: fmt.Sprintf("damaged: its directory promises %d members and has %d", d.count, len(entries))}
	}
	return entries, names, placeEntries(entries, d.offset)
}

// placeEntries finds where each member must have ended, and returns an error if one
// reaches into the next.
func placeEntries(entries []*entry, directory uint64) error {
	inPlace := slices.Clone(entries)
	slices.SortStableFunc(inPlace, func(a, b *entry) int {
		switch {
		case a.local < b.local:
			return -1
		case a.local > b.local:
			return 1
		}
		return 0
	})
	for i, e := range inPlace {
		e.end = directory
		if i+1 < len(inPlace) {
			e.end = inPlace[i+1].local
		}
		least := e.local + localLength + uint64(len(e.name))
		switch {
		case e.local > directory || least > e.end:
			return &ArchiveError{What: fmt.Sprintf("damaged: the place of its member %s is not free", text.Quoted(e.name))}
		case e.packed > e.end-least:
			return e.fail(fmt.Sprintf("damaged: %d bytes are promised, where there are at most %d", e.packed, e.end-least))
		}
	}
	return nil
}

func (e *entry) fail(what string) error {
	return fmt.Errorf("%s: %w", key(e.name), &ArchiveError{What: what})
}

// parseEntry returns the entry with which a directory begins, and its length, or nil.
func parseEntry(b []byte) (*entry, int) {
	if len(b) < entryLength || string(b[:4]) != entrySignature {
		return nil, 0
	}
	nameEnd := entryLength + int(le.Uint16(b[28:]))
	extraEnd := nameEnd + int(le.Uint16(b[30:]))
	length := extraEnd + int(le.Uint16(b[32:]))
	if len(b) < length || le.Uint16(b[34:]) != 0 { // on another disk
		return nil, 0
	}
	e := &entry{
		name:   string(b[entryLength:nameEnd]),
		flags:  le.Uint16(b[8:]),
		method: le.Uint16(b[10:]),
		crc:    le.Uint32(b[16:]),
		packed: uint64(le.Uint32(b[20:])),
		size:   uint64(le.Uint32(b[24:])),
		local:  uint64(le.Uint32(b[42:])),
	}
	// In this order, and only those that do not fit into 32 bits.
	wide := extraField(b[nameEnd:extraEnd], extra64)
	for _, field := range []*uint64{&e.size, &e.packed, &e.local} {
		if *field != 1<<32-1 {
			continue
		}
		if len(wide) < 8 {
			return nil, 0
		}
		*field, wide = le.Uint64(wide), wide[8:]
	}
	return e, length
}

// extraField returns the content of an extra field, or nil.
func extraField(b []byte, id uint16) []byte {
	for len(b) >= 4 {
		length := int(le.Uint16(b[2:]))
		if len(b)-4 < length {
			return nil
		}
		if le.Uint16(b) == id {
			return b[4 : 4+length]
		}
		b = b[4+length:]
	}
	return nil
}

type directory struct{ count, length, offset uint64 }

// abbreviates reports whether d, in the 16 and 32 bits of the old format, is the same directory as wide, in those of
// zip64: each number is the same, or the largest that there is.
//
// Note: it is not from the old numbers that zip64 can be told. Python's zipfile, and so numpy, appends it from an
// offset of 2³¹ on, and there all old numbers still fit; and it appends none to exactly 65,535 members.
func (d directory) abbreviates(wide directory) bool {
	same := func(short, long, most uint64) bool { return short == long || short == most }
	return same(d.count, wide.count, math.MaxUint16) && same(d.length, wide.length, math.MaxUint32) && same(d.offset, wide.offset, math.MaxUint32)
}

// findEnd returns what ends an archive, from its signature on. It is followed by a comment: what looks like it
// may be a part of that, unless its comment reaches to the end of the file.
func findEnd(file *io.SectionReader) ([]byte, error) {
	for _, length := range []int64{1 << 10, endLength + 1<<16 - 1} { // few archives have a comment
		tail := make([]byte, min(file.Size(), length))
		if _, err := file.ReadAt(tail, file.Size()-int64(len(tail))); err != nil {
			return nil, damaged(err)
		}
		for rest := tail; ; {
			i := bytes.LastIndex(rest, []byte(endSignature))
			if i < 0 {
				break
			}
			if end := tail[i:]; len(end) >= endLength && endLength+int(le.Uint16(end[20:])) == len(end) {
				return end, nil
			}
			rest = tail[:i]
		}
	}
	return nil, noDirectory()
}

func noDirectory() error {
	return &ArchiveError{What: "truncated or damaged: its directory, which stands at its end, is not there"}
}

// findDirectory finds the directory by what ends an archive.
func findDirectory(file *io.SectionReader) (directory, error) {
	end, err := findEnd(file)
	if err != nil {
		return directory{}, err
	}
	at := uint64(file.Size()) - uint64(len(end)) // where what ends the archive begins
	d := directory{uint64(le.Uint16(end[10:])), uint64(le.Uint32(end[12:])), uint64(le.Uint32(end[16:]))}
	parts := le.Uint32(end[4:]) // two numbers of disks
	var locator [locator64Length]byte
	if _, err := file.ReadAt(locator[:], int64(at)-locator64Length); err == nil && string(locator[:4]) == locator64Signature {
		var end64 [end64Length]byte
		at64 := le.Uint64(locator[8:])
		if at64 > at {
			return directory{}, noDirectory()
		}
		if _, err := file.ReadAt(end64[:], int64(at64)); err != nil || string(end64[:4]) != end64Signature ||
			at64+12+le.Uint64(end64[4:])+locator64Length != at {
			return directory{}, noDirectory()
		}
		wide := directory{le.Uint64(end64[32:]), le.Uint64(end64[40:]), le.Uint64(end64[48:])}
		if !d.abbreviates(wide) {
			return directory{}, &ArchiveError{What: "damaged: what ends it describes two directories"}
		}
		at, parts, d = at64, le.Uint32(end64[16:])|le.Uint32(end64[20:]), wide
	}
	switch {
	case parts != 0:
		return directory{}, &ArchiveError{What: "is one of several parts of an archive"}
	case d.offset > at || d.length != at-d.offset:
		return directory{}, &ArchiveError{What: "damaged: something stands before the archive or behind its directory"}
	}
	return d, nil
}

// readLocal compares a member's local header with its entry, and returns where its content begins.
func (e *entry) readLocal(file io.ReaderAt) (content uint64, err error) {
	b := make([]byte, localLength+len(e.name))
	if _, err := file.ReadAt(b, int64(e.local)); err != nil {
		return 0, damaged(err)
	}
	switch {
	case string(b[:4]) != localSignature:
		return 0, &ArchiveError{What: "damaged: it does not begin where the directory says"}
	case int(le.Uint16(b[26:])) != len(e.name) || string(b[localLength:]) != e.name:
		return 0, &ArchiveError{What: "damaged: it begins with another name"}
	case le.Uint16(b[8:]) != e.method || (le.Uint16(b[6:])^e.flags)&encrypted != 0:
		return 0, &ArchiveError{What: "damaged: it is packed in another way than the directory says"}
	}
	content = e.local + uint64(len(b)) + uint64(le.Uint16(b[28:]))
	if content > e.end || e.packed > e.end-content {
		return 0, &ArchiveError{What: fmt.Sprintf("damaged: %d bytes are promised, where there are %d", e.packed, max(e.end, content)-content)}
	}
	// With a descriptor behind the member, nothing is known here; sizes of 64 bits are in an extra field.
	packed, size := uint64(le.Uint32(b[18:])), uint64(le.Uint32(b[22:]))
	if le.Uint16(b[6:])&descriptor == 0 &&
		(packed != 1<<32-1 && packed != e.packed || size != 1<<32-1 && size != e.size || le.Uint32(b[14:]) != e.crc) {
		return 0, &ArchiveError{What: "damaged: it has another size or checksum than the directory says"}
	}
	return content, nil
}
