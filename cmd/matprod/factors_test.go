package main

import (
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"

	"matpool/internal/cli"
	"matpool/internal/pair"
	"matpool/internal/random"
)

// The flags that a pair has in a job make the same pair.
func TestFlagsOfAPair(t *testing.T) {
	numbers := func(seed, dist, dtype string) *pair.Random {
		r := &pair.Random{Numbers: new(random.Numbers), Size: 10}
		r.Numbers.SetPCG64()
		err := r.Numbers.SetSeed(seed)
		if dist != "uniform" {
			err = errors.Join(err, r.Numbers.SetDist(dist))
		}
		if dtype != "" {
			err = errors.Join(err, r.Numbers.SetDType(dtype))
		}
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	for _, p := range []pair.Pair{
		{A: "a.npy", B: "b.npy"},
		{A: "pair.npz"},
		{A: "a.npy", B: "b.npy", Form: pair.Transposed},
		{A: "x.npy", Form: pair.Gram},
		{A: "a.npy", B: "b.npy", Fixed: pair.FixedA},
		{A: "a.npy", B: "b.npy", Fixed: pair.FixedB, Form: pair.Transposed},
		{Random: numbers("0", "uniform", "")},
		{Random: numbers("123456789012345678901234567890", "normal", "float32"), Form: pair.Transposed},
		{Random: numbers("7", "integers:-3:4", "int8")},
		{Random: numbers("7", "integers:-3:4", "")},
	} {
		args := append(p.Flags(), "-first", "0")
		for _, name := range []string{p.A, p.B, "c.npy"} {
			if name != "" {
				args = append(args, name)
			}
		}
		f := defineFactors(cli.NewFlags("matprod", source))
		f.First("")
		names, _, err := f.Parse(args, io.Discard)
		if err != nil {
			t.Fatal(err)
		}
		got, err := f.pair(names, false, true)
		p.C = "c.npy"
		if err != nil || !reflect.DeepEqual(got, p) {
			t.Errorf("%s: %+v, %v; want %+v", strings.Join(args, " "), got, err, p)
		}
	}
}
