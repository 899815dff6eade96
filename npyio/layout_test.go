package npyio

import (
	"bytes"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"matpool/elem"
)

// A file whose values are written at their places, last ones first, is the one that is written from its beginning.
func TestLayoutInAnyOrder(t *testing.T) {
	arrays := []Array{hi, {Name: "ä", DType: DTypeOf(elem.Int8), Shape: []int{3}, Data: []byte{1, 2, 3}}, lo, {Name: "none", Shape: []int{0, 2}}}
	want := npz(t, arrays...)
	var members []NpzMember
	for _, a := range arrays {
		members = append(members, NpzMember{a.Name, a.header()})
	}
	layout := NewNpzLayout(members...)
	if layout.Size() != int64(len(want)) {
		t.Errorf("size %d, want %d", layout.Size(), len(want))
	}
	file, err := os.Create(filepath.Join(t.TempDir(), "x.npz"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	sums := make([]Checksum, len(arrays))
	for i := len(arrays) - 1; i >= 0; i-- {
		sums[i] = ChecksumOf(arrays[i].bytes())
		if _, err := file.WriteAt(arrays[i].bytes(), layout.Values(i)); err != nil {
			t.Fatal(err)
		}
	}
	if err := layout.Finish(func(offset int64) io.Writer { return io.NewOffsetWriter(file, offset) }, sums...); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(file.Name())
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("another file, %v", err)
	}
}

// The checksum of a whole is made of those of its parts.
func TestChecksumsOfParts(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	whole := make([]byte, 1000)
	for i := range whole {
		whole[i] = byte(r.Uint32())
	}
	want := ChecksumOf(whole)
	for range 100 {
		var got Checksum
		for rest := whole; len(rest) > 0; {
			n := r.IntN(min(len(rest), 1+r.IntN(400)) + 1)
			got = got.Then(ChecksumOf(rest[:n]))
			rest = rest[n:]
		}
		if got != want {
			t.Fatalf("%v, want %v", got, want)
		}
	}
}
