package numpy

import (
	"fmt"
	"math"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// A stream for each pair: what matinit -streams writes, and what matprod -generate multiplies without a file, are the
// pairs that numpy draws from default_rng([seed, i]).
func TestStreamsAreNumpys(t *testing.T) {
	const jobs, size = 3, 37 // an odd number of values, so that parts of words are left over
	for _, d := range []struct {
		seed, dist, dtype, line string
		first                   int
	}{
		{"42", "uniform", "float64", "r.random(n)", 499_999_990},
		{"0", "uniform", "float32", "r.random(n, 'f4')", 3},
		{"4294967296", "normal", "float64", "r.standard_normal(n)", 3},
		{"18446744073709551617", "normal", "float32", "r.standard_normal(n, 'f4')", 3},
		{"1" + strings.Repeat("0", 60), "uniform", "float64", "r.random(n)", 3},
		{"7", "integers:-3:4", "int8", "r.integers(-3, 4, n, 'i1')", 3},
		{"8", "integers:-1000:1000", "int64", "r.integers(-1000, 1000, n)", 3},
	} {
		t.Run(d.dist+" "+d.dtype+" "+d.seed, func(t *testing.T) {
			first, dir, theirs := d.first, t.TempDir(), t.TempDir()
			norm := ask[float64](t, "streams", question{"seed": d.seed, "line": d.line, "first": first, "jobs": jobs, "size": size, "folder": theirs})[0]
			drawn := []string{"-size", strconv.Itoa(size), "-seed", d.seed, "-dist", d.dist, "-dtype", d.dtype}
			numbered := []string{"-first", strconv.Itoa(first)}
			run(t, dir, matinit, append(append(drawn, numbered...), "-streams", "-jobs", strconv.Itoa(jobs))...)
			numbered = append(numbered, "-count", strconv.Itoa(jobs))
			run(t, dir, matprod, append(append(drawn, numbered...), "-generate")...)
			run(t, theirs, matprod, append(numbered, "inputA.npy", "inputB.npy", "product.npy")...)
			run(t, dir, matprod, append(append(drawn, numbered...), "-generate", "-sum", "partial0.npz")...)
			for i := first; i < first+jobs; i++ {
				name := func(folder, name string) string { return filepath.Join(folder, fmt.Sprintf(name, i)) }
				sameFiles(t, name(dir, "inputA%d.npy"), name(theirs, "inputA%d.npy"))
				sameFiles(t, name(dir, "inputB%d.npy"), name(theirs, "inputB%d.npy"))
				sameFiles(t, name(dir, "output%d.npy"), name(theirs, "product%d.npy"))
				if strings.HasPrefix(d.dtype, "int") {
					sameFiles(t, name(dir, "output%d.npy"), name(theirs, "output%d.npy"))
				}
			}
			got, err := strconv.ParseFloat(run(t, dir, matcombine, "-quiet", "-jobs", "1", "partial.npz"), 64)
			if err != nil || math.Abs(got-norm) > 1e-6*norm { // numpy adds float32 as float32
				t.Errorf("norm %v, %v; numpy's is %v", got, err, norm)
			}
		})
	}
}
