package jobfile

import (
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"matpool/condor"
	"matpool/internal/base/file"
	"matpool/internal/base/text"
)

// A Request is what a simplified submission file asks for, with defaults filled in. The
// comments name the attributes; [Attributes] explains them.
type Request struct {
	Executable string            // executable; "" for the matprod next to matsubmit
	Matprod    bool              // the program is matprod, whose arguments matsubmit makes
	Arguments  []condor.Template // arguments, split

	IndexedInputs  []string // indexed_input_files; of matprod they may be FILE.npz:NAME, or one .npz file of both factors
	IndexedOutputs []string // indexed_output_files; none: output.npy for matprod, all new files for another program
	Inputs         []string // input_files
	Fixed          Fixed    // fixed
	Random         *Random  // inputs = random, or nil

	TotalJobs      int  // total_jobs
	FirstIndex     int  // first_index
	ProductsPerJob int  // products_per_job; 0 for auto
	Slots          int  // slots; 0 for those that match
	Sum            bool // sum
	Gram           bool // gram
	Transpose      bool // transpose
	Grid           Grid // grid; zero if the products are not tiles

	Stdout, Stderr, Log condor.Template // indexed or not

	Systems      []condor.System // operating_systems, sorted; none: those for which the program exists
	Cpus         int             // request_cpus
	Memory, Disk int64           // request_memory and request_disk in bytes; 0 for auto
	Requirements string          // requirements, or ""
	MaxRetries   int             // max_retries
	RetryDelay   time.Duration   // retry_delay
	MaxRunTime   time.Duration   // max_run_time
	BatchName    string          // batch_name
	MaxIdle      int             // max_idle; 0 for no limit

	Extra []condor.Setting // settings that are passed on, by HTCondor's names, in the file's order
}

// IndexedInputFiles returns the names of the files of [Request.IndexedInputs], each once.
func (q *Request) IndexedInputFiles() []string {
	if !q.Matprod { // it may have a file of such a name
		return q.IndexedInputs
	}
	var names []string
	for _, name := range q.IndexedInputs {
		if path, _, _ := file.SplitMember(name); !slices.Contains(names, path) {
			names = append(names, path)
		}
	}
	return names
}

// The default names of matprod's outputs.
const (
	defaultOutput  = "output.npy"
	defaultPartial = "partial.npz"
)

// Outputs returns the names of the numbered files that come back: indexed_output_files or
// matprod's default; none if another program's are not named. With sum they are partial sums,
// numbered as the jobs are.
func (q *Request) Outputs() []string {
	names := q.IndexedOutputs
	switch {
	case q.Sum && len(names) == 0:
		return []string{defaultPartial}
	case q.Sum && !IsArchive(names[0]): // this name is for products
		return []string{path.Join(path.Dir(names[0]), defaultPartial)}
	case len(names) == 0 && q.Matprod:
		return []string{defaultOutput}
	}
	return names
}

// IsArchive reports whether a name is that of a .npz file.
func IsArchive(name string) bool { return strings.EqualFold(filepath.Ext(name), ".npz") }

// Request returns what the file asks for. Each override, from the command line, replaces
// the file's value of that name, and is checked like a line. The error joins a
// [*condor.SyntaxError] for each fault; the File of one in an override is
// "flag -total_jobs".
//
// The file must come from [Parse] without an error.
func (f *File) Request(overrides ...condor.Setting) (*Request, error) {
	r := resolver{file: f, values: map[string]Line{}}
	for _, l := range f.Lines {
		r.set(l)
	}
	for _, o := range overrides {
		o.Value = trimValue(o.Name, o.Value)
		_, msg := oddCharacter(o.Value)
		if msg == "" {
			msg = checkSetting(o)
		}
		if msg != "" {
			// The message repeats the name, which a message on a line needs.
			r.failFlag(o.Name, strings.TrimPrefix(msg, o.Name+": "))
			continue
		}
		// An override of stdout also replaces indexed_stdout, and vice versa.
		plain := strings.TrimPrefix(canonical(o.Name), "indexed_")
		if slices.Contains(streams[:], plain) {
			delete(r.values, plain)
			delete(r.values, "indexed_"+plain)
		}
		r.set(Line{Setting: o})
	}
	if r.errs != nil {
		return nil, errors.Join(r.errs...)
	}
	q := r.request()
	if r.errs != nil {
		return nil, errors.Join(r.errs...)
	}
	return q, nil
}

var streams = [...]string{"stdout", "stderr", "log"}

// A resolver collects the values of a file and of overrides.
type resolver struct {
	file   *File
	values map[string]Line // by canonical name; an override has no line number
	extra  []string        // canonical names of settings that are passed on, in order
	errs   []error
}

func (r *resolver) set(l Line) {
	key := canonical(l.Name)
	if !r.given(key) && PassedOn(l.Name) {
		r.extra = append(r.extra, key)
	}
	r.values[key] = l
}

// fail adds an error at the place where the attribute is set.
func (r *resolver) fail(attr, format string, args ...any) {
	msg := fmt.Sprintf(format, args...)
	if l, ok := r.values[attr]; ok && l.Number == 0 {
		r.failFlag(l.Name, msg)
		return
	}
	r.errs = append(r.errs, &condor.SyntaxError{File: r.file.Name, Line: r.values[attr].Number, Msg: attr + ": " + msg})
}

func (r *resolver) failFlag(name, msg string) {
	r.errs = append(r.errs, &condor.SyntaxError{File: "flag -" + name, Msg: msg})
}

// text returns an attribute's value or default, and whether it has one.
func (r *resolver) text(name string) (string, bool) {
	if v, ok := r.values[name]; ok {
		return v.Value, true
	}
	a, _ := attribute(name)
	return a.Default, a.Default != ""
}

func (r *resolver) given(name string) bool {
	_, ok := r.values[name]
	return ok
}

// get parses an attribute's value, which was checked when it was set.
func get[T any](r *resolver, name string, parse func(string) (T, error)) (v T) {
	if text, ok := r.text(name); ok {
		var err error
		if v, err = parse(text); err != nil {
			r.fail(name, "%v", err)
		}
	}
	return v
}

// forName adapts a parser that depends on the attribute's name to get.
func forName[T any](name string, parse func(name, value string) (T, error)) func(string) (T, error) {
	return func(value string) (T, error) { return parse(name, value) }
}

func (r *resolver) integer(name string) int { return get(r, name, forName(name, parseInteger)) }

func (r *resolver) duration(name string) time.Duration { return get(r, name, forName(name, parseTime)) }

func (r *resolver) names(name string) []string { return get(r, name, forName(name, parseNames)) }

func (r *resolver) size(name string) int64 { return get(r, name, forName(name, parseSize)) }

func (r *resolver) request() *Request {
	q := &Request{
		Inputs:         r.names("input_files"),
		Random:         r.random(),
		IndexedOutputs: r.names("indexed_output_files"),
		FirstIndex:     r.integer("first_index"),
		Sum:            get(r, "sum", parseYesNo),
		Gram:           get(r, "gram", parseYesNo),
		Transpose:      r.given("transpose"),
		Grid:           r.grid(),
		Systems:        get(r, "operating_systems", parseSystems),
		Cpus:           r.integer("request_cpus"),
		Memory:         r.size("request_memory"),
		Disk:           r.size("request_disk"),
		Requirements:   get(r, "requirements", forName("requirements", parseText)),
		MaxRetries:     r.integer("max_retries"),
		RetryDelay:     r.duration("retry_delay"),
		MaxRunTime:     r.duration("max_run_time"),
		Stdout:         r.stream("stdout"),
		Stderr:         r.stream("stderr"),
		Log:            r.stream("log"),
		BatchName:      filepath.Base(r.file.Name),
	}
	if r.given("executable") {
		q.Executable = get(r, "executable", forName("executable", parseName))
	}
	if r.given("arguments") {
		for _, arg := range get(r, "arguments", condor.SplitArguments) {
			q.Arguments = append(q.Arguments, condor.Template(arg))
		}
	}
	base := strings.ToLower(condor.Base(q.Executable))
	q.Matprod = base == "" || base == "matprod" || base == "matprod.exe"
	if q.Matprod && q.Random == nil || r.given("indexed_input_files") {
		q.IndexedInputs = r.names("indexed_input_files")
	}
	if q.Gram && q.Random == nil && !r.given("indexed_input_files") {
		q.IndexedInputs = []string{"inputX.npy"}
	}
	r.setFixed(q)
	if text, _ := r.text("products_per_job"); !isAuto(text) {
		q.ProductsPerJob = r.integer("products_per_job")
	}
	if r.given("batch_name") {
		q.BatchName = get(r, "batch_name", forName("batch_name", parseText))
	}
	if r.given("max_idle") {
		q.MaxIdle = r.integer("max_idle")
	}
	if r.given("slots") {
		q.Slots = r.integer("slots")
	}
	if r.given("total_jobs") {
		q.TotalJobs = r.integer("total_jobs")
	}
	r.sumTiles(q)
	for _, key := range r.extra {
		l := r.values[key]
		q.Extra = append(q.Extra, condor.Setting{Name: htcondorName(l.Name), Value: l.Value})
	}
	r.check(q)
	return q
}

// stream returns the name of the file for the jobs' output, errors or events.
func (r *resolver) stream(name string) condor.Template {
	if r.given("indexed_" + name) {
		if r.given(name) {
			r.fail("indexed_"+name, "%s is also set, on line %d: remove one of them", name, r.values[name].Number)
		}
		return condor.Indexed(get(r, "indexed_"+name, forName("indexed_"+name, parseName)))
	}
	if name == "log" && !r.given(name) {
		return condor.Literal(filepath.Base(r.file.Name) + ".log")
	}
	return condor.Template(get(r, name, forName(name, parseName)))
}

// check checks values that depend on each other.
func (r *resolver) check(q *Request) {
	if q.TotalJobs == 0 {
		r.fail("total_jobs", "set the number of products, as in total_jobs = 100")
	}
	if r.given("arguments") && q.Matprod {
		r.fail("arguments", "matsubmit makes matprod's arguments: leave this out, or set executable to another program")
	}
	r.checkFactors(q)
	if q.Matprod && len(q.IndexedOutputs) > 1 {
		r.fail("indexed_output_files", "matprod has one output, the product, not %d", len(q.IndexedOutputs))
	}
	r.checkForm(q)
	r.checkGrid(q)
	if q.Sum && !q.Matprod {
		r.fail("sum", "only matprod can sum its products")
	}
	r.checkPlaces(q, "indexed_input_files", q.IndexedInputs)
	r.checkPlaces(q, "indexed_output_files", q.IndexedOutputs)
	for _, name := range q.IndexedOutputs {
		if slices.Contains(q.IndexedInputFiles(), name) {
			r.fail("indexed_output_files", "%s is also an input", name)
		}
		if _, _, isMember := file.SplitMember(name); isMember && q.Matprod {
			r.fail("indexed_output_files", "%s: an output is a file of its own, not an array in one", name)
		}
	}
	fold := slices.Contains(q.Systems, condor.Windows)
	if a, b, clash := condor.SameBase(fold, q.IndexedInputFiles(), q.Inputs); clash {
		r.fail("indexed_input_files", "%s and %s would have the same name in a job's folder", a, b)
	}
	if a, b, clash := condor.SameBase(fold, q.IndexedOutputs); clash {
		r.fail("indexed_output_files", "%s and %s would have the same name in a job's folder", a, b)
	}
}

// checkForm checks what says which product is made.
func (r *resolver) checkForm(q *Request) {
	switch {
	case q.Gram && !q.Matprod:
		r.fail("gram", "only matprod makes Gram matrices")
	case q.Transpose && !q.Matprod:
		r.fail("transpose", "only matprod transposes a factor")
	case q.Gram && q.Transpose:
		r.fail("transpose", "gram = yes transposes its input already: remove one of them")
	case q.Gram && q.Random == nil && len(q.IndexedInputs) != 1:
		r.fail("indexed_input_files", "with gram = yes there is one input, not %d", len(q.IndexedInputs))
	}
}

// checkPlaces makes sure that the names of matprod's files have an index in their last part. In
// a job they are in one folder.
func (r *resolver) checkPlaces(q *Request, attr string, names []string) {
	for _, name := range names {
		if q.Matprod && file.PlacesIndex(name) && !file.PlacesIndex(condor.Base(name)) {
			r.fail(attr, "%s: matprod needs $(index) in the last part of the name, too, as in run$(index)/x$(index).npy", text.Clip(name))
		}
	}
}
