// Package sum adds up products and partial sums, and computes the norm of the sum.
package sum

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"matpool/elem"
	"matpool/internal/arrayfile"
	"matpool/internal/base/file"
	"matpool/internal/record"
	"matpool/internal/status"
	"matpool/npyio"
)

// A partial sum is a .npz file of two arrays of one shape and type, hi and lo, whose sum, not rounded, is
// the sum of some products (package ddsum). Two more arrays say of which: ranges has a line with the first number and
// the count for each range, and recipe is the text of what they have in common (package record).
const (
	partialHi     = "hi"
	partialLo     = "lo"
	partialRanges = "ranges"
	partialRecipe = "recipe"
)

// A Term is a file that [Combine] adds, or an array of one.
type Term struct {
	name   string        // as the user gave it
	path   string        // of the file
	member string        // the array of the .npz file, if it is one by itself
	sum    bool          // whether it is a partial sum
	says   bool          // and says of which products
	arrays []*npyio.File // the array, or a partial sum's two, if they are kept open
	info   os.FileInfo   // as it was at the beginning
}

// findTerm looks what a name stands for: FILE, or FILE.npz:NAME unless a file has that name.
func findTerm(name string) (Term, error) {
	t := Term{name: name}
	if t.path, t.member = arrayfile.Split(name); t.member != "" || !npyio.IsNpz(name) {
		return t, nil
	}
	archive, err := npyio.OpenArchive(name)
	if err != nil {
		return t, arrayfile.InputError(err)
	}
	defer archive.Close()
	switch names := slices.Sorted(slices.Values(archive.Names())); {
	case slices.Equal(names, []string{partialHi, partialLo}):
		t.sum = true
	case slices.Equal(names, []string{partialHi, partialLo, partialRanges, partialRecipe}):
		t.sum, t.says = true, true
	case slices.Equal(names, []string{arrayfile.Only}):
		t.member = arrayfile.Only
	default:
		return t, arrayfile.WrongArrays(name, names, fmt.Sprintf("a product is %q, and a partial sum %q and %q", arrayfile.Only, partialHi, partialLo))
	}
	return t, nil
}

// open opens the term's array, or its two. To close the first is to close both.
func (t Term) open() ([]*npyio.File, error) {
	var f *npyio.File
	var err error
	switch {
	case t.sum:
		return openPartial(t.path)
	case t.member != "":
		f, err = npyio.OpenMember(t.path, t.member)
	default:
		f, err = npyio.Open(t.path)
	}
	if err != nil {
		return nil, arrayfile.InputError(err)
	}
	return []*npyio.File{f}, nil
}

// isArchive reports whether the term is in a .npz file, which has checksums.
func (t Term) isArchive() bool { return t.sum || t.member != "" }

// lastPart returns the number of the last array: of hi and lo, or of one alone.
func (t Term) lastPart() int {
	if t.sum {
		return 1
	}
	return 0
}

// key returns what is equal for two names of one term.
func (t Term) key() string {
	if t.member == "" {
		return file.Key(t.path)
	}
	return file.Key(t.path) + ":" + strings.TrimSuffix(t.member, ".npy")
}

// openPartial opens the two arrays of a partial sum.
func openPartial(name string) ([]*npyio.File, error) {
	arrays, err := npyio.OpenNpz(name, partialHi, partialLo, partialRanges, partialRecipe)
	if errors.Is(err, npyio.ErrFormat) { // one that does not say what it is the sum of
		arrays, err = npyio.OpenNpz(name, partialHi, partialLo)
	}
	if err != nil {
		return nil, arrayfile.InputError(err)
	}
	hi, lo := arrays[0], arrays[1]
	for i, array := range arrays[:2] {
		if t := arrayfile.Type(array.Header); t != elem.Float64 && t != elem.Complex128 {
			err = status.DataError(fmt.Errorf("%s: %s: has type %s, but a partial sum must have float64 or complex128",
				name, []string{partialHi, partialLo}[i], t), "")
			break
		}
	}
	switch {
	case err != nil:
	case arrayfile.Type(hi.Header) != arrayfile.Type(lo.Header):
		err = status.DataError(fmt.Errorf("%s: %s has type %s, but %s has type %s", name, partialHi, arrayfile.Type(hi.Header), partialLo, arrayfile.Type(lo.Header)), "")
	case !slices.Equal(hi.Shape, lo.Shape):
		err = arrayfile.ShapeError(name+": "+partialHi, hi.Header, partialLo, lo.Header)
	case hi.FortranOrder() != lo.FortranOrder():
		err = status.DataError(fmt.Errorf("%s: %s is in another order (C or Fortran) than %s", name, partialHi, partialLo), "")
	}
	if err != nil {
		hi.Close()
		return nil, err
	}
	return arrays[:2], nil
}

// recipe returns what a partial sum says that it is the sum of.
func (t Term) recipe() (r record.Recipe, err error) {
	archive, err := npyio.OpenArchive(t.path)
	if err != nil {
		return r, arrayfile.InputError(err)
	}
	defer archive.Close()
	var content [2][]byte
	for i, want := range []elem.Type{elem.Int64, elem.Uint8} {
		array, err := archive.Open([]string{partialRanges, partialRecipe}[i])
		if err != nil {
			return r, arrayfile.InputError(err)
		}
		count, _ := array.Len()
		if count > largestRecipe || arrayfile.Type(array.Header) != want || array.FortranOrder() {
			return r, t.wrongRecipe()
		}
		content[i] = make([]byte, int(count)*want.Size())
		if err := cmp.Or(array.Verify(), array.Read(content[i], 0)); err != nil {
			return r, arrayfile.InputError(err)
		}
		if array.DType.Swapped() { // numpy has written it again
			elem.SwapBytes(content[i], want)
		}
	}
	family, err := record.ParseRecipe(string(content[1]))
	if err != nil || len(content[0])%16 != 0 {
		return r, t.wrongRecipe()
	}
	var ranges []record.Range
	for line := range slices.Chunk(content[0], 16) {
		first, count := binary.NativeEndian.Uint64(line), binary.NativeEndian.Uint64(line[8:])
		if first > file.MaxIndex || count == 0 || count > file.MaxIndex {
			return r, t.wrongRecipe()
		}
		ranges = append(ranges, record.Range{First: int(first), Last: int(first + count - 1)})
	}
	return record.Sum(family, record.NewRanges(ranges...)), nil
}

// largestRecipe is how long a recipe may be, and how many numbers may say which products are in a sum.
const largestRecipe = 1 << 20

func (t Term) wrongRecipe() error {
	return status.DataError(fmt.Errorf("%s: its arrays %s and %s do not say which products it is the sum of", t.name, partialRanges, partialRecipe), "")
}

// OpenRounded opens a file that [Combine] adds as one array: a product, or the rounded value of a partial sum.
// [Terms.Append] takes it, or Close closes it.
func OpenRounded(name string) (t Term, h npyio.Header, err error) {
	if t, err = findTerm(name); err != nil {
		return t, h, err
	}
	if t.sum { // it is a pair of float64s, of which the first is the rounded sum
		arrays, err := t.open()
		if err != nil {
			return t, h, err
		}
		arrays[0].Close()
		t.sum, t.member = false, partialHi // it still says what it is the sum of
	}
	if t.arrays, err = t.open(); err != nil {
		return t, h, err
	}
	if t.info, err = t.arrays[0].Stat(); err != nil {
		t.Close()
	}
	return t, t.arrays[0].Header, err
}

// Close closes the file, if it is open.
func (t Term) Close() {
	if t.arrays != nil {
		t.arrays[0].Close()
	}
}

// TermShape returns the shape of a file that [Combine] adds, and whether it is a partial sum and not a product.
// Nothing but headers is read.
func TermShape(name string) (shape []int, isSum bool, err error) {
	t, err := findTerm(name)
	if err != nil {
		return nil, false, err
	}
	arrays, err := t.open()
	if err != nil {
		return nil, false, err
	}
	defer arrays[0].Close()
	return arrays[0].Shape, t.sum, nil
}
