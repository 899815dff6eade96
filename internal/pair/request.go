package pair

import (
	"fmt"
	"strconv"

	"matpool/condor/jobfile"
	"matpool/internal/random"
)

// Requested returns what matprod multiplies in the jobs that are asked for, without an index; they must be matprod's. Its
// error names the attribute at fault.
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

// Flags returns matprod's flags for the form.
func (form Form) Flags() []string {
	switch form {
	case Gram:
		return []string{"-gram"}
	case Transposed:
		return []string{"-transpose", "a"}
	}
	return nil
}

// Flags returns the flags with which matprod multiplies the pair, besides those for indices. The names of
// files follow them.
func (p Pair) Flags() (flags []string) {
	flags = p.Form.Flags()
	switch p.Fixed {
	case FixedA:
		flags = append(flags, "-fixed", "a")
	case FixedB:
		flags = append(flags, "-fixed", "b")
	}
	if r := p.Random; r != nil {
		flags = append(flags, "-generate", "-size", strconv.Itoa(r.Size), "-seed", r.Numbers.Seed())
		if dist := r.Numbers.Dist(); dist != "uniform" {
			flags = append(flags, "-dist", dist)
		}
		if dtype := r.Numbers.DType(); dtype != "" {
			flags = append(flags, "-dtype", dtype)
		}
	}
	return flags
}
