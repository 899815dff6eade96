package blas

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"

	"matpool/elem"
)

// mapped returns a matrix in a mapped file, and a function that truncates the file. The matrix is
// zeros but for its first value: of integers of 64 bits that is so large that they are not
// multiplied as float64s.
func mapped(t *testing.T, rows, cols int, typ elem.Type, lost func() error) (f Factor, truncate func()) {
	t.Helper()
	name := filepath.Join(t.TempDir(), "mapped")
	file, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	size := rows * cols * typ.Size()
	_, err = file.Write(bytes.Repeat([]byte{0xff}, 8))
	if err := errors.Join(err, file.Truncate(int64(size))); err != nil {
		t.Fatal(err)
	}
	memory, err := unix.Mmap(int(file.Fd()), 0, size, unix.PROT_READ, unix.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Munmap(memory) })
	f = DenseFactor(rows, cols, typ, memory)
	f.Lost = lost
	return f, func() {
		if err := os.Truncate(name, 0); err != nil {
			t.Error(err)
		}
	}
}

var errA, errB = errors.New("lost: A"), errors.New("lost: B")

// mappedFactors calls test for products in which mapped factors are read in all the ways there are, with
// each Multiplier.
func mappedFactors(t *testing.T, test func(t *testing.T, m Multiplier, rows, k, cols int, typ elem.Type)) {
	for _, x := range []struct {
		read          string
		rows, k, cols int
		typ           elem.Type
	}{
		{"packed", 400, 600, 400, elem.Float64},
		{"by the kernel, A", 20000, 80, 8, elem.Float64},
		{"by the kernel, A and B", 8, 800, 4000, elem.Float64},
		{"converted", 400, 600, 400, elem.Float32},
		{"turned", 300, 400, 300, elem.Complex128},
		{"multiplied as integers", 1000, 400, 64, elem.Uint64},
	} {
		t.Run(x.read, func(t *testing.T) {
			forEach(t, func(t *testing.T, m Multiplier) {
				test(t, m, x.rows, x.k, x.cols, x.typ)
			})
		})
	}
}

// A factor whose memory is lost ends the product with the factor's error, whether a Go function
// reads it or a kernel in assembly. The Multiplier can be used again.
func TestLostMemoryIsAnError(t *testing.T) {
	mappedFactors(t, func(t *testing.T, m Multiplier, rows, k, cols int, typ elem.Type) {
		memory := make([]float64, rows*cols*typ.Parts())
		for _, lost := range []error{errA, errB, nil} {
			a, truncateA := mapped(t, rows, k, typ, func() error { return errA })
			b, truncateB := mapped(t, k, cols, typ, func() error { return errB })
			switch lost {
			case errA:
				truncateA()
			case errB:
				truncateB()
			}
			if _, err := Matmul(t.Context(), m, memory, a, b, nil); err != lost {
				t.Errorf("error %v, want %v", err, lost)
			}
		}
		if typ.IsComplex() { // it has no Gram matrix
			return
		}
		x, truncate := mapped(t, k, min(rows, 300), typ, func() error { return errA })
		truncate()
		if _, err := Gram(t.Context(), m, make([]float64, x.Cols*x.Cols), x, nil); err != errA {
			t.Errorf("Gram: error %v", err)
		}
	})
}

// So does one that is lost while the product is computed: of A, rows are read until the end.
func TestMemoryLostInTheMiddle(t *testing.T) {
	mappedFactors(t, func(t *testing.T, m Multiplier, rows, k, cols int, typ elem.Type) {
		a, truncate := mapped(t, rows, k, typ, func() error { return errA })
		b, _ := mapped(t, k, cols, typ, func() error { return errB })
		_, err := Matmul(t.Context(), m, make([]float64, rows*cols*typ.Parts()), a, b, func(int64) { truncate() })
		if err != errA {
			t.Errorf("error %v", err)
		}
	})
}

// A fault anywhere else is not taken for lost memory: it panics with the runtime's error. QEMU does not pass its
// address on.
func TestOtherFaultsPanic(t *testing.T) {
	m, err := New(Kernels()[len(Kernels())-1], 1) // in Go
	if err != nil {
		t.Fatal(err)
	}
	a, _ := mapped(t, 600, 600, elem.Float64, func() error { return errA })
	b, truncateB := mapped(t, 600, 600, elem.Float64, nil)
	truncateB()
	defer func() {
		fault, ok := recover().(runtime.Error)
		at, known := fault.(interface{ Addr() uintptr })
		if !ok || known && at.Addr()-uintptr(unsafe.Pointer(&b.Data[0])) >= uintptr(len(b.Data)) {
			t.Errorf("panic %v, want a fault in B", fault)
		}
	}()
	_, err = Matmul(t.Context(), m, make([]float64, 600*600), a, b, nil)
	t.Errorf("error %v, want a panic", err)
}
