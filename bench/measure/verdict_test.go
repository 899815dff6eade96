//go:build linux

package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"testing"
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
