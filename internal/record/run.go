package record

import (
	"cmp"
	"fmt"
	"math"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"matpool/condor"
	"matpool/internal/base/file"
	"matpool/internal/base/hash"
)

// A Run is the jobs that matsubmit submits, or runs, for a submission file. Its line is where the
// records of their outputs are found: in their stdout.
type Run struct {
	File    string    // the submission file, relative to the folder of the records, with /
	ID      hash.Hash // the run's identity, from [Identify]
	Family  Recipe    // of its products
	Inputs  []string  // names with $(index)
	Outputs []string  // names with $(index), which is the number of the product, or of the job for a sum
	Sum     bool      // each job returns the sum of its products
	Stdout  string    // the name of a job's stdout, with $(index), the job's number, or $(first) and $(count)
	First   int       // the number of the first product
	Total   int       // of the products
	Jobs    []Job     // those that were submitted, in order

	Expected time.Duration // matsubmit's estimate from the submission to the end, in whole seconds; 0 if it made none

	By, Machine string
	Time        time.Time
}

// A Job has a number, and the products from First on.
type Job struct{ Index, First, Count int }

// Identify returns the identity of a run: the hash of its family, its outputs' names, and what else
// decides the outputs' bytes, such as the hash of a program.
func Identify(family Recipe, outputs []string, more ...string) hash.Hash {
	return hash.Of([]byte(family.String() + "\n" + formatNames(outputs) + "\n" + formatNames(more)))
}

func formatNames(names []string) string {
	list := make([]Input, len(names))
	for i, name := range names {
		list[i].Name = name
	}
	return FormatInputs(list)
}

func parseNames(s string) (names []string, err error) {
	list, err := ParseInputs(s)
	for _, input := range list {
		names = append(names, input.Name)
	}
	return names, err
}

// Line returns the run as a line of [FileName]. Its recipe is "run", with words that say which jobs
// there are and where their files are, of the family.
func (r Run) Line() string {
	sum, expected := "", ""
	if r.Sum {
		sum = "yes"
	}
	if r.Expected > 0 {
		expected = strconv.Itoa(int(math.Ceil(r.Expected.Seconds())))
	}
	recipe := New(kindRun, "first", strconv.Itoa(r.First), "total", strconv.Itoa(r.Total), "sum", sum, "outputs", formatNames(r.Outputs),
		"stdout", r.Stdout, "jobs", formatJobs(r.Jobs), "expected_s", expected).Of(r.Family)
	from := make([]Input, len(r.Inputs))
	for i, name := range r.Inputs {
		from[i].Name = name
	}
	return formatLine(kindRun, r.File, "", r.ID, recipe, from, r.By, r.Machine, r.Time)
}

// ParseRun is the inverse of [Run.Line].
func ParseRun(line string) (Run, error) {
	kind, size, rec, err := parseLine(line)
	if err != nil {
		return Run{}, err
	}
	q := rec.Recipe
	if kind != kindRun || size != "" || q.op != kindRun || q.of == nil {
		return Run{}, fmt.Errorf("%q is not a line about a run", kind)
	}
	r := Run{File: rec.Name, ID: rec.Hash, Family: *q.of, Sum: q.Get("sum") == "yes", Stdout: q.Get("stdout"), By: rec.By, Machine: rec.Machine, Time: rec.Time}
	for _, input := range rec.From {
		r.Inputs = append(r.Inputs, input.Name)
	}
	var isFirst, isTotal bool
	r.First, isFirst = parseIndex(q.Get("first"))
	r.Total, isTotal = parseIndex(q.Get("total"))
	if !isFirst || !isTotal {
		return Run{}, fmt.Errorf("%q: the products are not known", q)
	}
	if seconds, err := strconv.Atoi(q.Get("expected_s")); err == nil && seconds > 0 && seconds <= math.MaxInt32 {
		r.Expected = time.Duration(seconds) * time.Second
	}
	if r.Outputs, err = parseNames(q.Get("outputs")); err != nil {
		return Run{}, err
	}
	r.Jobs, err = parseJobs(q.Get("jobs"), r.Sum)
	return r, err
}

// formatJobs returns "0-8:0-89,9:90-92": jobs 0 to 8 have products 0 to 89, as many each, and job 9 has
// the last three.
func formatJobs(jobs []Job) string {
	var words []string
	for len(jobs) > 0 {
		n := 1
		for n < len(jobs) && jobs[n].Index == jobs[n-1].Index+1 && jobs[n].First == jobs[n-1].First+jobs[0].Count && jobs[n].Count == jobs[0].Count {
			n++
		}
		first, last := jobs[0], jobs[n-1]
		words = append(words, fmt.Sprintf("%v:%v", Range{first.Index, last.Index}, Range{first.First, last.First + last.Count - 1}))
		jobs = jobs[n:]
	}
	return strings.Join(words, ",")
}

// parseJobs reads what formatJobs returns. A job returns a file of each product, or one of their sum.
func parseJobs(s string, sum bool) (jobs []Job, err error) {
	if s == "" {
		return nil, nil
	}
	total := 0 // of the files: a strange line must not take all memory
	for word := range strings.SplitSeq(s, ",") {
		numbers, products, _ := strings.Cut(word, ":")
		i, ok := parseRange(numbers)
		p, ok2 := parseRange(products)
		n, all := i.Last-i.First+1, p.Last-p.First+1
		files := all
		if sum {
			files = n
		}
		if !ok || !ok2 || all%n != 0 || len(jobs)+n > file.MaxCount || total+files > 10*file.MaxCount {
			return nil, fmt.Errorf("%q is not a list of jobs, such as 0-8:0-89,9:90-92", s)
		}
		total += files
		each := all / n
		for k := range n {
			jobs = append(jobs, Job{i.First + k, p.First + k*each, each})
		}
	}
	return jobs, nil
}

// Product returns the recipe of a product.
func (r Run) Product(n int) Recipe { return r.Family.At(n) }

// Partial returns the recipe of a job's sum.
func (r Run) Partial(job Job) Recipe {
	return Sum(r.Family, Ranges{{job.First, job.First + job.Count - 1}})
}

// StdoutOf returns the name of a job's stdout, relative to the folder of the records; "" if only
// HTCondor knows it.
func (r Run) StdoutOf(job Job) string {
	name := condor.Template(r.Stdout).Expand(job.Index, job.First, job.Count)
	if strings.Contains(name, "$(") {
		return ""
	}
	return name
}

// A runIndex finds the jobs that make an output.
type runIndex struct {
	Run
	templates []nameTemplate
	jobs      []Job // in the order of the numbers in their outputs' names
	longest   int   // the most numbers that a job has

	mu   sync.Mutex
	read map[string]map[string][]Record // of a stdout: by the last part of a name
}

// A nameTemplate is a name around its index.
type nameTemplate struct{ before, after string }

func (r Run) index() *runIndex {
	x := &runIndex{Run: r, jobs: slices.Clone(r.Jobs), read: map[string]map[string][]Record{}}
	for _, name := range r.Outputs {
		before, after, _ := strings.Cut(file.InsertIndex(name, "$(index)"), "$(index)")
		x.templates = append(x.templates, nameTemplate{before, after})
	}
	slices.SortStableFunc(x.jobs, func(a, b Job) int { return cmp.Compare(x.numbers(a).First, x.numbers(b).First) })
	for _, job := range x.jobs {
		numbers := x.numbers(job)
		x.longest = max(x.longest, numbers.Last-numbers.First+1)
	}
	return x
}

// numbers returns those in the names of a job's outputs.
func (x *runIndex) numbers(job Job) Range {
	if x.Sum {
		return Range{job.Index, job.Index}
	}
	return Range{job.First, job.First + job.Count - 1}
}

// jobsOf returns the jobs that make the output with a number: one, except in a strange file.
//
// Note: a map of the numbers would take gigabytes for a line that says that a job has millions of products.
func (x *runIndex) jobsOf(n int) (list []Job) {
	end, _ := slices.BinarySearchFunc(x.jobs, n+1, func(job Job, n int) int { return cmp.Compare(x.numbers(job).First, n) })
	for i := end - 1; i >= 0 && x.numbers(x.jobs[i]).First > n-x.longest; i-- {
		if x.numbers(x.jobs[i]).Last >= n {
			list = append(list, x.jobs[i])
		}
	}
	slices.Reverse(list)
	return list
}

// records returns the records of an output in the stdouts of the jobs that make it.
func (x *runIndex) records(dir, name string) (list []Record) {
	for _, t := range x.templates {
		n, ok := t.indexOf(name)
		if !ok {
			continue
		}
		for _, job := range x.jobsOf(n) {
			list = append(list, x.named(x.stdout(dir, job), name)...)
		}
	}
	return list
}

// recordsOf returns the records of a job's outputs in its stdout.
func (x *runIndex) recordsOf(dir string, job Job) (list []Record) {
	all := x.stdout(dir, job)
	if len(all) == 0 {
		return nil
	}
	for _, name := range x.outputsOf(job) {
		list = append(list, x.named(all, name)...)
	}
	return list
}

// named returns an output's records in a stdout, with its whole name: a job knows only the last part.
func (x *runIndex) named(all map[string][]Record, name string) (list []Record) {
	for _, rec := range all[path.Base(name)] {
		rec.Name, rec.From = name, x.inputsOf(rec)
		list = append(list, rec)
	}
	return list
}

// outputsOf returns the names of a job's outputs.
func (x *runIndex) outputsOf(job Job) (names []string) {
	for _, name := range x.Outputs {
		if x.Sum {
			names = append(names, file.Indexed(name, job.Index))
		} else {
			names = append(names, file.IndexedRange(name, job.First, job.Count)...)
		}
	}
	return names
}

// inputsOf returns what a job's output was made from, with names relative to the folder of the records: a job knows
// their last parts.
func (x *runIndex) inputsOf(rec Record) []Input {
	names := map[string]string{} // by their last parts; "" for what could be several
	for _, template := range x.Inputs {
		template, _, _ = file.SplitMember(template)
		for _, part := range rec.Recipe.Indices() {
			for n := part.First; n <= min(part.Last, part.First+file.MaxCount); n++ {
				name := template
				if file.PlacesIndex(template) {
					name = file.Indexed(template, n)
				}
				base := path.Base(name)
				if other, ok := names[base]; ok && other != name {
					name = ""
				}
				names[base] = name
				if !file.PlacesIndex(template) {
					break
				}
			}
		}
	}
	list := slices.Clone(rec.From)
	for i, input := range list {
		if name := names[input.Name]; name != "" {
			list[i].Name = name
		}
	}
	return list
}

// stdout returns the records in a job's stdout, by the last part of a file's name. It reads the file
// once, or more often if several goroutines ask for it at once, or if it has a single record.
func (x *runIndex) stdout(dir string, job Job) map[string][]Record {
	name := x.StdoutOf(job)
	if name == "" {
		return nil
	}
	x.mu.Lock()
	all, read := x.read[name]
	x.mu.Unlock()
	if read {
		return all
	}
	all = map[string][]Record{}
	for _, rec := range readStdout(filepath.Join(dir, filepath.FromSlash(name))) {
		all[path.Base(rec.Name)] = append(all[path.Base(rec.Name)], rec)
	}
	if job.Count > 1 && !x.Sum || len(x.Outputs) > 1 { // 100,000 of them would take much memory
		x.mu.Lock()
		x.read[name] = all
		x.mu.Unlock()
	}
	return all
}

// indexOf returns the index in a name.
func (t nameTemplate) indexOf(name string) (int, bool) {
	rest, ok := strings.CutPrefix(name, t.before)
	if !ok {
		return 0, false
	}
	digits := rest[:len(rest)-len(strings.TrimLeft(rest, "0123456789"))]
	n, ok := parseIndex(digits)
	after := strings.ReplaceAll(t.after, "$(index)", digits)
	return n, ok && rest[len(digits):] == after
}

// A Given is an input that matsubmit found when it submitted a run of another program than matprod:
// its jobs print no records, so this is what is known of the files that they got.
type Given struct {
	Name string    // relative to the folder of the records, with /
	Run  hash.Hash // the run's identity
	Size int64
	Hash hash.Hash

	By, Machine string
	Time        time.Time
}

// Line returns what was given as a line of [FileName]. Its recipe is "input run=" with the run's
// identity: two runs may have got different contents of one file.
func (g Given) Line() string {
	return formatLine(kindInput, g.Name, strconv.FormatInt(g.Size, 10), g.Hash, New(kindInput, "run", g.Run.String()), nil, g.By, g.Machine, g.Time)
}

// GivenTo returns the hash that an input had when a run's jobs that read it were submitted last; false if
// that is not recorded.
func (f *Folder) GivenTo(run hash.Hash, name string) (hash.Hash, bool) {
	line, ok := f.lineAbout(kindInput, name, kindInput+" run="+run.String())
	var cells [len(columns)]string
	if !ok || !splitLine(line, cells[:]) {
		return hash.Hash{}, false
	}
	h, err := hash.Parse(cells[3])
	return h, err == nil
}

// AppendGiven adds inputs to a folder's file.
func AppendGiven(dir string, list ...Given) error {
	lines := make([]string, len(list))
	for i, g := range list {
		lines[i] = g.Line()
	}
	return appendLines(dir, lines)
}
