// Package arrayfile opens and creates array files by the names that users give.
//
// An array is a .npy file, or one in a .npz file: FILE.npz:NAME, or FILE.npz if that holds a single
// array, arr_0. Errors carry their exit status (package status): Data for a bad input, Usage for an
// output that is impossible or would do harm, and none, which means Failure, if the machine failed.
package arrayfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strconv"

	"matpool/elem"
	"matpool/internal/base/file"
	"matpool/internal/base/text"
	"matpool/internal/status"
	"matpool/npyio"
)

// The names of the arrays in .npz files.
const (
	Only   = "arr_0" // np.savez(file, x)
	Second = "arr_1" // the second one of np.savez(file, a, b)

	MemberA = "A" // np.savez(file, A=a, B=b)
	MemberB = "B"
)

// Split takes a name apart: FILE, or FILE.npz:NAME unless a file has that name.
func Split(name string) (path, member string) {
	if path, member, ok := file.SplitMember(name); ok {
		if _, err := os.Lstat(name); err != nil {
			return path, member
		}
	}
	return name, ""
}

// Indexed returns the name of a numbered array, as [file.InsertIndex] does. But if only NAME has $(index) and there is
// no FILE.npz, FILE7.npz has an array with that very name.
func Indexed(name string, index int) string {
	if file.NumbersMember(name) {
		path, member, _ := file.SplitMember(name)
		if numbered := file.Indexed(path, index); !exists(path) && exists(numbered) {
			return numbered + ":" + member
		}
	}
	return file.Indexed(name, index)
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}

// Open opens an array for reading.
func Open(name string) (f *npyio.File, err error) {
	defer func() { err = NotFound(name, err) }()
	path, member := Split(name)
	if member != "" {
		f, err := npyio.OpenMember(path, member)
		return f, InputError(err)
	}
	f, err = npyio.Open(name)
	if errors.Is(err, npyio.ErrFormat) && npyio.IsNpz(name) {
		return OpenOnly(name)
	}
	if err != nil {
		return nil, InputError(err)
	}
	return f, nil
}

// OpenOnly opens the array of a .npz file that holds no other, arr_0.
func OpenOnly(name string) (*npyio.File, error) {
	archive, err := npyio.OpenArchive(name)
	if err != nil {
		return nil, InputError(err)
	}
	names := archive.Names()
	archive.Close()
	if !slices.Equal(names, []string{Only}) {
		return nil, WrongArrays(name, names, fmt.Sprintf("a factor without a name is %q", Only))
	}
	f, err := npyio.OpenMember(name, Only)
	return f, InputError(err)
}

// WrongArrays says that a .npz file does not hold the arrays that are expected.
func WrongArrays(name string, arrays []string, expected string) error {
	if len(arrays) == 0 {
		return status.DataError(fmt.Errorf("%s: %w", name, &npyio.ArchiveError{What: "holds no arrays"}), "")
	}
	arrays = slices.Sorted(slices.Values(arrays))
	var quoted []string
	for _, array := range arrays {
		quoted = append(quoted, strconv.QuoteToASCII(array))
	}
	return status.DataError(
		fmt.Errorf("%s: %w", name, &npyio.ArchiveError{What: fmt.Sprintf("holds the arrays %s; %s", text.First(quoted, ", "), expected)}),
		"name the array, as in FILE.npz:"+arrays[0])
}

// InputError gives an error of opening or reading an input its status, and the hint of package npyio.
func InputError(err error) error {
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, npyio.ErrFormat) || file.Impossible(err) {
		return status.DataError(err, npyio.Hint(err))
	}
	return err
}

// NotFound marks an error for a numbered file that does not exist as a [file.MissingError], and adds that
// one exists with zeros before its number, if so. Other errors stay as they are.
func NotFound(name string, err error) error {
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if padded := file.Padded(name); padded != "" {
		err = status.DataError(fmt.Errorf("%w, but there is %s", err, padded), "rename "+padded+": a number has no zeros before it")
	}
	return &file.MissingError{Name: name, Err: err}
}

// ShapeError says that two arrays of a sum have different shapes.
func ShapeError(name string, h npyio.Header, firstName string, first npyio.Header) error {
	return status.DataError(fmt.Errorf("%s: is %s, but %s is %s", name, h.ShapeString(), firstName, first.ShapeString()), "")
}

// Type returns the type of an array's values, which every header that was read has.
func Type(h npyio.Header) elem.Type {
	t, _ := h.DType.Elem()
	return t
}

// SameHeader reports whether two headers promise the same values.
func SameHeader(a, b npyio.Header) bool { return string(a.Append(nil)) == string(b.Append(nil)) }
