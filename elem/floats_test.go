package elem

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// halves are all 65536 values of float16, computed by the formula of IEEE 754.
func halves() []float64 {
	values := make([]float64, 1<<16)
	for i := range values {
		e, m := i>>10&31, float64(i&1023)
		switch {
		case e == 31 && m == 0:
			values[i] = math.Inf(1)
		case e == 31:
			values[i] = math.NaN()
		case e == 0:
			values[i] = math.Ldexp(m, -24)
		default:
			values[i] = math.Ldexp(1024+m, e-25)
		}
		if i >= 1<<15 {
			values[i] = -values[i]
		}
	}
	return values
}

func toHalves(x ...float64) []uint16 {
	dst := make([]byte, 2*len(x))
	FromFloat64(dst, x, Float16)
	return view[uint16](dst)
}

// Every float16 is read as its value, and written as itself.
func TestEveryHalf(t *testing.T) {
	want := halves()
	var src []byte
	for i := range want {
		src = binary.NativeEndian.AppendUint16(src, uint16(i))
	}
	layouts(src, Float16, func(src []byte, swap bool) {
		got := make([]float64, len(want))
		ToFloat64(got, src, Float16, swap)
		for i := range got {
			if math.Float64bits(got[i]) != math.Float64bits(want[i]) && !(math.IsNaN(got[i]) && math.IsNaN(want[i])) {
				t.Fatalf("%#04x, swapped %v: %v, want %v", i, swap, got[i], want[i])
			}
		}
	})
	for i, h := range toHalves(want...) {
		if int(h) != i && !(math.IsNaN(want[i]) && h&0x7c00 == 0x7c00 && h&0x3ff != 0) {
			t.Fatalf("%v: %#04x, want %#04x", want[i], h, i)
		}
	}
}

// Between any two neighbours, the middle goes to the even one, and what is ever so little
// beside it to the nearer: there is one rounding, from float64.
func TestRoundingToHalf(t *testing.T) {
	values := halves()
	values[0x7c00] = 65536 // as if the range went on: from the middle on it is infinity
	for i := range uint16(0x7c00) {
		low, high := values[i], values[i+1]
		middle := (low + high) / 2
		below, above := math.Nextafter(middle, low), math.Nextafter(middle, high)
		even := i + i&1
		for _, sign := range []uint16{0, 0x8000} {
			s := math.Copysign(1, -float64(sign)+0.5)
			got := toHalves(s*below, s*middle, s*above)
			if want := []uint16{sign | i, sign | even, sign | (i + 1)}; !slices.Equal(got, want) {
				t.Fatalf("around the middle of %v and %v, times %v: %#04x, want %#04x", low, high, s, got, want)
			}
		}
	}
	for _, x := range []float64{65520, 1e10, math.MaxFloat64, math.Inf(1)} {
		if got := toHalves(x, -x); !slices.Equal(got, []uint16{0x7c00, 0xfc00}) {
			t.Errorf("±%v: %#04x", x, got)
		}
	}
	for _, x := range []float64{0x1p-25, 5e-324, 0} {
		if got := toHalves(x, math.Copysign(x, -1)); !slices.Equal(got, []uint16{0, 0x8000}) {
			t.Errorf("±%v: %#04x", x, got)
		}
	}
}

// The same of float32, at its edges and of random neighbours.
func TestRoundingToFloat32(t *testing.T) {
	float := func(bits uint32) float64 {
		if bits == 0x7f800000 {
			return 0x1p128
		}
		return float64(math.Float32frombits(bits))
	}
	patterns := []uint32{0, 1, 2, 0x7ffffe, 0x7fffff, 0x800000, 0x800001, 0x3f7fffff, 0x3f800000, 0x7f7ffffe, 0x7f7fffff}
	for range 10000 {
		patterns = append(patterns, rand.Uint32N(0x7f800000))
	}
	for _, i := range patterns {
		middle := (float(i) + float(i+1)) / 2
		for sign := range uint32(2) {
			s := 1 - 2*float64(sign)
			src := []float64{s * math.Nextafter(middle, 0), s * middle, s * math.Nextafter(middle, math.Inf(1))}
			dst := make([]byte, 12)
			FromFloat64(dst, src, Float32)
			if got, want := view[uint32](dst), []uint32{sign<<31 | i, sign<<31 | (i + i&1), sign<<31 | (i + 1)}; !slices.Equal(got, want) {
				t.Fatalf("%v: %#x, want %#x", src, got, want)
			}
			back := make([]float64, 1)
			if ToFloat64(back, dst[:4], Float32, false); back[0] != s*float64(math.Float32frombits(i)) {
				t.Fatalf("%#x: %v", i, back)
			}
		}
	}
}

// Infinities, NaNs and negative zeros stay what they are in all floating-point types.
func TestSpecialFloats(t *testing.T) {
	special := []float64{math.NaN(), -math.NaN(), math.Inf(1), math.Inf(-1), 0, math.Copysign(0, -1),
		math.Float64frombits(0x7ff0000000000001), math.Float64frombits(0xfff00000deadbeef)} // payloads that narrowing loses
	for _, typ := range Types() {
		if !typ.IsFloat() && !typ.IsComplex() {
			continue
		}
		dst := make([]byte, len(special)/typ.Parts()*typ.Size())
		FromFloat64(dst, special, typ)
		layouts(dst, typ, func(src []byte, swap bool) {
			got := make([]float64, len(special))
			ToFloat64(got, src, typ, swap)
			for i := range got {
				if fmt.Sprint(got[i], math.Signbit(got[i])) != fmt.Sprint(special[i], math.Signbit(special[i])) {
					t.Errorf("%v: %v, want %v", typ, got[i], special[i])
				}
			}
		})
	}
}
