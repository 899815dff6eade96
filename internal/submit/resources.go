package submit

import (
	"fmt"
	"time"

	"matpool/condor/pool"
	"matpool/condor/submitfile"
	"matpool/internal/base/text"
	"matpool/internal/forecast"
	matprod "matpool/internal/product"
	"matpool/internal/status"
)

// asRequested is the reason for a value from the file.
const asRequested = "As requested."

// need returns what each of some jobs needs of a slot.
func (w work) need(batches []batch) pool.Need {
	return pool.Need{Cpus: w.Cpus, Memory: w.memory().Bytes, Disk: w.disk(batches).Bytes}
}

// memory returns the memory for a job, and the reason.
func (w work) memory() submitfile.Resource {
	return orRequested(w.Memory, func() submitfile.Resource { return w.kind.memory(w) })
}

// orRequested returns what the file requests, or what follows from the work if that is 0.
func orRequested(bytes int64, needed func() submitfile.Resource) (r submitfile.Resource) {
	if r = (submitfile.Resource{Bytes: bytes, Why: asRequested}); bytes == 0 {
		r = needed()
	}
	r.More = max(r.More, 2*r.Bytes)
	return r
}

// disk returns the disk space for a job, and the reason.
func (w work) disk(batches []batch) submitfile.Resource {
	return orRequested(w.Disk, func() submitfile.Resource {
		in, out := w.largestFiles(batches)
		return w.kind.disk(w, in+w.common, out)
	})
}

// loadOf returns the work of a batch's products: their numbered inputs, what each sends back, and the arithmetic.
func (w work) loadOf(b batch) (l forecast.Load) {
	for g := range w.products.in(b) {
		each, _ := w.kind.returns(g.product)
		n := int64(g.count)
		l.In, l.Out, l.Flops = l.In+n*g.in, l.Out+n*each, l.Flops+float64(n)*float64(g.flops+g.checking)
	}
	return l
}

// jobLoad returns the work of a batch's job, which may also send back a sum.
func (w work) jobLoad(b batch) forecast.Load {
	l := w.loadOf(b)
	var sum int64
	for g := range w.products.in(b) {
		_, once := w.kind.returns(g.product)
		sum = max(sum, once)
	}
	l.Out += sum
	return l
}

// largestFiles returns the bytes of inputs and outputs of the job that has the most.
func (w work) largestFiles(batches []batch) (in, out int64) {
	for _, b := range batches {
		if l := w.jobLoad(b); l.In+l.Out > in+out {
			in, out = l.In, l.Out
		}
	}
	return in, out
}

// checkResources returns an error if a job requests less disk space than its files take, or less memory than what matprod
// holds in it: the pool would hold the job, or it would not get far.
func checkResources(t task, batches []batch) error {
	// HTCondor rounds requests for memory up, by default to this.
	const unit = 128 << 20
	in, out := t.largestFiles(batches)
	files := in + t.common + t.programs.size() + out
	if t.Disk > 0 && t.Disk < files {
		return status.DataError(fmt.Errorf("%s: request_disk: the files of a job take %s, more than the %s that it requests", t.File, text.Size(files), text.Size(t.Disk)),
			"leave request_disk out; or lower products_per_job")
	}
	if t.Memory == 0 || !t.kind.records() {
		return nil
	}
	held := t.kind.memory(t.work)
	held.Bytes -= matprod.ProgramMemory(t.Cpus)
	if (t.Memory+unit-1)/unit*unit < held.Bytes {
		return status.DataError(fmt.Errorf("%s: request_memory: a job holds %s, more than the %s that it requests", t.File, text.Size(held.Bytes), text.Size(t.Memory)),
			"leave request_memory out: matsubmit knows what matprod needs")
	}
	return nil
}

// vacateTime returns how long a job may take to leave a machine. It sends all its outputs; a
// sum is saved first.
func (w work) vacateTime(batches []batch) time.Duration {
	const perSecond = 20e6 // a low guess of the bytes that a machine sends
	_, out := w.largestFiles(batches)
	return 10*time.Second + time.Duration(float64(out)/perSecond)*time.Second
}

// loadOn returns the work of some jobs on the slots that a pool offers.
func (w work) loadOn(o forecast.Offer, batches []batch) forecast.Load {
	if w.shared {
		return o.Share(w.load(batches), w.need(batches), w.common)
	}
	return w.load(batches)
}

// load returns the work of some jobs that share nothing.
func (w work) load(batches []batch) forecast.Load {
	l := forecast.Load{Jobs: len(batches), Products: productsIn(batches), In: int64(len(batches)) * (w.common + w.programs.size())}
	for _, b := range batches {
		job := w.jobLoad(b)
		l.In, l.Out, l.Local = l.In+job.In, l.Out+job.Out, l.Local+job.In+job.Out
		l.Flops += job.Flops
	}
	return l
}
