package npyio

import (
	"os"
	"path/filepath"
	"testing"

	"matpool/internal/base/pages"
)

// matrix writes a file of 1000×1000 values and returns its name, and memory for them that has been touched.
func matrix(b *testing.B) (name string, x []float64) {
	x, err := pages.Alloc(1000 * 1000)
	if err != nil {
		b.Fatal(err)
	}
	for i := range x {
		x[i] = float64(i)
	}
	name = filepath.Join(b.TempDir(), "x.npy")
	writeMatrix(b, name, x)
	return name, x
}

func writeMatrix(b *testing.B, name string, x []float64) {
	f, err := os.Create(name)
	if err != nil {
		b.Fatal(err)
	}
	if _, err := f.Write(Header{DType: Float64, Shape: []int{1000, len(x) / 1000}}.Append(nil)); err != nil {
		b.Fatal(err)
	}
	if err := WriteFloat64s(f, x); err != nil {
		b.Fatal(err)
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
}

// A file is opened, its header read and held against its size.
func BenchmarkOpen(b *testing.B) {
	name, _ := matrix(b)
	b.ReportAllocs()
	for b.Loop() {
		f, err := Open(name)
		if err != nil {
			b.Fatal(err)
		}
		f.Close()
	}
}

// So is an array of an archive.
func BenchmarkOpenMember(b *testing.B) {
	path := save(b, npz(b, hi))
	b.ReportAllocs()
	for b.Loop() {
		f, err := OpenMember(path, "hi")
		if err != nil {
			b.Fatal(err)
		}
		f.Close()
	}
}

// From the page cache into memory that was used before.
func BenchmarkRead(b *testing.B) {
	name, x := matrix(b)
	f, err := Open(name)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	b.SetBytes(int64(8 * len(x)))
	b.ReportAllocs()
	for b.Loop() {
		if err := f.readFloat64s(x, 0); err != nil {
			b.Fatal(err)
		}
	}
}

// Into a file that is made anew, in the page cache.
func BenchmarkWriteFloat64s(b *testing.B) {
	name, x := matrix(b)
	b.SetBytes(int64(8 * len(x)))
	b.ReportAllocs()
	for b.Loop() {
		if err := os.Remove(name); err != nil {
			b.Fatal(err)
		}
		writeMatrix(b, name, x)
	}
}
