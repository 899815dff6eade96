package verify

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"matpool/blas"
	"matpool/internal/base/hash"
	"matpool/internal/pair"
	"matpool/internal/product"
	"matpool/internal/progress"
	"matpool/internal/record"
	"matpool/internal/sum"
)

// A verdict is what is found of an output.
type verdict struct {
	output
	pairs  []pair.Pair   // of its product, or of those in its sum
	was    record.Record // of the file as it is
	made   record.Record // of the file as it was made again
	by     []string      // the kernels that made it again
	state  state
	reason string // of unverified, as the rest of a sentence that begins with the name
}

type state int

const (
	confirmed    state = iota
	unverified         // it is not what its record says, or cannot be made again
	contradicted       // two kernels make other bits
	disputed           // two kernels make different bits on this machine
)

func (d verdict) String() string {
	kernels := strings.Join(d.by, " and ")
	switch d.state {
	case unverified:
		return d.name + ": " + d.reason
	case disputed:
		return fmt.Sprintf("%s: kernels %s make different bits on this machine", d.name, kernels)
	case contradicted:
		return fmt.Sprintf("%s: contradicted by kernels %s; was made on %s by %s", d.name, kernels, d.was.Machine, d.was.By)
	}
	return fmt.Sprintf("%s: confirmed by kernel %s; was made on %s by %s", d.name, kernels, d.was.Machine, d.was.By)
}

// look compares an output with its record, which says what to make again.
func (v *verifier) look(ctx context.Context, out output) (d verdict, err error) {
	d = verdict{output: out, state: unverified}
	records, err := v.records.Of(out.name)
	if err != nil {
		return d, err
	}
	var want record.Expected
	if !v.sums {
		d.pairs = v.pair.Range(out.number, 1)
		want.Recipe = d.pairs[0].Recipe()
	}
	found, err := v.records.Hashes.Check(ctx, out.name, records, want)
	if err != nil {
		return d, err
	}
	if d.reason = found.Reason; found.Outcome != record.Valid {
		return d, nil
	}
	h, _, err := v.records.Hashes.Hash(ctx, out.name)
	if err != nil {
		return d, err
	}
	i := slices.IndexFunc(records, func(r record.Record) bool { return r.Hash == h })
	if i < 0 {
		d.reason = "was changed while it was being read"
		return d, nil
	}
	d.was = records[i]
	if v.sums {
		family := d.was.Recipe.Family()
		if diffs := record.Diff(family, v.pair.Family()); len(diffs) > 0 {
			d.reason = "was made with " + strings.Join(diffs, ", ")
			return d, nil
		}
		for _, r := range d.was.Recipe.Indices() {
			d.pairs = append(d.pairs, v.pair.Range(r.First, r.Last-r.First+1)...)
		}
	}
	d.state = confirmed // until something else is found
	return d, nil
}

// compare makes the outputs again, and what differs once more, with another kernel.
func (v *verifier) compare(ctx context.Context, all []verdict) error {
	var sound, different []*verdict
	for i := range all {
		if all[i].state == confirmed {
			sound = append(sound, &all[i])
		}
	}
	if err := v.make(ctx, sound); err != nil {
		return err
	}
	first := map[*verdict]hash.Hash{}
	for _, d := range sound {
		if name := record.OtherInput(d.was.From, d.made.From); name != "" {
			d.state, d.reason = unverified, fmt.Sprintf("was made from another %s than the one that is there now", name)
		} else if d.made.Hash != d.was.Hash {
			first[d] = d.made.Hash
			different = append(different, d)
		}
	}
	if err := v.make(ctx, different); err != nil {
		return err
	}
	for _, d := range different {
		d.state = contradicted
		if d.made.Hash != first[d] {
			d.state = disputed
		}
	}
	return nil
}

// make makes outputs again, those of one kernel together.
func (v *verifier) make(ctx context.Context, list []*verdict) error {
	groups := map[string][]*verdict{}
	for _, d := range list {
		k := v.choose(*d)
		groups[k.name] = append(groups[k.name], d)
	}
	for _, k := range v.kernels {
		if group := groups[k.name]; group != nil {
			if err := v.makeWith(ctx, k, group); err != nil {
				return err
			}
		}
	}
	return nil
}

func (v *verifier) makeWith(ctx context.Context, k kernel, list []*verdict) error {
	recorder := record.NewRecorder(v.Program+", "+k.String(), nil)
	show, finish := progress.New(v.stderr, "verifying with kernel "+k.name)
	defer finish()
	for _, d := range list {
		d.by = append(d.by, k.name)
	}
	if v.sums {
		for _, d := range list {
			var err error
			if d.made, err = sum.Again(ctx, d.pairs, d.name, k, recorder, show); err != nil {
				return err
			}
		}
		return nil
	}
	var pairs []pair.Pair
	for _, d := range list {
		pairs = append(pairs, d.pairs...)
	}
	return product.Again(ctx, pairs, k, recorder, show, func(i int, made record.Record) error {
		list[i].made = made
		return nil
	})
}

// A kernel has the name that -kernel takes, and describes itself as in records.
type kernel struct {
	name string
	blas.Multiplier
}

// kernels returns those of this machine, the fastest first, or the one that is asked for.
func kernels(o Options) (list []kernel, err error) {
	if o.Kernel != "" {
		if _, err := product.NewMultiplier(o.Kernel, o.Threads); err != nil {
			return nil, err
		}
	}
	for _, name := range blas.Kernels() {
		m, err := product.NewMultiplier(name, o.Threads)
		if err != nil {
			return nil, err
		}
		if o.Check {
			m = product.WithCheck(m)
		}
		list = append(list, kernel{name, m})
	}
	return list, nil
}

// choose returns the kernel that makes an output again: the one that is asked for, then one that has not made it yet; neither
// should be the one that its record names. A machine may have no other.
func (v *verifier) choose(d verdict) kernel {
	if i := slices.IndexFunc(v.kernels, func(k kernel) bool { return k.name == v.Kernel }); i >= 0 && d.by == nil {
		return v.kernels[i]
	}
	_, was, _ := strings.Cut(d.was.By, ", ")
	best := func(k kernel) (reasons int) {
		if slices.Contains(d.by, k.name) {
			reasons += 2
		}
		if same := func(s string) string { return strings.TrimSuffix(s, ", checked") }; same(k.String()) == same(was) {
			reasons++
		}
		return reasons
	}
	return slices.MinFunc(v.kernels, func(a, b kernel) int { return best(a) - best(b) })
}

// madeOn returns which of the outputs were made on one of the machines, as far as it is recorded.
func (v *verifier) madeOn(machines []string, existing []output) (names []string, err error) {
	for _, out := range existing {
		records, err := v.records.Of(out.name)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(records, func(r record.Record) bool { return slices.Contains(machines, r.Machine) }) {
			names = append(names, filepath.ToSlash(out.name))
		}
	}
	return names, nil
}
