package forecast

import (
	"math"
	"strings"
	"testing"
	"time"

	"matpool/condor/eventlog"
	"matpool/condor/pool"
)

// gigaflops is a machine of two processors.
func gigaflops(perProcessor float64) Speed {
	return Speed{All: 2 * perProcessor * 1e9, One: perProcessor * 1e9}
}

// The line says what is known, and names a command only if this machine is as fast as the pool.
func TestVerdict(t *testing.T) {
	const command = "matprod -count 100"
	for _, test := range []struct {
		l           Load
		s           Speed
		o           Offer
		match, free int
		from        *Earlier
		want        string
	}{
		{Load{Jobs: 100, Products: 100, In: 16e8, Out: 8e8, Local: 24e8, Flops: 2e11}, gigaflops(50), Offer{Cycle: 4}, 412, 412, nil,
			"100 products: about 3s here; about 10s on the pool (412 slots match, 2.4 GB to transfer); to run it here: matprod -count 100"},
		{Load{Jobs: 100, Products: 100, In: 16e8, Out: 8e8, Local: 24e8, Flops: 2e13}, gigaflops(50), Offer{Cycle: 4}, 412, 412, nil,
			"100 products: about 3m20s here; about 14s on the pool (412 slots match, 2.4 GB to transfer)."},
		{Load{Jobs: 100, Products: 100, In: 16e8, Flops: 2e11, Local: 16e8}, gigaflops(50), Offer{Cycle: 4}, 4, 1, nil,
			"100 products: about 2s here; about 38s on the pool (4 slots match, 3 of them in use by others, 1.6 GB to transfer); to run it here: matprod -count 100"},
		{Load{Jobs: 1, Products: 100, In: 16e8, Flops: 2e11}, gigaflops(50), Offer{Cycle: 4, unjudged: true}, 1, 0, nil,
			"100 products: about 2s here; on the pool at least about 8s (up to 1 slot matches, all in use by others, 1.6 GB to transfer); to run it here: matprod -count 100"},
		{Load{Jobs: 100, Products: 100, Flops: 1e9}, gigaflops(50), Offer{Cycle: 4}, 0, 0, nil,
			"100 products: less than 1s here; on the pool no slot matches; to run it here: matprod -count 100"},
		{Load{Jobs: 100, Products: 100, Flops: 1e9}, gigaflops(50), Offer{Unknown: "condor_status did not answer within 2s"}, 0, 0, nil,
			"100 products: less than 1s here; on the pool unknown: condor_status did not answer within 2s; to run it here: matprod -count 100"},
		{Load{Jobs: 50, Products: 100, In: 24e8}, Speed{}, Offer{Cycle: 4}, 412, 412, nil,
			"50 jobs: their run time is unknown (412 slots match, 2.4 GB to send)."},
		{Load{Jobs: 100, Products: 100, In: 3e8}, Speed{}, Offer{Cycle: 4}, 10, 10, &Earlier{Cluster: 7, Load: Load{Jobs: 100, Products: 100, In: 3e8}, slots: 10, waited: 2, worked: 605.6},
			"100 jobs: about 10m on the pool (10 slots match, 300.0 MB to send, at the pace of cluster 7)."},
	} {
		v := Verdict{Load: test.l, Need: pool.Need{Cpus: 1}, Speed: test.s, Offer: test.o, Earlier: test.from}
		if test.s != (Speed{}) {
			v.Command = command
		}
		if got := v.line(test.match, test.free); got != test.want {
			t.Errorf("%s\nwant\n%s", got, test.want)
		}
	}
}

func TestAbout(t *testing.T) {
	for seconds, want := range map[float64]string{
		0.02: "less than 1s", 1: "about 1s", 1.5: "about 2s", 9.6: "about 10s", 59: "about 59s", 63: "about 1m", 118: "about 2m",
		400: "about 7m", 3500: "about 58m", 4000: "about 1h10m", 86400 * 3.3: "about 3d07h",
	} {
		if got := About(seconds); got != want {
			t.Errorf("%v s: %s, want %s", seconds, got, want)
		}
	}
}

// Two jobs of two products each, on two slots: 4 s until the first starts, 20 s of work.
const twoJobs = `000 (007.000.000) 2020-11-24 06:00:00 Job submitted from host: <127.0.0.1:45339>
    first=0 count=2 starts=4 jobs=2
...
000 (007.001.000) 2020-11-24 06:00:00 Job submitted from host: <127.0.0.1:45339>
    first=2 count=2 starts=4 jobs=2
...
001 (007.000.000) 2020-11-24 06:00:04 Job executing on host: <127.0.0.2:1>
	SlotName: slot1_1@linux1
...
001 (007.001.000) 2020-11-24 06:00:05 Job executing on host: <127.0.0.2:1>
	SlotName: slot1_2@linux1
...
005 (007.000.000) 2020-11-24 06:00:14 Job terminated.
	(1) Normal termination (return value 0)
...
005 (007.001.000) 2020-11-24 06:00:24 Job terminated.
	(1) Normal termination (return value STATUS)
...
`

// latestOfLog returns the latest job of each of four products in a log.
func latestOfLog(t *testing.T, log string) eventlog.Makers {
	t.Helper()
	h := eventlog.NewHistory()
	r := eventlog.NewReader("log", strings.NewReader(log))
	for r.Scan() {
		if e, ok := r.Record().(*eventlog.Event); ok {
			h.Add(e)
		}
	}
	var list []eventlog.Made
	for _, j := range h.Jobs() {
		note, _ := j.Note()
		list = append(list, eventlog.Made{First: note.First, Count: note.Count, Job: j})
	}
	return eventlog.NewMakers(list)
}

// A run in the log counts if it is done and the inputs are the same.
func TestEarlier(t *testing.T) {
	done := strings.ReplaceAll(twoJobs, "STATUS", "0")
	unchanged := func(r Range, submitted time.Time) bool { return r == Range{0, 2} && submitted.Year() == 2020 }
	if e := FindEarlier(latestOfLog(t, done), 0, 4, func(Range, time.Time) bool { return false }); e != nil {
		t.Errorf("the inputs are others: %+v", e)
	}
	e := FindEarlier(latestOfLog(t, done), 0, 4, unchanged)
	if e == nil || e.Cluster != 7 || len(e.Ranges) != 2 || e.slots != 2 || e.waited != 4 || e.worked != 20 {
		t.Fatalf("%+v", e)
	}
	for what, log := range map[string]string{
		"a job failed":  strings.ReplaceAll(twoJobs, "STATUS", "1"),
		"a job runs":    done[:strings.LastIndex(done, "005 ")],
		"there is none": "",
	} {
		if e := FindEarlier(latestOfLog(t, log), 0, 4, unchanged); e != nil {
			t.Errorf("%s: %+v", what, e)
		}
	}

	// The same run is then expected to take as long again; twice the work on the same slots takes
	// as long as twice the work.
	e.Load = Load{Jobs: 2, Products: 4, In: 64e6, Out: 32e6, Local: 96e6, Flops: 8e9}
	again := Verdict{Load: e.Load, Need: pool.Need{Cpus: 1}, Speed: gigaflops(50), Offer: Offer{Cycle: 20}, Earlier: e}
	if got := again.pace().onPool(e.Load, 2, 1, again.Speed); math.Abs(got-24) > 1e-9 {
		t.Errorf("%v s, want 24", got)
	}
	// Of another program, this gives the run time.
	again.Speed = Speed{}
	if got := again.pace().onPool(e.Load, 2, 1, again.Speed); math.Abs(got-24) > 1e-9 {
		t.Errorf("another program: %v s, want 24", got)
	}
	again.Earlier = nil
	if p := again.pace(); p.start != 5.5 || p.factor != 1 {
		t.Errorf("without a log: %+v", p)
	}
}
