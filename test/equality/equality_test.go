package main

import (
	"cmp"
	_ "embed"
	"fmt"
	"strings"
	"testing"

	"matpool/blas"
)

//go:embed golden.txt
var golden string

// want returns the golden file's lines: the product's name, the checksum.
func want(t *testing.T) map[string]string {
	sums := make(map[string]string)
	for line := range strings.Lines(golden) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		name, sum, ok := strings.Cut(strings.TrimSpace(line), " C")
		form, sum, ok2 := strings.Cut(sum, " ")
		if name += " C" + form; !ok || !ok2 || len(sum) != 64 || sums[name] != "" {
			t.Fatalf("golden.txt: %q", line)
		}
		sums[name] = sum
	}
	return sums
}

func TestGoldenFileIsWhole(t *testing.T) {
	sums := want(t)
	for _, p := range cases() {
		if sums[p.String()] == "" {
			t.Errorf("golden.txt has no %v", p)
		}
		delete(sums, p.String())
	}
	for name := range sums {
		t.Errorf("golden.txt has %s, which nothing computes", name)
	}
}

// The definition gives the golden checksums; only small products are computed, since it is slow.
func TestDefinition(t *testing.T) {
	sums := want(t)
	for _, p := range cases() {
		if p.multiplications() <= 1e6 {
			if sum := p.checksum(nil); sum != sums[p.String()] {
				t.Errorf("%v: %s, the golden file has %s", p, sum, sums[p.String()])
			}
		}
	}
}

// Each kernel, and the default, gives the same bits with any number of threads.
func TestKernels(t *testing.T) {
	testKernels(t, append(blas.Kernels(), ""), []int{1, 2, 3}, func(multiplications int) bool { return multiplications <= small })
}

// So does each kernel for large products, which take long on an emulated processor.
func TestLargeProducts(t *testing.T) {
	testKernels(t, blas.Kernels(), []int{1, 3}, func(multiplications int) bool { return multiplications > small })
}

const small = 300e3 // multiplications

func testKernels(t *testing.T, kernels []string, threads []int, wanted func(multiplications int) bool) {
	sums := want(t)
	for _, kernel := range kernels {
		for _, threads := range threads {
			t.Run(fmt.Sprintf("%s/threads=%d", cmp.Or(kernel, "default"), threads), func(t *testing.T) {
				m, err := blas.New(kernel, threads)
				if err != nil {
					t.Fatal(err)
				}
				t.Log("computed by", m)
				for _, p := range cases() {
					if !wanted(p.multiplications()) {
						continue
					}
					if sum := p.checksum(m); sum != sums[p.String()] {
						t.Errorf("%v: %s, the golden file has %s", p, sum, sums[p.String()])
					}
				}
			})
		}
	}
}
