//go:build linux

package main

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A kind is a line of numpy's that is compared with the programs, as bench/shapes/shapes.py lists it.
type kind struct {
	name  string
	form  string // product, gram, sum or draw
	times int    // how often a process does it
	files string // mapped, read or compressed
	dist  string // of what is drawn
}

// benchmark returns the name under which a kind is recorded.
func (k kind) benchmark() string { return shapePrefix + k.name + "/files=" + k.files }

const (
	shapePrefix = "Shape/kind="
	cpuUnit     = "cpu-sec/op" // of one product or sum
)

// argv returns our command line for a kind.
func (k kind) argv() []string {
	a, b, x, c := "inputA.npy", "inputB.npy", "inputX.npy", "inputC.npy"
	if k.files != "mapped" {
		a, b, x, c = "pair.npz", "", "pair.npz:X", "pair.npz"
	}
	n := strconv.Itoa(k.times)
	line := map[string]string{
		"product": "matprod -count " + n + " " + a + " " + b + " output.npy",
		"gram":    "matprod -count " + n + " -gram " + x + " output.npy",
		"sum":     "matcombine -quiet -unchecked -jobs " + n + " " + c,
		"draw":    "matinit -quiet -force -jobs " + n + " -rng pcg64 -seed 1 -dist " + k.dist + " -dtype " + k.name[strings.LastIndex(k.name, "=")+1:],
	}[k.form]
	return strings.Fields(line)
}

// listKinds returns the kinds that are measured. The first is the work that is nearly nothing: the start.
func (r *runner) listKinds(ctx context.Context) (start kind, kinds []kind, err error) {
	printed, err := r.output(ctx, r.dir, nil, python, r.shapes(), "list")
	if err != nil {
		return start, nil, err
	}
	for _, line := range strings.Split(printed, "\n") {
		var k kind
		if _, err := fmt.Sscan(line, &k.form, &k.times, &k.files, &k.dist, &k.name); err != nil {
			return start, nil, fmt.Errorf("%q: %w", line, err)
		}
		switch {
		case k.name == "start" && k.files == "mapped":
			start = k
		case k.name != "start" && r.kinds.MatchString(k.benchmark()):
			kinds = append(kinds, k)
		}
	}
	if r.everyShape > 1 {
		var some []kind
		for i := r.everyShape / 2; i < len(kinds); i += r.everyShape {
			some = append(some, kinds[i])
		}
		kinds = some
	}
	return start, kinds, nil
}

func (r *runner) shapes() string { return filepath.Join(r.root, "bench", "shapes", "shapes.py") }

// measureShapes measures the processor's time that each kind takes on one thread, without the start of the program that
// does it. In each round the builds and numpy take turns, each right after its own start.
func (r *runner) measureShapes(ctx context.Context) error {
	start, kinds, err := r.listKinds(ctx)
	if err != nil {
		return err
	}
	for i, k := range kinds {
		fmt.Fprintf(r.progress, "shapes %d of %d: %s, %s\n", i+1, len(kinds), k.name, k.files)
		if err := r.measureShape(ctx, start, k); err != nil {
			return fmt.Errorf("%s, %s: %w", k.name, k.files, err)
		}
	}
	return nil
}

func (r *runner) measureShape(ctx context.Context, start, k kind) (err error) {
	cpu := func(implementation string, k kind) (seconds float64, err error) {
		dir := filepath.Join(r.dir, "shapes", k.name, k.files)
		argv := []string{python, r.shapes(), "run", k.name, k.files}
		if implementation != numpy {
			argv = k.argv()
			argv[0] = r.program(implementation, argv[0])
			// A record of what numpy's scripts replaced would be another file's.
			if err := remove(filepath.Join(dir, "matpool.tsv")); err != nil {
				return 0, err
			}
		}
		if err := remove(filepath.Join(dir, "output*.npy")); err != nil {
			return 0, err
		}
		_, used, err := r.launch(ctx, dir, r.environment(implementation, 1), argv...)
		if err != nil {
			return 0, err
		}
		fields := strings.Fields(used)
		ns, err := strconv.ParseFloat(fields[slices.Index(fields, "cpu-ns")-1], 64)
		return ns / 1e9, err
	}
	for _, k := range []kind{start, k} {
		dir := filepath.Join(r.dir, "shapes", k.name, k.files)
		if err := os.MkdirAll(dir, 0o777); err != nil {
			return err
		}
		defer func() { err = removeAll(dir, err) }()
		if _, err := r.output(ctx, dir, nil, python, r.shapes(), "make", k.name, k.files); err != nil {
			return err
		}
	}
	implementations := []string{shipped, goBuild, numpy}
	if k.form == "sum" || k.form == "draw" {
		implementations = []string{goBuild, numpy} // only matprod differs
	}
	for round := range r.shapeRuns + 1 {
		for i := range implementations {
			implementation := implementations[(round+i)%len(implementations)]
			begin, err := cpu(implementation, start)
			if err != nil {
				return err
			}
			all, err := cpu(implementation, k)
			if err != nil {
				return err
			}
			if round == 0 { // the first to read files that were just written takes longer
				continue
			}
			ns := max(1, 1e9*(all-begin)/float64(k.times))
			if err := r.record(implementation, benchmarkLine(k.benchmark(), fmt.Sprintf("%.0f cpu-ns/op", ns))); err != nil {
				return err
			}
		}
	}
	return nil
}

func removeAll(dir string, err error) error {
	if e := os.RemoveAll(dir); err == nil {
		err = e
	}
	return err
}

// shapeRatio returns the time that a build takes for a kind, as a share of numpy's.
func (a *archive) shapeRatio(build, name string) float64 {
	if x := a.median(build, name, cpuUnit) / a.median(numpy, name, cpuUnit); !math.IsNaN(x) || build == goBuild {
		return x
	}
	return a.shapeRatio(goBuild, name) // the same program
}

// shapeNames returns the kinds that were measured.
func (a *archive) shapeNames() (names []string) {
	for k := range a.samples {
		if k.implementation == numpy && k.unit == cpuUnit {
			names = append(names, k.name)
		}
	}
	slices.Sort(names)
	return names
}

// shapeTable returns the ratio of each kind.
func (a *archive) shapeTable() string {
	var rows [][]string
	for _, name := range a.shapeNames() {
		kind, files, _ := strings.Cut(strings.TrimPrefix(name, shapePrefix), "/files=")
		row := []string{kind, files, fmt.Sprintf("%.3g", 1e3*a.median(numpy, name, cpuUnit))}
		for _, build := range []string{shipped, goBuild} {
			row = append(row, fmt.Sprintf("%.2f", a.shapeRatio(build, name)))
		}
		rows = append(rows, row)
	}
	return table([]string{"kind", "files", "numpy, ms", "shipped build ÷ numpy", "Go build ÷ numpy"}, rows)
}

// asFloat64 matches the kinds in which numpy adds in fewer bits than we do.
var asFloat64 = regexp.MustCompile(`^` + shapePrefix + `square/.*/type=(float32|complex64)/`)

// shapeSummary returns what the README says of the kinds.
func (a *archive) shapeSummary(dir string) string {
	names := a.shapeNames()
	ahead, worst := 0, names[0]
	var converted []float64 // ratios
	slower := func(name string) float64 { return max(a.shapeRatio(shipped, name), a.shapeRatio(goBuild, name)) }
	for _, name := range names {
		if slower(name) <= 1 {
			ahead++
		}
		switch {
		case asFloat64.MatchString(name):
			converted = append(converted, a.shapeRatio(shipped, name), a.shapeRatio(goBuild, name))
		case slower(name) > slower(worst):
			worst = name
		}
	}
	squares := ""
	if converted != nil {
		squares = fmt.Sprintf("Squares of float32 and complex64 take %.1f to %.1f times as much, since they are multiplied\nas float64. ",
			slices.Min(converted), slices.Max(converted))
	}
	kind, files, _ := strings.Cut(strings.TrimPrefix(worst, shapePrefix), "/files=")
	return fmt.Sprintf("\nOf %d kinds of products, sums and draws on one thread, %d take at most as much of the processor's time as numpy's line, start\n"+
		"excluded, in both builds. %sOf the others the worst takes %.1f times as much: %s, from %s files. See [each kind](%s/table.md#each-kind).\n",
		len(names), ahead, squares, slower(worst), kind, files, dir)
}
