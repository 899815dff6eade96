package submit

import (
	"context"
	"math"
	"runtime"

	"matpool/condor/eventlog"
	matprod "matpool/internal/product"
)

// The model of a product's time in a job:
//
//	t = bytes in / inPerSecond + bytes out / outPerSecond + flops / flopsPerSecond / cpus
//
// The constants are round figures of the model that bench/measure fits to runs on a pool. The
// choice of products_per_job tolerates machines that are a few times faster or slower.
const (
	jobSeconds     = 0.4   // HTCondor's overhead for a job
	inPerSecond    = 500e6 // bytes per second to a machine, encrypted
	outPerSecond   = 400e6 // bytes per second back
	flopsPerSecond = 20e9  // additions and multiplications per second, on one processor
)

// seconds returns the expected time of a product in a job.
func (m product) seconds(cpus int) float64 {
	return float64(m.in)/inPerSecond + float64(m.out)/outPerSecond + float64(m.flops)/flopsPerSecond/float64(cpus)
}

// A load is the work of some jobs.
type load struct {
	jobs, products int
	in, out        int64 // bytes to the machines and back; those back are 0 if unknown
	local          int64 // bytes to read and write if this machine does it all
	flops          int64
}

// loadOf returns the load of jobs.
func loadOf(t task, s survey, batches []batch) load {
	l := load{jobs: len(batches), in: int64(len(batches)) * (s.common + s.programs.size())}
	for _, b := range batches {
		var in, out, sum int64
		for _, m := range s.products[b.first-t.FirstIndex:][:b.count] {
			in, out, sum = in+m.in, out+m.out, max(sum, m.sum)
			l.flops += m.flops
		}
		if t.Sum {
			out = sum
		}
		l.products += b.count
		l.in, l.out, l.local = l.in+in, l.out+out, l.local+in+out
	}
	return l
}

// The model of the time on this machine:
//
//	t = start + products·file + bytes/localPerSecond + flops/speed
//
// The files are in the page cache, as they are after they were made; a slow disk takes longer,
// and so does a machine with other load.
const (
	localSeconds     = 0.02 // to start matprod
	fileSeconds      = 1e-4 // to open, create and rename the files of a product
	localPerSecond   = 3e9  // bytes
	cycleSeconds     = 20.0 // HTCondor's default NEGOTIATOR_CYCLE_DELAY
	firstSeconds     = 1.0  // from a match to the first job
	shadowsPerSecond = 20.0 // jobs that the submitting machine can start
)

// A speed is how many additions and multiplications this machine does in a second.
type speed struct{ all, one float64 } // with all its processors; with one

// measureSpeed measures this machine. Unlike a table of processors, it takes the kernel and
// the other load into account; it takes 30 ms.
func measureSpeed(ctx context.Context) (speed, error) {
	threads := runtime.GOMAXPROCS(0)
	m, err := matprod.NewMultiplier("", threads)
	if err != nil {
		return speed{}, err
	}
	all, err := matprod.Speed(ctx, m)
	return speed{all: all, one: all / float64(threads)}, err
}

// here returns the seconds that this machine needs for the load, in one process.
func (s speed) here(l load) float64 {
	return localSeconds + float64(l.products)*fileSeconds + float64(l.local)/localPerSecond + float64(l.flops)/s.all
}

// A pace is what is known of the pool's speed.
type pace struct {
	start   float64 // seconds until the first job has a machine
	factor  float64 // by which everything else takes longer than in the model
	program float64 // seconds of a job's program, if that does not follow from its flops; or 0
}

// onPool returns the seconds that the pool needs for a load on a number of slots, each with
// some processors as fast as this machine's:
//
//	t = start + max(⌈jobs/slots⌉·jobSeconds, jobs/shadowsPerSecond) + bytes/rate + ⌈jobs/slots⌉·program
//
// All files go through this machine, one after the other, so their time does not depend on the
// slots. Like the model in bench/README.md, it counts transfers and computing as if they did
// not overlap.
func (p pace) onPool(l load, slots, cpus int, s speed) float64 {
	rounds := float64((l.jobs + slots - 1) / slots)
	program := p.program
	if s.one > 0 {
		program += float64(l.flops) / float64(l.jobs) / s.one / float64(cpus)
	}
	work := max(rounds*jobSeconds, float64(l.jobs)/shadowsPerSecond) + float64(l.in)/inPerSecond + float64(l.out)/outPerSecond + rounds*program
	return p.start + p.factor*work
}

// paceOf returns the pace of the pool. An earlier run, if the log has one, shows the wait for
// the first machine and, if it took long enough, the factor, or the time of another program.
func paceOf(t task, s survey, o offer, latest []*eventlog.Job, here speed) (p pace, from *earlier) {
	p = pace{start: firstSeconds + o.cycle/4, factor: 1}
	e, ok := findEarlier(t, latest)
	if !ok {
		return p, nil
	}
	const least = 5 // seconds: most logs have whole ones
	l := loadOf(t, s, e.batches)
	p.start = 0
	modelled := p.onPool(l, e.slots, t.Cpus, here)
	switch {
	case !t.Matprod:
		p.program = max(0, e.worked-modelled) / math.Ceil(float64(l.jobs)/float64(e.slots))
	case e.worked >= least:
		p.factor = e.worked / modelled
	}
	p.start = max(e.waited, firstSeconds)
	return p, &e
}
