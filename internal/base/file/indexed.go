package file

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
)

// MaxIndex is the largest index of a numbered file. Nobody needs more, and sums of indices do
// not overflow.
const MaxIndex = 1_000_000

// Indexed returns the name of a numbered file: inputA.npy, 7 → inputA7.npy. See
// [InsertIndex] for where the index goes.
func Indexed(name string, index int) string { return InsertIndex(name, strconv.Itoa(index)) }

// IndexedRange returns the names of count numbered files, from index first on.
func IndexedRange(name string, first, count int) []string {
	names := make([]string, count)
	for i := range names {
		names[i] = Indexed(name, first+i)
	}
	return names
}

// InsertIndex inserts an index, or a macro for one, in place of $(index), wherever a name has
// that. Other names get it before the extension of the last part, or at the end if it has
// none: inputA7.npy, pipe7, logs.d/out7. As in Python's os.path.splitext, dots at the beginning
// of a name do not begin an extension.
// For an array of an archive it is the archive that is numbered: output7.npz:C.
func InsertIndex(name, index string) string {
	if path, member, ok := SplitMember(name); ok {
		return InsertIndex(path, index) + ":" + member
	}
	if PlacesIndex(name) {
		return placeOfIndex().ReplaceAllLiteralString(name, index)
	}
	ext := filepath.Ext(strings.TrimLeft(filepath.Base(name), "."))
	return strings.TrimSuffix(name, ext) + index + ext
}

// placeOfIndex matches what stands for the index in a name, in any case.
var placeOfIndex = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?i)\$\(index\)`) })

// PlacesIndex reports whether a name says itself where its index goes, as in run$(index)/x.npy.
func PlacesIndex(name string) bool {
	return strings.Contains(name, "$(") && placeOfIndex().MatchString(name)
}

// SplitMember takes the name of an array of an archive apart, FILE.npz:NAME. The colon is one
// behind the extension .npz, in any case, and the last of such.
func SplitMember(name string) (path, member string, ok bool) {
	const ext = ".npz"
	for i := strings.LastIndexByte(name, ':'); i > len(ext); i = strings.LastIndexByte(name[:i], ':') {
		if i < len(name)-1 && strings.EqualFold(name[i-len(ext):i], ext) {
			return name[:i], name[i+1:], true
		}
	}
	return name, "", false
}

// Padded returns the name of a file that exists and differs from the name of a numbered file by
// zeros before the number: inputA007.npy for inputA7.npy. It returns "" if there is none.
func Padded(name string) string {
	const digits = "0123456789"
	path, _, _ := SplitMember(name)
	dir, base := filepath.Split(path)
	ext := filepath.Ext(base)
	end := strings.LastIndexAny(strings.TrimSuffix(base, ext), digits) + 1
	begin := len(strings.TrimRight(base[:end], digits))
	if begin == end {
		return ""
	}
	for zeros := "0"; len(zeros)+end-begin <= len(strconv.Itoa(MaxIndex)); zeros += "0" {
		padded := dir + base[:begin] + zeros + base[begin:]
		if _, err := os.Stat(padded); err == nil {
			return padded
		}
	}
	return ""
}
