package submit

import (
	"context"

	"matpool/condor"
	"matpool/condor/submitfile"
	"matpool/internal/forecast"
	matprod "matpool/internal/product"
	"matpool/internal/record"
)

// A kind of work is what one job makes: products of matprod, the sum of some, or what another program makes. It
// answers what differs between these. The work is an argument, because stages add to it.
type kind interface {
	unit() string                        // the word for what is numbered
	summary(w work, products int) string // what follows "7 jobs" in a line about jobs with so many products

	program(w work, dir string) string         // the name of the program; matprod's own is in dir
	arguments(w work) []condor.Template        // the program's
	outbox() string                            // the folder to which it writes, which is empty at first and comes back; or ""
	inJob(w work, name string) condor.Template // the name of a numbered file in a job's folder

	// inspect checks the inputs of one product, only by headers and sizes. A fixed factor is nil if it is bad.
	inspect(w work, fixed *matprod.Factor, number int) (product, error)
	// returns returns the bytes by which a product enlarges what its job sends back, and those that the job
	// sends once, however many products it has.
	returns(m product) (each, once int64)
	// couldMake reports whether a file can be an output for a product of a shape.
	couldMake(w work, name string, shape []int) (bool, error)

	family(w work) record.Recipe // of all outputs, without an index
	givenToAll(w work) []string  // the files whose content decides the outputs, besides the family and the numbered inputs
	records() bool               // the jobs print records of their outputs; if not, matsubmit records what they are given

	// memory and disk return what a job needs, and the reason. The bytes are those of its inputs and outputs.
	memory(w work) submitfile.Resource
	disk(w work, in, out int64) submitfile.Resource
	// here returns how fast this machine does the work, and a command that does it here, if they are known.
	here(ctx context.Context, t task, batches []batch) (forecast.Speed, string, error)
}
