package submit

import (
	"fmt"

	"matpool/condor/submitfile"
	"matpool/internal/base/text"
	matprod "matpool/internal/product"
)

// otherBytes is the memory that another program than matprod needs besides its files: a guess.
const otherBytes = 512 << 20

// asRequested is the reason for a value from the file.
const asRequested = "As requested."

// memory returns the memory for a job, and the reason.
//
// Matprod holds a pair and its product. In a batch it reads, multiplies and writes several at
// the same time: two, or one for each processor if they are small (see [matprod.AtOnce]). A factor
// that all have in common is there once. A sum adds two numbers, 16 bytes, for each element.
func memory(t task, products []product, perJob int) submitfile.Resource {
	if t.Memory > 0 {
		return submitfile.Resource{Bytes: t.Memory, Why: asRequested}
	}
	if !t.Matprod {
		largest := int64(0)
		for _, m := range products {
			largest = max(largest, m.in)
		}
		return submitfile.Resource{Bytes: otherBytes + 2*largest,
			Why: fmt.Sprintf("A guess for another program: 512 MB, and twice its numbered inputs of %s. request_memory overrides it.", text.Size(largest))}
	}
	var largest product
	for _, m := range products {
		if m.factors+m.result > largest.factors+largest.result {
			largest = m
		}
	}
	bytes := largest.factors + largest.result
	read := "pair"
	switch {
	case t.Gram:
		read = "input"
	case largest.fixed > 0:
		read = "factor"
	}
	why := fmt.Sprintf("The largest %s takes %s and its product %s", read, text.Size(largest.factors), text.Size(largest.result))
	if perJob > 1 {
		atOnce := min(matprod.AtOnce(t.Cpus, bytes), perJob)
		bytes *= int64(atOnce)
		why += fmt.Sprintf(", %d of these at a time", atOnce)
	}
	if largest.fixed > 0 {
		bytes += largest.fixed
		why += fmt.Sprintf("; the fixed factor %s", text.Size(largest.fixed))
	}
	if t.Sum {
		bytes += largest.sum
		why += fmt.Sprintf("; the sum %s", text.Size(largest.sum))
	}
	own := matprod.ProgramMemory(t.Cpus)
	return submitfile.Resource{Bytes: own + bytes, Why: why + fmt.Sprintf("; the program %s.", text.Size(own))}
}

// disk returns the disk space for a job, and the reason.
func disk(t task, s survey, batches []batch) submitfile.Resource {
	if t.Disk > 0 {
		return submitfile.Resource{Bytes: t.Disk, Why: asRequested}
	}
	in, out := filesOf(t, s, batches)
	own := s.programs.size()
	in += s.common
	if !t.Matprod {
		return submitfile.Resource{Bytes: own + 2*in + otherBytes,
			Why: fmt.Sprintf("Inputs of %s, the program's %s, and a guess for the outputs: the size of the inputs and 512 MB. request_disk overrides it.", text.Size(in), text.Size(own))}
	}
	sum, saved := own+in+out, ""
	if t.Sum && resumes(t, batches[0].count) {
		sum += 3 * out // the sum that it begins with, the one that it saved last, and the next one
		saved = fmt.Sprintf("%s to save the sum, ", text.Size(3*out))
	}
	return submitfile.Resource{Bytes: sum + sum/10 + 1<<20,
		Why: fmt.Sprintf("Inputs of %s, outputs of %s, %sthe program's %s, and a tenth more.", text.Size(in), text.Size(out), saved, text.Size(own))}
}

// filesOf returns the bytes of inputs and outputs of the job that has the most.
func filesOf(t task, s survey, batches []batch) (in, out int64) {
	for _, b := range batches {
		var jobIn, jobOut int64
		for _, m := range s.products[b.first-t.FirstIndex:][:b.count] {
			jobIn += m.in
			if t.Sum {
				jobOut = max(jobOut, m.sum)
			} else {
				jobOut += m.out
			}
		}
		if jobIn+jobOut > in+out {
			in, out = jobIn, jobOut
		}
	}
	return in, out
}
