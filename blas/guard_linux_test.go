package blas

import (
	"math/rand/v2"
	"os"
	"runtime/debug"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

// guarded returns n float64s that end where memory ends: behind them lies a page that
// cannot be touched. They begin behind such a page, too, if they fill whole pages.
func guarded(t *testing.T, n int) []float64 {
	page := os.Getpagesize()
	size := roundUp(max(8*n, 1), page)
	memory, err := unix.Mmap(-1, 0, size+2*page, unix.PROT_NONE, unix.MAP_ANON|unix.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Munmap(memory) })
	inside := memory[page:][:size]
	if err := unix.Mprotect(inside, unix.PROT_READ|unix.PROT_WRITE); err != nil {
		t.Fatal(err)
	}
	return unsafe.Slice((*float64)(unsafe.Pointer(unsafe.SliceData(inside))), size/8)[size/8-n:]
}

// Nothing outside of the matrices is touched, not even to be ignored: the kernels read small
// factors where they lie.
func TestNothingOutsideIsTouched(t *testing.T) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	const most = 60
	a, b, c := guarded(t, most*most), guarded(t, most*most), guarded(t, most*most)
	rng := rand.New(rand.NewPCG(13, 14))
	for _, name := range Kernels() {
		m, err := New(name, 1)
		if err != nil {
			t.Fatal(err)
		}
		for rows := 1; rows <= 20; rows++ {
			for cols := 1; cols <= most; cols++ {
				k := 1 + rng.IntN(40)
				p, q, r := Dense(rows, k, a[len(a)-rows*k:]), Dense(k, cols, b[len(b)-k*cols:]), Dense(rows, cols, c[len(c)-rows*cols:])
				mul(t, m, r, p, q)
				mul(t, m, r, Dense(k, rows, p.Data).T(), q)
				mul(t, m, Dense(cols, rows, r.Data).T(), p, q)
			}
		}
	}
}
