package nprand

import (
	"math"
	"slices"
	"testing"
)

// numpy's own doubles, printed by numpy 1.24.2 with
//
//	import numpy as np
//	for seed in 0, 1, 42, 4294967295:
//	    np.random.seed(seed)
//	    x = np.random.rand(1000000)
//	    print(seed, *[x[i].hex() for i in (0, 1, 311, 312, 999999)])
//
// The 624 words of the state are 312 doubles.
var numpy = []struct {
	seed                              uint32
	first, second, last, refill, deep float64
}{
	{0, 0x1.18fe1565f12a8p-1, 0x1.6e2d4cf608733p-1, 0x1.2cf25ce2031ccp-3, 0x1.45b8f280519f0p-4, 0x1.d134ca597188ep-1},
	{1, 0x1.ab07d0ffa3c06p-2, 0x1.70ce5f3baf051p-1, 0x1.d1bbbf5de4b9cp-1, 0x1.074a049bfdcd2p-2, 0x1.7b234ba69485ep-2},
	{42, 0x1.7f8771e5f51ecp-2, 0x1.e6c4068bbd654p-1, 0x1.415b7a8070ca8p-4, 0x1.9f58b97983ee0p-6, 0x1.dbe0ae18aa51bp-1},
	{4294967295, 0x1.8fe69a3924820p-4, 0x1.d323d824032b1p-1, 0x1.2369739e9c078p-2, 0x1.cc39c1c9cc10cp-1, 0x1.de7d8f9d2fd06p-1},
}

func rand(seed uint32, n int) []float64 {
	x := make([]float64, n)
	New(seed).Float64s(x)
	return x
}

func TestTheStreamIsNumpys(t *testing.T) {
	for _, want := range numpy {
		x := rand(want.seed, 1_000_000)
		for _, v := range []struct {
			index int
			want  float64
		}{{0, want.first}, {1, want.second}, {311, want.last}, {312, want.refill}, {999_999, want.deep}} {
			if x[v.index] != v.want {
				t.Errorf("seed %d: double %d is %x, numpy has %x", want.seed, v.index, x[v.index], v.want)
			}
		}
	}
}

func TestPiecesMakeTheSameStream(t *testing.T) {
	want := rand(42, 3000)
	for _, piece := range []int{1, 2, 3, 5, 7, 101, 311, 312, 313, 624, 625, 1000} {
		got := make([]float64, len(want))
		s := New(42)
		for rest := range slices.Chunk(got, piece) {
			s.Float64s(rest)
			s.Float64s(nil)
		}
		if !slices.Equal(got, want) {
			t.Errorf("in pieces of %d the stream is another one", piece)
		}
	}
}

func TestValuesAreInTheHalfOpenUnitInterval(t *testing.T) {
	for i, x := range rand(7, 1_000_000) {
		if !(0 <= x && x < 1) {
			t.Fatalf("double %d is %v", i, x)
		}
	}

	// A million doubles come near neither end; these words make the two ends.
	const none, all = 0, 0x12dd9bb3
	if temper(none) != 0 || temper(all) != math.MaxUint32 {
		t.Fatal("the words do not temper to no bits and all bits")
	}
	ends := make([]float64, 2)
	convert(ends, []uint32{none, none, all, all})
	if want := []float64{0, 1 - 0x1p-53}; !slices.Equal(ends, want) {
		t.Errorf("the ends are %v, want %v", ends, want)
	}
}

func TestFloat64sDoesNotAllocate(t *testing.T) {
	s, x := New(1), make([]float64, 1000)
	if n := testing.AllocsPerRun(10, func() { s.Float64s(x) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// The versions with vectors, if this processor has one, against the portable ones: every length, every
// remainder, nothing written behind the end.
func TestWideEqualsPortable(t *testing.T) {
	words := New(5).words
	for n := range 40 {
		got, want := words, words
		twist(got[:n+1], got[397:])
		twistGo(want[:n+1], want[397:])
		if got != want {
			t.Errorf("twist of %d words", n)
		}

		x, y := make([]float64, 48), make([]float64, 48)
		convert(x[:n], words[:2*n])
		convertGo(y[:n], words[:2*n])
		if !slices.Equal(x, y) {
			t.Errorf("convert to %d doubles", n)
		}
	}
}

// Doubles of one matrix row, so that dst stays in the nearest cache and the generator is what is timed.
func BenchmarkFloat64s(b *testing.B) {
	s, x := New(1), make([]float64, 1000)
	b.SetBytes(int64(8 * len(x)))
	for b.Loop() {
		s.Float64s(x)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(x)), "ns/double")
}
