//go:build linux

/*
Poolflow runs the whole flow on an HTCondor pool, by numpy's scripts and by our programs in turn.

	poolflow -bin DIR -scripts DIR [-products N] [-runs N] [-sweep N]

It is run in a folder with inputA<i>.npy and inputB<i>.npy, by test/pool/session.sh, whose machines for Linux have four
processors and share no file system: each job's files are sent to its machine and back. For each flow it prints the
implementation, a tab, and in Go's benchmark format the time from the submission to the norm of the sum, and what
matwatch makes of the event log. In the first -sweep runs, our programs also compute with other numbers of products in a
job, of products, and of slots.
*/
package main

import (
	"context"
	"flag"
	"fmt"
	"math"
	"os"
)

func main() {
	bin := flag.String("bin", "", "the `folder` of our programs")
	scripts := flag.String("scripts", "", "the `folder` of the numpy scripts")
	products := flag.Int("products", 100, "")
	runs := flag.Int("runs", 10, "")
	sweep := flag.Int("sweep", 3, "")
	flag.Parse()
	p := &pool{bin: *bin, scripts: *scripts}
	if err := p.run(context.Background(), *products, *runs, *sweep); err != nil {
		fmt.Fprintln(os.Stderr, "poolflow:", err)
		os.Exit(1)
	}
}

// A pool runs flows, in the current folder.
type pool struct{ bin, scripts string }

const slots = 4 // of the pool's machines for Linux

func (p *pool) run(ctx context.Context, products, runs, sweep int) error {
	atOnce := (products + slots - 1) / slots
	always := []flow{
		{numpy, products, slots, 1, false},
		{openblas, products, slots, auto, false},
		{openblas, products, slots, auto, true},
		{empty, products, slots, atOnce, false},
	}
	swept := []flow{
		{openblas, products, slots, 1, false},
		{openblas, products, slots, 2, false},
		{openblas, products, slots, 5, false},
		{openblas, products, slots, 5, true},
		{openblas, products, slots, 10, false},
		{openblas, products, slots, 20, false},
		{openblas, products, slots / 2, 5, false},
		{openblas, products, slots / 2, 20, false},
		{openblas, products / 2, slots, 1, false},
		{openblas, products / 2, slots, 5, false},
		{openblas, products / 5, slots, auto, false},
		{empty, products / 5, slots, (products/5 + slots - 1) / slots, false},
	}
	norms := make(map[int]float64) // by the number of products
	for i := range runs {
		flows := always
		if i < sweep {
			flows = append(flows[:len(flows):len(flows)], swept...)
		}
		for _, f := range flows {
			fmt.Fprintf(os.Stderr, "pool, run %d of %d: %s, %s\n", i+1, runs, f.name(), f.implementation)
			norm, line, err := p.measure(ctx, f)
			if err != nil {
				return fmt.Errorf("%s, %s: %w", f.name(), f.implementation, err)
			}
			if f.implementation != empty {
				if first, ok := norms[f.products]; ok && math.Abs(norm-first) > 1e-14*first {
					return fmt.Errorf("%s, %s: the norm is %v, but was %v before", f.name(), f.implementation, norm, first)
				}
				norms[f.products] = norm
			}
			fmt.Printf("%s\tBenchmark%s\t1\t%s\n", f.implementation, f.name(), line)
		}
	}
	return nil
}
