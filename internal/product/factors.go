package product

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"matpool/blas"
	"matpool/elem"
	"matpool/internal/arrayfile"
	"matpool/internal/base/pages"
	"matpool/internal/pair"
	"matpool/internal/record"
	"matpool/internal/status"
	"matpool/npyio"
)

// Factors are two open arrays whose product exists.
type Factors struct {
	A, B   Factor
	Form   pair.Form
	shapes // of the factors as they are multiplied
	opened []io.Closer
}

// A Factor is an array that is multiplied: of a file, or one of random numbers.
type Factor struct {
	Name string
	npyio.Header
	File   *npyio.File  // or nil
	draw   func([]byte) // draws the next random numbers; or nil
	fixed  bool         // the pairs have it in common
	values []byte       // all of its values, if load has read them
	input  record.Input // its file, if load has hashed it
}

// Open opens both arrays of a pair, or the only one; the fixed one, if there is one, unless it
// is given. The error joins what is wrong with either.
func Open(p pair.Pair, fixed *Factor) (f Factors, err error) {
	defer func() {
		if err != nil {
			f.Close()
		}
	}()
	f = Factors{Form: p.Form, A: Factor{Name: p.A, fixed: p.Fixed == pair.FixedA}, B: Factor{Name: p.B, fixed: p.Fixed == pair.FixedB}}
	if err := f.open(p, fixed); err != nil {
		return f, err
	}
	if err := f.check(); err != nil {
		return f, err
	}
	if f.shapes, err = formShapes(p.Form, f.A.Shape, f.B.Shape); err != nil {
		return f, status.DataError(fmt.Errorf("%s is %s and %s is %s: %w", f.A.Name, f.A.ShapeString(), f.B.Name, f.B.ShapeString(), err), "")
	}
	if _, ok := f.Product().Len(); !ok {
		return f, status.DataError(fmt.Errorf("%s is %s: more values than can be addressed", f.Name(), f.Product().ShapeString()), "")
	}
	return f, nil
}

func (f *Factors) open(p pair.Pair, fixed *Factor) error {
	switch {
	case p.Random != nil:
		return f.beginDrawing(p.Random)
	case p.Form == pair.Gram:
		err := f.openFile(&f.A)
		f.B = Factor{Name: p.A, Header: f.A.Header}
		return err
	case p.B == "":
		return arrayfile.NotFound(p.A, f.openArchive(p.A))
	}
	var errs []error
	for _, x := range []*Factor{&f.A, &f.B} {
		if x.fixed && fixed != nil {
			*x = *fixed
		} else {
			errs = append(errs, f.openFile(x))
		}
	}
	return errors.Join(errs...)
}

// openFile opens the file of a factor by its name.
func (f *Factors) openFile(x *Factor) error {
	file, err := arrayfile.Open(x.Name)
	if err != nil {
		return arrayfile.NotFound(x.Name, err)
	}
	x.File, x.Header, f.opened = file, file.Header, append(f.opened, file)
	return nil
}

// openArchive opens both factors in one .npz file.
func (f *Factors) openArchive(name string) error {
	archive, err := npyio.OpenArchive(name)
	if err != nil {
		return arrayfile.InputError(err)
	}
	f.opened = append(f.opened, archive)
	names := archive.Names()
	has := func(a, b string) bool { return slices.Contains(names, a) && slices.Contains(names, b) }
	isPair, isList := has(arrayfile.MemberA, arrayfile.MemberB), has(arrayfile.Only, arrayfile.Second)
	if isPair == isList {
		return arrayfile.WrongArrays(name, names, fmt.Sprintf("the factors are %q and %q, or %q and %q",
			arrayfile.MemberA, arrayfile.MemberB, arrayfile.Only, arrayfile.Second))
	}
	members := []string{arrayfile.MemberA, arrayfile.MemberB}
	if isList {
		members = []string{arrayfile.Only, arrayfile.Second}
	}
	var errs []error
	for i, x := range []*Factor{&f.A, &f.B} {
		file, err := archive.Open(members[i])
		if err != nil {
			errs = append(errs, arrayfile.InputError(err))
			continue
		}
		x.Name, x.File, x.Header = name+":"+members[i], file, file.Header
	}
	return errors.Join(errs...)
}

// beginDrawing makes the factors random matrices, which messages call A7 and B7.
func (f *Factors) beginDrawing(p *pair.Random) error {
	begin, err := p.Numbers.Filler(p.Index)
	if err != nil {
		return err
	}
	h := p.Numbers.Header(p.Size)
	f.A = Factor{Name: fmt.Sprint("A", p.Index), Header: h, draw: begin()}
	f.B = Factor{Name: fmt.Sprint("B", p.Index), Header: h, draw: begin()}
	return nil
}

// check makes sure that the arrays have what the product's form needs.
func (f Factors) check() error {
	if err := checkForm(f.Form, f.A); err != nil || f.Form == pair.Gram {
		return err
	}
	var errs []error
	for _, x := range []Factor{f.A, f.B} {
		if len(x.Shape) == 0 {
			errs = append(errs, status.DataError(fmt.Errorf("%s: is a single value, but a factor must be a vector, a matrix or a stack of matrices", x.Name),
				"in Python, to multiply by it as a matrix of one value: np.save(name, np.load(name).reshape(1, 1))"))
		}
	}
	return errors.Join(errs...)
}

// Close closes the files that Open has opened.
func (f Factors) Close() {
	for _, file := range f.opened {
		file.Close()
	}
}

// Name returns what a message calls the product.
func (f Factors) Name() string { return f.Form.Name(f.A.Name, f.B.Name) }

// Types returns the types of A, of B, and of their product.
func (f Factors) Types() (a, b, c elem.Type) {
	a, b = arrayfile.Type(f.A.Header), arrayfile.Type(f.B.Header)
	return a, b, elem.Result(a, b)
}

func (f Factors) Product() npyio.Header {
	_, _, t := f.Types()
	return npyio.Header{DType: npyio.DTypeOf(t), Shape: f.result}
}

// multiplications returns the number of multiplications of real numbers.
func (f Factors) multiplications() int64 {
	a, b, _ := f.Types()
	if f.Form == pair.Gram {
		return int64(f.products()) * blas.GramMultiplications(f.K, f.Cols)
	}
	return int64(f.products()) * blas.Multiplications(f.Rows, f.K, f.Cols, a, b)
}

// memory returns how many bytes the factors and their product take in memory, of a stack
// one product at a time, and how many a factor that is fixed takes for all pairs.
func (f Factors) memory() (factors, product, fixed int64) {
	a, b, _ := f.Types()
	readers := []*reader{f.readerA()}
	if f.Form != pair.Gram {
		readers = append(readers, f.readerB())
	}
	for _, r := range readers {
		own, common := r.memory()
		factors, fixed = factors+own, fixed+common
	}
	return factors, 8 * int64(f.Rows) * int64(f.Cols) * int64(blas.Parts(a, b)), fixed
}

// readerA and readerB return readers of the factors as they lie in their files.
func (f Factors) readerA() *reader {
	if f.Form == pair.Plain {
		return newReader(f.A, f.Rows, f.K, f.products())
	}
	return newReader(f.A, f.K, f.Rows, f.products())
}

func (f Factors) readerB() *reader { return newReader(f.B, f.K, f.Cols, f.products()) }

// openFixed opens the factor that a pair has in common with others, or returns nil if there is none.
func openFixed(p pair.Pair) (*Factor, error) {
	if p.Fixed == pair.NotFixed {
		return nil, nil
	}
	name, _ := p.FixedAndOther()
	file, err := arrayfile.Open(name)
	if err != nil {
		return nil, err
	}
	return &Factor{Name: name, Header: file.Header, File: file, fixed: true}, nil
}

// load reads all values of a fixed factor, and hashes its file if there is a cache of hashes.
//
// Note: it is not kept packed for the kernels. Packing takes little time beside a product that is
// worth a file, and OpenBLAS packs by itself in each call.
func (x *Factor) load(ctx context.Context, hashes *record.Cache) error {
	var source source
	if err := source.begin(ctx, *x, hashes, false); err != nil {
		return err
	}
	count, _ := x.Len()
	values, err := new(pages.Buffer).Bytes(int(count) * x.DType.Size)
	if err != nil {
		return err
	}
	if err := readValues(ctx, x.File, values, 0); err != nil {
		return err
	}
	if x.File.IsMember() {
		if err := arrayfile.InputError(x.File.VerifyValues(npyio.ChecksumOf(values))); err != nil {
			return err
		}
	} else {
		source.read(values, 0)
	}
	x.values = values
	if hashes != nil {
		x.input, err = source.input(ctx, hashes)
	}
	return err
}

// A Description is what the headers of two factors say about their product.
type Description struct {
	A, B, C         npyio.Header
	Multiplications int64 // of real numbers
	Factors, Result int64 // bytes in memory, of a stack one product at a time
	Fixed           int64 // bytes in memory of a fixed factor, which Factors does not count
	Sum             int64 // bytes of a sum of such products, hi and lo
}

// Values returns the number of values in the factors and in their product.
func (d Description) Values() (n int64) {
	for _, h := range []npyio.Header{d.A, d.B, d.C} {
		count, _ := h.Len()
		n += count
	}
	return n
}

// ReadFixed returns the factor that a pair has in common with others, for [Describe], or nil if there is none.
func ReadFixed(p pair.Pair) (*Factor, error) {
	fixed, err := openFixed(p)
	if fixed != nil {
		fixed.File.Close()
	}
	return fixed, err
}

// Describe reads the headers of a pair's factors; that of a fixed one is given, or nil. The error joins
// all that is wrong with them.
func Describe(p pair.Pair, fixed *Factor) (Description, error) {
	f, err := Open(p, fixed)
	if err != nil {
		return Description{}, err
	}
	defer f.Close()
	d := Description{A: f.A.Header, B: f.B.Header, C: f.Product(), Multiplications: f.multiplications()}
	d.Factors, d.Result, d.Fixed = f.memory()
	count, _ := d.C.Len()
	d.Sum = 2 * 8 * count * int64(arrayfile.Type(d.C).Parts())
	return d, nil
}
