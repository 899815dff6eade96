package nprand

import (
	"errors"
	"math/big"
)

// entropyWords returns what numpy's SeedSequence hashes: the 32-bit words of each number, the lowest
// first and one for 0, one number after another (_coerce_to_uint32_array in numpy/random/bit_generator.pyx).
func entropyWords(seed []*big.Int) ([]uint32, error) {
	if len(seed) == 0 {
		return nil, errors.New("there is no seed")
	}
	var words []uint32
	mask := big.NewInt(0xffffffff)
	for _, number := range seed {
		if number.Sign() < 0 {
			return nil, errors.New("a seed must not be negative")
		}
		rest := new(big.Int).Set(number)
		for first := true; first || rest.Sign() > 0; first = false {
			words = append(words, uint32(new(big.Int).And(rest, mask).Uint64()))
			rest.Rsh(rest, 32)
		}
	}
	return words, nil
}

// A hash is the state of SeedSequence's hash function, a product of odd numbers that each use advances.
type hash struct{ constant, factor uint32 }

func (h *hash) of(x uint32) uint32 {
	x ^= h.constant
	h.constant *= h.factor
	x *= h.constant
	return x ^ x>>16
}

// seedState returns SeedSequence(entropy).generate_state(4, np.uint64), after M. E. O'Neill's seed_seq
// ("Developing a seed_seq Alternative", 2015): a pool of four words in which each word of the entropy
// affects each word, and from it eight words, in pairs with the lower one first.
// The constants are numpy's (bit_generator.pyx).
func seedState(entropy []uint32) (state [4]uint64) {
	var pool [4]uint32
	h := hash{0x43b0d7e5, 0x931e8875}
	copy(pool[:], entropy)
	for i, x := range pool {
		pool[i] = h.of(x)
	}
	for i := range pool {
		for j := range pool {
			if i != j {
				pool[j] = mix(pool[j], h.of(pool[i]))
			}
		}
	}
	for _, x := range entropy[min(len(pool), len(entropy)):] {
		for j := range pool {
			pool[j] = mix(pool[j], h.of(x))
		}
	}

	h = hash{0x8b51f9dd, 0x58f38ded}
	for i := range 2 * len(state) {
		state[i/2] |= uint64(h.of(pool[i%len(pool)])) << (i % 2 * 32)
	}
	return state
}

func mix(x, y uint32) uint32 {
	x = 0xca01f9dd*x - 0x4973f715*y
	return x ^ x>>16
}
