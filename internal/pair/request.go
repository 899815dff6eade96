package pair

import (
	"fmt"

	"matpool/condor/jobfile"
	"matpool/internal/random"
)

// Requested returns what matprod multiplies in the jobs that are asked for, without an index. Its error
// names the attribute at fault.
func Requested(q *jobfile.Request) (p Pair, err error) {
	form := Plain
	switch {
	case q.Gram:
		form = Gram
	case q.Transpose:
		form = Transposed
	}
	if q.Random != nil {
		p, err = randomPair(q.Random)
		p.Form = form
		return p, err
	}
	p.Form = form
	names := q.IndexedInputs
	switch q.Fixed.Factor {
	case "a":
		p.Fixed, names = FixedA, []string{q.Fixed.Name, names[0]}
	case "b":
		p.Fixed, names = FixedB, []string{names[0], q.Fixed.Name}
	}
	p.A = names[0]
	if len(names) > 1 {
		p.B = names[1]
	}
	return p, nil
}

// randomPair returns the factors that matprod makes.
func randomPair(q *jobfile.Random) (p Pair, err error) {
	numbers := new(random.Numbers)
	numbers.SetPCG64()
	if err := numbers.SetSeed(q.Seed); err != nil {
		return p, fmt.Errorf("seed: %w", err)
	}
	if err := numbers.SetDist(q.Distribution); err != nil {
		return p, fmt.Errorf("distribution: %w", err)
	}
	if q.DType != "" {
		if err := numbers.SetDType(q.DType); err != nil {
			return p, fmt.Errorf("dtype: %w", err)
		}
	}
	if err := numbers.Check(); err != nil {
		return p, fmt.Errorf("distribution: %w", err)
	}
	return Pair{Random: &Random{Numbers: numbers, Size: q.Size}}, nil
}
