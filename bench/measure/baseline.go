//go:build linux

package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/sys/cpu"
)

// OpenBLAS's names for its kernels with AVX-512, and for those with AVX2.
var (
	avx512Kernels = []string{"SkylakeX", "Cooperlake", "SapphireRapids"}
	avx2Kernels   = []string{"Haswell", "Zen"}
)

// fairKernels returns the kernels that numpy's OpenBLAS is to use where its own choice falls behind the processor, or "".
// An OpenBLAS that is older than the processor may not know it and choose kernels of 2004.
func fairKernels(config string, avx512, avx2 bool) string {
	chosen := func(names []string) bool {
		return slices.ContainsFunc(strings.Fields(config), func(word string) bool { return slices.Contains(names, word) })
	}
	switch {
	case avx512 && !chosen(avx512Kernels):
		return avx512Kernels[0]
	case !avx512 && avx2 && !chosen(avx512Kernels) && !chosen(avx2Kernels):
		return avx2Kernels[0]
	}
	return ""
}

// prepareBaseline finds out whether numpy needs an environment to use the fastest kernels, and returns what it has
// changed as a line of the machine's description.
func (r *runner) prepareBaseline(ctx context.Context) (line string, err error) {
	config, err := r.output(ctx, r.root, nil, python, r.dgemm())
	if err != nil {
		return "", err
	}
	kernels := fairKernels(config, cpu.X86.HasAVX512, cpu.X86.HasAVX2)
	if kernels == "" {
		return "", nil
	}
	r.baseline = []string{"OPENBLAS_CORETYPE=" + kernels}
	return fmt.Sprintf("numpy-kernels: %s, by %s; its own choice would be those of: %s\n", kernels, r.baseline[0], config), nil
}

// environment returns the environment of an implementation's program on a number of threads.
func (r *runner) environment(implementation string, threads int) []string {
	env := onThreads(threads)
	if implementation == numpy {
		env = append(env, r.baseline...)
	}
	return env
}
