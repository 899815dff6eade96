package blas_test

import (
	"context"
	"fmt"
	"log"

	"matpool/blas"
	"matpool/elem"
)

// A product of float64s. Its bits are the same with each kernel and any number of threads.
func Example() {
	a := blas.Dense(2, 3, []float64{1, 2, 3, 4, 5, 6})
	b := blas.Dense(3, 1, []float64{1, 10, 100})
	c := blas.Dense(2, 1, make([]float64, 2))
	m, err := blas.New("", 1)
	if err != nil {
		log.Fatal(err)
	}
	if err := m.Mul(context.Background(), c, a.Factor(), b.Factor(), nil); err != nil {
		log.Fatal(err)
	}
	fmt.Println(c.Data)
	// Output: [321 654]
}

// A product of values as a file holds them, of type int8, wraps around as np.matmul's does.
func ExampleMatmul() {
	a := blas.DenseFactor(1, 2, elem.Int8, []byte{100, 100})
	b := blas.DenseFactor(2, 1, elem.Int8, []byte{1, 2})
	m, err := blas.New("", 1)
	if err != nil {
		log.Fatal(err)
	}
	c, err := blas.Matmul(context.Background(), m, make([]float64, 1), a, b, nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(int8(c[0]))
	// Output: 44
}
