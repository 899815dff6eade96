package submit

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"matpool/condor"
	"matpool/condor/jobfile"
	"matpool/internal/base/file"
	"matpool/internal/base/text"
	"matpool/internal/outputs"
	"matpool/internal/pair"
	"matpool/internal/request"
	"matpool/internal/status"
)

// A work is what the jobs do: what they read, run and make. It is made by newWork; two stages add
// what they find out or decide, and the others only ask it.
type work struct {
	*jobfile.Request
	kind    kind
	files   outputs.Files  // that come back
	pair    pair.Pair      // of matprod: the factors, without an index
	script  request.Script // whose work matprod does
	generic bool           // in a job's folder, numbered files have names without an index

	survey   // by inspect
	identity // by identify
	division // by divide
}

// A kind of work is what one job makes.
type kind int

const (
	ofProducts kind = iota // matprod's products of some pairs
	ofSum                  // matprod's sum of the products of some pairs
	ofProgram              // what another program makes
)

// newWork returns the work that a submission file asks for.
func newWork(q *jobfile.Request, name string) (work, error) {
	fail := func(err error, hint string) (work, error) {
		return work{}, status.DataError(fmt.Errorf("%s: %w", name, err), hint)
	}
	w := work{Request: q, files: outputs.Requested(q, filepath.Base(name))}
	switch {
	case !q.Matprod:
		w.kind = ofProgram
	case q.Sum:
		w.kind = ofSum
	}
	if w.kind != ofProgram {
		var err error
		if w.pair, err = pair.Requested(q); err != nil {
			return fail(err, "")
		}
		return w, nil
	}
	if q.ProductsPerJob == 0 {
		return fail(fmt.Errorf("products_per_job: auto requires matprod: the run time of another program is not known"), "")
	}
	for _, macro := range []string{"first", "count"} {
		if q.ProductsPerJob > 1 && !slices.ContainsFunc(q.Arguments, func(t condor.Template) bool { return t.Uses(macro) }) {
			return fail(fmt.Errorf("products_per_job: a program other than matprod learns the numbers of a job's %d products from $(first) and $(count), but arguments lacks $(%s)",
				q.ProductsPerJob, macro), "as in arguments = --first $(first) --count $(count)")
		}
	}
	const most = 1000 // folders
	if jobs := jobCount(q.TotalJobs, q.ProductsPerJob); w.files.Folder != "" && jobs > most {
		return fail(fmt.Errorf("indexed_output_files: without it, all new files of each job come back to a folder; that is for tests with up to %s jobs, not %s",
			text.Number(most), text.Number(jobs)), "name the outputs, as in indexed_output_files = result.txt")
	}
	w.generic = !wantsIndex(q)
	return w, nil
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

// unit returns the word for what is numbered: products, or another program's jobs.
func (w work) unit() string {
	if w.kind == ofProgram {
		return "job"
	}
	return "product"
}

// inputs returns the names of the files that product number is made from, besides those that every
// job gets.
func (w work) inputs(number int) (names []string) {
	for _, name := range w.IndexedInputFiles() {
		names = append(names, file.Indexed(name, number))
	}
	return names
}

// sources returns the names of the files whose change makes an output of product number outdated. Files that
// another program gets with every job, such as a configuration, do not count.
func (w work) sources(number int) []string {
	names := w.inputs(number)
	if w.pair.Fixed != pair.NotFixed {
		names = append(names, w.Inputs...)
	}
	return names
}

// makes returns the names of the files that come back from a job.
func (w work) makes(b batch) []string { return w.files.OfJob(b.index, b.first, b.count) }

// makesAll returns the names of the files that come back from jobs.
func (w work) makesAll(batches []batch) (names []string) {
	for _, b := range batches {
		names = append(names, w.makes(b)...)
	}
	return names
}

// inJob returns the name in a job's folder of a numbered file: the last part of its name, with
// the index unless the program knows nothing of it, or only a folder's name has it.
func (w work) inJob(name string) condor.Template {
	base := condor.Base(name)
	if w.generic || w.kind == ofProgram && file.PlacesIndex(name) && !file.PlacesIndex(base) {
		return condor.Literal(base)
	}
	return condor.Indexed(base)
}

// numberedAsJobs reports whether a job's outputs have the job's number: it makes a sum, or has one
// product, whose number it has. Otherwise they have the numbers of its products.
func (w work) numberedAsJobs() bool { return w.kind == ofSum || w.perJob == 1 }

// arguments returns the arguments of the jobs' program.
func (w work) arguments() (args []condor.Template) {
	if w.kind != ofProgram {
		return w.matprodArguments()
	}
	return w.Arguments
}

// summary describes some of the jobs in a line.
func (w work) summary(batches []batch) string {
	jobs := text.Count(len(batches), "job")
	products := text.Count(productsIn(batches), "product")
	switch {
	case w.kind == ofSum:
		return jobs + " for the sum of " + products
	case w.kind == ofProgram && w.perJob > 1:
		return jobs + fmt.Sprintf(" with up to %d indices each", w.perJob)
	case w.kind == ofProgram:
		return jobs
	case w.perJob == 1:
		return jobs + ", one product each"
	}
	return jobs + " with " + products
}

// combines reports whether the outputs can be added, or their tiles joined.
func (w work) combines() bool {
	names := w.files.Names
	return w.kind == ofSum || len(names) == 1 && isNPY(names[0])
}

// linksInputs reports whether HTCondor sends links to the jobs' inputs, which have the names
// that the inputs have in a job's folder. Otherwise the machines rename the inputs, which
// takes no files here, but which only Linux machines can do, and not for all names (see
// [submitfile.Description]).
func (w work) linksInputs() bool {
	if !w.generic || len(w.IndexedInputs) == 0 {
		return false
	}
	return slices.Contains(w.programs.systems, condor.Windows) || slices.ContainsFunc(w.IndexedInputs, func(name string) bool {
		return condor.CheckName(condor.Base(name), condor.InRemaps) != nil
	})
}

// resumes reports whether a job continues with what it had made when its machine was taken
// away: a job of matprod with more than one product.
//
// HTCondor puts the files into the job's top folder, where the inputs are. So a job does not
// resume if an output could have the name of one of these.
func (w work) resumes() bool {
	if w.kind == ofProgram || w.perJob == 1 {
		return false
	}
	// What two names in a job have in common if they differ in numbers, or for Windows, in case only.
	key := func(name string) string { return strings.ToLower(withoutDigits(condor.Base(name))) }
	taken := map[string]bool{}
	for _, name := range slices.Concat(w.IndexedInputFiles(), w.Inputs) {
		taken[key(name)] = true
	}
	return !slices.ContainsFunc(w.files.Names, func(name string) bool { return taken[key(name)] })
}
