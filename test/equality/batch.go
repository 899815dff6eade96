package main

import (
	"crypto/sha256"
	"fmt"
	"io"

	"matpool/blas"
	"matpool/elem"
	"matpool/internal/random/nprand"
)

// A batch is a case of 100 small products of random types, shapes and orders; its checksum is that of their checksums.
type batch struct{ products []typed }

// batches returns 10,000 products.
func batches() (all []batch) {
	types := elem.Types()
	for seed := range 100 {
		source := nprand.New(uint32(10000 + seed))
		below := func(n int) int {
			var x [1]float64
			source.Float64s(x[:])
			return int(x[0] * float64(n))
		}
		size := func() int { return 1 + below(1+below(40)) }
		var b batch
		for i := range 100 {
			p := typed{typeA: types[below(len(types))], typeB: types[below(len(types))], swapA: below(2) == 0, swapB: below(2) == 0}
			p.product = product{rows: size(), depth: size(), cols: size(), transA: below(2) == 0, transB: below(2) == 0, seed: uint32(100*(10000+seed) + i)}
			b.products = append(b.products, p)
		}
		all = append(all, b)
	}
	return all
}

func (b batch) String() string {
	return fmt.Sprintf("%d products from %d on C=AB", len(b.products), b.products[0].seed)
}

func (b batch) multiplications() (n int) {
	for _, p := range b.products {
		n += p.product.multiplications()
	}
	return n
}

func (b batch) checksum(m blas.Multiplier) string {
	hash := sha256.New()
	for _, p := range b.products {
		io.WriteString(hash, p.checksum(m))
	}
	return fmt.Sprintf("%x", hash.Sum(nil))
}
