package submit

import (
	"fmt"

	"matpool/condor/submitfile"
	"matpool/internal/flow"
	"matpool/internal/text"
)

// What a program takes besides its matrices: the program itself and its packed blocks,
// for each processor.
const (
	programBytes = 64 << 20
	threadBytes  = 32 << 20
	// Of another program nothing is known.
	otherBytes = 512 << 20
)

// asRequested is the reason for what the file itself says.
const asRequested = "As requested."

// memory returns how much memory a job may use, and why.
//
// Matprod holds a pair and its product; in a batch two of them, or of small ones one for
// each processor, which are read, multiplied and written side by side; and for a sum two
// numbers, of 16 bytes together, for each element.
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
			Why: fmt.Sprintf("Of another program nothing is known: 512 MB, and twice its numbered inputs of %s. request_memory says otherwise.", text.Size(largest))}
	}
	var largest product
	for _, m := range products {
		if m.factors+m.result > largest.factors+largest.result {
			largest = m
		}
	}
	bytes := largest.factors + largest.result
	why := fmt.Sprintf("The largest pair takes %s and its product %s", text.Size(largest.factors), text.Size(largest.result))
	if perJob > 1 {
		atOnce := min(flow.AtOnce(t.Cpus, bytes), perJob)
		bytes *= int64(atOnce)
		why += fmt.Sprintf(", %d of these at a time", atOnce)
	}
	if t.Sum {
		bytes += largest.sum
		why += fmt.Sprintf("; the sum %s", text.Size(largest.sum))
	}
	own := int64(programBytes + threadBytes*t.Cpus)
	return submitfile.Resource{Bytes: own + bytes, Why: why + fmt.Sprintf("; the program %s.", text.Size(own))}
}

// disk returns how much room a job's files need, and why.
func disk(t task, s survey, batches []batch) submitfile.Resource {
	if t.Disk > 0 {
		return submitfile.Resource{Bytes: t.Disk, Why: asRequested}
	}
	var in, out int64 // of the job with the most
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
	own := s.programs.size()
	in += s.common
	if !t.Matprod {
		return submitfile.Resource{Bytes: own + 2*in + otherBytes,
			Why: fmt.Sprintf("Inputs of %s, the program's %s, and for its outputs as much as its inputs and 512 MB. request_disk says otherwise.", text.Size(in), text.Size(own))}
	}
	sum := own + in + out
	return submitfile.Resource{Bytes: sum + sum/10 + 1<<20,
		Why: fmt.Sprintf("Inputs of %s, outputs of %s, the program's %s, and a tenth more.", text.Size(in), text.Size(out), text.Size(own))}
}
