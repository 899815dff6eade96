package jobfile

import (
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"matpool/condor"
	"matpool/internal/base/file"
)

// A Request is what a simplified submission file asks for, with defaults filled in. The
// comments name the attributes; [Attributes] explains them.
type Request struct {
	Executable string            // executable; "" for the matprod next to matsubmit
	Script     string            // python_script, whose work matprod does; "" for none
	Matprod    bool              // the program is matprod, whose arguments matsubmit makes
	Arguments  []condor.Template // arguments, split

	IndexedInputs  []string // indexed_input_files; of matprod they may be FILE.npz:NAME, or one .npz file of both factors
	IndexedOutputs []string // indexed_output_files; none: output.npy for matprod, all new files for another program
	Inputs         []string // input_files
	Fixed          Fixed    // fixed
	Random         *Random  // inputs = random, or nil

	TotalJobs      int     // total_jobs
	FirstIndex     int     // first_index
	ProductsPerJob int     // products_per_job; 0 for auto
	Slots          int     // slots; 0 for those that match
	Bandwidth      float64 // bandwidth, in bytes per second; 0 if unknown
	Sum            bool    // sum
	Check          bool    // check
	Gram           bool    // gram
	Transpose      bool    // transpose
	Grid           Grid    // grid; zero if the products are not tiles

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

// A Fixed is the factor that all products of matprod have in common, if any.
type Fixed struct {
	Factor string // a, b, or "" for none
	Name   string // the factor's file, in input_files, or FILE.npz:NAME
}

// A Random is what random inputs are drawn from. Nothing is known here of what numpy can draw.
type Random struct {
	Size                      int
	Seed, Distribution, DType string // DType is "" for the distribution's own
}

// A Grid is the size of a grid of tiles, which are numbered row by row.
type Grid struct{ Rows, Cols int }

// ParseGrid parses a grid's sizes: 2x3 has 2 rows and 3 columns.
func ParseGrid(s string) (Grid, error) {
	before, after, _ := strings.Cut(s, "x")
	rows, errRows := strconv.Atoi(before)
	cols, errCols := strconv.Atoi(after)
	if errRows != nil || errCols != nil || min(rows, cols) < 1 || rows > file.MaxCount/cols {
		return Grid{}, fmt.Errorf("it must be two whole numbers, as in 2x3, with a product of at most %d", file.MaxCount)
	}
	return Grid{rows, cols}, nil
}

func (g Grid) String() string { return fmt.Sprintf("%dx%d", g.Rows, g.Cols) }

// Tiles returns the number of tiles.
func (g Grid) Tiles() int { return g.Rows * g.Cols }

// IndexedInputFiles returns the names of the files of [Request.IndexedInputs], each once. An
// archive of which only the arrays are numbered is not among them, but in [Request.Inputs].
func (q *Request) IndexedInputFiles() []string {
	if !q.Matprod { // it may have a file of such a name
		return q.IndexedInputs
	}
	var names []string
	for _, name := range q.IndexedInputs {
		if path, _, _ := file.SplitMember(name); !slices.Contains(names, path) && !file.NumbersMember(name) {
			names = append(names, path)
		}
	}
	return names
}

// Outputs returns the names of the numbered files that come back: indexed_output_files or
// matprod's default; none if another program's are not named. With sum they are partial sums,
// numbered as the jobs are.
func (q *Request) Outputs() []string {
	names := q.IndexedOutputs
	switch {
	case q.Sum && len(names) == 0:
		return []string{file.Partial}
	case q.Sum && !file.IsNpz(names[0]): // this name is for products
		return []string{path.Join(path.Dir(names[0]), file.Partial)}
	case len(names) == 0 && q.Matprod:
		return []string{file.Product}
	}
	return names
}

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
	all := Attributes()
	for _, o := range overrides {
		o.Value = trimValue(all, o.Name, o.Value)
		_, msg := oddCharacter(o.Value)
		if msg == "" {
			msg = checkSetting(all, o)
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
	var q *Request
	if r.errs == nil {
		q = r.request()
	}
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

func (r *resolver) given(name string) bool {
	_, ok := r.values[name]
	return ok
}

// request sets the fields of a request: all defaults first, then the values, which were checked
// when they were set.
func (r *resolver) request() *Request {
	d := new(draft)
	all := d.attributes()
	for _, a := range all {
		if a.Default != "" {
			_ = a.set(a.Default) // a test parses the defaults
		}
	}
	base := filepath.Base(r.file.Name)
	d.BatchName, d.Log = base, condor.Literal(base+".log")
	for _, a := range all {
		if l, ok := r.values[a.Name]; ok {
			if err := a.set(l.Value); err != nil {
				r.fail(a.Name, "%v", err)
			}
		}
	}
	for _, name := range streams {
		if r.given("indexed_"+name) && r.given(name) {
			r.fail("indexed_"+name, "%s is also set, on line %d: remove one of them", name, r.values[name].Number)
		}
	}
	for _, key := range r.extra {
		l := r.values[key]
		d.Extra = append(d.Extra, condor.Setting{Name: htcondorName(l.Name), Value: l.Value})
	}
	d.combine(r.given)
	d.check(r.given, r.fail)
	return &d.Request
}
