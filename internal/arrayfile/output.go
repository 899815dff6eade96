package arrayfile

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"matpool/internal/base/file"
	"matpool/internal/base/hash"
	"matpool/internal/status"
	"matpool/npyio"
)

// An Output is a file of one array that appears complete or not at all: a .npy file or, if its name
// ends in .npz, a file as np.savez(name, array) writes it.
type Output struct {
	out    *file.Output
	values int64            // where they begin
	layout *npyio.NpzLayout // or nil
	sum    npyio.Checksum   // of the values of a .npz file
	hash   *hash.Hasher     // of a .npy file that is written in order; or nil
}

// Create makes the file for an array and reserves room for it.
func Create(name string, h npyio.Header) (*Output, error) {
	if err := CheckName(name); err != nil {
		return nil, err
	}
	if !file.IsNpz(name) {
		out, err := CreateNpy(name, h)
		if err != nil {
			return nil, err
		}
		return &Output{out: out, values: int64(len(h.Append(nil)))}, nil
	}
	out, err := file.Create(name)
	if err != nil {
		return nil, OutputError(err)
	}
	layout := npyio.NewNpzLayout(npyio.NpzMember{Name: Only, Header: h})
	f := &Output{out: out, values: layout.Values(0), layout: layout}
	err = out.Reserve(layout.Size())
	if err == nil {
		_, err = out.Seek(f.values, io.SeekStart)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// CreateNpy makes a .npy file, writes its header and reserves room for its values.
func CreateNpy(name string, h npyio.Header) (*file.Output, error) {
	out, err := file.Create(name)
	if err != nil {
		return nil, OutputError(err)
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

// Hashed has Write hash the file while the values are in the cache. It must come before the first of
// them. A .npz file, of which not all bytes are known in their order, is not hashed.
func (f *Output) Hashed(h npyio.Header) {
	if f.layout == nil {
		f.hash = new(hash.Hasher)
		f.hash.Write(h.Append(nil))
	}
}

// Hash returns the hash of what was written, or zero if it is not known.
func (f *Output) Hash() hash.Hash {
	if f.hash == nil {
		return hash.Hash{}
	}
	return f.hash.Sum()
}

// hashPiece is how many bytes are hashed, and then written, at a time: they stay in a core's cache.
const hashPiece = 1 << 20

// Write writes values, in order.
func (f *Output) Write(values []byte) (n int, err error) {
	if f.layout != nil {
		f.sum = f.sum.Then(npyio.ChecksumOf(values))
	}
	if f.hash == nil {
		return f.out.Write(values)
	}
	for piece := range slices.Chunk(values, hashPiece) {
		f.hash.Write(piece)
		written, err := f.out.Write(piece)
		if n += written; err != nil {
			return n, err
		}
	}
	return n, nil
}

// WriteAt writes values from a byte among all on, and returns their checksum if the file needs it:
// then Sum must get the checksums of all pieces, in order, before Commit. Several goroutines may call it.
func (f *Output) WriteAt(values []byte, offset int64) (sum npyio.Checksum, err error) {
	if f.layout != nil {
		sum = npyio.ChecksumOf(values)
	}
	_, err = f.out.At(f.values + offset).Write(values)
	return sum, err
}

// Sum sets the checksum of all values to that of pieces that WriteAt has written.
func (f *Output) Sum(pieces []npyio.Checksum) {
	for _, piece := range pieces {
		f.sum = f.sum.Then(piece)
	}
}

// Commit gives the complete file its name, and with sync flushes it to the disk before.
func (f *Output) Commit(sync bool) error {
	if f.layout != nil {
		if err := f.layout.Finish(f.out.At, f.sum); err != nil {
			return err
		}
	}
	return f.out.Commit(sync)
}

// Close removes the file, unless Commit has given it its name. On nil, it does nothing.
func (f *Output) Close() {
	if f != nil {
		f.out.Close()
	}
}

// OutputError gives an error of writing an output its status.
func OutputError(err error) error {
	if errors.As(err, new(*file.TargetError)) || errors.As(err, new(*file.NameError)) {
		return status.UsageError(err, "")
	}
	if errors.Is(err, fs.ErrNotExist) { // the folder: a file need not be there
		return status.UsageError(err, "make the folder first")
	}
	return err
}

// CheckName returns an error if the name of an output has the form FILE.npz:NAME, or the extension of
// another format, which programs would then fail to read.
func CheckName(name string) error {
	if _, _, isMember := file.SplitMember(name); isMember {
		return status.UsageError(fmt.Errorf("%s: names an array in a file, but an output must be a whole file", name), "the name FILE.npz makes a .npz file, with the array as arr_0")
	}
	switch ext := strings.ToLower(filepath.Ext(name)); ext {
	case ".csv", ".txt", ".mat", ".h5", ".hdf5":
		base := name[:len(name)-len(ext)]
		return status.UsageError(fmt.Errorf("%s: an output is in numpy's format, not in that of %s files", name, ext), "name it "+base+".npy, and convert that with Python")
	}
	return nil
}

// Piece is how many bytes are read, drawn or written before the next check for cancellation.
const Piece = 32 << 20

// Interruptible returns a writer that stops when ctx is cancelled.
func Interruptible(ctx context.Context, w io.Writer) io.Writer { return interruptible{ctx, w} }

type interruptible struct {
	ctx context.Context
	w   io.Writer
}

func (w interruptible) Write(p []byte) (n int, err error) {
	for chunk := range slices.Chunk(p, Piece) {
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
