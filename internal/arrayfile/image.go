package arrayfile

import (
	"matpool/internal/base/file"
	"matpool/internal/base/hash"
	"matpool/npyio"
)

// An Image is the file of an array that [Create] would make under a name. Nothing is written: only its size and its
// hash are wanted.
type Image struct {
	header npyio.Header
	hasher hash.Hasher
	npz    bool
	values []byte // of a .npz file, where their checksum stands before them
}

// NewImage returns the image of a file, which then gets its values in order.
func NewImage(name string, h npyio.Header) *Image {
	m := &Image{header: h, npz: file.IsNpz(name)}
	if !m.npz {
		m.hasher.Write(h.Append(nil))
	}
	return m
}

// Write takes values.
func (m *Image) Write(values []byte) (int, error) {
	if m.npz {
		m.values = append(m.values, values...)
		return len(values), nil
	}
	return m.hasher.Write(values)
}

// Sum returns the size and the hash of the file when it has all its values.
func (m *Image) Sum() (size int64, h hash.Hash, err error) {
	if m.npz {
		m.hasher = hash.Hasher{}
		err = npyio.WriteNpz(&m.hasher, npyio.Array{Name: Only, DType: m.header.DType, Shape: m.header.Shape, Data: m.values})
	}
	return m.hasher.Size(), m.hasher.Sum(), err
}
