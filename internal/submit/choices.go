package submit

import (
	"fmt"
	"slices"

	"matpool/condor/jobfile"
	"matpool/internal/base/text"
	"matpool/internal/forecast"
)

// compares reports whether the user asks how long the work would take in other ways: with -N, for so many slots or a
// bandwidth.
func (t task) compares() bool {
	return t.WriteOnly && !t.Quiet && t.kind.records() && (t.Slots > 0 || t.Bandwidth > 0)
}

// choices returns the ways to do the work of matprod on a number of slots: with the file's batches, one product a job,
// and auto; with sums instead of products; and, which is other work, with random factors or a fixed one.
func (w work) choices(slots slotCount) (list []forecast.Choice) {
	if w.ProductsPerJob > 1 && w.Grid.Tiles() == 0 {
		list = append(list, w.choice(w.named(w.ProductsPerJob), w.ProductsPerJob))
	}
	if w.Grid.Tiles() > 0 && w.files.Sums { // a job sums the products of a tile
		return append(list, w.choice("a tile a job", w.ProductsPerJob))
	}
	auto, _ := choosePerJob(w, slots)
	list = append(list, w.choice(w.named(1), 1))
	if auto > 1 {
		list = append(list, w.choice(w.named(auto)+", auto", auto))
	}
	if w.Grid.Tiles() > 0 {
		return list
	}
	if !w.files.Sums && !slices.ContainsFunc(w.products, func(g group) bool { return !slices.Equal(g.shape, w.products[0].shape) }) {
		w.kind, w.files.Sums = ofSum{}, true
		list = append(list, w.automatic("sum = yes", slots, "the sum, without the products"))
	}
	if w.Random != nil || w.Gram || w.Fixed.Factor != "" {
		return list
	}
	sums := ""
	if w.files.Sums {
		sums = ", sum = yes"
	}
	if fixed, ok := w.withFixed(); ok {
		list = append(list, other(fixed.automatic("fixed = a"+sums, slots, "other work: the same A in all")))
	}
	if random, ok := w.withRandom(); ok {
		list = append(list, other(random.automatic("inputs = random"+sums, slots, "other work: random factors")))
	}
	return list
}

func (w work) named(perJob int) string {
	return fmt.Sprintf("products_per_job = %s", text.Number(perJob))
}

func other(c forecast.Choice) forecast.Choice {
	c.Other = true
	return c
}

// choice returns a choice with so many products in a job.
func (w work) choice(name string, perJob int) forecast.Choice {
	w.division = w.divide(perJob)
	return forecast.Choice{Name: name, Load: w.load(w.batches)}
}

// automatic returns a choice in which matsubmit chooses the batches.
func (w work) automatic(name string, slots slotCount, note string) forecast.Choice {
	perJob, _ := choosePerJob(w, slots)
	c := w.choice(fmt.Sprintf("%s, %s", name, w.named(perJob)), perJob)
	c.Note = note
	return c
}

// withFixed returns the work if all products had their first factor in common, which each job would get once.
func (w work) withFixed() (work, bool) {
	w.products = slices.Clone(w.products)
	for i, m := range w.products {
		if len(m.shape) < 2 {
			return w, false
		}
		rows, cols := int64(m.shape[len(m.shape)-2]), int64(m.shape[len(m.shape)-1])
		if rows+cols == 0 {
			return w, false
		}
		a := m.in / (rows + cols) * rows // of rows×k and k×cols
		w.common = max(w.common, a)
		w.products[i].in = m.in - a
	}
	return w, true
}

// withRandom returns the work if the jobs made their factors: square ones of one size.
func (w work) withRandom() (work, bool) {
	first := w.products[0]
	if len(first.shape) != 2 || first.shape[0] != first.shape[1] {
		return w, false
	}
	n := int64(first.shape[0])
	q := *w.Request
	q.Random, q.IndexedInputs, q.Inputs = &jobfile.Random{Size: first.shape[0]}, nil, nil
	w.Request, w.common, w.products = &q, 0, slices.Clone(w.products)
	for i, m := range w.products {
		if !slices.Equal(m.shape, first.shape) || m.flops != 2*n*n*n {
			return w, false
		}
		w.products[i].in = 0
	}
	return w, true
}
