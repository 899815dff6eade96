//go:build linux

package main

import (
	"fmt"
	"math"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/perf/benchfmt"
	"golang.org/x/perf/benchmath"
)

// The implementations that are compared. The samples of each are in a file IMPLEMENTATION.txt of the archive, in Go's
// benchmark format. The same name in two files means the same work.
const (
	shipped = "openblas" // the programs of make build, which releases have; OpenBLAS is one of their kernels
	goBuild = "go"       // the programs of make build BLAS=go
	numpy   = "numpy"    // the Python scripts: the baseline
	library = "library"  // OpenBLAS itself, called once for a whole product
	empty   = "empty"    // work left out: a Go program that does nothing, the files of a program's work alone, jobs that only have their files sent
)

// programs is the package name under which the benchmarks of whole programs are recorded.
const programs = "matpool/cmd"

const machineFile = "machine.txt"

// appendTo adds lines to a file of the archive. A new file of samples begins with the description of the machine.
func appendTo(dir, name, lines string) error {
	file := filepath.Join(dir, name)
	if _, err := os.Stat(file); os.IsNotExist(err) && name != machineFile {
		machine, err := os.ReadFile(filepath.Join(dir, machineFile))
		if err != nil {
			return err
		}
		lines = string(machine) + "\n" + lines
	}
	f, err := os.OpenFile(file, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o666)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = f.WriteString(lines)
	return err
}

// benchmarkLine returns a measurement of a program in Go's benchmark format. Its figures are values with their units.
func benchmarkLine(name, figures string) string {
	return "pkg: " + programs + "\nBenchmark" + name + "\t1\t" + figures + "\n"
}

// An archive is the folder of a run, with all its samples.
type archive struct {
	dir     string
	samples map[key]*benchmath.Sample
	machine map[string]string
}

// A key identifies a sample, in benchfmt's base units: numpy, "Job/n=1000", "sec/op". The names of a package's benchmarks
// begin with the package: go, "blas.Mul/n=100/kernel=avx2/threads=1", "GF/s".
type key struct{ implementation, name, unit string }

// read reads the archive in a folder.
func read(dir string) (*archive, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.txt"))
	if err != nil {
		return nil, err
	}
	values, machine := make(map[key][]float64), make(map[string]string)
	files := benchfmt.Files{Paths: paths}
	for files.Scan() {
		switch record := files.Result().(type) {
		case *benchfmt.SyntaxError:
			return nil, record
		case *benchfmt.Result:
			for _, c := range record.Config {
				machine[c.Key] = string(c.Value)
			}
			k := key{strings.TrimSuffix(filepath.Base(record.GetConfig(".file")), ".txt"), nameOf(record), ""}
			for _, v := range record.Values {
				k.unit = v.Unit
				values[k] = append(values[k], v.Value)
			}
		}
	}
	if err := files.Err(); err != nil {
		return nil, err
	}
	if len(values) == 0 {
		return nil, fmt.Errorf("%s: contains no measurements", dir)
	}
	a := newArchive(dir)
	a.machine = machine
	for k, x := range values {
		a.samples[k] = benchmath.NewSample(x, &benchmath.DefaultThresholds)
	}
	return a, nil
}

func newArchive(dir string) *archive {
	return &archive{dir: dir, samples: make(map[key]*benchmath.Sample)}
}

// nameOf returns a benchmark's name without the number of processors.
func nameOf(r *benchfmt.Result) string {
	base, parts := r.Name.Parts()
	name := string(base)
	for _, part := range parts {
		if part[0] != '-' {
			name += string(part)
		}
	}
	if pkg := r.GetConfig("pkg"); pkg != programs {
		return path.Base(pkg) + "." + name
	}
	return name
}

// sample returns a sample in ascending order, or nil if there is none.
func (a *archive) sample(implementation, name, unit string) []float64 {
	if s := a.samples[key{implementation, name, unit}]; s != nil {
		return s.Values
	}
	return nil
}

// median returns the median of a sample, or NaN if there is none.
func (a *archive) median(implementation, name, unit string) float64 {
	s := a.samples[key{implementation, name, unit}]
	if s == nil {
		return math.NaN()
	}
	return benchmath.AssumeNothing.Summary(s, 0.95).Center
}

// seconds returns the median time of a benchmark.
func (a *archive) seconds(implementation, name string) float64 {
	return a.median(implementation, name, "sec/op")
}

// names returns the names of an implementation's benchmarks that match a pattern of path.Match and have a sample in a unit.
func (a *archive) names(implementation, pattern, unit string) (names []string) {
	for k := range a.samples {
		if ok, _ := path.Match(pattern, k.name); ok && k.implementation == implementation && k.unit == unit {
			names = append(names, k.name)
		}
	}
	slices.Sort(names)
	return names
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}
