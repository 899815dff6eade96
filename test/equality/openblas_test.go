//go:build openblas

package main

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/cpu"

	"matpool/blas"
)

// OPENBLAS_CORETYPE makes OpenBLAS choose kernels that this processor may not be able to run,
// or that round differently. They can be used only if they are sound.
func TestOpenBLASIsUsedWhereItIsSound(t *testing.T) {
	m, err := blas.New("openblas", 1)
	if err != nil && !errors.Is(err, blas.ErrKernel) {
		t.Fatal(err)
	}
	avx2, avx512 := cpu.X86.HasAVX2 && cpu.X86.HasFMA, cpu.X86.HasAVX512
	core := os.Getenv("OPENBLAS_CORETYPE")
	if core == "" { // OpenBLAS chooses
		core = map[bool]string{true: "SkylakeX", false: "Haswell"}[avx512]
	}
	known := map[string]struct {
		kernel string // Zen's are Haswell's
		sound  bool
	}{
		"Prescott": {"Prescott", false},
		"Haswell":  {"Haswell", avx2},
		"Zen":      {"Haswell", avx2},
		"SkylakeX": {"SkylakeX", avx512},
	}[core]
	if known.kernel == "" {
		t.Fatalf("this test does not know OPENBLAS_CORETYPE=%s", core)
	}
	used := err == nil && strings.Contains(m.String(), "kernel "+known.kernel+";")
	if used != known.sound || used != slices.Contains(blas.Kernels(), "openblas") {
		t.Errorf("OpenBLAS's kernel %s can be used here: %v; computed by %v (%v), of %v", known.kernel, known.sound, m, err, blas.Kernels())
	}
	// The fastest is ours for AVX-512 or, on other processors, OpenBLAS if it is sound.
	fastest := "openblas"
	if avx512 {
		fastest = "avx512"
	}
	if (avx512 || known.sound) && blas.Kernels()[0] != fastest {
		t.Errorf("%v: the first is not %s", blas.Kernels(), fastest)
	}
}
