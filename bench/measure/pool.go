//go:build linux

package main

import (
	"bufio"
	"context"
	"fmt"
	"image/color"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// measurePool runs the whole flow on an HTCondor pool of this machine's, by the scripts and by our programs in turn:
// poolflow does it, inside the pool.
func (s *session) measurePool(ctx context.Context) error {
	if s.poolRuns == 0 {
		return nil
	}
	script := filepath.Join(s.root, "test", "pool", "session.sh")
	if err := s.command(ctx, s.root, nil, script, "--check").Run(); err != nil {
		fmt.Fprintln(s.progress, "no pool: namespaces cannot be had on this machine; as root, they can")
		return nil
	}
	if _, err := s.output(ctx, s.root, nil, "go", "build", "-o", s.program("tools", "poolflow"), "./bench/poolflow"); err != nil {
		return err
	}
	if err := s.makePairs(ctx); err != nil {
		return err
	}
	cmd := s.command(ctx, s.dir, nil, script, s.program("tools", "poolflow"), "-bin", s.program(openblas, ""),
		"-scripts", s.script(""), "-jobs", strconv.Itoa(s.jobs), "-runs", strconv.Itoa(s.poolRuns))
	printed, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	lines := bufio.NewScanner(printed)
	for lines.Scan() {
		side, line, found := strings.Cut(lines.Text(), "\t")
		if !found {
			continue
		}
		if err := s.results.addLines(side, "pkg: "+programs+"\n"+line+"\n"); err != nil {
			return err
		}
	}
	if err := cmd.Wait(); err != nil {
		return fmt.Errorf("%v: %w", cmd, err)
	}
	return nil
}

// makePairs makes the flow's inputs, unless they are there.
func (s *session) makePairs(ctx context.Context) error {
	if _, err := os.Stat(filepath.Join(s.dir, fmt.Sprintf("inputB%d.npy", s.jobs-1))); err == nil {
		return nil
	}
	_, err := s.output(ctx, s.dir, nil, s.program(goBuild, "matinit"), "-quiet", "-force", "-jobs", strconv.Itoa(s.jobs), "-size", strconv.Itoa(size), "-seed", strconv.Itoa(seed))
	return err
}

// A flow is a way to compute on the pool, as its benchmark's name tells.
type flow struct {
	side            string
	name            string // of the benchmark
	products, slots int
	perJob          int // 0 for auto
	sum             bool
	jobs            float64
}

// flows returns those that were measured.
func (r *results) flows() (all []flow) {
	for _, side := range []string{numpy, openblas, empty} {
		for _, name := range r.names(side, "cmd.Flow/", "sec/op") {
			f := flow{side: side, name: name, jobs: median(r.values[key{side, name, "jobs"}])}
			for part := range strings.SplitSeq(name, "/") {
				k, text, _ := strings.Cut(part, "=")
				n, _ := strconv.Atoi(text)
				switch k {
				case "products":
					f.products = n
				case "slots":
					f.slots = n
				case "per_job":
					f.perJob = n
				case "sum":
					f.sum = true
				}
			}
			all = append(all, f)
		}
	}
	slices.SortStableFunc(all, func(a, b flow) int {
		return 1000*(b.products-a.products) + 100*(b.slots-a.slots) + a.perJob - b.perJob
	})
	return all
}

// bytes returns how much is sent to the machines and back.
func (f flow) bytes() float64 {
	const matrix = 8 * size * size
	if f.sum { // a sum is not rounded: it has two parts
		return matrix * (2*float64(f.products) + 2*f.jobs)
	}
	return matrix * 3 * float64(f.products)
}

// whole says whether the flow is the one that is compared: all products, on all slots.
func (r *results) whole(f flow) bool {
	return !slices.ContainsFunc(r.flows(), func(g flow) bool { return g.products > f.products || g.slots > f.slots })
}

// compared returns the flows of the targets: numpy's, ours, ours with sums, and nothing but the files.
func (r *results) compared() (python, ours, sums, files string) {
	for _, f := range r.flows() {
		switch {
		case !r.whole(f):
		case f.side == numpy:
			python = f.name
		case f.side == empty:
			files = f.name
		case f.perJob == 0 && f.sum:
			sums = f.name
		case f.perJob == 0:
			ours = f.name
		}
	}
	return python, ours, sums, files
}

func (r *results) poolTargets() []target {
	python, ours, sums, _ := r.compared()
	return []target{
		{what: "the flow on a pool, every file sent", formula: "ours ÷ the scripts'", figure: ratio(openblas, ours, numpy, python), limit: 0.35, format: "%.2f"},
		{what: "… jobs return their products' sums", formula: "ours ÷ the scripts'", figure: ratio(openblas, sums, numpy, python), limit: 0.30, format: "%.2f"},
	}
}

func (r *results) poolTable() string {
	var rows [][]string
	for _, f := range r.flows() {
		who := map[string]string{numpy: "product.py, combine.py", openblas: "matsubmit, matcombine", empty: "nothing but the files"}[f.side]
		if f.sum {
			who += ", sum = yes"
		}
		perJob := strconv.Itoa(f.perJob)
		if f.perJob == 0 {
			perJob = "auto"
		}
		row := []string{who, strconv.Itoa(f.products), strconv.Itoa(f.slots), perJob, fmt.Sprintf("%.0f", f.jobs), spread(r.seconds(f.side, f.name))}
		for _, unit := range []string{"idle-s", "input-s", "run-s", "output-s", "machine-s"} {
			row = append(row, fmt.Sprintf("%.2f", median(r.values[key{f.side, f.name, unit}])))
		}
		rows = append(rows, row)
	}
	text := "From the submission to the norm, on four slots of this machine, which share its cores. Then what a job takes, in\n" +
		"seconds, by the event log: until it gets a machine, sending its files, running, sending what it made, and in all on\n" +
		"its machine. The log's times are whole seconds: these are means over all jobs.\n\n" +
		table([]string{"", "products", "slots", "per job", "jobs", "makespan", "idle", "input", "run", "output", "on the machine"}, rows)
	return text + r.modelText()
}

// poolPlots draws the makespan over the products of a job, and what the model says.
func (r *results) poolPlots() []picture {
	python, ours, sums, files := r.compared()
	p := picture{file: "makespan.svg", title: "The flow on a pool of four slots", x: "products in a job", y: "s, from submission to norm", logX: true, logY: true}
	var swept []point
	most := 1.0
	for _, f := range r.flows() {
		if f.side == openblas && r.whole(f) && f.jobs > 0 {
			perJob := float64(f.products) / f.jobs
			if most = max(most, perJob); f.perJob > 0 && !f.sum {
				swept = append(swept, at(perJob, r.seconds(f.side, f.name)))
			}
		}
	}
	p.curves = append(p.curves, curve{label: "ours", color: blue, points: swept})
	for _, c := range []struct {
		label, side, name string
		color             color.RGBA
	}{{"ours, auto", openblas, ours, green}, {"ours, sum = yes", openblas, sums, orange}} {
		if s := r.seconds(c.side, c.name); len(s) > 0 {
			p.curves = append(p.curves, curve{label: c.label, color: c.color, points: []point{at(most, s)}})
		}
	}
	for _, c := range []struct {
		label, side, name string
		color             color.RGBA
	}{{"the scripts", numpy, python, grey}, {"nothing but the files", empty, files, red}} {
		if s := r.seconds(c.side, c.name); len(s) > 0 {
			p.curves = append(p.curves, curve{label: c.label, color: c.color, points: []point{at(1, s), at(most, s)}, model: true})
		}
	}
	if m, ok := r.fit(); ok {
		var line []point
		for k := 1.0; k <= most; k++ {
			line = append(line, at(k, []float64{m.makespan(r.products(), m.slots, k)}))
		}
		p.curves = append(p.curves, curve{label: "the model", color: blue, points: line, model: true})
	}
	return []picture{p}
}

func at(x float64, y []float64) point {
	return point{x, median(y), slices.Min(y), slices.Max(y)}
}
