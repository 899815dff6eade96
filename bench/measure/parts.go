//go:build linux

package main

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
)

// A part is a package whose benchmarks are run.
type part struct {
	side, dir string
	bench     string // which, an expression as in go test -bench
	quick     string // which when there is little time
	cgo       bool   // it is built with OpenBLAS
}

var parts = []part{
	{goBuild, "bench/peak", ".", ".", false},
	{library, "blas/internal/openblas", ".", "/n=10+/", true},
	{openblas, "blas", "Mul/.*/kernel=openblas/", "Mul/n=10+/kernel=openblas/", true},
	{goBuild, "blas", ".", "Mul/n=10+/kernel=avx|Kernel", false},
	{goBuild, "internal/ddsum", ".", ".", false},
	{goBuild, "internal/nprand", ".", ".", false},
	{goBuild, "internal/pages", ".", ".", false},
	{goBuild, "npyio", ".", ".", false},
	{goBuild, "bench/peers", ".", ".", false},
	{goBuild, "internal/flow", ".", ".", false},
	{goBuild, "condor", ".", "", false},
}

// measureParts times what goes on inside the programs: Go's benchmarks, and the multiplication by numpy, in turn.
func (s *session) measureParts(ctx context.Context) error {
	for _, p := range parts {
		argv := []string{"go", "test", "-c", "-o", s.test(p), "./" + p.dir}
		if p.cgo {
			argv = append([]string{"third_party/openblas/go.sh", "linux", "test", "-tags", "openblas"}, argv[2:]...)
		}
		if _, err := s.output(ctx, s.root, []string{"CGO_ENABLED=0"}, argv...); err != nil {
			return err
		}
	}
	for i := range s.runs {
		for _, p := range parts {
			if err := s.runPart(ctx, p, i); err != nil {
				return err
			}
		}
		for _, n := range s.sizes {
			for threads := 1; threads <= min(2, runtime.NumCPU()); threads++ {
				if err := s.runNumpy(ctx, n, threads); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (s *session) test(p part) string {
	return filepath.Join(s.dir, "bin", "tests", p.side+"-"+strings.ReplaceAll(p.dir, "/", "-"))
}

func (s *session) runPart(ctx context.Context, p part, i int) error {
	bench := p.bench
	if !s.slow {
		bench = p.quick
	}
	if bench == "" {
		return nil
	}
	fmt.Fprintf(s.progress, "run %d of %d: benchmarks of %s\n", i+1, s.runs, p.dir)
	printed, err := s.output(ctx, filepath.Join(s.root, p.dir), []string{"TMPDIR=" + s.dir},
		s.test(p), "-test.run=^$", "-test.bench="+bench, "-test.benchtime="+s.benchtime)
	if err != nil {
		return err
	}
	return s.results.addLines(p.side, printed+"\n")
}

// runNumpy is numpy's turn at a product.
func (s *session) runNumpy(ctx context.Context, n, threads int) error {
	printed, err := s.output(ctx, s.dir, onThreads(threads), python, s.dgemm(), strconv.Itoa(n), "0.2")
	if err != nil {
		return err
	}
	seconds, err := strconv.ParseFloat(printed, 64)
	if err != nil {
		return err
	}
	return s.results.add(numpy, "matpool/blas", fmt.Sprintf("Dgemm/n=%d/threads=%d", n, threads),
		value{1e9 * seconds, "ns/op"}, value{2 * float64(n) * float64(n) * float64(n) / seconds / 1e9, "GF/s"})
}

// dgemm is the script that multiplies in a process that is warm.
func (s *session) dgemm() string { return filepath.Join(s.root, "bench", "measure", "dgemm.py") }
