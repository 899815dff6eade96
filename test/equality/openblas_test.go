//go:build openblas

package main

import (
	"os"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/cpu"

	"matpool/blas"
)

// OPENBLAS_CORETYPE makes OpenBLAS choose kernels that this processor may not be able to run,
// or that round differently. They are used if they are sound; otherwise our own kernels compute.
func TestOpenBLASIsUsedWhereItIsSound(t *testing.T) {
	m, err := blas.New("", 1)
	if err != nil {
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
	if used := strings.Contains(m.String(), "kernel "+known.kernel+";"); used != known.sound || used != slices.Contains(blas.Kernels(), "openblas") {
		t.Errorf("OpenBLAS's kernel %s can be used here: %v; computed by %s, of %v", known.kernel, known.sound, m, blas.Kernels())
	}
}
