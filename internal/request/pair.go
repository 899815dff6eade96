package request

import (
	"fmt"

	"matpool/condor/jobfile"
	"matpool/internal/flow"
)

// Pair returns what matprod multiplies in the jobs that are asked for, without an index. Its error
// names the attribute at fault.
func Pair(q *jobfile.Request) (p flow.Pair, err error) {
	if q.Random != nil {
		return randomPair(q.Random)
	}
	names := q.IndexedInputs
	switch q.Fixed.Factor {
	case "a":
		p.Fixed, names = flow.FixedA, []string{q.Fixed.Name, names[0]}
	case "b":
		p.Fixed, names = flow.FixedB, []string{names[0], q.Fixed.Name}
	}
	p.A = names[0]
	if len(names) > 1 {
		p.B = names[1]
	}
	return p, nil
}

// randomPair returns the factors that matprod makes.
func randomPair(q *jobfile.Random) (p flow.Pair, err error) {
	random := new(flow.Random)
	random.SetPCG64()
	if err := random.SetSeed(q.Seed); err != nil {
		return p, fmt.Errorf("seed: %w", err)
	}
	if err := random.SetDist(q.Distribution); err != nil {
		return p, fmt.Errorf("distribution: %w", err)
	}
	if q.DType != "" {
		if err := random.SetDType(q.DType); err != nil {
			return p, fmt.Errorf("dtype: %w", err)
		}
	}
	if err := random.Check(); err != nil {
		return p, fmt.Errorf("distribution: %w", err)
	}
	return flow.Pair{Random: &flow.RandomPair{Random: random, Size: q.Size}}, nil
}
