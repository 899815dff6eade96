package numpy

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"math/big"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"matpool/internal/random/nprand"
)

// A drawing is an array that numpy draws with an expression, and we draw with a function.
type drawing struct {
	python string
	fill   func(s nprand.Stream, n int) any
}

// drawn is the number of values in an array. It is odd, so that halves of words are left over.
const drawn = 100_001

// inPieces fills a slice of n values piece by piece.
func inPieces[T any](n int, fill func([]T)) []T {
	x := make([]T, n)
	for piece := range slices.Chunk(x, 33_335) {
		fill(piece)
	}
	return x
}

func integersOf[T nprand.Integer](method, dtype string, first, last T) drawing {
	high := new(big.Int).Add(bigInt(last), big.NewInt(1))
	return drawing{fmt.Sprintf("%s(%d, %d, %%d, dtype=%q)", method, first, high, dtype), func(s nprand.Stream, n int) any {
		return inPieces(n, nprand.NewIntegers(s, first, last).Fill)
	}}
}

func bigInt[T nprand.Integer](x T) *big.Int {
	z, _ := new(big.Int).SetString(fmt.Sprint(x), 10)
	return z
}

// integers returns arrays of every type, with bounds that reject many words and few, and all.
func integers(method string) []drawing {
	return []drawing{
		{method + "(0, 2, %d, dtype=bool)", func(s nprand.Stream, n int) any {
			return inPieces(n, nprand.NewBools(s, 0, 1).Fill)
		}},
		integersOf[int8](method, "i1", -3, 99),
		integersOf[int8](method, "i1", math.MinInt8, math.MaxInt8),
		integersOf[uint8](method, "u1", 0, 128),
		integersOf[int16](method, "i2", -1000, 32000),
		integersOf[uint16](method, "u2", 0, math.MaxUint16),
		integersOf[uint16](method, "u2", 7, 7),
		integersOf[int32](method, "i4", -5, 1<<30),
		integersOf[int32](method, "i4", math.MinInt32, math.MaxInt32),
		integersOf[uint32](method, "u4", 1, 10),
		integersOf[int64](method, "i8", -10, 10),
		integersOf[int64](method, "i8", -1, math.MaxUint32-1),
		integersOf[int64](method, "i8", -1, math.MaxUint32),
		integersOf[int64](method, "i8", math.MinInt64, math.MaxInt64),
		integersOf[uint64](method, "u8", 3, 3<<62),
	}
}

var uniform64 = func(s nprand.Stream, n int) any { return inPieces(n, s.Float64s) }

var normal64 = func(s nprand.Stream, n int) any { return inPieces(n, s.Normals) }

// Each array continues from the state in which the previous one left the generator, so this also tests what numpy keeps
// between calls.
func TestRandomStreamsAreNumpys(t *testing.T) {
	legacy := slices.Concat(
		[]drawing{{"rand(%d)", uniform64}, {"randn(%d)", normal64}},
		integers("randint"),
		[]drawing{{"randn(%d)", normal64}, {"rand(%d)", uniform64}})
	for _, seed := range []string{"0", "1", "2", "42", "1234", "5489", "65536", "1234567890", "4294967294", "4294967295"} {
		t.Run("mt19937/"+seed, func(t *testing.T) {
			n, err := strconv.ParseUint(seed, 10, 32)
			if err != nil {
				t.Fatal(err)
			}
			sameStream(t, true, seed, nprand.New(uint32(n)), legacy)
		})
	}

	modern := slices.Concat(
		[]drawing{
			{"random(%d)", uniform64},
			{"random(%d, dtype='f4')", func(s nprand.Stream, n int) any { return inPieces(n, s.(*nprand.Generator).Float32s) }},
			{"standard_normal(%d)", normal64},
			{"standard_normal(%d, dtype='f4')", func(s nprand.Stream, n int) any { return inPieces(n, s.(*nprand.Generator).Normal32s) }},
		},
		integers("integers"))
	for _, seed := range []string{
		"0", "1", "42", "4294967296", "18446744073709551617", "340282366920938463463374607431768211455",
		"10000000000000000000000000000000000000000000000000000000000000001",
		"1, 2", "0, 0", "123456789012345678901234567890, 7, 0, 4294967295, 8, 9",
	} {
		t.Run("pcg64/"+seed, func(t *testing.T) {
			g, err := nprand.NewGenerator(numbers(t, seed)...)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(seed, ",") {
				seed = "[" + seed + "]"
			}
			sameStream(t, false, seed, g, modern)
		})
	}
}

func numbers(t *testing.T, text string) []*big.Int {
	t.Helper()
	var all []*big.Int
	for _, one := range strings.Split(text, ", ") {
		n, ok := new(big.Int).SetString(one, 10)
		if !ok {
			t.Fatalf("%q is not a number", one)
		}
		all = append(all, n)
	}
	return all
}

// sameStream compares arrays drawn one after another.
func sameStream(t *testing.T, legacy bool, seed string, s nprand.Stream, arrays []drawing) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "numpy.bin")
	var calls []string
	for _, a := range arrays {
		calls = append(calls, fmt.Sprintf(a.python, drawn))
	}
	ask[any](t, "draw", question{"legacy": legacy, "seed": seed, "calls": calls, "file": file})
	want, clib := readFile(t, file), library(t).C
	for i, a := range arrays {
		x := a.fill(s, drawn)
		got, err := binary.Append(nil, binary.LittleEndian, x)
		if err != nil {
			t.Fatal(err)
		}
		if len(got) > len(want) {
			t.Fatalf("%s: numpy has %d bytes left, we %d", calls[i], len(want), len(got))
		}
		if differ, far := compare(got, want[:len(got)], len(got)/drawn); far > 0 || differ > mayDiffer(a.python, clib) {
			t.Errorf("%s: %d of %d values are not numpy's, %d by more than the last bit", calls[i], differ, drawn, far)
		}
		want = want[len(got):]
	}
	if len(want) > 0 {
		t.Errorf("numpy has %d more bytes", len(want))
	}
}

// mayDiffer returns how many values of an array may differ from numpy's by their last bit: none, unless they are normal and
// numpy's logarithms are those of another C library than matinit's manual names. It states the share.
func mayDiffer(python, clib string) int {
	isNormal := strings.HasPrefix(python, "randn") || strings.HasPrefix(python, "standard_normal")
	if isNormal && clib != "glibc 2.36" {
		return drawn * 3 / 10_000
	}
	return 0
}

// compare returns how many values of some size differ, and how many of them by more than their last bit.
func compare(got, want []byte, size int) (differ, far int) {
	if bytes.Equal(got, want) {
		return 0, 0
	}
	wide := func(b []byte) int64 {
		return int64(binary.LittleEndian.Uint64(append(bytes.Clone(b), make([]byte, 8-size)...)))
	}
	for at := 0; at < len(got); at += size {
		switch x, y := wide(got[at:at+size]), wide(want[at:at+size]); {
		case x == y:
		case x-y == 1, y-x == 1: // the floats, too, are neighbours
			differ++
		default:
			differ++
			far++
		}
	}
	return differ, far
}

// The data sets of numpy's own tests of PCG64.
func TestPCG64sPublishedWords(t *testing.T) {
	names := []string{"pcg64-testset-1.csv", "pcg64-testset-2.csv"}
	var questions []question
	for _, name := range names {
		questions = append(questions, question{"name": name})
	}
	type set struct {
		Seed  string
		Words []string
	}
	for i, set := range ask[set](t, "published", questions...) {
		g, err := nprand.NewGenerator(numbers(t, set.Seed)...)
		if err != nil {
			t.Fatal(err)
		}
		words := make([]uint64, len(set.Words))
		nprand.NewIntegers[uint64](g, 0, math.MaxUint64).Fill(words)
		if len(words) != 1000 {
			t.Errorf("%s has %d words, want 1000", names[i], len(words))
		}
		for j, word := range words {
			if fmt.Sprint(word) != set.Words[j] {
				t.Errorf("%s: word %d is %d, want %s", names[i], j, word, set.Words[j])
				break
			}
		}
	}
}
