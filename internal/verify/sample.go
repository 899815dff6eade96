package verify

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"matpool/internal/base/hash"
)

// A Sample says how many of a run's outputs are verified: so many, or a share of them.
type Sample struct {
	count   int
	percent float64 // unless it is 0
}

// ParseSample parses the size of a sample: 5, or 3%.
func ParseSample(s string) (Sample, error) {
	if digits, isShare := strings.CutSuffix(s, "%"); isShare {
		if percent, err := strconv.ParseFloat(digits, 64); err == nil && percent > 0 && percent <= 100 {
			return Sample{percent: percent}, nil
		}
	} else if count, err := strconv.Atoi(s); err == nil && count > 0 {
		return Sample{count: count}, nil
	}
	return Sample{}, errors.New("it must be a number of outputs, as in 5, or a share of them, as in 3%")
}

func (s Sample) String() string {
	if s.percent > 0 {
		return strconv.FormatFloat(s.percent, 'g', -1, 64) + "%"
	}
	return strconv.Itoa(s.count)
}

// Of returns how many of n outputs are in the sample: a share is rounded up.
func (s Sample) Of(n int) int {
	if s.percent > 0 {
		return min(int(math.Ceil(float64(n)*s.percent/100)), n)
	}
	return min(s.count, n)
}

// NewSeed returns a new seed for [Choose].
func NewSeed() string { return strconv.FormatUint(uint64(rand.Uint32()), 10) }

// Choose returns n elements of all, in their order. The choice depends only on len(all), n and the seed, which can be any text.
func Choose[T any](n int, all []T, seed string) (chosen []T) {
	rng := rand.New(rand.NewChaCha8([hash.Size]byte([]byte(hash.Of([]byte(seed)).String()))))
	numbers := rng.Perm(len(all))[:n]
	slices.Sort(numbers)
	for _, i := range numbers {
		chosen = append(chosen, all[i])
	}
	return chosen
}
