package flow

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"matpool/elem"
	"matpool/internal/base/text"
	"matpool/internal/status"
	"matpool/npyio"
)

// A partial sum is a .npz file of two arrays of one shape and type, whose sum, not rounded, is
// the sum of some products (package ddsum).
const (
	partialHi = "hi"
	partialLo = "lo"
)

// product is the array of a .npz file that holds one product, as np.savez(file, C) names it.
const product = "arr_0"

// A term is a file that [Combine] adds, or an array of one.
type term struct {
	name   string        // as the user gave it
	path   string        // of the file
	member string        // the array of the .npz file, if it is one by itself
	sum    bool          // whether it is a partial sum
	arrays []*npyio.File // the array, or a partial sum's two, if they are kept open
	info   os.FileInfo   // as it was at the beginning
}

// findTerm looks what a name stands for: FILE, or FILE.npz:NAME unless a file has that name.
func findTerm(name string) (term, error) {
	t := term{name: name}
	if t.path, t.member = splitName(name); t.member != "" || !npyio.IsNpz(name) {
		return t, nil
	}
	archive, err := npyio.OpenArchive(name)
	if err != nil {
		return t, termError(err)
	}
	defer archive.Close()
	names := archive.Names()
	slices.Sort(names)
	switch {
	case slices.Equal(names, []string{partialHi, partialLo}):
		t.sum = true
	case slices.Equal(names, []string{product}):
		t.member = product
	default:
		return t, archiveError(name, names, fmt.Sprintf("a product is %q, and a partial sum %q and %q", product, partialHi, partialLo))
	}
	return t, nil
}

// splitName takes a name apart: FILE, or FILE.npz:NAME unless a file has that name.
func splitName(name string) (path, member string) {
	if path, member, ok := npyio.SplitMember(name); ok {
		if _, err := os.Lstat(name); err != nil {
			return path, member
		}
	}
	return name, ""
}

// archiveError says that a .npz file has not the arrays that are expected.
func archiveError(name string, arrays []string, expected string) error {
	if len(arrays) == 0 {
		return status.DataError(fmt.Errorf("%s: %w", name, &npyio.ArchiveError{What: "holds no arrays"}), "")
	}
	var quoted []string
	for _, array := range arrays {
		quoted = append(quoted, strconv.QuoteToASCII(array))
	}
	return status.DataError(
		fmt.Errorf("%s: %w", name, &npyio.ArchiveError{What: fmt.Sprintf("holds the arrays %s; %s", text.First(quoted, ", "), expected)}),
		"name the array, as in FILE.npz:"+arrays[0])
}

// open opens the term's array, or its two. To close the first is to close both.
func (t term) open() ([]*npyio.File, error) {
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
		return nil, termError(err)
	}
	return []*npyio.File{f}, nil
}

// key returns what is equal for two names of one term.
func (t term) key() string {
	if t.member == "" {
		return key(t.path)
	}
	return key(t.path) + ":" + strings.TrimSuffix(t.member, ".npy")
}

// openPartial opens the two arrays of a partial sum.
func openPartial(name string) ([]*npyio.File, error) {
	arrays, err := npyio.OpenNpz(name, partialHi, partialLo)
	if err != nil {
		return nil, termError(err)
	}
	hi, lo := arrays[0], arrays[1]
	for i, array := range arrays {
		if t := typeOf(array); t != elem.Float64 && t != elem.Complex128 {
			err = status.DataError(fmt.Errorf("%s: %s: holds values of type %s; a partial sum is of float64 or complex128",
				name, []string{partialHi, partialLo}[i], t), "")
			break
		}
	}
	switch {
	case err != nil:
	case typeOf(hi) != typeOf(lo):
		err = status.DataError(fmt.Errorf("%s: %s is of type %s, but %s of %s", name, partialHi, typeOf(hi), partialLo, typeOf(lo)), "")
	case !slices.Equal(hi.Shape, lo.Shape):
		err = shapeError(name+": "+partialHi, hi.Header, partialLo, lo.Header)
	case hi.FortranOrder() != lo.FortranOrder():
		err = status.DataError(fmt.Errorf("%s: %s is in another order (C or Fortran) than %s", name, partialHi, partialLo), "")
	}
	if err != nil {
		hi.Close()
		return nil, err
	}
	return arrays, nil
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

// typeOf returns the type of an array's values.
func typeOf(f *npyio.File) elem.Type {
	t, _ := f.DType.Elem()
	return t
}

// termError is inputError with the hint that package npyio has.
func termError(err error) error {
	if hint := npyio.Hint(err); hint != "" {
		return status.DataError(err, hint)
	}
	return inputError(err)
}

// beyondDoubles is the error for a partial sum that is no pair of float64s.
func beyondDoubles(name string) error {
	return status.DataError(fmt.Errorf("%s: the sum of these products is beyond 1.8e308, and cannot be added to others", name),
		"write the products, without -sum: matcombine adds them also where a part of their sum is beyond 1.8e308")
}
