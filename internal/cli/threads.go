package cli

import (
	"os"
	"runtime"
	"strconv"
	"strings"
)

// DefaultThreads returns the number of threads that a program uses unless -threads says
// otherwise: one for each processor that it may use, according to affinity, cgroup or
// GOMAXPROCS, but at most as many as the environment says, as numpy's users expect.
//
// As in OpenBLAS, OPENBLAS_NUM_THREADS goes before OMP_NUM_THREADS, and a value that does not
// begin with a number above 0 is ignored (blas_get_cpu_number in memory.c, and atoi).
func DefaultThreads() int {
	processors := runtime.GOMAXPROCS(0)
	for _, name := range []string{"OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"} {
		if n := leadingNumber(os.Getenv(name)); n > 0 {
			return min(n, processors)
		}
	}
	return processors
}

// leadingNumber returns the number with which a text begins, as C's atoi does; 0 if there is
// none. OMP_NUM_THREADS may be a list, one number for each level of nested parallelism.
func leadingNumber(s string) int {
	s = strings.TrimPrefix(strings.TrimLeft(s, " \t"), "+")
	n, err := strconv.Atoi(s[:len(s)-len(strings.TrimLeft(s, "0123456789"))])
	if err != nil {
		return 0
	}
	return n
}
