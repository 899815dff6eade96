package flow

import (
	"errors"
	"fmt"
	"slices"

	"matpool/blas"
	"matpool/elem"
	"matpool/internal/status"
	"matpool/npyio"
)

// factors are two open arrays whose product exists.
type factors struct {
	a, b    Factor
	archive *npyio.Archive // of both, or nil
	form    Form
	shapes  // of the factors as they are multiplied
}

// A Factor is an array that is multiplied: of a file, or one of random numbers.
type Factor struct {
	name string
	npyio.Header
	file   *npyio.File  // or nil
	draw   func([]byte) // draws the next random numbers; or nil
	fixed  bool         // the pairs have it in common
	values []byte       // all of its values, if they have been read; see loadFixed
}

// setFile sets the file of a factor, unless it cannot be opened.
func (f *Factor) setFile(file *npyio.File, err error) error {
	if err == nil {
		f.file, f.Header = file, file.Header
	}
	return err
}

func (f factors) close() {
	if f.archive != nil {
		f.archive.Close()
	}
	for _, file := range []*npyio.File{f.a.file, f.b.file} {
		if file != nil {
			file.Close()
		}
	}
}

// types returns the types of A, of B, and of their product.
func (f factors) types() (a, b, c elem.Type) {
	a, b = elemOf(f.a.Header), elemOf(f.b.Header)
	return a, b, elem.Result(a, b)
}

func elemOf(h npyio.Header) elem.Type {
	t, _ := h.DType.Elem() // every header that is read has one
	return t
}

// product returns the header of the product.
func (f factors) product() npyio.Header {
	_, _, t := f.types()
	return npyio.Header{DType: npyio.DTypeOf(t), Shape: f.result}
}

// multiplications returns the number of multiplications of real numbers.
func (f factors) multiplications() int64 {
	a, b, _ := f.types()
	if f.form == Gram {
		return int64(f.products()) * blas.GramMultiplications(f.k, f.cols)
	}
	return int64(f.products()) * blas.Multiplications(f.rows, f.k, f.cols, a, b)
}

// memory returns how many bytes the factors and their product take in memory, of a stack
// one product at a time, and how many a factor that is fixed takes for all pairs.
func (f factors) memory() (factors, product, fixed int64) {
	a, b, _ := f.types()
	readers := []*reader{f.readerA()}
	if f.form != Gram {
		readers = append(readers, f.readerB())
	}
	for _, r := range readers {
		own, common := r.memory()
		factors, fixed = factors+own, fixed+common
	}
	return factors, 8 * int64(f.rows) * int64(f.cols) * int64(blas.Parts(a, b)), fixed
}

// readerA and readerB return readers of the factors as they lie in their files.
func (f factors) readerA() *reader {
	if f.form == Plain {
		return newReader(f.a, f.rows, f.k)
	}
	return newReader(f.a, f.k, f.rows)
}

func (f factors) readerB() *reader { return newReader(f.b, f.k, f.cols) }

// openFactors opens both arrays of a pair, or the only one; the fixed one, if there is one, unless it
// is given. The error joins what is wrong with either.
func openFactors(p Pair, fixed *Factor) (factors, error) {
	f := factors{form: p.Form, a: Factor{name: p.A, fixed: p.Fixed == FixedA}, b: Factor{name: p.B, fixed: p.Fixed == FixedB}}
	err := f.open(p, fixed)
	if err == nil {
		err = f.checkFactors()
	}
	if err == nil {
		f.shapes, err = p.Form.shapes(f.a.Shape, f.b.Shape)
		if err != nil {
			err = status.DataError(fmt.Errorf("%s is %s and %s is %s: %w", f.a.name, f.a.ShapeString(), f.b.name, f.b.ShapeString(), err), "")
		}
	}
	if err == nil {
		if _, ok := f.product().Len(); !ok {
			err = status.DataError(fmt.Errorf("%s is %s: more values than can be addressed", f.form.name(f.a.name, f.b.name), f.product().ShapeString()), "")
		}
	}
	if err != nil {
		f.close()
		return factors{}, err
	}
	return f, nil
}

func (f *factors) open(p Pair, fixed *Factor) error {
	switch {
	case p.Random != nil:
		return f.beginDrawing(p.Random)
	case p.Form == Gram:
		err := NotFound(p.A, f.a.setFile(openFactor(p.A)))
		f.b = Factor{name: p.A, Header: f.a.Header}
		return err
	case p.B == "":
		return NotFound(p.A, f.openArchive(p.A))
	}
	var errs []error
	for _, x := range []*Factor{&f.a, &f.b} {
		if x.fixed && fixed != nil {
			*x = *fixed
		} else {
			errs = append(errs, NotFound(x.name, x.setFile(openFactor(x.name))))
		}
	}
	return errors.Join(errs...)
}

// openArchive opens both factors in one .npz file.
func (f *factors) openArchive(name string) (err error) {
	if f.archive, err = npyio.OpenArchive(name); err != nil {
		return termError(err)
	}
	names := f.archive.Names()
	has := func(a, b string) bool { return slices.Contains(names, a) && slices.Contains(names, b) }
	memberA, memberB := memberA, memberB
	if isPair, isList := has(memberA, memberB), has(product, second); isPair == isList {
		slices.Sort(names)
		return archiveError(name, names, fmt.Sprintf("the factors are %q and %q, or %q and %q", memberA, memberB, product, second))
	} else if isList {
		memberA, memberB = product, second
	}
	f.a.name, f.b.name = name+":"+memberA, name+":"+memberB
	errA := f.a.setFile(f.archive.Open(memberA))
	errB := f.b.setFile(f.archive.Open(memberB))
	return errors.Join(termError(errA), termError(errB))
}

// second is the array of a .npz file that holds B, as np.savez(file, A, B) names it.
const second = "arr_1"

// openFactor opens a .npy file, or an array of a .npz file.
func openFactor(name string) (*npyio.File, error) {
	path, member := splitName(name)
	if member != "" {
		f, err := npyio.OpenMember(path, member)
		return f, termError(err)
	}
	f, err := npyio.Open(name)
	if errors.Is(err, npyio.ErrFormat) && npyio.IsNpz(name) {
		return openOnly(name)
	}
	if err != nil {
		return nil, inputError(err)
	}
	return f, nil
}

// openOnly opens the array of a .npz file that holds no other, arr_0.
func openOnly(name string) (*npyio.File, error) {
	archive, err := npyio.OpenArchive(name)
	if err != nil {
		return nil, termError(err)
	}
	names := archive.Names()
	archive.Close()
	if !slices.Equal(names, []string{product}) {
		slices.Sort(names)
		return nil, archiveError(name, names, fmt.Sprintf("a factor without a name is %q", product))
	}
	f, err := npyio.OpenMember(name, product)
	return f, termError(err)
}

// checkFactors makes sure that the arrays have what the product's form needs.
func (f factors) checkFactors() error {
	if err := f.form.check(f.a); err != nil || f.form == Gram {
		return err
	}
	return errors.Join(checkFactor(f.a), checkFactor(f.b))
}

// checkFactor makes sure that an array has at least one dimension.
func checkFactor(f Factor) error {
	if len(f.Shape) > 0 {
		return nil
	}
	return status.DataError(fmt.Errorf("%s: is a single value, where a factor is a vector, a matrix or a stack of matrices", f.name),
		"in Python, to multiply by it as a matrix of one value: np.save(name, np.load(name).reshape(1, 1))")
}
