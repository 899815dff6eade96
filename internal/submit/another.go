package submit

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"matpool/condor"
	"matpool/condor/jobfile"
	"matpool/condor/submitfile"
	"matpool/internal/base/file"
	"matpool/internal/base/text"
	"matpool/internal/forecast"
	matprod "matpool/internal/product"
	"matpool/internal/record"
	"matpool/npyio"
)

// Jobs of another program make what it likes. What it needs is a guess.
type ofProgram struct{}

// checkProgram returns an error, and a hint, if another program cannot do what is requested.
func checkProgram(w work) (hint string, err error) {
	q := w.Request
	if q.ProductsPerJob == 0 {
		return "", errors.New("products_per_job: auto requires matprod: the run time of another program is not known")
	}
	for _, macro := range []string{"first", "count"} {
		if q.ProductsPerJob > 1 && !slices.ContainsFunc(q.Arguments, func(t condor.Template) bool { return t.Uses(macro) }) {
			return "as in arguments = --first $(first) --count $(count)",
				fmt.Errorf("products_per_job: a program other than matprod learns the numbers of a job's %d products from $(first) and $(count), but arguments lacks $(%s)",
					q.ProductsPerJob, macro)
		}
	}
	const most = 1000 // folders
	if jobs := jobCount(q.TotalJobs, q.ProductsPerJob); w.files.Folder != "" && jobs > most {
		return "name the outputs, as in indexed_output_files = result.txt",
			fmt.Errorf("indexed_output_files: without it, all new files of each job come back to a folder; that is for tests with up to %s jobs, not %s",
				text.Number(most), text.Number(jobs))
	}
	return "", nil
}

// wantsIndex reports whether another program gets files whose names have an index: it says so
// in its arguments, or in the last part of a name.
func wantsIndex(q *jobfile.Request) bool {
	return slices.ContainsFunc(q.Arguments, func(t condor.Template) bool {
		return t.Uses("index") || t.Uses("first") || t.Uses("count")
	}) || slices.ContainsFunc(slices.Concat(q.IndexedInputs, q.IndexedOutputs), func(name string) bool {
		return file.PlacesIndex(condor.Base(name))
	})
}

func (ofProgram) unit() string { return "job" }

func (ofProgram) summary(w work, _ int) string {
	if w.perJob > 1 {
		return fmt.Sprintf(" with up to %d indices each", w.perJob)
	}
	return ""
}

func (ofProgram) program(w work, _ string) string    { return w.Executable }
func (ofProgram) arguments(w work) []condor.Template { return w.Arguments }
func (ofProgram) outbox() string                     { return "" }

// inJob gives no index to a file if the program knows nothing of indices, or only a folder's name has it.
func (ofProgram) inJob(w work, name string) condor.Template {
	base := condor.Base(name)
	if w.generic || file.PlacesIndex(name) && !file.PlacesIndex(base) {
		return condor.Literal(base)
	}
	return condor.Indexed(base)
}

func (ofProgram) inspect(w work, _ *matprod.Factor, number int) (product, error) {
	return inspectFiles(w, number)
}

func (ofProgram) returns(m product) (each, once int64) { return m.out, 0 }

func (ofProgram) couldMake(_ work, name string, _ []int) (bool, error) {
	if !isNPY(name) {
		return true, nil
	}
	f, err := npyio.Open(name)
	if err == nil {
		f.Close()
	}
	return true, err
}

func (ofProgram) family(w work) record.Recipe {
	arguments, err := condor.QuoteArguments(w.Arguments)
	if err != nil { // the check of the description reports it
		arguments = fmt.Sprint(w.Arguments)
	}
	var environment, inputs []string
	for _, e := range w.Extra {
		if name := strings.ToLower(e.Name); name == "environment" || name == "getenv" {
			environment = append(environment, name+"="+e.Value)
		}
	}
	for _, name := range w.IndexedInputFiles() {
		inputs = append(inputs, condor.Base(file.InsertIndex(name, "$(index)")))
	}
	return record.New("program", "name", condor.Base(w.programs.stem), "args", arguments, "env", strings.Join(environment, ";"), "inputs", strings.Join(inputs, ","))
}

// givenToAll returns the program's files, and those that every job gets.
func (ofProgram) givenToAll(w work) []string { return slices.Concat(w.programs.files, w.Inputs) }

func (ofProgram) records() bool { return false }

// otherBytes is the memory that another program than matprod needs besides its files: a guess.
const otherBytes = 512 << 20

func (ofProgram) memory(w work) submitfile.Resource {
	largest := int64(0)
	for _, m := range w.products {
		largest = max(largest, m.in)
	}
	guess := int64(otherBytes) + 2*largest
	return submitfile.Resource{Bytes: guess, More: 4 * guess,
		Why: fmt.Sprintf("A guess for another program: 512 MB, and twice its numbered inputs of %s. request_memory overrides it.", text.Size(largest))}
}

func (ofProgram) disk(w work, in, _ int64) submitfile.Resource {
	own := w.programs.size()
	return submitfile.Resource{Bytes: own + 2*in + otherBytes,
		Why: fmt.Sprintf("Inputs of %s, the program's %s, and a guess for the outputs: the size of the inputs and 512 MB. request_disk overrides it.", text.Size(in), text.Size(own))}
}

func (ofProgram) here(context.Context, task, []batch) (forecast.Speed, string, error) {
	return forecast.Speed{}, "", nil
}
