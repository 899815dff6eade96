package forecast

import (
	"context"
	"math"
	"runtime"

	"matpool/internal/product"
)

// A Load is the work of some jobs, or of one product.
type Load struct {
	Jobs, Products int
	In, Out        int64   // bytes to the machines and back; those back are 0 if unknown
	Local          int64   // bytes to read and write if this machine does it all
	Flops          float64 // additions and multiplications

	start, between float64 // seconds before a slot's first job, and between two jobs, besides the usual (see [Offer.Share])
}

// The model of a product's time in a job:
//
//	t = bytes in / inPerSecond + bytes out / outPerSecond + flops / flopsPerSecond / cpus
//
// The constants are round figures: with them the times on a pool and here are within a factor of 1.5 of those of all
// runs in bench/runs. The choice of products_per_job tolerates machines that are a few times faster or slower.
const (
	JobSeconds     = 0.3   // HTCondor's overhead for a job
	inPerSecond    = 700e6 // bytes per second to a machine, encrypted
	outPerSecond   = 600e6 // bytes per second back
	flopsPerSecond = 20e9  // additions and multiplications per second, on one processor
)

// CheckFlops is how many additions and multiplications take as long as the check of a value in a product or its factors:
// check = yes adds them to a load. By the table in docs/SECURITY.md it is (ratio − 1)·2n/3: 11 at n = 100, 40 at 1000, 80 at 4000.
const CheckFlops = 50

// Seconds returns the time that the load adds to a job with a number of processors.
func (l Load) Seconds(cpus int) float64 {
	return float64(l.In)/inPerSecond + float64(l.Out)/outPerSecond + l.Flops/flopsPerSecond/float64(cpus)
}

// The model of the time on this machine:
//
//	t = start + products·file + bytes/localPerSecond + flops/speed
//
// The files are in the page cache, as they are after they were made; a slow disk takes longer,
// and so does a machine with other load.
const (
	localSeconds   = 0.02 // to start matprod
	fileSeconds    = 1e-4 // to open, create and rename the files of a product
	localPerSecond = 4e9  // bytes
)

// A Speed is how many additions and multiplications this machine does in a second. It is zero if
// that says nothing about the jobs, because they run another program.
type Speed struct{ All, One float64 } // with all its processors; with one

// Measure measures this machine. Unlike a table of processors, it takes the kernel and the other
// load into account; it takes 30 ms.
func Measure(ctx context.Context) (Speed, error) {
	threads := runtime.GOMAXPROCS(0)
	m, err := product.NewMultiplier("", threads)
	if err != nil {
		return Speed{}, err
	}
	all, err := product.Speed(ctx, m)
	return Speed{All: all, One: all / float64(threads)}, err
}

// Here returns the seconds that this machine needs for the load, in one process.
func (s Speed) Here(l Load) float64 {
	return localSeconds + float64(l.Products)*fileSeconds + float64(l.Local)/localPerSecond + l.Flops/s.All
}

// A pace is what is known of the pool's speed.
type pace struct {
	start   float64 // seconds until the first job has a machine
	factor  float64 // by which everything else takes longer than in the model
	program float64 // seconds of a job's program, if that does not follow from its flops; or 0
	in, out float64 // bytes per second to the machines and back
}

const (
	firstSeconds     = 0.5  // from a match to the first job
	shadowsPerSecond = 20.0 // jobs that the submitting machine can start
)

// onPool returns the seconds that the pool needs for a load on a number of slots, each with
// some processors as fast as this machine's:
//
//	t = start + max(⌈jobs/slots⌉·JobSeconds, jobs/shadowsPerSecond) + bytes in/in + bytes out/out + ⌈jobs/slots⌉·program + (⌈jobs/slots⌉−1)·between
//
// All files go through this machine, one after the other, so their time does not depend on the
// slots. Like the model in bench/README.md, it counts transfers and computing as if they did
// not overlap.
func (p pace) onPool(l Load, slots, cpus int, s Speed) float64 {
	rounds := float64((l.Jobs + slots - 1) / slots)
	program := p.program
	if s.One > 0 {
		program += l.Flops / float64(l.Jobs) / s.One / float64(cpus)
	}
	work := max(rounds*JobSeconds, float64(l.Jobs)/shadowsPerSecond) + float64(l.In)/p.in + float64(l.Out)/p.out + rounds*program + l.start + (rounds-1)*l.between
	return p.start + p.factor*work
}

// OnPool returns the seconds that the pool needs for the load on a number of slots.
func (v *Verdict) OnPool(slots int) float64 {
	return v.pace().onPool(v.Load, slots, v.Need.Cpus, v.Speed)
}

// pace returns the pace of the pool. An earlier run, if the log has one, shows the wait for
// the first machine and, if it took long enough, the factor, or the time of another program.
func (v *Verdict) pace() pace {
	p := pace{start: firstSeconds + v.Offer.Cycle/4, factor: 1, in: inPerSecond, out: outPerSecond}
	if v.Bandwidth > 0 {
		p.in, p.out = min(p.in, v.Bandwidth), min(p.out, v.Bandwidth)
	}
	if v.Earlier == nil {
		return p
	}
	const least = 5 // seconds: most logs have whole ones
	e := v.Earlier
	p.start = 0
	modelled := p.onPool(e.Load, e.slots, v.Need.Cpus, v.Speed)
	switch {
	case v.Speed == Speed{}:
		p.program = max(0, e.worked-modelled) / math.Ceil(float64(e.Load.Jobs)/float64(e.slots))
	case e.worked >= least:
		p.factor = e.worked / modelled
	}
	p.start = max(e.waited, firstSeconds)
	return p
}
