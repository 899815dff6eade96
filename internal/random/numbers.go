package random

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"slices"
	"strings"
	"unsafe"

	"matpool/elem"
	"matpool/internal/random/nprand"
	"matpool/internal/status"
	"matpool/npyio"
)

// Numbers says which of numpy's random numbers are drawn. The zero value is np.random.rand
// after np.random.seed(0).
type Numbers struct {
	pcg64     bool
	seed      big.Int
	dist      distribution
	low, high big.Int // of integers; high is excluded
	dtype     elem.Type
	typed     bool // whether dtype is given; otherwise it is the distribution's own
}

type distribution string

const (
	uniform  distribution = "uniform" // also ""
	normal   distribution = "normal"
	integers distribution = "integers"
)

// maxLegacySeed is the largest number that np.random.seed takes.
const maxLegacySeed = math.MaxUint32

// Seed returns the seed, in decimal.
func (r *Numbers) Seed() string { return r.seed.String() }

// SetSeed sets the seed, a number in decimal.
func (r *Numbers) SetSeed(s string) error {
	if strings.Trim(s, "0123456789") != "" || s == "" {
		return errors.New("it must be a whole number, from 0 on")
	}
	r.seed.SetString(s, 10)
	return nil
}

// MaxSize is the largest size of a random matrix.
const MaxSize = 10_000_000

// SetPCG64 sets the generator of np.random.default_rng, the only one that has a stream for each pair.
func (r *Numbers) SetPCG64() { r.pcg64 = true }

// IsPCG64 reports whether it is set.
func (r *Numbers) IsPCG64() bool { return r.pcg64 }

// RNG returns the generator, as [Numbers.SetRNG] takes it.
func (r *Numbers) RNG() string {
	if r.pcg64 {
		return "pcg64"
	}
	return "mt19937"
}

// SetRNG sets the generator: mt19937 is that of np.random.seed, pcg64 that of
// np.random.default_rng.
func (r *Numbers) SetRNG(s string) error {
	if s != "mt19937" && s != "pcg64" {
		return errors.New("it must be mt19937 or pcg64")
	}
	r.pcg64 = s == "pcg64"
	return nil
}

// SetDist sets the distribution: uniform, normal, or integers:LO:HI, where HI is excluded.
func (r *Numbers) SetDist(s string) error {
	name, bounds, _ := strings.Cut(s, ":")
	switch distribution(name) {
	case uniform, normal:
		if name == s {
			r.dist = distribution(name)
			return nil
		}
	case integers:
		low, high, _ := strings.Cut(bounds, ":")
		_, okLow := r.low.SetString(low, 10)
		_, okHigh := r.high.SetString(high, 10)
		if okLow && okHigh && r.low.Cmp(&r.high) < 0 {
			r.dist = integers
			return nil
		}
		return errors.New("integers:LO:HI needs two whole numbers, LO below HI")
	}
	return errors.New("it must be uniform, normal or integers:LO:HI")
}

// SetDType sets the type, by numpy's name.
func (r *Numbers) SetDType(s string) error {
	for _, t := range elem.Types() {
		if t.String() == s {
			r.dtype, r.typed = t, true
			return nil
		}
	}
	return errors.New("it must be a numeric type of numpy, such as float64, float32 or int8")
}

// Dist returns the distribution, as [Numbers.SetDist] takes it.
func (r *Numbers) Dist() string {
	switch r.dist {
	case "":
		return string(uniform)
	case integers:
		return fmt.Sprintf("integers:%s:%s", &r.low, &r.high)
	}
	return string(r.dist)
}

// DType returns the type that was set, by numpy's name, or "" for the distribution's.
func (r *Numbers) DType() string {
	if !r.typed {
		return ""
	}
	return r.dtype.String()
}

func (r *Numbers) Type() elem.Type {
	switch {
	case r.typed:
		return r.dtype
	case r.dist == integers:
		return elem.Int64
	}
	return elem.Float64
}

// Check returns an error unless numpy draws these numbers in one call, or one call and
// astype.
func (r *Numbers) Check() error {
	t := r.Type()
	switch isInteger := t.IsInteger() || t == elem.Bool; {
	case !r.pcg64 && r.seed.Cmp(big.NewInt(maxLegacySeed)) > 0:
		return status.UsageError(fmt.Errorf("invalid value %q for flag -seed: with -rng mt19937 it must be a whole number from 0 to %d", r.Seed(), maxLegacySeed),
			"-rng pcg64 takes any number")
	case r.dist == integers && !isInteger:
		return status.UsageError(fmt.Errorf("%s does not make %s, and neither do numpy's generators", r.Dist(), t), "it makes int64, the other types of integers, and bool")
	case r.dist != integers && !t.IsFloat():
		return status.UsageError(fmt.Errorf("%s does not make %s, and neither do numpy's generators", r.Dist(), t), "it makes float64, float32 and float16; for integers there is integers:LO:HI")
	case r.dist == integers:
		low, end := limits(t)
		if r.low.Cmp(low) < 0 || r.high.Cmp(end) > 0 {
			return status.UsageError(fmt.Errorf("%s does not fit %s, whose values are from %s to %s", r.Dist(), t, low, new(big.Int).Sub(end, big.NewInt(1))), "")
		}
	}
	return nil
}

// limits returns the smallest integer of a type, and the one after the largest.
func limits(t elem.Type) (low, end *big.Int) {
	bits := uint(8 * t.Size())
	if t == elem.Bool {
		bits = 1
	}
	low, end = new(big.Int), new(big.Int).Lsh(big.NewInt(1), bits)
	if t.Kind() == 'i' {
		half := new(big.Int).Rsh(end, 1)
		return low.Neg(half), half
	}
	return low, end
}

// A Filler draws arrays: it returns a function that fills memory with the next values of one, as often as is
// needed. The memory is aligned.
type Filler func() func([]byte)

// Filler returns the filler from the beginning of a stream on: that of the seed S, or with a number
// N that of np.random.default_rng([S, N]). Check must have no objection.
func (r *Numbers) Filler(number ...int) (Filler, error) {
	stream, generator, err := r.stream(number...)
	if err != nil {
		return nil, err
	}
	t := r.Type()
	if r.dist == integers {
		return r.integerFiller(stream), nil
	}
	wide := stream.Float64s
	if r.dist == normal {
		wide = stream.Normals
	}
	switch {
	case t == elem.Float64:
		return always(wide), nil
	case t == elem.Float32 && generator != nil && r.dist == normal:
		return always(generator.Normal32s), nil
	case t == elem.Float32 && generator != nil:
		return always(generator.Float32s), nil
	}
	// As by astype.
	memory := make([]float64, 4096)
	return func() func([]byte) {
		return func(dst []byte) {
			for block := range slices.Chunk(dst, len(memory)*t.Size()) {
				x := memory[:len(block)/t.Size()]
				wide(x)
				elem.FromFloat64(block, x, t)
			}
		}
	}, nil
}

// stream returns the generator, once more if it is a PCG64.
func (r *Numbers) stream(number ...int) (nprand.Stream, *nprand.Generator, error) {
	if !r.pcg64 {
		return nprand.New(uint32(r.seed.Uint64())), nil, nil
	}
	seed := []*big.Int{&r.seed}
	for _, n := range number {
		seed = append(seed, big.NewInt(int64(n)))
	}
	g, err := nprand.NewGenerator(seed...)
	return g, g, err
}

// always makes a filler of what draws all arrays alike.
func always[T any](draw func([]T)) Filler {
	return func() func([]byte) { return func(dst []byte) { draw(valuesIn[T](dst)) } }
}

func (r *Numbers) integerFiller(s nprand.Stream) Filler {
	switch r.Type() {
	case elem.Bool:
		return func() func([]byte) { return nprand.NewBools(s, uint8(r.low.Uint64()), uint8(r.high.Uint64()-1)).Fill }
	case elem.Int8:
		return signedFiller[int8](r, s)
	case elem.Int16:
		return signedFiller[int16](r, s)
	case elem.Int32:
		return signedFiller[int32](r, s)
	case elem.Int64:
		return signedFiller[int64](r, s)
	case elem.Uint8:
		return unsignedFiller[uint8](r, s)
	case elem.Uint16:
		return unsignedFiller[uint16](r, s)
	case elem.Uint32:
		return unsignedFiller[uint32](r, s)
	}
	return unsignedFiller[uint64](r, s)
}

func signedFiller[T int8 | int16 | int32 | int64](r *Numbers, s nprand.Stream) Filler {
	last := new(big.Int).Sub(&r.high, big.NewInt(1))
	return integersFrom(s, T(r.low.Int64()), T(last.Int64()))
}

func unsignedFiller[T uint8 | uint16 | uint32 | uint64](r *Numbers, s nprand.Stream) Filler {
	last := new(big.Int).Sub(&r.high, big.NewInt(1))
	return integersFrom(s, T(r.low.Uint64()), T(last.Uint64()))
}

func integersFrom[T nprand.Integer](s nprand.Stream, first, last T) Filler {
	return func() func([]byte) {
		fill := nprand.NewIntegers(s, first, last).Fill
		return func(dst []byte) { fill(valuesIn[T](dst)) }
	}
}

// valuesIn returns memory as values of a type.
func valuesIn[T any](b []byte) []T {
	var value T
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(b))), len(b)/int(unsafe.Sizeof(value)))
}

// Header returns the header of a size×size matrix.
func (r *Numbers) Header(size int) npyio.Header {
	return npyio.Header{DType: npyio.DTypeOf(r.Type()), Shape: []int{size, size}}
}
