//go:build linux

package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"testing"

	"matpool/condor/pool"
	"matpool/internal/forecast"
)

// What matsubmit says before it submits, and products_per_job = auto, use round figures of the model: within a factor of two
// of those that are fitted to the latest run on the pool.
func TestVerdictUsesTheModel(t *testing.T) {
	runs, err := filepath.Glob("../runs/*")
	if err != nil {
		t.Fatal(err)
	}
	var latest model
	fitted := ""
	for _, run := range runs {
		a, err := read(run)
		if err != nil {
			t.Fatal(err)
		}
		if m, ok := a.fit(); ok {
			latest, fitted = m, run
		}
	}
	if fitted == "" {
		t.Fatal("no run on the pool is archived")
	}
	used := constants(t, "../../internal/forecast/model.go")
	for name, of := range map[string]float64{"JobSeconds": latest.round, "inPerSecond": latest.inRate, "outPerSecond": latest.outRate} {
		if x := used[name]; !(x >= of/2 && x <= 2*of) {
			t.Errorf("%s is %v; the model of %s has %.3g", name, x, fitted, of)
		}
	}
}

// With those figures, the time that matsubmit says is within a factor of 1.5 of the median of every archived run, on the
// pool and here. The slots of these pools share the machine's cores, which the verdict does not know: each is as much
// slower. A product takes the time that it takes in a batch.
func TestVerdictHoldsForTheRuns(t *testing.T) {
	const factor, flops = 1.5, 2.0 * size * size * size
	runs, err := filepath.Glob("../runs/*")
	if err != nil {
		t.Fatal(err)
	}
	compared := 0
	compare := func(run, what string, said, took float64) {
		compared++
		if said > factor*took || took > factor*said {
			t.Errorf("%s: %s took %.2f s, but the verdict is %.2f s", run, what, took, said)
		}
	}
	for _, run := range runs {
		a, err := read(run)
		if err != nil {
			t.Fatal(err)
		}
		var cores int
		fmt.Sscan(a.machine["cores"], &cores)
		speed := func(seconds, processors float64) forecast.Speed {
			return forecast.Speed{All: flops / seconds * processors, One: flops / seconds}
		}
		for _, f := range a.flows() {
			if f.implementation != shipped {
				continue
			}
			batch := fmt.Sprintf("Batch/products=%d/threads=1", a.products())
			if f.random {
				batch = fmt.Sprintf("Random/products=%d/threads=1", a.products())
			}
			product := a.seconds(shipped, batch) / float64(a.products())
			shared := max(1, float64(f.slots)/float64(cores))
			in, out := f.bytes()
			v := forecast.Verdict{Need: pool.Need{Cpus: 1}, Speed: speed(product*shared, float64(cores)), Offer: forecast.Offer{Cycle: 1}, // as test/pool/condor_config sets it
				Load: forecast.Load{Jobs: int(f.jobs), Products: f.products, In: int64(in), Out: int64(out), Flops: float64(f.products) * flops}}
			compare(run, f.name, v.OnPool(f.slots), a.seconds(shipped, f.name))
		}
		for threads := 1; threads <= cores && a.products() > 0; threads++ {
			name := fmt.Sprintf("Batch/products=%d/threads=%d", a.products(), threads)
			warm := a.seconds(numpy, fmt.Sprintf("Warm/n=%d/threads=%d", size, threads))
			if took := a.seconds(shipped, name); took > 0 && warm > 0 {
				n := int64(a.products())
				compare(run, name, speed(warm, 1).Here(forecast.Load{Products: a.products(), Local: 24 * size * size * n, Flops: flops * float64(n)}), took)
			}
		}
	}
	if compared < 49 {
		t.Errorf("only %d runs are archived", compared)
	}
}

// constants returns the constants of a Go file that are written as numbers.
func constants(t *testing.T, file string) map[string]float64 {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	values := make(map[string]float64)
	ast.Inspect(parsed, func(n ast.Node) bool {
		if spec, ok := n.(*ast.ValueSpec); ok {
			for i, v := range spec.Values {
				if number, ok := v.(*ast.BasicLit); ok {
					values[spec.Names[i].Name], _ = strconv.ParseFloat(number.Value, 64)
				}
			}
		}
		return true
	})
	return values
}
