//go:build linux

/*
Poolflow runs the whole flow on an HTCondor pool again and again, by numpy's scripts and by our programs in turn, and
prints how long each took: from the submission to the norm of the sum, in the format of Go's benchmarks, each line after
its side's name and a tab.

	poolflow -bin DIR -scripts DIR -jobs N -runs N [-sweep N]

It is run in a folder that holds inputA<i>.npy and inputB<i>.npy, by test/pool/session.sh, whose machines for Linux have
four processors. Each job's files are sent to its machine and back: the machines share no file system. In the first runs
of -sweep, our programs also take other numbers of products in a job, of products, and of processors.
*/
package main

import (
	"context"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
)

func main() {
	bin := flag.String("bin", "", "the `folder` of our programs")
	scripts := flag.String("scripts", "", "the `folder` of numpy's")
	jobs := flag.Int("jobs", 100, "products")
	runs := flag.Int("runs", 10, "")
	sweep := flag.Int("sweep", 3, "")
	flag.Parse()
	p := &pool{bin: *bin, scripts: *scripts}
	if err := p.run(context.Background(), *jobs, *runs, *sweep); err != nil {
		fmt.Fprintln(os.Stderr, "poolflow:", err)
		os.Exit(1)
	}
}

// A pool runs flows, in the current folder.
type pool struct{ bin, scripts string }

// A flow is one way to compute the sum of products on the pool.
type flow struct {
	side     string
	products int
	slots    int
	perJob   string // products in a job, or auto
	sum      bool   // jobs return their products' sums
	run      func(ctx context.Context, f flow) (outcome, error)
}

const slots = 4 // of the pool's machines for Linux

func (f flow) name() string {
	name := fmt.Sprintf("Flow/products=%d/slots=%d/per_job=%s", f.products, f.slots, f.perJob)
	if f.sum {
		name += "/sum=yes"
	}
	return name
}

// files is the flow that sends the files, as many in each job, and computes nothing.
func (p *pool) files(products int) flow {
	return flow{side: "empty", products: products, slots: slots, perJob: strconv.Itoa((products + slots - 1) / slots), run: p.transfer}
}

func (p *pool) run(ctx context.Context, products, runs, sweep int) error {
	always := []flow{
		{side: "numpy", products: products, slots: slots, perJob: "1", run: p.python},
		{side: "openblas", products: products, slots: slots, perJob: "auto", run: p.ours},
		{side: "openblas", products: products, slots: slots, perJob: "auto", sum: true, run: p.ours},
		p.files(products),
	}
	var first []flow
	for _, perJob := range []int{1, 2, 5, 10, 20} {
		first = append(first, flow{side: "openblas", products: products, slots: slots, perJob: strconv.Itoa(perJob), run: p.ours})
	}
	first = append(first,
		flow{side: "openblas", products: products, slots: slots / 2, perJob: "5", run: p.ours},
		flow{side: "openblas", products: products, slots: slots / 2, perJob: "20", run: p.ours},
		flow{side: "openblas", products: products / 2, slots: slots, perJob: "1", run: p.ours},
		flow{side: "openblas", products: products / 2, slots: slots, perJob: "5", run: p.ours},
		flow{side: "openblas", products: products, slots: slots, perJob: "5", sum: true, run: p.ours},
		flow{side: "openblas", products: products / 5, slots: slots, perJob: "auto", run: p.ours},
		p.files(products/5))
	norms := make(map[int]float64) // by the number of products
	for i := range runs {
		flows := always
		if i < sweep {
			flows = append(always[:len(always):len(always)], first...)
		}
		for _, f := range flows {
			fmt.Fprintf(os.Stderr, "pool, run %d of %d: %s by %s\n", i+1, runs, f.name(), f.side)
			o, err := f.run(ctx, f)
			if err != nil {
				return fmt.Errorf("%s by %s: %w", f.name(), f.side, err)
			}
			if norm, ok := norms[f.products]; f.side != "empty" && ok && math.Abs(o.norm-norm) > 1e-14*norm {
				return fmt.Errorf("%s by %s: the norm is %v, and was %v", f.name(), f.side, o.norm, norm)
			} else if f.side != "empty" {
				norms[f.products] = o.norm
			}
			fmt.Printf("%s\tBenchmark%s\t1\t%s\n", f.side, f.name(), o)
		}
	}
	return nil
}

// clear removes what an earlier flow left.
func clear() error {
	for _, pattern := range []string{"output*.npy", "partial*.npz", "run_product*", "log.txt", "jobs", "logs"} {
		names, err := filepath.Glob(pattern)
		if err != nil {
			return err
		}
		for _, name := range names {
			if err := os.RemoveAll(name); err != nil {
				return err
			}
		}
	}
	return nil
}
