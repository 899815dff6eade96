package submit

import (
	"fmt"
	"time"

	"matpool/condor/pool"
	"matpool/condor/submitfile"
	"matpool/internal/base/text"
	"matpool/internal/forecast"
	matprod "matpool/internal/product"
)

// otherBytes is the memory that another program than matprod needs besides its files: a guess.
const otherBytes = 512 << 20

// asRequested is the reason for a value from the file.
const asRequested = "As requested."

// need returns what each of some jobs needs of a slot.
func (w work) need(batches []batch) pool.Need {
	return pool.Need{Cpus: w.Cpus, Memory: w.memory().Bytes, Disk: w.disk(batches).Bytes}
}

// memory returns the memory for a job, and the reason.
//
// Matprod holds a pair and its product. In a batch it reads, multiplies and writes several at
// the same time: two, or one for each processor if they are small (see [matprod.AtOnce]). A factor
// that all have in common is there once. A sum adds two numbers, 16 bytes, for each element.
func (w work) memory() submitfile.Resource {
	if w.Memory > 0 {
		return submitfile.Resource{Bytes: w.Memory, Why: asRequested}
	}
	if w.kind == ofProgram {
		largest := int64(0)
		for _, m := range w.products {
			largest = max(largest, m.in)
		}
		return submitfile.Resource{Bytes: otherBytes + 2*largest,
			Why: fmt.Sprintf("A guess for another program: 512 MB, and twice its numbered inputs of %s. request_memory overrides it.", text.Size(largest))}
	}
	var largest product
	for _, m := range w.products {
		if m.factors+m.result > largest.factors+largest.result {
			largest = m
		}
	}
	bytes := largest.factors + largest.result
	read := "pair"
	switch {
	case w.Gram:
		read = "input"
	case largest.fixed > 0:
		read = "factor"
	}
	why := fmt.Sprintf("The largest %s takes %s and its product %s", read, text.Size(largest.factors), text.Size(largest.result))
	if w.perJob > 1 {
		atOnce := min(matprod.AtOnce(w.Cpus, bytes), w.perJob)
		bytes *= int64(atOnce)
		why += fmt.Sprintf(", %d of these at a time", atOnce)
	}
	if largest.fixed > 0 {
		bytes += largest.fixed
		why += fmt.Sprintf("; the fixed factor %s", text.Size(largest.fixed))
	}
	if _, sum := w.returns(largest); sum > 0 {
		bytes += sum
		why += fmt.Sprintf("; the sum %s", text.Size(sum))
	}
	own := matprod.ProgramMemory(w.Cpus)
	return submitfile.Resource{Bytes: own + bytes, Why: why + fmt.Sprintf("; the program %s.", text.Size(own))}
}

// disk returns the disk space for a job, and the reason.
func (w work) disk(batches []batch) submitfile.Resource {
	if w.Disk > 0 {
		return submitfile.Resource{Bytes: w.Disk, Why: asRequested}
	}
	in, out := w.largestFiles(batches)
	own := w.programs.size()
	in += w.common
	if w.kind == ofProgram {
		return submitfile.Resource{Bytes: own + 2*in + otherBytes,
			Why: fmt.Sprintf("Inputs of %s, the program's %s, and a guess for the outputs: the size of the inputs and 512 MB. request_disk overrides it.", text.Size(in), text.Size(own))}
	}
	sum, saved := own+in+out, ""
	if w.kind == ofSum && w.resumes() {
		sum += 3 * out // the sum that it begins with, the one that it saved last, and the next one
		saved = fmt.Sprintf("%s to save the sum, ", text.Size(3*out))
	}
	return submitfile.Resource{Bytes: sum + sum/10 + 1<<20,
		Why: fmt.Sprintf("Inputs of %s, outputs of %s, %sthe program's %s, and a tenth more.", text.Size(in), text.Size(out), saved, text.Size(own))}
}

// returns returns the bytes by which a product enlarges what its job sends back, and those that the job
// sends once: a sum, however many products it adds.
func (w work) returns(m product) (each, once int64) {
	if w.kind == ofSum {
		return 0, m.sum
	}
	return m.out, 0
}

// filesOf returns the bytes of a job's numbered inputs and of its outputs.
func (w work) filesOf(b batch) (in, out int64) {
	var sum int64
	for _, m := range w.products[b.first-w.FirstIndex:][:b.count] {
		each, once := w.returns(m)
		in, out, sum = in+m.in, out+each, max(sum, once)
	}
	return in, out + sum
}

// largestFiles returns the bytes of inputs and outputs of the job that has the most.
func (w work) largestFiles(batches []batch) (in, out int64) {
	for _, b := range batches {
		if jobIn, jobOut := w.filesOf(b); jobIn+jobOut > in+out {
			in, out = jobIn, jobOut
		}
	}
	return in, out
}

// vacateTime returns how long a job may take to leave a machine. It sends all its outputs; a
// sum is saved first.
func (w work) vacateTime(batches []batch) time.Duration {
	const perSecond = 20e6 // a low guess of the bytes that a machine sends
	_, out := w.largestFiles(batches)
	return 10*time.Second + time.Duration(float64(out)/perSecond)*time.Second
}

// load returns the load of jobs.
func (w work) load(batches []batch) forecast.Load {
	l := forecast.Load{Jobs: len(batches), Products: productsIn(batches), In: int64(len(batches)) * (w.common + w.programs.size())}
	for _, b := range batches {
		in, out := w.filesOf(b)
		l.In, l.Out, l.Local = l.In+in, l.Out+out, l.Local+in+out
		for _, m := range w.products[b.first-w.FirstIndex:][:b.count] {
			l.Flops += m.flops
		}
	}
	return l
}
