//go:build linux

package main

import (
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/perf/benchfmt"
)

// Sides are what is compared. What is measured of one is in a file of its own, SIDE.txt, in the format of Go's
// benchmarks: benchstat numpy.txt openblas.txt compares what has the same name in both.
const (
	openblas = "openblas" // the programs of make build
	goBuild  = "go"       // the programs of make build BLAS=go
	numpy    = "numpy"    // the Python scripts
	library  = "library"  // OpenBLAS itself, as it is linked into the programs, called once for a whole product
	empty    = "empty"    // a Go program that does nothing
)

// What whole programs do is measured under the name of the folder where they are; what a package does, under its own.
const programs = "matpool/cmd"

// results are all measurements of a run.
type results struct {
	dir    string
	sheet  []entry // about the machine
	values map[key][]float64
	files  map[string]*os.File
}

// key names a series of measurements: "cmd.Job/n=1000" in "sec/op".
type key struct{ side, name, unit string }

func newResults(dir string, sheet []entry) *results {
	return &results{dir: dir, sheet: sheet, values: make(map[key][]float64), files: make(map[string]*os.File)}
}

// A value is one measurement, with its unit.
type value struct {
	x    float64
	unit string
}

// add writes down one run of something.
func (r *results) add(side, pkg, name string, values ...value) error {
	line := "Benchmark" + name + "\t1"
	for _, v := range values {
		line += fmt.Sprintf("\t%.10g %s", v.x, v.unit)
	}
	return r.addLines(side, "pkg: "+pkg+"\n"+line+"\n")
}

// addLines writes down what Go's benchmarks print.
func (r *results) addLines(side, lines string) error {
	f := r.files[side]
	if f == nil {
		var err error
		if f, err = os.OpenFile(filepath.Join(r.dir, side+".txt"), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o666); err != nil {
			return err
		}
		r.files[side] = f
		head := ""
		for _, e := range r.sheet {
			head += e.key + ": " + e.text + "\n"
		}
		lines = head + "\n" + lines
	}
	if err := r.parse(side, strings.NewReader(lines)); err != nil {
		return err
	}
	_, err := f.WriteString(lines)
	return err
}

// parse adds what stands in one side's file.
func (r *results) parse(side string, text io.Reader) error {
	reader := benchfmt.NewReader(text, side)
	for reader.Scan() {
		result, ok := reader.Result().(*benchfmt.Result)
		if !ok {
			return fmt.Errorf("%v", reader.Result())
		}
		name, parts := result.Name.Parts()
		full := filepath.Base(result.GetConfig("pkg")) + "." + string(name)
		for _, part := range parts {
			if part[0] != '-' { // the number of processors
				full += string(part)
			}
		}
		for _, v := range result.Values {
			k := key{side, full, v.Unit}
			r.values[k] = append(r.values[k], v.Value)
		}
	}
	return reader.Err()
}

// read returns the measurements of an archived run.
func read(dir string) (*results, error) {
	sheet, err := readSheet(dir)
	if err != nil {
		return nil, err
	}
	r := newResults(dir, sheet)
	names, err := filepath.Glob(filepath.Join(dir, "*.txt"))
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		side := strings.TrimSuffix(filepath.Base(name), ".txt")
		if !slices.Contains([]string{openblas, goBuild, numpy, library, empty}, side) {
			continue
		}
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		err = r.parse(side, f)
		f.Close()
		if err != nil {
			return nil, err
		}
	}
	if len(r.values) == 0 {
		return nil, fmt.Errorf("%s: holds no measurements", dir)
	}
	return r, nil
}

func (r *results) close() error {
	for _, f := range r.files {
		if err := f.Close(); err != nil {
			return err
		}
	}
	return nil
}

// seconds returns how long something took, once for each run; nothing where it was not measured.
func (r *results) seconds(side, name string) []float64 { return r.values[key{side, name, "sec/op"}] }

// time returns the median of seconds, and whether it was measured.
func (r *results) time(side, name string) (float64, bool) {
	s := r.seconds(side, name)
	return median(s), len(s) > 0
}

// names returns the names of what was measured of a side, in this unit, that begin with prefix.
func (r *results) names(side, prefix, unit string) []string {
	var names []string
	for k := range maps.Keys(r.values) {
		if k.side == side && k.unit == unit && strings.HasPrefix(k.name, prefix) {
			names = append(names, k.name)
		}
	}
	slices.Sort(names)
	return names
}

// median is 0 where there is nothing.
func median(x []float64) float64 {
	if len(x) == 0 {
		return 0
	}
	x = slices.Sorted(slices.Values(x))
	return (x[(len(x)-1)/2] + x[len(x)/2]) / 2
}
