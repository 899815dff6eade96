package file

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// MaxIndex is the largest index of a numbered file, or of a product of random inputs, which needs no file. Nobody
// needs more, and sums of indices do not overflow.
const MaxIndex = 500_000_000

// MaxCount is the largest number of files, or of products, that a call of a program deals with.
const MaxCount = 1_000_000

// The names that files have by default, without an index.
const (
	InputA  = "inputA.npy"
	InputB  = "inputB.npy"
	InputX  = "inputX.npy" // the only factor of a Gram matrix
	Pair    = "input.npz"  // both factors
	Product = "output.npy"
	Partial = "partial.npz" // a partial sum
)

// IsNpz reports whether a name ends in .npz.
func IsNpz(name string) bool { return strings.EqualFold(filepath.Ext(name), ".npz") }

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
//
// For an array of an archive, FILE.npz:NAME, the archive gets the index: output7.npz:C. If only
// NAME has $(index), only NAME gets it: all.npz:C7.
func InsertIndex(name, index string) string {
	if path, member, ok := SplitMember(name); ok {
		if !NumbersMember(name) {
			path = InsertIndex(path, index)
		}
		return path + ":" + fillPlaces(member, index)
	}
	if PlacesIndex(name) {
		return fillPlaces(name, index)
	}
	ext := filepath.Ext(strings.TrimLeft(filepath.Base(name), "."))
	return strings.TrimSuffix(name, ext) + index + ext
}

// place stands for the index in a name, in any case.
const place = "$(index)"

// findPlace returns where the first place for an index is in a name, or -1.
//
// Note: a regular expression would take longer to be compiled than all else that is done with a job's few names.
func findPlace(name string) int {
	for i := 0; i+len(place) <= len(name); i++ {
		if name[i] == place[0] && strings.EqualFold(name[i:i+len(place)], place) {
			return i
		}
	}
	return -1
}

func fillPlaces(name, index string) string {
	filled := ""
	for i := findPlace(name); i >= 0; i = findPlace(name) {
		filled, name = filled+name[:i]+index, name[i+len(place):]
	}
	return filled + name
}

// PlacesIndex reports whether a name says itself where its index goes, as in run$(index)/x.npy.
func PlacesIndex(name string) bool { return findPlace(name) >= 0 }

// SplitMember splits the name of an array in an archive, FILE.npz:NAME, at the first colon after
// the extension .npz, in any case. NAME may have colons and slashes: w.npz:layer/W:0.
func SplitMember(name string) (path, member string, ok bool) {
	const colon = ".npz:"
	for i := 1; i+len(colon) < len(name); i++ {
		if strings.EqualFold(name[i:i+len(colon)], colon) {
			return name[:i+len(colon)-1], name[i+len(colon):], true
		}
	}
	return name, "", false
}

// NumbersMember reports whether a name is that of a numbered array in one archive: all.npz:A$(index).
func NumbersMember(name string) bool {
	path, member, _ := SplitMember(name)
	return PlacesIndex(member) && !PlacesIndex(path)
}

// A MissingError says that a file, mostly a numbered one, does not exist.
type MissingError struct {
	Name string
	Err  error // names it, too
}

func (e *MissingError) Error() string { return e.Err.Error() }

func (e *MissingError) Unwrap() error { return e.Err }

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
