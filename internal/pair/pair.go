// Package pair describes what matprod multiplies: two files or the random numbers to draw, and the form of their product.
package pair

import (
	"matpool/internal/arrayfile"
	"matpool/internal/base/file"
	"matpool/internal/random"
)

// A Pair names the arrays of one product, C = A·B: .npy files, or .npz files with the array arr_0. A
// factor may also be FILE.npz:NAME. Without B, A is a .npz file of both factors: A and B, or arr_0 and arr_1.
// The form may be another product; of a Gram matrix A is the only factor.
type Pair struct {
	A, B, C string
	Form    Form
	Fixed   Fixed   // the factor that all pairs of a range have in common
	Random  *Random // the factors, if they are not in files

	numbered *numbered // of a pair with an index
}

// numbered is what a numbered pair was before it got its index.
type numbered struct {
	Pair
	index int
}

// Name returns what a message calls the product.
func (p Pair) Name() string {
	if p.B == "" && p.Form != Gram {
		return p.A
	}
	return p.Form.Name(p.A, p.B)
}

// Files returns the names of the factors' files, each once.
func (p Pair) Files() []string {
	if p.Random != nil {
		return nil
	}
	a, _ := arrayfile.Split(p.A)
	if p.B == "" || p.Form == Gram {
		return []string{a}
	}
	b, _ := arrayfile.Split(p.B)
	if a == b {
		return []string{a}
	}
	return []string{a, b}
}

// Range returns count numbered pairs, from index first on. See [arrayfile.Indexed] for
// where the index goes.
func (p Pair) Range(first, count int) []Pair {
	pairs := make([]Pair, count)
	for i := range pairs {
		pairs[i] = p.Numbered(first + i)
	}
	return pairs
}

// Numbered returns the pair with an index.
func (p Pair) Numbered(index int) Pair {
	p.numbered = &numbered{p, index}
	p.C = file.Indexed(p.C, index)
	if p.Random != nil {
		p.Random = &Random{p.Random.Numbers, p.Random.Size, index}
		return p
	}
	if p.Fixed != FixedA {
		p.A = arrayfile.Indexed(p.A, index)
	}
	if p.Fixed != FixedB && p.B != "" {
		p.B = arrayfile.Indexed(p.B, index)
	}
	return p
}

// A Form says which product of a pair is made. A is transposed as numpy's swapaxes(-1, -2)
// does it: of a stack each matrix.
type Form int

const (
	Plain      Form = iota // A·B
	Transposed             // Aᵀ·B
	Gram                   // Aᵀ·A, of one array of real numbers
)

// Name returns what a message calls the product of two files.
func (form Form) Name(a, b string) string {
	switch form {
	case Transposed:
		return a + " transposed times " + b
	case Gram:
		return a + " transposed times itself"
	}
	return a + " times " + b
}

// Fixed says which factor all pairs of a range have in common, if any. Its name has no index.
type Fixed int

const (
	NotFixed Fixed = iota
	FixedA         // C = A·Bᵢ
	FixedB         // C = Aᵢ·B
)

// FixedAndOther returns the name of the factor that is fixed, and that of the other one.
func (p Pair) FixedAndOther() (fixed, other string) {
	if p.Fixed == FixedB {
		return p.B, p.A
	}
	return p.A, p.B
}

// Random says which random matrices are the factors of a pair: A and B, Size×Size, drawn one
// after the other from the stream number Index of Numbers. In numpy they are
//
//	rng = np.random.default_rng([seed, index]); A = rng.random((size, size)); B = rng.random((size, size))
//
// or what another distribution draws, as [random.Write] writes them with Streams.
//
// Note: to numpy's seeding, [seed, index] is the 32-bit words of both numbers, and zeros at the end
// do not count. So pair 0 is that of default_rng(seed), and streams of two seeds differ, with one
// exception: pair 0 of seed 2³²·i+s is pair i of a seed s below 2³² (and so on for longer seeds).
type Random struct {
	Numbers *random.Numbers
	Size    int
	Index   int
}
