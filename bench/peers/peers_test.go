// Package peers compares npyio with other Go packages that read and write .npy files, and with the lower bound: plain reads
// and writes.
package peers

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"unsafe"

	"github.com/kshedden/gonpy"
	sbinet "github.com/sbinet/npyio"

	"matpool/npyio"
)

const rows, cols = 1000, 1000

// A reader returns the values of a file of rows×cols float64s.
var readers = []struct {
	name string
	read func(name string) ([]float64, error)
}{
	{"npyio", func(name string) ([]float64, error) {
		f, err := npyio.Open(name)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		x := make([]float64, rows*cols)
		return x, f.Read(unsafe.Slice((*byte)(unsafe.Pointer(&x[0])), 8*len(x)), 0)
	}},
	{"gonpy", func(name string) ([]float64, error) {
		r, err := gonpy.NewFileReader(name)
		if err != nil {
			return nil, err
		}
		return r.GetFloat64()
	}},
	{"sbinet", func(name string) ([]float64, error) {
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		var x []float64
		return x, sbinet.Read(f, &x)
	}},
}

// A writer makes a file of rows×cols float64s.
var writers = []struct {
	name  string
	write func(name string, x []float64) error
}{
	{"npyio", func(name string, x []float64) error {
		f, err := os.Create(name)
		if err != nil {
			return err
		}
		defer f.Close()
		if _, err := f.Write(npyio.Header{DType: npyio.Float64, Shape: []int{rows, cols}}.Append(nil)); err != nil {
			return err
		}
		return npyio.WriteFloat64s(f, x)
	}},
	{"gonpy", func(name string, x []float64) error {
		w, err := gonpy.NewFileWriter(name)
		if err != nil {
			return err
		}
		w.Shape = []int{rows, cols}
		return w.WriteFloat64(x)
	}},
	{"sbinet", func(name string, x []float64) error {
		f, err := os.Create(name)
		if err != nil {
			return err
		}
		defer f.Close()
		return sbinet.Write(f, x) // one dimension: it takes shapes only from gonum's matrices
	}},
}

func values() []float64 {
	x := make([]float64, rows*cols)
	for i := range x {
		x[i] = float64(i) / 7
	}
	return x
}

// Each reader reads back what each writer has written, so the benchmarks below time the same work. One pair is left out:
// gonpy ends a header without a newline, which makes sbinet's reader panic (v0.6.0).
func TestAllAgree(t *testing.T) {
	x := values()
	for _, w := range writers {
		name := filepath.Join(t.TempDir(), "x.npy")
		if err := w.write(name, x); err != nil {
			t.Fatalf("%s: %v", w.name, err)
		}
		for _, r := range readers {
			if w.name == "gonpy" && r.name == "sbinet" {
				continue
			}
			y, err := r.read(name)
			if err != nil || len(y) != len(x) {
				t.Fatalf("%s reading %s's file: %d values, %v", r.name, w.name, len(y), err)
			}
			for i := range x {
				if x[i] != y[i] {
					t.Fatalf("%s reading %s's file: value %d is %v, want %v", r.name, w.name, i, y[i], x[i])
				}
			}
		}
	}
}

func BenchmarkRead(b *testing.B) {
	name := filepath.Join(b.TempDir(), "x.npy")
	if err := writers[0].write(name, values()); err != nil {
		b.Fatal(err)
	}
	for _, r := range readers {
		b.Run("by="+r.name, func(b *testing.B) {
			b.SetBytes(8 * rows * cols)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := r.read(name); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("by=os.ReadFile", func(b *testing.B) { // bytes, no values
		b.SetBytes(8 * rows * cols)
		b.ReportAllocs()
		for b.Loop() {
			if _, err := os.ReadFile(name); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkWrite(b *testing.B) {
	x := values()
	name := filepath.Join(b.TempDir(), "x.npy")
	for _, w := range writers {
		b.Run("by="+w.name, func(b *testing.B) {
			b.SetBytes(8 * rows * cols)
			b.ReportAllocs()
			for b.Loop() {
				os.Remove(name)
				if err := w.write(name, x); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("by=os.WriteFile", func(b *testing.B) {
		data := bytes.Repeat([]byte{1}, 8*rows*cols)
		b.SetBytes(8 * rows * cols)
		b.ReportAllocs()
		for b.Loop() {
			os.Remove(name)
			if err := os.WriteFile(name, data, 0o666); err != nil {
				b.Fatal(err)
			}
		}
	})
}
