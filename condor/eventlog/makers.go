package eventlog

import (
	"iter"
	"slices"
)

// A Made is products of a job, by their numbers.
type Made struct {
	First, Count int
	Job          *Job
}

// Makers says which of some jobs makes each product: the one that was submitted last. It holds ranges of
// products, since a job can have a million.
type Makers struct {
	bounds []int  // between the ranges, in order
	jobs   []*Job // jobs[i] makes the products from bounds[i] to bounds[i+1]−1, or none does: nil
}

// NewMakers returns the makers of the products that are in a list, in any order.
func NewMakers(list []Made) Makers {
	var m Makers
	for _, made := range list {
		m.bounds = append(m.bounds, made.First, made.First+made.Count)
	}
	slices.Sort(m.bounds)
	m.bounds = slices.Compact(m.bounds)
	m.jobs = make([]*Job, len(m.bounds))
	for _, made := range list {
		for i := m.find(made.First); m.bounds[i] < made.First+made.Count; i++ {
			if m.jobs[i] == nil || !m.jobs[i].SubmittedAfter(made.Job) {
				m.jobs[i] = made.Job
			}
		}
	}
	return m
}

// find returns the first range that does not begin before a product.
func (m Makers) find(product int) int {
	i, _ := slices.BinarySearch(m.bounds, product)
	return i
}

// Of returns the job that makes a product, or nil.
func (m Makers) Of(product int) *Job {
	for made := range m.In(product, 1) {
		return made.Job
	}
	return nil
}

// In returns those of count products, from first on, that jobs make, in their order.
func (m Makers) In(first, count int) iter.Seq[Made] {
	return func(yield func(Made) bool) {
		for i := max(m.find(first+1)-1, 0); i+1 < len(m.bounds) && m.bounds[i] < first+count; i++ {
			from, to := max(m.bounds[i], first), min(m.bounds[i+1], first+count)
			if from < to && m.jobs[i] != nil && !yield(Made{from, to - from, m.jobs[i]}) {
				return
			}
		}
	}
}
