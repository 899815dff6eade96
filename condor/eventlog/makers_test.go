package eventlog

import (
	"math/rand/v2"
	"testing"

	"matpool/condor"
)

// Of the jobs that make a product, the one that was submitted last counts, as a list of all products says. The ranges
// are in order and not empty.
func TestMakers(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	const products = 30
	for range 500 {
		var list []Made
		var want [products]*Job
		for cluster := range random.IntN(8) {
			m := Made{First: random.IntN(products), Job: &Job{ID: condor.ID{Cluster: cluster}}}
			m.Count = random.IntN(products - m.First)
			list = append(list, m)
			for i := range m.Count {
				want[m.First+i] = m.Job
			}
		}
		random.Shuffle(len(list), func(i, k int) { list[i], list[k] = list[k], list[i] })
		makers := NewMakers(list)
		var got [products]*Job
		first := random.IntN(products)
		count, end := random.IntN(products-first+1), first
		for made := range makers.In(first, count) {
			if made.First < end || made.Count < 1 || made.First+made.Count > first+count {
				t.Fatalf("%+v of %d to %d", made, first, first+count-1)
			}
			end = made.First + made.Count
			for i := range made.Count {
				got[made.First+i] = made.Job
			}
		}
		for i := range products {
			if makers.Of(i) != want[i] {
				t.Fatalf("product %d: %v, want %v, of %v", i, makers.Of(i), want[i], list)
			}
			if i < first || i >= first+count {
				want[i] = nil
			}
		}
		if got != want {
			t.Fatalf("%d to %d: %v, want %v", first, first+count-1, got, want)
		}
	}
}
