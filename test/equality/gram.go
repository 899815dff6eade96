package main

import (
	"context"
	"fmt"
	"strings"

	"matpool/blas"
	"matpool/internal/random/nprand"
)

// A gram is a case, C = XᵀX for a depth×cols matrix X. Its checksum is that of the whole
// product: the definition computes both of its halves.
type gram struct {
	product
}

// Around the tiles, the panel, the column block, and the squares on the diagonal.
const gramSizes = `1×1 5×7 300×24 257×65 129×241 40×520 260×1025 300×50 130×1008 130×1009`

func grams() []gram {
	var all []gram
	for i, size := range strings.Fields(gramSizes) {
		p := gram{product{seed: uint32(5000 + i), special: i%3 == 1, transB: i%2 == 1}}
		if _, err := fmt.Sscanf(size, "%d×%d", &p.depth, &p.cols); err != nil {
			panic(err)
		}
		p.rows = p.cols
		all = append(all, p)
	}
	return all
}

func (p gram) String() string {
	return fmt.Sprintf("%d×%d×%d C=XᵀX", p.rows, p.depth, p.cols)
}

func (p gram) checksum(m blas.Multiplier) string {
	x := p.matrix(nprand.New(p.seed), p.depth, p.cols, p.transB)
	c := p.matrix(nprand.New(p.seed), p.cols, p.cols, false) // its content must not matter
	if m == nil {
		blas.Define(c, x.T().Factor(), x.Factor())
	} else if err := m.Gram(context.Background(), c, x.Factor(), nil); err != nil {
		panic(err) // the context is never cancelled
	}
	return checksumOf(c)
}
