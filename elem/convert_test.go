package elem

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"
	"unsafe"
)

func floatBytes(x []float64) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(x))), 8*len(x))
}

// native returns an integer's low bytes in the machine's order.
func native(v uint64, size int) []byte {
	b := binary.NativeEndian.AppendUint64(nil, v)
	if b0 := binary.NativeEndian.AppendUint16(nil, 1); b0[0] == 1 {
		return b[:size]
	}
	return b[8-size:]
}

// integral returns the types of integers and booleans, and a few of each one's values as
// 64 bits, its least and largest among them.
func integral() map[Type][]uint64 {
	values := map[Type][]uint64{Bool: {0, 1}}
	for _, t := range Types() {
		bits := 8 * t.Size()
		switch t.Kind() {
		case 'i':
			least := -(int64(1) << (bits - 1))
			values[t] = []uint64{0, 1, math.MaxUint64, 42, uint64(least), uint64(least + 1), uint64(-(least + 1))}
		case 'u':
			values[t] = []uint64{0, 1, 42, math.MaxUint64 >> (64 - bits), math.MaxUint64 >> (64 - bits) >> 1, 1 << (bits - 1)}
		}
	}
	return values
}

// nearest returns an integer of a type as a float64, by package big.
func nearest(t Type, v uint64) float64 {
	x := new(big.Float).SetUint64(v)
	if t.Kind() == 'i' {
		x = new(big.Float).SetInt64(int64(v))
	}
	f, _ := x.Float64()
	return f
}

// layouts gives the same values aligned and not, in the machine's byte order and the other.
func layouts(values []byte, t Type, check func(src []byte, swap bool)) {
	swapped := slices.Clone(values)
	SwapBytes(swapped, t)
	for shift := range 9 {
		memory := make([]byte, len(values)+8)
		at := memory[shift:][:len(values)]
		copy(at, values)
		check(at, false)
		copy(at, swapped)
		check(at, true)
	}
}

// Integers are what they are, in every layout and in blocks too; those beyond 2⁵³ are rounded.
func TestIntegers(t *testing.T) {
	for typ, values := range integral() {
		values = append(values, values[len(values)-1]) // an even number of them
		if typ.Size() == 8 {
			for range 100 {
				values = append(values, rand.Uint64(), 1<<53+1, 1<<53+3, 1<<63+1<<10, 1<<63+3<<10)
			}
		}
		values = slices.Repeat(values, 5000/len(values)+1) // several blocks
		var src []byte
		var want []float64
		var ints []int64
		most := uint64(0)
		for _, v := range values {
			src = append(src, native(v, typ.Size())...)
			want = append(want, nearest(typ, v))
			ints = append(ints, int64(v))
			magnitude := v
			if typ.Kind() == 'i' && int64(v) < 0 {
				magnitude = -v
			}
			most = max(most, magnitude)
		}
		layouts(src, typ, func(src []byte, swap bool) {
			got := make([]float64, len(want))
			if ToFloat64(got, src, typ, swap); !slices.Equal(got, want) {
				t.Errorf("%v, swapped %v: ToFloat64 %v, want %v", typ, swap, got[:10], want[:10])
			}
			gotInts := make([]int64, len(ints))
			if ToInt64(gotInts, src, typ, swap); !slices.Equal(gotInts, ints) {
				t.Errorf("%v, swapped %v: ToInt64 %v, want %v", typ, swap, gotInts[:10], ints[:10])
			}
			if got := MaxAbs(src, typ, swap); got != most {
				t.Errorf("%v, swapped %v: MaxAbs %d, want %d", typ, swap, got, most)
			}
			if swap || typ.Size() < 8 {
				return
			}
			hi, lo := make([]float64, len(want)), make([]float64, len(want))
			SplitInt64(hi, lo, src, typ, swap)
			for i, v := range values {
				exact := new(big.Float).SetInt64(int64(v))
				if typ == Uint64 {
					exact = new(big.Float).SetUint64(v)
				}
				sum := new(big.Float).SetPrec(200).Add(big.NewFloat(hi[i]), big.NewFloat(lo[i]))
				if hi[i] != want[i] || sum.Cmp(exact) != 0 {
					t.Fatalf("%v: %v + %v, want %v", typ, hi[i], lo[i], exact)
				}
			}
		})
		for shift := range 9 {
			back := make([]byte, len(src)+8)[shift:][:len(src)]
			if FromInt64(back, ints, typ); !bytes.Equal(back, src) {
				t.Errorf("%v: FromInt64 differs", typ)
			}
			if typ.Size() == 8 {
				continue // more than 2⁵³
			}
			clear(back)
			if FromFloat64(back, want, typ); !bytes.Equal(back, src) {
				t.Errorf("%v: FromFloat64 differs", typ)
			}
		}
	}
}

// MaxAbs finds the largest wherever it is, of either sign.
func TestMaxAbs(t *testing.T) {
	if got := MaxAbs(nil, Int32, true); got != 0 {
		t.Errorf("of nothing: %d", got)
	}
	for typ := range integral() {
		for i := range 20 {
			src := make([]byte, 20*typ.Size())
			copy(src[i*typ.Size():], native(1, typ.Size()))
			if got := MaxAbs(src, typ, false); got != 1 {
				t.Errorf("%v: 1 at %d: %d", typ, i, got)
			}
			if typ.Kind() == 'i' {
				copy(src[i*typ.Size():], native(math.MaxUint64-6, typ.Size()))
				if got := MaxAbs(src, typ, false); got != 7 {
					t.Errorf("%v: -7 at %d: %d", typ, i, got)
				}
			}
		}
	}
}

// What does not fit wraps around, from float64 as from int64; a boolean is true but for 0.
func TestWrapAround(t *testing.T) {
	ints := []int64{0, 1, -1, 127, 128, 255, 256, -128, -129, 32768, 65536, 1<<31 + 5, 1<<32 + 6, 1<<53 - 1, -(1<<53 - 1)}
	floats := make([]float64, len(ints))
	for i, v := range ints {
		floats[i] = float64(v)
	}
	for typ := range integral() {
		var want []byte
		for _, v := range ints {
			if typ == Bool {
				want = append(want, map[bool]byte{true: 1}[v != 0])
				continue
			}
			want = append(want, native(uint64(v), typ.Size())...)
		}
		got := make([]byte, len(want))
		if FromInt64(got, ints, typ); !bytes.Equal(got, want) {
			t.Errorf("%v: FromInt64 %x, want %x", typ, got, want)
		}
		if FromFloat64(got, floats, typ); !bytes.Equal(got, want) {
			t.Errorf("%v: FromFloat64 %x, want %x", typ, got, want)
		}
	}
}

// A byte that is neither 0 nor 1 is a true boolean.
func TestBytesAsBooleans(t *testing.T) {
	floats, ints := make([]float64, 4), make([]int64, 4)
	src := []byte{0, 1, 2, 255}
	ToFloat64(floats, src, Bool, false)
	ToInt64(ints, src, Bool, true)
	if !slices.Equal(floats, []float64{0, 1, 1, 1}) || !slices.Equal(ints, []int64{0, 1, 1, 1}) || MaxAbs(src, Bool, false) != 1 {
		t.Errorf("%v, %v", floats, ints)
	}
}

// A complex value is two floats, each with a byte order of its own.
func TestComplex(t *testing.T) {
	want := []float64{1, -2, 3.5, math.Inf(1)}
	for _, typ := range []Type{Complex64, Complex128} {
		dst := make([]byte, 2*typ.Size())
		FromFloat64(dst, want, typ)
		part := native(math.Float64bits(-2), 8)
		if typ == Complex64 {
			part = native(uint64(math.Float32bits(-2)), 4)
		}
		if !bytes.Equal(dst[len(part):2*len(part)], part) {
			t.Errorf("%v: %x", typ, dst)
		}
		layouts(dst, typ, func(src []byte, swap bool) {
			got := make([]float64, 4)
			if ToFloat64(got, src, typ, swap); !slices.Equal(got, want) {
				t.Errorf("%v, swapped %v: %v", typ, swap, got)
			}
		})
	}
}

// Values are widened where they end the memory of the wide ones, and narrowed where they
// begin it.
func TestInPlace(t *testing.T) {
	const n = 3000 // several blocks
	for _, typ := range Types() {
		for _, swap := range []bool{false, true} {
			want := make([]float64, n)
			for i := range want {
				want[i] = float64(i % 2)
			}
			memory := make([]float64, n)
			all := floatBytes(memory)
			tail := all[len(all)-n/typ.Parts()*typ.Size():]
			FromFloat64(tail, want, typ)
			narrow := slices.Clone(tail)
			if swap {
				SwapBytes(tail, typ)
			}
			if ToFloat64(memory, tail, typ, swap); !slices.Equal(memory, want) {
				t.Errorf("%v, swapped %v: widening in place fails", typ, swap)
			}
			head := all[:len(narrow)]
			if FromFloat64(head, memory, typ); !bytes.Equal(head, narrow) {
				t.Errorf("%v: narrowing in place fails", typ)
			}
		}
		if typ == Bool || typ.IsInteger() {
			ints := make([]int64, n)
			for i := range ints {
				ints[i] = int64(i % 2)
			}
			all := unsafe.Slice((*byte)(unsafe.Pointer(&ints[0])), 8*n)
			narrow := make([]byte, n*typ.Size())
			FromInt64(narrow, ints, typ)
			if FromInt64(all[:len(narrow)], ints, typ); !bytes.Equal(all[:len(narrow)], narrow) {
				t.Errorf("%v: narrowing in place fails", typ)
			}
			tail := all[8*n-len(narrow):]
			copy(tail, narrow)
			ToInt64(ints, tail, typ, false)
			for i, v := range ints {
				if v != int64(i%2) {
					t.Fatalf("%v: widening in place: value %d is %d", typ, i, v)
				}
			}
		}
	}
}

// Many values at once become what each becomes alone, wherever they begin.
func TestManyValuesAsOne(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, typ := range Types() {
		size, parts := typ.Size(), typ.Parts()
		src := make([]byte, 300*size)
		for i := range src {
			src[i] = byte(random.Uint32())
		}
		for first := range 20 {
			part := src[first*size : len(src)-first*5*size]
			n := len(part) / size
			all, one := make([]float64, n*parts), make([]float64, parts)
			ToFloat64(all, part, typ, false)
			back := make([]byte, len(part))
			FromFloat64(back, all, typ.Part())
			for i := range n {
				ToFloat64(one, part[i*size:][:size], typ, false)
				if !bytes.Equal(floatBytes(one), floatBytes(all[i*parts:][:parts])) {
					t.Fatalf("%v: value %d of %d becomes %v, alone %v", typ, i, n, all[i*parts:][:parts], one)
				}
				alone := make([]byte, size)
				if FromFloat64(alone, one, typ); !bytes.Equal(alone, back[i*size:][:size]) {
					t.Fatalf("%v: value %d of %d, %v, is rounded to %x, alone to %x", typ, i, n, one, back[i*size:][:size], alone)
				}
			}
		}
	}
}

// Lengths that do not belong together, and types that are not meant, are programming errors.
func TestPanics(t *testing.T) {
	for what, call := range map[string]func(){
		"short src":   func() { ToFloat64(make([]float64, 3), make([]byte, 11), Float32, false) },
		"long src":    func() { ToFloat64(make([]float64, 3), make([]byte, 16), Float32, true) },
		"short dst":   func() { FromFloat64(make([]byte, 11), make([]float64, 3), Float32) },
		"ints":        func() { ToInt64(make([]int64, 1), make([]byte, 8), Float64, false) },
		"from ints":   func() { FromInt64(make([]byte, 4), make([]int64, 1), Float32) },
		"magnitude":   func() { MaxAbs(make([]byte, 4), Float32, false) },
		"split":       func() { SplitInt64(make([]float64, 1), make([]float64, 1), make([]byte, 4), Int32, false) },
		"short lo":    func() { SplitInt64(make([]float64, 2), make([]float64, 1), make([]byte, 16), Int64, false) },
		"half a pair": func() { ToFloat64(make([]float64, 2), make([]byte, 12), Complex64, false) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", what)
				}
			}()
			call()
		}()
	}
}

func TestNoAllocation(t *testing.T) {
	dst, src := make([]float64, 5000), make([]byte, 20000)
	if n := testing.AllocsPerRun(10, func() {
		ToFloat64(dst, src, Float32, true)
		ToFloat64(dst, src, Float32, false)
		FromFloat64(src, dst, Float32)
		MaxAbs(src, Int32, true)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// What is counted is the wider side. The blocks are as long as one fits in the second cache.
func BenchmarkToFloat64(b *testing.B) {
	for _, typ := range Types() {
		for _, swap := range []bool{false, true} {
			b.Run(fmt.Sprintf("%v/swap=%v", typ, swap), func(b *testing.B) {
				dst := make([]float64, 1<<14)
				src := make([]byte, len(dst)/typ.Parts()*typ.Size())
				for b.Loop() {
					ToFloat64(dst, src, typ, swap)
				}
				perSecond(b, len(dst))
			})
		}
	}
}

func BenchmarkFromFloat64(b *testing.B) {
	for _, typ := range Types() {
		b.Run(typ.String(), func(b *testing.B) {
			src := make([]float64, 1<<14)
			for i := range src {
				src[i] = float64(i%100) + 1
			}
			dst := make([]byte, len(src)/typ.Parts()*typ.Size())
			for b.Loop() {
				FromFloat64(dst, src, typ)
			}
			perSecond(b, len(src))
		})
	}
}

func BenchmarkMaxAbs(b *testing.B) {
	for typ := range integral() {
		b.Run(typ.String(), func(b *testing.B) {
			src := make([]byte, typ.Size()<<14)
			for b.Loop() {
				MaxAbs(src, typ, false)
			}
			perSecond(b, 1<<14)
		})
	}
}

func perSecond(b *testing.B, values int) {
	b.ReportMetric(8*float64(values)*float64(b.N)/b.Elapsed().Seconds()/1e9, "GB/s")
}
