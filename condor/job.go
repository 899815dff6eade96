package condor

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// A Job is what a simplified submission file asks for, with defaults filled in. The
// doc comments give the attribute; see [Attributes] for what they mean.
type Job struct {
	Executable string   // executable; "" for the matprod beside matsubmit
	Matprod    bool     // the program is matprod, which makes its own arguments
	Arguments  []string // arguments, taken apart, each still a [Template]

	IndexedInputs  []string // indexed_input_files
	IndexedOutputs []string // indexed_output_files; none: of matprod output.npy, of another program all new files
	Inputs         []string // input_files

	TotalJobs      int  // total_jobs
	FirstIndex     int  // first_index
	ProductsPerJob int  // products_per_job; 0 for auto
	Slots          int  // slots
	Sum            bool // sum

	Stdout, Stderr, Log Template // indexed or not

	Systems      []System // operating_systems, sorted; none: those whose programs are there
	Cpus         int      // request_cpus
	Memory, Disk int64    // request_memory and request_disk in bytes; 0 for auto
	Requirements string   // requirements, or ""
	MaxRetries   int      // max_retries
	RetryDelay   time.Duration
	MaxRunTime   time.Duration
	BatchName    string
	MaxIdle      int // max_idle; 0 for no limit

	Extra []Setting // what is passed on, in the file's order
}

// A Setting is a name with its value, both as they are written.
type Setting struct{ Name, Value string }

// Job returns what the file asks for. Each override, such as one from the command
// line, replaces the file's value of that name, and is checked as the file was. The
// error is all that is wrong, joined, each a [*SyntaxError]; it names an override
// as "flag -total_jobs".
//
// The file must be one that [Parse] returned without an error.
func (f *File) Job(overrides ...Setting) (*Job, error) {
	r := resolver{file: f, values: map[string]value{}}
	for i, l := range f.Lines {
		if l.Name != "" {
			r.set(l.Name, l.Value, i+1)
		}
	}
	for _, o := range overrides {
		o.Value = strings.Trim(o.Value, Blanks)
		if msg := checkSetting(o.Name, o.Value); msg != "" {
			// The message repeats the name, as it must for a line of a file.
			r.errs = append(r.errs, &SyntaxError{"flag -" + o.Name, 0, strings.TrimPrefix(msg, o.Name+": ")})
			continue
		}
		// An override of stdout is one of indexed_stdout too.
		plain := strings.TrimPrefix(canonical(o.Name), "indexed_")
		if slices.Contains(streams[:], plain) {
			delete(r.values, plain)
			delete(r.values, "indexed_"+plain)
		}
		r.set(o.Name, o.Value, 0)
	}
	if r.errs != nil {
		return nil, errors.Join(r.errs...)
	}
	j := r.job()
	if r.errs != nil {
		return nil, errors.Join(r.errs...)
	}
	return j, nil
}

var streams = [...]string{"stdout", "stderr", "log"}

// A resolver collects the values of a file and of overrides.
type resolver struct {
	file   *File
	values map[string]value // by canonical name
	extra  []string         // canonical names of what is passed on, in order
	errs   []error
}

type value struct {
	name, text string
	line       int // 0 for an override
}

func (r *resolver) set(name, text string, line int) {
	key := canonical(name)
	if _, ok := r.values[key]; !ok && PassedOn(name) {
		r.extra = append(r.extra, key)
	}
	r.values[key] = value{name, text, line}
}

// fail adds an error at the place where the attribute has its value.
func (r *resolver) fail(attr, format string, args ...any) {
	msg := fmt.Sprintf(format, args...)
	v, ok := r.values[attr]
	switch {
	case ok && v.line == 0:
		r.errs = append(r.errs, &SyntaxError{"flag -" + v.name, 0, msg})
	default:
		r.errs = append(r.errs, &SyntaxError{r.file.Name, v.line, attr + ": " + msg})
	}
}

// text returns an attribute's value, or its default, and whether there is either.
func (r *resolver) text(name string) (string, bool) {
	if v, ok := r.values[name]; ok {
		return v.text, true
	}
	a, _ := attribute(name)
	return a.Default, a.Default != ""
}

func (r *resolver) given(name string) bool {
	_, ok := r.values[name]
	return ok
}

// get reads a value that was checked when it was set.
func get[T any](r *resolver, name string, parse func(string) (T, error)) (v T) {
	if text, ok := r.text(name); ok {
		var err error
		if v, err = parse(text); err != nil {
			r.fail(name, "%v", err)
		}
	}
	return v
}

// named fits the parsers that must know whose value they read into get.
func named[T any](name string, parse func(name, value string) (T, error)) func(string) (T, error) {
	return func(value string) (T, error) { return parse(name, value) }
}

func (r *resolver) whole(name string) int { return get(r, name, named(name, parseWhole)) }

func (r *resolver) duration(name string) time.Duration { return get(r, name, named(name, parseTime)) }

func (r *resolver) job() *Job {
	j := &Job{
		Inputs:         get(r, "input_files", parseNames),
		IndexedOutputs: get(r, "indexed_output_files", parseNames),
		FirstIndex:     r.whole("first_index"),
		Slots:          r.whole("slots"),
		Sum:            get(r, "sum", parseYesNo),
		Systems:        get(r, "operating_systems", parseSystems),
		Cpus:           r.whole("request_cpus"),
		Memory:         get(r, "request_memory", parseSize),
		Disk:           get(r, "request_disk", parseSize),
		Requirements:   get(r, "requirements", named("requirements", parseText)),
		MaxRetries:     r.whole("max_retries"),
		RetryDelay:     r.duration("retry_delay"),
		MaxRunTime:     r.duration("max_run_time"),
		Stdout:         r.stream("stdout"),
		Stderr:         r.stream("stderr"),
		Log:            r.stream("log"),
		BatchName:      filepath.Base(r.file.Name),
	}
	if r.given("executable") {
		j.Executable = get(r, "executable", named("executable", parseName))
	}
	if r.given("arguments") {
		j.Arguments = get(r, "arguments", SplitArguments)
	}
	base := strings.ToLower(Base(j.Executable))
	j.Matprod = !r.given("arguments") && (base == "" || base == "matprod" || base == "matprod.exe")
	if j.Matprod || r.given("indexed_input_files") {
		j.IndexedInputs = get(r, "indexed_input_files", parseNames)
	}
	if text, _ := r.text("products_per_job"); !isAuto(text) {
		j.ProductsPerJob = r.whole("products_per_job")
	}
	if r.given("batch_name") {
		j.BatchName = get(r, "batch_name", named("batch_name", parseText))
	}
	if r.given("max_idle") {
		j.MaxIdle = r.whole("max_idle")
	}
	if r.given("total_jobs") {
		j.TotalJobs = r.whole("total_jobs")
	}
	for _, key := range r.extra {
		v := r.values[key]
		if !strings.HasPrefix(v.name, "+") {
			v.name = v.name[len(condorPrefix):]
		}
		j.Extra = append(j.Extra, Setting{v.name, v.text})
	}
	r.check(j)
	return j
}

// stream returns where the jobs' output, errors or events go.
func (r *resolver) stream(name string) Template {
	if r.given("indexed_" + name) {
		if r.given(name) {
			r.fail("indexed_"+name, "%s has a value too, on line %d: one of them must go", name, r.values[name].line)
		}
		return Indexed(get(r, "indexed_"+name, named("indexed_"+name, parseName)))
	}
	if name == "log" && !r.given(name) {
		return Literal(filepath.Base(r.file.Name) + ".log")
	}
	return Template(get(r, name, named(name, parseName)))
}

// check looks at values that must fit each other.
func (r *resolver) check(j *Job) {
	if j.TotalJobs == 0 {
		r.fail("total_jobs", "say how many products there are, as in total_jobs = 100")
	}
	if r.given("arguments") && !r.given("executable") {
		r.fail("arguments", "these are for another program than matprod: name it, executable = NAME")
	}
	if j.Matprod && len(j.IndexedInputs) != 2 {
		r.fail("indexed_input_files", "matprod has two, the factors, not %d", len(j.IndexedInputs))
	}
	if j.Matprod && len(j.IndexedOutputs) > 1 {
		r.fail("indexed_output_files", "matprod has one, the product, not %d", len(j.IndexedOutputs))
	}
	if j.Sum && !j.Matprod {
		r.fail("sum", "only matprod can add its products up")
	}
	for _, name := range j.IndexedOutputs {
		if slices.Contains(j.IndexedInputs, name) {
			r.fail("indexed_output_files", "%s is an input too", name)
		}
	}
	fold := slices.Contains(j.Systems, Windows)
	if a, b, clash := SameBase(fold, j.IndexedInputs, j.Inputs); clash {
		r.fail("indexed_input_files", "%s and %s would be one file in a job's folder", a, b)
	}
	if a, b, clash := SameBase(fold, j.IndexedOutputs); clash {
		r.fail("indexed_output_files", "%s and %s would be one file in a job's folder", a, b)
	}
}
