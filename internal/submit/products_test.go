package submit

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
)

// Neighbours that are alike are together, and each product is what it was.
func TestProducts(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		first, n := random.IntN(5), 1+random.IntN(20)
		var list []product
		var all products
		groups := 0
		for i := 0; i < n; {
			m, count := product{in: int64(random.IntN(2)), shape: make([]int, random.IntN(2))}, min(1+random.IntN(3), n-i)
			if i == 0 || !reflect.DeepEqual(m, list[i-1]) {
				groups++
			}
			all = all.with(first+i, count, m)
			list = append(list, slices.Repeat([]product{m}, count)...)
			i += count
		}
		b := batch{first: first + random.IntN(n)}
		b.count = 1 + random.IntN(first+n-b.first)
		next := b.first
		for g := range all.in(b) {
			if g.count < 1 {
				t.Fatalf("%+v is empty", g)
			}
			for i := range g.count {
				if g.first != next-i || !reflect.DeepEqual(g.product, list[next-first]) || !reflect.DeepEqual(all.of(next), g.product) {
					t.Fatalf("%+v: %+v is not %+v", all, g, list[next-first])
				}
				next++
			}
		}
		if len(all) != groups || next != b.first+b.count {
			t.Fatalf("%d groups, want %d; up to %d of %+v", len(all), groups, next, b)
		}
	}
}
