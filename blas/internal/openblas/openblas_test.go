//go:build openblas

package openblas

import (
	"os"
	"testing"

	"golang.org/x/sys/cpu"
)

// OpenBLAS chooses its kernels by a list of processors, which may be older than this one.
func TestKernelsAreTheFastestThatRun(t *testing.T) {
	if chosen, ok := os.LookupEnv("OPENBLAS_CORETYPE"); ok {
		t.Fatalf("OPENBLAS_CORETYPE=%s chooses the kernels: unset it", chosen)
	}
	want := "Katmai" // the first name of those for older processors
	switch {
	case cpu.X86.HasAVX512:
		want = "SkylakeX"
	case cpu.X86.HasAVX2 && cpu.X86.HasFMA:
		want = "Haswell"
	}
	if core := Core(); core != want {
		t.Errorf("the kernels are those for %s, not for %s", core, want)
	}
}
