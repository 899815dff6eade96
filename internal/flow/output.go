package flow

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"matpool/internal/base/file"
	"matpool/internal/status"
	"matpool/npyio"
)

// An arrayFile is an output of one array: a .npy file or, if its name ends in .npz, a file as np.savez(name, array)
// writes it. Write writes values, in order.
type arrayFile struct {
	out    *file.Output
	values int64            // where they begin
	layout *npyio.NpzLayout // or nil
	sum    npyio.Checksum   // of the values of a .npz file
}

// createArray makes the file for an array and reserves room for it.
func createArray(name string, h npyio.Header) (*arrayFile, error) {
	if err := checkNotMember(name); err != nil {
		return nil, err
	}
	if !strings.EqualFold(filepath.Ext(name), ".npz") {
		out, err := create(name, h)
		if err != nil {
			return nil, err
		}
		return &arrayFile{out: out, values: int64(len(h.Append(nil)))}, nil
	}
	out, err := file.Create(name)
	if err != nil {
		return nil, outputError(err)
	}
	layout := npyio.NewNpzLayout(npyio.NpzMember{Name: product, Header: h})
	f := &arrayFile{out: out, values: layout.Values(0), layout: layout}
	err = out.Reserve(layout.Size())
	if err == nil {
		_, err = out.Seek(f.values, io.SeekStart)
	}
	if err != nil {
		f.close()
		return nil, err
	}
	return f, nil
}

// checkNotMember returns an error if the name of an output has the form FILE.npz:NAME.
func checkNotMember(name string) error {
	if _, _, isMember := npyio.SplitMember(name); isMember {
		return status.UsageError(fmt.Errorf("%s: an output is a file of its own, not an array in one", name), "the name FILE.npz makes a .npz file, with the array as arr_0")
	}
	return nil
}

func (f *arrayFile) Write(values []byte) (int, error) {
	if f.layout != nil {
		f.sum = f.sum.Then(npyio.ChecksumOf(values))
	}
	return f.out.Write(values)
}

func (f *arrayFile) commit(sync bool) error {
	if f.layout != nil {
		if err := f.layout.Finish(f.out.At, f.sum); err != nil {
			return err
		}
	}
	return f.out.Commit(sync)
}

func (f *arrayFile) close() {
	if f != nil {
		f.out.Close()
	}
}
