package pages

import (
	"errors"
	"testing"
)

func TestBufferGrowsAndIsReused(t *testing.T) {
	var b Buffer
	for _, n := range []int{0, 1, 1000, hugePage/8 - 1, hugePage / 8, 3*hugePage/8 + 1, 10} {
		x, err := b.Floats(n)
		if err != nil || len(x) != n || cap(x) != n {
			t.Fatalf("Floats(%d): %d values, cap %d, %v", n, len(x), cap(x), err)
		}
		for i := range x {
			x[i] = float64(i)
		}
	}
	big, _ := b.Floats(2000)
	small, _ := b.Floats(1000)
	if &big[0] != &small[0] {
		t.Error("a smaller request got other memory")
	}
	if err := b.Free(); err != nil {
		t.Error(err)
	}
	if err := b.Free(); err != nil {
		t.Errorf("Free of an empty buffer: %v", err)
	}
}

func TestFreshMemoryIsZero(t *testing.T) {
	x, err := Alloc(hugePage)
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range x {
		if v != 0 {
			t.Fatalf("x[%d] = %v", i, v)
		}
	}
}

// A lack of memory is an error of its own kind, never a crash, and the buffer stays
// usable.
func TestTooMuchIsAnError(t *testing.T) {
	for _, n := range []int{1 << 57, maxFloats, maxFloats + 1, int(^uint(0) >> 1)} {
		var b Buffer
		_, err := b.Floats(n)
		var e *Error
		if !errors.As(err, &e) {
			t.Errorf("Floats(%d): error %v", n, err)
		}
		if _, err := b.Floats(10); err != nil {
			t.Errorf("after Floats(%d): %v", n, err)
		}
	}
}
