package submit

import (
	"fmt"
	"path"
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
	shared  bool           // the jobs on a machine share the fixed factor (see shares)
	again   bool           // the jobs make outputs again, and return their records only (see verify.go)

	survey   // by inspect
	identity // by identify
	division // by divide
}

// newWork returns the work that a submission file asks for.
func newWork(q *jobfile.Request, name string) (work, error) {
	w := work{Request: q, files: outputs.Requested(q, filepath.Base(name))}
	var err error
	hint := ""
	switch {
	case !q.Matprod:
		w.kind, w.generic = ofProgram{}, !wantsIndex(q)
		hint, err = checkProgram(w)
	case q.Sum:
		w.kind = ofSum{}
		w.pair, err = pair.Requested(q)
	default:
		w.kind = ofProducts{}
		w.pair, err = pair.Requested(q)
	}
	if err != nil {
		return work{}, status.DataError(fmt.Errorf("%s: %w", name, err), hint)
	}
	return w, nil
}

// inputs returns the names of the files that product number is made from, besides those that every
// job gets.
func (w work) inputs(number int) (names []string) {
	for _, name := range w.IndexedInputFiles() {
		names = append(names, file.Indexed(name, number))
	}
	return names
}

// sources returns the names of the files whose change makes an output of a batch outdated. Files that
// another program gets with every job, such as a configuration, do not count.
func (w work) sources(b batch) (names []string) {
	for _, name := range w.IndexedInputFiles() {
		names = append(names, file.IndexedRange(name, b.first, b.count)...)
	}
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

// numberedAsJobs reports whether a job's outputs have the job's number: it makes a sum, or has one
// product, whose number it has. Otherwise they have the numbers of its products.
func (w work) numberedAsJobs() bool { return w.files.Sums || w.perJob == 1 }

// summary describes some of the jobs in a line.
func (w work) summary(batches []batch) string {
	return text.Count(len(batches), "job") + w.kind.summary(w, productsIn(batches))
}

// combines reports whether the outputs can be added, or their tiles joined.
func (w work) combines() bool {
	names := w.files.Names
	return w.files.Sums || len(names) == 1 && isNPY(names[0])
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

// resumes reports whether a job that was evicted continues with what it had made: a job of matprod with more
// than one product.
//
// HTCondor puts the files into the job's top folder, where the inputs are. So a job does not
// resume if an output could have the name of one of these.
func (w work) resumes() bool {
	if w.kind.outbox() == "" || w.perJob == 1 || w.again {
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

// A task is what one call of matsubmit has to do: the options, and the work.
type task struct {
	Options
	work
	records *outputs.Records
	doubts  doubts
	locks   *locks
}

// read reads the simplified submission file.
func read(o Options) (task, error) {
	q, err := request.Read(o.File, o.Overrides...)
	if err != nil {
		return task{}, err
	}
	script, err := request.Replaced(o.File, q)
	if err != nil {
		return task{}, err
	}
	w, err := newWork(q, o.File)
	w.script = script
	return task{Options: o, work: w}, err
}

// subFile returns the name of the submit description, relative to the current folder.
func (o Options) subFile() string {
	switch p := filepath.ToSlash(o.File); {
	case o.DAG:
		return p + ".node.sub"
	case o.Output == "":
		return p + ".sub"
	}
	return filepath.ToSlash(o.Output)
}

// The names of the other files and folders that matsubmit and the DAG write.
func (o Options) dagFile() string     { return filepath.ToSlash(o.File) + ".dag" }
func (o Options) combineFile() string { return filepath.ToSlash(o.File) + ".combine.sub" }
func (o Options) normFile() string    { return filepath.ToSlash(o.File) + ".norm" }
func (o Options) tryFolder() string   { return filepath.ToSlash(o.File) + ".try" }
func (o Options) linkFolder() string  { return filepath.Base(o.File) + ".inputs" }

// outbox returns the name of the jobs' outbox, next to the submit description, or "" if they have none.
func (t task) outbox() string {
	if t.kind.outbox() == "" {
		return ""
	}
	return path.Join(path.Dir(t.subFile()), t.kind.outbox())
}
