// Package flow is the work of the programs: inputs made, pairs multiplied, products summed.
//
// Reading, arithmetic and writing overlap: while one product is computed, the next
// pair is read and the last product written. Everything that can be known to be
// wrong is found before the work begins, and all of it is reported. Errors carry their
// exit status (package status): Data for a bad input, Usage for a dangerous output, and
// none, which means Failure, for what the machine failed to do.
//
// What a program does is a function of a context, its options, and a [progress.Func].
package flow

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"

	"matpool/internal/base/file"
	"matpool/internal/status"
	"matpool/npyio"
)

// A Pair names the arrays of one product, C = A·B: .npy files, or .npz files with the array arr_0. A
// factor may also be FILE.npz:NAME. Without B, A is a .npz file of both factors: A and B, or arr_0 and arr_1.
// The form may be another product; of a Gram matrix A is the only factor.
type Pair struct {
	A, B, C string
	Form    Form
	Fixed   Fixed       // the factor that all pairs of a range have in common
	Random  *RandomPair // the factors, if they are not in files
}

// Name returns what a message calls the product.
func (p Pair) Name() string {
	if p.B == "" && p.Form != Gram {
		return p.A
	}
	return p.Form.name(p.A, p.B)
}

// files returns the names of the factors' files.
func (p Pair) files() []string {
	if p.Random != nil {
		return nil
	}
	a, _ := splitName(p.A)
	if p.B == "" || p.Form == Gram {
		return []string{a}
	}
	b, _ := splitName(p.B)
	return []string{a, b}
}

// Range returns count numbered pairs, from index first on. See [file.InsertIndex] for
// where the index goes.
func (p Pair) Range(first, count int) []Pair {
	pairs := make([]Pair, count)
	for i := range pairs {
		pairs[i] = p.Numbered(first + i)
	}
	return pairs
}

// Numbered returns the pair with an index.
func (p Pair) Numbered(index int) Pair {
	p.C = file.Indexed(p.C, index)
	if p.Random != nil {
		p.Random = &RandomPair{p.Random.Random, p.Random.Size, index}
		return p
	}
	if p.Fixed != FixedA {
		p.A = file.Indexed(p.A, index)
	}
	if p.Fixed != FixedB && p.B != "" {
		p.B = file.Indexed(p.B, index)
	}
	return p
}

// piece is how many values are read or written before the next check for cancellation: 32 MiB.
const piece = 4 << 20

// inputError gives an error of opening or reading an input its status.
func inputError(err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, npyio.ErrFormat), impossible(err):
		return status.DataError(err, npyio.Hint(err))
	}
	return err
}

// NotFound adds to an error for a numbered file that does not exist that one exists with zeros
// before its number, which is then of status Data. Other errors stay as they are.
func NotFound(name string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		if padded := file.Padded(name); padded != "" {
			return status.DataError(fmt.Errorf("%w, but there is %s", err, padded), "rename the files: a number has no zeros before it")
		}
	}
	return err
}

// outputError gives an error of writing an output its status.
func outputError(err error) error {
	if errors.As(err, new(*file.TargetError)) || errors.As(err, new(*file.NameError)) {
		return status.UsageError(err, "")
	}
	if errors.Is(err, fs.ErrNotExist) { // the folder: a file need not be there
		return status.UsageError(err, makeFolder)
	}
	return err
}

// create makes a file for an array, writes its header and reserves room for its values.
func create(name string, h npyio.Header) (*file.Output, error) {
	out, err := file.Create(name)
	if err != nil {
		return nil, outputError(err)
	}
	header := h.Append(nil)
	count, _ := h.Len()
	err = out.Reserve(int64(len(header)) + count*int64(h.DType.Size))
	if err == nil {
		_, err = out.Write(header)
	}
	if err != nil {
		out.Close()
		return nil, err
	}
	return out, nil
}

// An interruptible stops writing when ctx is cancelled.
type interruptible struct {
	ctx context.Context
	w   io.Writer
}

func (w interruptible) Write(p []byte) (n int, err error) {
	for chunk := range slices.Chunk(p, 8*piece) {
		if err := w.ctx.Err(); err != nil {
			return n, err
		}
		written, err := w.w.Write(chunk)
		if n += written; err != nil {
			return n, err
		}
	}
	return n, nil
}
