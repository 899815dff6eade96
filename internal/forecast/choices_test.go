package forecast

import (
	"strings"
	"testing"

	"matpool/condor/pool"
)

// The table marks the choice with the fewest core hours among those that are as fast as any, as far as that is known,
// and never one with another result.
func TestChoices(t *testing.T) {
	v := Verdict{Load: Load{Jobs: 1000, Products: 1000, In: 16e9, Out: 8e9, Local: 24e9, Flops: 2e15}, Need: pool.Need{Cpus: 1}, Speed: gigaflops(50), Bandwidth: 125e6}
	load := func(jobs int, in, out int64) Load {
		return Load{Jobs: jobs, Products: 1000, In: in, Out: out, Flops: 2e15}
	}
	choices := []Choice{
		{Name: "products_per_job = 1", Load: load(1000, 16e9, 8e9)},
		{Name: "products_per_job = 2, auto", Load: load(500, 16e9, 8e9)},
		{Name: "sum = yes, products_per_job = 2", Load: load(500, 16e9, 8e9), Note: "the sum, without the products"},
		{Name: "inputs = random", Load: load(500, 0, 8e9), Note: "other work: random factors", Other: true},
	}
	want := `
1,000 products on 500 slots, 125.0 MB/s each way:
  choice                               time   transfer  core hours
  here                                5h30m          -          11
  products_per_job = 1                5m20s    24.0 GB          45
  products_per_job = 2, auto             5m    24.0 GB          41  the cheapest of the fast ones
  sum = yes, products_per_job = 2        5m    24.0 GB          41  the sum, without the products
  inputs = random                     2m50s     8.0 GB          23  other work: random factors`
	if got := v.Choices(500, "", choices); "\n"+got != want {
		t.Errorf("%s\nwant%s", got, want)
	}

	// A little work is done sooner here, and here it is cheap.
	v = Verdict{Load: Load{Jobs: 10, Products: 10, In: 16e7, Out: 8e7, Local: 24e7, Flops: 2e10}, Need: pool.Need{Cpus: 1}, Speed: gigaflops(50)}
	got := v.Choices(8, ", a guess", []Choice{{Name: "products_per_job = 1", Load: v.Load}})
	want = `
10 products on 8 slots, a guess:
  choice                    time   transfer  core hours
  here                       <1s          -       <0.01  the cheapest of the fast ones
  products_per_job = 1        2s   240.0 MB       <0.01`
	if "\n"+got != want {
		t.Errorf("%s\nwant%s", got, want)
	}

	// The sum takes the same time and fewer core hours if its jobs take fewer slots.
	v = Verdict{Load: load(1000, 1e9, 8e9), Need: pool.Need{Cpus: 1}, Speed: gigaflops(50)}
	got = v.Choices(1000, "", []Choice{{Name: "a", Load: v.Load}, {Name: "b", Load: load(900, 1e9, 1e9), Note: "noted"}})
	if !strings.HasSuffix(got, "  the cheapest of the fast ones; noted") {
		t.Error(got)
	}
}
