package nprand

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"math/big"
	"slices"
	"testing"
)

// Arrays of numpy 1.24.2 with glibc 2.36, as the first half of the SHA-256 of their bytes:
//
//	import hashlib, numpy as np
//	n = 1000001
//	def show(*arrays): print(hashlib.sha256(b''.join(x.tobytes() for x in arrays)).hexdigest()[:32])
//	np.random.seed(42)
//	show(np.random.randn(n))
//	show(*(np.random.randint(-3, 100, n, t) for t in 'bhiq'))
//	r = np.random.default_rng([2**64+1, 42])
//	for t in 'f8', 'f4': show(r.random(n, t))
//	for t in 'f8', 'f4': show(r.standard_normal(n, t))
//	show(*(r.integers(-3, 100, n, t) for t in 'bhiq'))
func TestStreamsAreNumpys(t *testing.T) {
	const n = 1_000_001
	s, g := New(42), generator(t, "18446744073709551617", "42")
	for _, want := range []struct {
		name  string
		bytes []byte
		hash  string
	}{
		{"randn", fill(t, n, s.Normals), "10383edea57489287fd57a9f7f40dfac"},
		{"randint", fourTypes(t, s, n), "b6dd0d4fdae31120af19a4bebf84a4c4"},
		{"random float64", fill(t, n, g.Float64s), "32c0499c7f1261bb9e206d3fab0ae8b6"},
		{"random float32", fill(t, n, g.Float32s), "98be6eff3e452e96fe66ae7fd2920816"},
		{"standard_normal float64", fill(t, n, g.Normals), "b222ae8baecd4a94aeb008ee6917bae0"},
		{"standard_normal float32", fill(t, n, g.Normal32s), "2e89641f8bb2df4b1162a2560a6554f3"},
		{"integers", fourTypes(t, g, n), "c501310fbd4c72b8b06487db75450194"},
	} {
		if hash := sha256.Sum256(want.bytes); fmt.Sprintf("%x", hash[:16]) != want.hash {
			t.Errorf("%s is another stream: %x", want.name, hash[:16])
		}
	}
}

// generator returns the Generator for decimal seeds.
func generator(t testing.TB, seed ...string) *Generator {
	t.Helper()
	var numbers []*big.Int
	for _, text := range seed {
		n, ok := new(big.Int).SetString(text, 10)
		if !ok {
			t.Fatalf("%q is no number", text)
		}
		numbers = append(numbers, n)
	}
	g, err := NewGenerator(numbers...)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// fill returns the bytes of n values, drawn in odd pieces.
func fill[T any](t *testing.T, n int, draw func([]T)) []byte {
	t.Helper()
	x := make([]T, n)
	for i, piece := 0, 1; i < n; i, piece = i+piece, 2*piece+1 {
		draw(x[i:min(n, i+piece)])
		draw(nil)
	}
	b, err := binary.Append(nil, binary.LittleEndian, x)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func fourTypes(t *testing.T, s Stream, n int) []byte {
	t.Helper()
	return slices.Concat(
		fill(t, n, NewIntegers[int8](s, -3, 99).Fill),
		fill(t, n, NewIntegers[int16](s, -3, 99).Fill),
		fill(t, n, NewIntegers[int32](s, -3, 99).Fill),
		fill(t, n, NewIntegers[int64](s, -3, 99).Fill))
}

// The 10000th word of the Mersenne Twister seeded with 5489 is in the C++ standard ([rand.predef]).
func TestMersenneTwisterOfTheStandard(t *testing.T) {
	words := make([]uint32, 10000)
	NewIntegers[uint32](New(5489), 0, math.MaxUint32).Fill(words)
	if got := words[9999]; got != 4123659995 {
		t.Errorf("word 10000 is %d, want 4123659995", got)
	}
}

// A double whose two words lie in two states, and one after it.
func TestDoublesAfterAnOddNumberOfWords(t *testing.T) {
	s, words := New(3), make([]uint64, 1000)
	NewIntegers[uint64](New(3), 0, math.MaxUint64).Fill(words)
	s.next()
	s.next()
	s.next()
	x := make([]float64, 900)
	s.Float64s(x)
	for i := range x {
		upper, lower := uint32(words[i+1]), uint32(words[i+2]>>32)
		if want := float64(uint64(upper>>5)<<26|uint64(lower>>6)) * 0x1p-53; x[i] != want {
			t.Fatalf("double %d is %v, want %v", i, x[i], want)
		}
	}
}

func TestSeedsThatAreRefused(t *testing.T) {
	for _, seed := range [][]*big.Int{nil, {big.NewInt(-1)}, {big.NewInt(1), big.NewInt(-1)}} {
		if _, err := NewGenerator(seed...); err == nil {
			t.Errorf("%v makes a generator", seed)
		}
	}
}

func TestSeedIsNotChanged(t *testing.T) {
	seed := new(big.Int).Lsh(big.NewInt(3), 99)
	if _, err := NewGenerator(seed); err != nil || seed.Cmp(new(big.Int).Lsh(big.NewInt(3), 99)) != 0 {
		t.Error(seed, err)
	}
}

func TestBoundsThatPanic(t *testing.T) {
	for name, draw := range map[string]func(){
		"integers": func() { NewIntegers[int8](New(1), 1, 0) },
		"bools":    func() { NewBools(New(1), 0, 2) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			draw()
		}()
	}
}

// The tables against what they stand for. Strips 255 to 1 end at x, strip 0 has the area of each.
func TestZigguratTables(t *testing.T) {
	near := func(what string, i int, got, want, tolerance float64) {
		t.Helper()
		if !(math.Abs(got-want) <= tolerance*math.Abs(want)) {
			t.Errorf("%s of strip %d is %v, want %v", what, i, got, want)
		}
	}
	area := tail*math.Exp(-tail*tail/2) + math.Sqrt(math.Pi/2)*math.Erfc(tail/math.Sqrt2)
	x, inner := tail, 0.0
	for i := 255; i > 0; i-- {
		density := math.Exp(-x * x / 2)
		inner = 0
		if i > 1 {
			inner = math.Sqrt(-2 * math.Log(area/x+density))
		}
		near("scale", i, normalScale[i], x*0x1p-52, 1e-12)
		near("density", i, normalDensity[i], density, 1e-12)
		near("inside", i, float64(normalInside[i]), inner/x*0x1p52, 1e-12)
		x = inner
	}
	base := area / math.Exp(-tail*tail/2)
	near("scale", 0, normalScale[0], base*0x1p-52, 1e-12)
	near("density", 0, normalDensity[0], 1, 0)
	near("inside", 0, float64(normalInside[0]), tail/base*0x1p52, 1e-12)
}

func TestLogTable(t *testing.T) {
	for i, c := range logTable {
		if want := math.Round(-math.Log(c.inverse)*0x1p43) * 0x1p-43; c.log != want {
			t.Errorf("log %d is %v, want %v", i, c.log, want)
		}
		middle := 0.6875 + (float64(i)+0.5)/256
		if i >= 80 {
			middle = 1 + (float64(i-80)+0.5)/128
		}
		if math.Abs(c.inverse*middle-1) > 1e-6 {
			t.Errorf("1/c %d is %v, want about 1/%v", i, c.inverse, middle)
		}
	}
}

// Near and far from 1, log and log1p are within a unit in the last place of Go's.
func TestLogarithms(t *testing.T) {
	ulp := func(x float64) float64 { return math.Nextafter(math.Abs(x), math.Inf(1)) - math.Abs(x) }
	u := make([]float64, 100_000)
	generator(t, "1").Float64s(u)
	for i := range u {
		u[i] = math.Ldexp(u[i], -i%50)
		if i%3 == 0 {
			u[i] = 1 - u[i]
		}
		u[i] = math.Floor(u[i]*0x1p53) * 0x1p-53
	}
	for _, u := range append(u, 0x1p-53, 0.5, 0.25, 1-0x1p-53, 1-0x1p-4, 0x1p-29, 0x1p-30, 0.5-0x1p-30) {
		if !(0 < u && u < 1) {
			continue
		}
		if got, want := log(u), math.Log(u); !(math.Abs(got-want) <= ulp(want)) {
			t.Errorf("log %v is %v, want %v", u, got, want)
		}
		if got, want := log1p(-u), math.Log1p(-u); !(math.Abs(got-want) <= 2*ulp(want)) {
			t.Errorf("log1p -%v is %v, want %v", u, got, want)
		}
		u32 := float32(math.Floor(u*0x1p24) * 0x1p-24)
		if got, want := float64(log1p32(-u32)), math.Log1p(-float64(u32)); !(math.Abs(got-want) <= 0x1p-23*math.Abs(want)) {
			t.Errorf("log1p32 -%v is %v, want %v", u32, got, want)
		}
	}
}

func TestDrawingDoesNotAllocate(t *testing.T) {
	g, x, y := generator(t, "1"), make([]float64, 1000), make([]int16, 1000)
	integers := NewIntegers[int16](g, 0, 1000)
	if n := testing.AllocsPerRun(10, func() {
		g.Float64s(x)
		g.Normals(x)
		integers.Fill(y)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkDraws(b *testing.B) {
	s, g, x, f, n := New(1), generator(b, "1"), make([]float64, 1000), make([]float32, 1000), make([]int64, 1000)
	legacy, small, large := NewIntegers[int64](s, 0, 99), NewIntegers[int64](g, 0, 99), NewIntegers[int64](g, 0, 1<<40)
	bytes, int8s := make([]int8, 1000), NewIntegers[int8](g, 0, 99)
	words, int16s := make([]int16, 1000), NewIntegers[int16](g, 0, 999)
	flags, bools := make([]uint8, 1000), NewBools(g, 0, 1)
	legacy8 := NewIntegers[int8](s, 0, 99)
	for _, bench := range []struct {
		name string
		draw func()
	}{
		{"mt19937/uniform", func() { s.Float64s(x) }},
		{"mt19937/normal", func() { s.Normals(x) }},
		{"mt19937/int64-100", func() { legacy.Fill(n) }},
		{"pcg64/uniform", func() { g.Float64s(x) }},
		{"pcg64/uniform32", func() { g.Float32s(f) }},
		{"pcg64/normal", func() { g.Normals(x) }},
		{"pcg64/normal32", func() { g.Normal32s(f) }},
		{"pcg64/int64-100", func() { small.Fill(n) }},
		{"pcg64/int64-2^40", func() { large.Fill(n) }},
		{"pcg64/int8-100", func() { int8s.Fill(bytes) }},
		{"pcg64/int16-1000", func() { int16s.Fill(words) }},
		{"pcg64/bool", func() { bools.Fill(flags) }},
		{"mt19937/int8-100", func() { legacy8.Fill(bytes) }},
	} {
		b.Run(bench.name, func(b *testing.B) {
			for b.Loop() {
				bench.draw()
			}
			b.ReportMetric(float64(b.N)*1000/b.Elapsed().Seconds()/1e6, "M/s")
		})
	}
}

// Booleans are the bits of words, whatever the pieces in which they are drawn.
func TestBoolsAreBits(t *testing.T) {
	const n = 10_001
	words, s := make([]uint32, n/32+1), generator(t, "7")
	NewIntegers[uint32](generator(t, "7"), 0, math.MaxUint32).Fill(words)
	for i, b := range fill(t, n, NewBools(s, 0, 1).Fill) {
		if want := byte(words[i/32] >> (i % 32) & 1); b != want {
			t.Fatalf("boolean %d is %d, want %d", i, b, want)
		}
	}
}
