package submit

import (
	"fmt"

	"matpool/condor/submitfile"
	"matpool/internal/flow"
	"matpool/internal/text"
)

// What a program takes besides its matrices: the program itself and its blocks of them,
// for each processor.
const (
	programBytes = 64 << 20
	threadBytes  = 32 << 20
	// Of another program nothing is known.
	otherBytes = 512 << 20
)

// memory returns how much a job may use, and why.
//
// Matprod holds a pair and its product; in a range two, or of small ones one for each
// processor, which are read, multiplied and written side by side; and for a sum two numbers,
// of 16 bytes together, for each element.
func (p *plan) memory() submitfile.Resource {
	if p.job.Memory > 0 {
		return submitfile.Resource{Bytes: p.job.Memory, Why: "As asked for."}
	}
	largest := int64(0)
	if !p.job.Matprod {
		for _, m := range p.products {
			largest = max(largest, m.in)
		}
		return submitfile.Resource{Bytes: otherBytes + 2*largest,
			Why: fmt.Sprintf("Of another program nothing is known: 512 MB, and twice its numbered inputs of %s. request_memory says otherwise.", text.Size(largest))}
	}
	var of product
	for _, m := range p.products {
		if bytes := m.in + m.out; bytes > largest {
			largest, of = bytes, m
		}
	}
	own := int64(programBytes + threadBytes*p.job.Cpus)
	bytes := of.in + of.out
	why := fmt.Sprintf("The largest pair takes %s and its product %s", text.Size(of.in), text.Size(of.out))
	if atOnce := min(flow.AtOnce(p.job.Cpus, bytes), p.perJob); p.perJob > 1 {
		bytes *= int64(atOnce)
		why += fmt.Sprintf(", %d of these at a time", atOnce)
	}
	if p.job.Sum {
		bytes += 2 * of.out
		why += fmt.Sprintf("; the sum %s", text.Size(2*of.out))
	}
	return submitfile.Resource{Bytes: own + bytes, Why: why + fmt.Sprintf("; the program %s.", text.Size(own))}
}

// disk returns how much room a job's files need, and why.
func (p *plan) disk() submitfile.Resource {
	if p.job.Disk > 0 {
		return submitfile.Resource{Bytes: p.job.Disk, Why: "As asked for."}
	}
	var in, out int64 // of the job with the most
	for _, row := range p.all {
		var rowIn, rowOut int64
		for i := range row.Count {
			m := p.products[row.First-p.job.FirstIndex+i]
			rowIn += m.in
			if p.job.Sum {
				rowOut = max(rowOut, 2*m.out)
			} else {
				rowOut += m.out
			}
		}
		if rowIn+rowOut > in+out {
			in, out = rowIn, rowOut
		}
	}
	own := p.programs.size()
	in += p.common()
	if !p.job.Matprod {
		out = in + otherBytes
		return submitfile.Resource{Bytes: own + in + out,
			Why: fmt.Sprintf("Inputs of %s, the program's %s, and for its outputs as much as its inputs and 512 MB. request_disk says otherwise.", text.Size(in), text.Size(own))}
	}
	sum := own + in + out
	return submitfile.Resource{Bytes: sum + sum/10 + 1<<20,
		Why: fmt.Sprintf("Inputs of %s, outputs of %s, the program's %s, and a tenth more.", text.Size(in), text.Size(out), text.Size(own))}
}
