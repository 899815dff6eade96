//go:build openblas

package openblas

import (
	"os"
	"testing"

	"golang.org/x/sys/cpu"
)

// OpenBLAS decides by its list of processors, which may be older than this one.
func TestAVX512IsUsed(t *testing.T) {
	if _, chosen := os.LookupEnv("OPENBLAS_CORETYPE"); chosen || !cpu.X86.HasAVX512 {
		t.Skip("the kernel is chosen by OPENBLAS_CORETYPE, or the processor lacks AVX-512")
	}
	if core := Core(); core != "SkylakeX" {
		t.Errorf("the kernels are those for %s", core)
	}
}
