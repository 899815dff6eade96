package cli

import (
	"os"
	"runtime"
	"strconv"
	"strings"
)

// DefaultThreads returns the number of threads that a program uses without -threads: one for
// each processor that affinity, the cgroup and GOMAXPROCS allow, but no more than the
// environment allows, as numpy's users expect.
//
// As in OpenBLAS, OPENBLAS_NUM_THREADS takes precedence over OMP_NUM_THREADS, and a value that
// does not begin with a number above 0 is ignored (blas_get_cpu_number in memory.c, and atoi).
func DefaultThreads() int {
	processors := runtime.GOMAXPROCS(0)
	for _, name := range []string{"OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"} {
		if n := leadingNumber(os.Getenv(name)); n > 0 {
			return min(n, processors)
		}
	}
	return processors
}

// leadingNumber returns the number at the beginning of a text, as C's atoi does, or 0.
// OMP_NUM_THREADS may be a list, with one number for each level of nested parallelism.
func leadingNumber(s string) int {
	s = strings.TrimPrefix(strings.TrimLeft(s, " \t"), "+")
	n, err := strconv.Atoi(s[:len(s)-len(strings.TrimLeft(s, "0123456789"))])
	if err != nil {
		return 0
	}
	return n
}
