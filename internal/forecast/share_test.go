package forecast

import (
	"strings"
	"testing"

	"matpool/condor/pool"
)

// offer returns an offer of slots as condor_status prints them, of a pool whose negotiator works each interval seconds.
func offer(t *testing.T, interval float64, slots ...string) Offer {
	t.Helper()
	parsed, err := pool.Parse([]byte(strings.Join(slots, "\n")), 0)
	if err != nil {
		t.Fatal(err)
	}
	return Offer{slots: parsed, interval: interval}
}

// Jobs share an input if that saves more time than HTCondor takes for it, and than slots wait for their next jobs.
func TestSharingPays(t *testing.T) {
	const shares, old = "Partitionable true false true 20 64000 900000000", "Partitionable true false false 20 64000 900000000"
	for _, test := range []struct {
		what  string
		offer Offer
		jobs  int
		bytes int64

		bandwidth float64
		want      bool
	}{
		{"a slot for each job", offer(t, 60, shares, shares), 40, 40e6, 0, true}, // 38 copies less: 2.2 s, for 2 s
		{"too small", offer(t, 60, shares, shares), 40, 20e6, 0, false},
		{"… but for a slow network", offer(t, 60, shares, shares), 40, 20e6, 125e6, true},
		{"too few jobs", offer(t, 60, shares, shares), 10, 40e6, 0, false},
		{"the second half of the jobs waits for a minute", offer(t, 60, shares), 40, 400e6, 0, false},
		{"… but for more bytes", offer(t, 60, shares), 40, 2e9, 0, true},
		{"… or not so long", offer(t, 2, shares), 40, 400e6, 0, true},
		{"no machine can", offer(t, 0, old, old), 40, 400e6, 0, false},
		{"the slots are not known", Offer{Unknown: "nobody asked"}, 40, 400e6, 0, false},
	} {
		if got := test.offer.SharingPays(pool.Need{Cpus: 1}, test.jobs, test.bytes, test.bandwidth); got != test.want {
			t.Errorf("%s: %v", test.what, got)
		}
	}
}

// The verdict counts the copies that are sent.
func TestShare(t *testing.T) {
	o := offer(t, 60, "Partitionable true false true 2 64000 900000000", "Partitionable true false false 2 64000 900000000")
	l := o.Share(Load{Jobs: 40, Products: 40, In: 40 * 1010e6}, pool.Need{Cpus: 1}, 1e9)
	if want := int64(21*1e9 + 40*10e6); l.In != want { // to one machine once, to the other with each of 20 jobs
		t.Errorf("%d bytes, want %d", l.In, want)
	}
	v := Verdict{Load: l, Need: pool.Need{Cpus: 1}, Speed: gigaflops(50), Offer: o}
	// 1 s for the first match, 2 s to share, 10 rounds of 0.4 s, 9 waits of 60 s, and 21.4 GB at 500 MB/s.
	if got, want := v.String(), "40 products: less than 1s here; about 10m on the pool (4 slots match, 21.4 GB to transfer)."; got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}
