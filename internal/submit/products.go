package submit

import (
	"cmp"
	"iter"
	"slices"
)

// A product is what the inputs of one product show.
type product struct {
	in, out int64 // sizes in bytes of its inputs, and of its outputs if known
	flops   int64 // additions and multiplications

	checking int64 // those that take as long as its check, if it is checked

	// If matprod makes it:
	shape           []int
	factors, result int64 // bytes in memory, of a stack one product at a time
	fixed           int64 // bytes in memory of a factor that all have in common
	sum             int64 // bytes of the sum of such products
}

func (m product) equals(other product) bool {
	return m.in == other.in && m.out == other.out && m.flops == other.flops && m.checking == other.checking && slices.Equal(m.shape, other.shape) &&
		m.factors == other.factors && m.result == other.result && m.fixed == other.fixed && m.sum == other.sum
}

// A group is count products, from number first on, that are alike.
type group struct {
	first, count int
	product
}

// products are all products, in the order of their numbers, as groups: there may be hundreds of millions of random ones.
type products []group

// with returns the products and count more of them, from number first on.
func (p products) with(first, count int, m product) products {
	if n := len(p); n > 0 && p[n-1].equals(m) {
		p[n-1].count += count
		return p
	}
	return append(p, group{first, count, m})
}

// in returns the products of a batch.
func (p products) in(b batch) iter.Seq[group] {
	return func(yield func(group) bool) {
		i, _ := slices.BinarySearchFunc(p, b.first, func(g group, first int) int { return cmp.Compare(g.first+g.count, first+1) })
		for ; i < len(p) && p[i].first < b.first+b.count; i++ {
			g := p[i]
			end := min(g.first+g.count, b.first+b.count)
			g.first = max(g.first, b.first)
			g.count = end - g.first
			if !yield(g) {
				return
			}
		}
	}
}

// of returns the product with a number.
func (p products) of(number int) (m product) {
	for g := range p.in(batch{first: number, count: 1}) {
		m = g.product
	}
	return m
}
