//go:build linux

package main

import (
	"context"
	"fmt"
)

// testWithOpenBLAS is go test for packages that call OpenBLAS.
var testWithOpenBLAS = []string{"third_party/openblas/go.sh", "linux", "test", "-tags=openblas"}

// measurePackages runs the benchmarks of the packages, round by round.
func (r *runner) measurePackages(ctx context.Context) error {
	for i := range r.runs {
		for _, b := range []struct {
			implementation string
			goTest         []string
			benchmarks     string
			packages       []string
		}{
			{library, testWithOpenBLAS, "Dgemm/" + r.mulSizes, []string{"./blas/internal/openblas"}},
			{shipped, testWithOpenBLAS, "Mul/" + r.mulSizes + "/kernel=openblas", []string{"./blas"}},
			{goBuild, []string{"go", "test"}, r.goBenchmarks, []string{"./blas", "./npyio", "./condor/...", "./internal/...", "./bench/..."}},
		} {
			fmt.Fprintf(r.progress, "run %d of %d: packages, %s\n", i+1, r.runs, b.implementation)
			argv := append(b.goTest[:len(b.goTest):len(b.goTest)], "-run=^$", "-skip=Types", "-bench="+b.benchmarks, "-benchtime="+r.benchtime, "-timeout=1h", "-vet=off")
			printed, err := r.output(ctx, r.root, []string{"CGO_ENABLED=0", "TMPDIR=" + r.dir}, append(argv, b.packages...)...)
			if err != nil {
				return err
			}
			if err := r.record(b.implementation, printed+"\n"); err != nil {
				return err
			}
		}
	}
	return nil
}
