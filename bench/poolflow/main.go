//go:build linux

/*
Poolflow runs the whole flow on an HTCondor pool, with numpy's scripts and our programs in turn.

	poolflow -bin DIR -bench DIR -launch FILE [-products N] [-runs N] [-sweep N]

Run it with test/pool/session.sh, in a folder with inputA<i>.npy and inputB<i>.npy. The pool's Linux machines have four
processors and share no file system: each job's files are sent to its machine and back. For each flow it prints the
implementation, a tab, and, in Go's benchmark format, the time from submission to the norm of the sum and the figures that
matwatch derives from the event log. It also computes two products that are cut into jobs, step by step. In the first -sweep
runs, our programs also vary the products per job, the number of products, the slots, and the length of the cut products.
*/
package main

import (
	"context"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
)

func main() {
	bin := flag.String("bin", "", "the `folder` of our programs")
	bench := flag.String("bench", "", "the `folder` of the benchmarks, which has the numpy scripts")
	launcher := flag.String("launch", "", "bench/launch, a `file`")
	products := flag.Int("products", 100, "")
	runs := flag.Int("runs", 10, "")
	sweep := flag.Int("sweep", 3, "")
	flag.Parse()
	p := &pool{bin: *bin, bench: *bench, launcher: *launcher, norms: make(map[string]float64)}
	if err := p.run(context.Background(), *products, *runs, *sweep); err != nil {
		fmt.Fprintln(os.Stderr, "poolflow:", err)
		os.Exit(1)
	}
}

// A pool runs flows, in the current folder.
type pool struct {
	bin, bench, launcher string
	norms                map[string]float64 // by what is summed
}

func (p *pool) program(name string) string { return filepath.Join(p.bin, name) }

func (p *pool) script(name string) string { return filepath.Join(p.bench, name) }

const (
	slots  = 4 // of the pool's machines for Linux
	size   = 1000
	seed   = 2026 // of the inputs that jobs make
	python = "/usr/bin/python3"
)

func (p *pool) run(ctx context.Context, products, runs, sweep int) error {
	flows, swept := flowsOf(products)
	larges, sweptLarges := []large{gram(200_000), product(20_000)}, []large{gram(50_000), product(5_000)}
	for i := range runs {
		if i == sweep {
			swept, sweptLarges = nil, nil
		}
		for _, f := range slices.Concat(flows, swept) {
			fmt.Fprintf(os.Stderr, "pool, run %d of %d: %s, %s\n", i+1, runs, f.name(), f.implementation)
			norm, line, err := p.measure(ctx, f)
			if err == nil {
				err = p.compare(ctx, f, norm)
			}
			if err != nil {
				return fmt.Errorf("%s, %s: %w", f.name(), f.implementation, err)
			}
			fmt.Printf("%s\tBenchmark%s\t1\t%s\n", f.implementation, f.name(), line)
		}
		for _, l := range slices.Concat(larges, sweptLarges) {
			fmt.Fprintf(os.Stderr, "pool, run %d of %d: %s\n", i+1, runs, l.benchmark())
			if err := p.measureLarge(ctx, l); err != nil {
				return fmt.Errorf("%s: %w", l.benchmark(), err)
			}
		}
	}
	return nil
}

// flowsOf returns the flows of each run, and those of the first runs only.
func flowsOf(products int) (always, swept []flow) {
	shipped := func(products, slots, perJob int) flow {
		return flow{implementation: openblas, products: products, slots: slots, perJob: perJob}
	}
	sum := func(f flow) flow { f.sum = true; return f }
	random := func(f flow) flow { f.random = true; return sum(f) }
	by := func(implementation string, f flow) flow { f.implementation = implementation; return f }
	atOnce := func(products int) flow { return by(empty, shipped(products, slots, (products+slots-1)/slots)) }
	always = []flow{
		by(numpy, shipped(products, slots, 1)),
		shipped(products, slots, auto),
		sum(shipped(products, slots, auto)),
		random(shipped(products, slots, auto)),
		atOnce(products),
	}
	swept = []flow{
		shipped(products, slots, 1),
		shipped(products, slots, 2),
		shipped(products, slots, 5),
		sum(shipped(products, slots, 5)),
		shipped(products, slots, 10),
		shipped(products, slots, 20),
		shipped(products, slots/2, 5),
		shipped(products, slots/2, 20),
		shipped(products/2, slots, 1),
		shipped(products/2, slots, 5),
		shipped(products/5, slots, auto),
		atOnce(products / 5),
		random(shipped(10*products, slots, auto)),
	}
	return always, swept
}

// compare compares a norm with that of the serial check, if jobs make their inputs, or of the flows before.
func (p *pool) compare(ctx context.Context, f flow, norm float64) error {
	if f.implementation == empty {
		return nil
	}
	summands := fmt.Sprint(f.products, f.random)
	want, known := p.norms[summands]
	if !known && f.random {
		printed, err := output(ctx, p.program("matprod"), "-serial", "-quiet", "-generate", "-jobs", strconv.Itoa(f.products),
			"-size", strconv.Itoa(size), "-seed", strconv.Itoa(seed))
		if err != nil {
			return err
		}
		if want, err = strconv.ParseFloat(printed, 64); err != nil {
			return err
		}
		known = true
	}
	if !known {
		want = norm
	}
	if p.norms[summands] = want; math.Abs(norm-want) > 1e-14*want {
		return fmt.Errorf("the norm is %v, but was %v before", norm, want)
	}
	return nil
}
