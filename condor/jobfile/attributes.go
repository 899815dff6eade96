package jobfile

import (
	"fmt"
	"slices"
	"strings"

	"matpool/internal/base/file"
)

// An Attribute is a name that can have a value in a simplified submission file.
type Attribute struct {
	Name    string
	Kind    string // the form of the value, one word for the help
	Default string // as written in a file; "" for none
	Help    string // one line

	set func(value string) error // parses a value and sets the field of a draft
}

// The kinds of values in which blanks may matter. In the others all blanks are alike.
const (
	kindText  = "TEXT"  // anything
	kindName  = "NAME"  // the name of a file
	kindNames = "NAMES" // names of files, separated by commas
)

// Attributes returns the attributes of a simplified submission file, in the order of the
// manual. A file can also have "condor.NAME = VALUE" and "+Attr = VALUE", which are passed
// on to HTCondor unchanged (see [PassedOn]).
func Attributes() []Attribute { return new(draft).attributes() }

// A draft is a request whose values may still depend on each other.
type draft struct {
	Request
	random   Random // what random inputs are drawn from, if the inputs are random
	isRandom bool
	panels   int    // of the product that was cut, or 0
	fixed    string // the factor that is fixed, or ""
	replaced string // python_script if executable is set
}

// attributes is the table of attributes: what each is, how it is parsed, and which field it sets.
func (d *draft) attributes() []Attribute {
	return []Attribute{
		{"executable", kindName, "", "the program (default: the matprod next to matsubmit)", program(&d.Executable)},
		{"python_script", kindName, "", "python_submit's script: matprod replaces one that only saves the product of the two inputs", program(&d.Script)},
		{"python_version", kindText, "", "python_submit's: has no effect, since matprod needs no Python", plain(new(string))},
		{"arguments", kindText, "", "another program's arguments; $(index) is the job's number, $(first) and $(count) a batch's range", arguments(&d.Arguments)},
		{"indexed_input_files", kindNames, file.InputA + ", " + file.InputB, "inputs of each product, numbered before the extension or at $(index): inputA0.npy, inputA1.npy …; only matprod has the default, and takes FILE.npz:NAME, or one FILE.npz with both factors", names(&d.IndexedInputs, numbered)},
		{"indexed_output_files", kindNames, "", "outputs of each product, numbered in the same way (default: output.npy for matprod; for another program all new files, in FILE.out/INDEX)", names(&d.IndexedOutputs, numbered|output)},
		{"gram", "yes|no", "no", "a product is the Gram matrix XᵀX of one input, inputX.npy by default", yesNo(&d.Gram)},
		{"transpose", "a", "", "a: a product is AᵀB, not AB", transpose(&d.Transpose)},
		{"grid", "RxC", "", "the products are the tiles of one matrix, R rows of C tiles, of the pairs that matinit -grid writes; with sum = yes, the sum of each job is a tile", grid(&d.Grid)},
		{"panels", "NUMBER", "", "the products are those of the panels, or with grid of each tile's, that matinit -panels writes: so many make total_jobs", number(&d.panels, 1, file.MaxCount)},
		{"input_files", kindNames, "", "files that every job gets", names(&d.Inputs, common)},
		{"fixed", "a|b", "", "of matprod: factor a (the first) or b (the second) is the same in all products: the file in input_files; the other one is in indexed_input_files", fixed(&d.fixed)},
		{"inputs", "WORD", "files", "files, or random: the jobs of matprod generate their factors, and no inputs are sent", inputs(&d.isRandom)},
		{"size", "NUMBER", "1000", "with inputs = random: the factors are SIZE × SIZE matrices", number(&d.random.Size, 1, file.MaxCount)},
		{"seed", "NUMBER", "", "with inputs = random: product i has the pair of np.random.default_rng([SEED, i])", seed(&d.random.Seed)},
		{"rng", "WORD", "pcg64", "with inputs = random: numpy's generator, always pcg64", generator},
		{"distribution", kindText, "uniform", "with inputs = random: uniform, normal or integers:LO:HI", plain(&d.random.Distribution)},
		{"dtype", kindText, "", "with inputs = random: numpy's name for their type (default: float64; for integers int64)", plain(&d.random.DType)},
		{"total_jobs", "NUMBER", "", "the number of products", number(&d.TotalJobs, 1, file.MaxIndex)},
		{"first_index", "NUMBER", "0", "the number of the first product", number(&d.FirstIndex, 0, file.MaxIndex)},
		{"products_per_job", "NUMBER", "1", "the number of products that a job computes, or auto: matsubmit chooses it", orAuto(&d.ProductsPerJob)},
		{"slots", "NUMBER", "", "the number of slots for which auto provides jobs, and that -local uses at most (default: those that match, or 8 if condor_status does not answer; for -local all that fit)", number(&d.Slots, 1, file.MaxCount)},
		{"bandwidth", "RATE", "", "for the estimate: what the submitting machine can send, and receive, per second, as in 1Gbit/s or 100MB/s", rate(&d.Bandwidth)},
		{"sum", "yes|no", "no", "a job returns the sum of its products instead of the products", yesNo(&d.Sum)},
		{"check", "yes|no", "no", "the jobs of matprod check each product (matprod -check): a machine that computes wrongly is named, and the job runs again elsewhere", yesNo(&d.Check)},
		{"indexed_stdout", kindName, "", "where each job's standard output goes, numbered", stream(&d.Stdout, numbered)},
		{"indexed_stderr", kindName, "", "where each job's standard error goes, numbered", stream(&d.Stderr, numbered)},
		{"indexed_log", kindName, "", "a log for each job, numbered", stream(&d.Log, numbered|log)},
		{"stdout", kindName, "logs/$(index).out", "where the jobs' standard output goes", stream(&d.Stdout, 0)},
		{"stderr", kindName, "logs/$(index).err", "where the jobs' standard error goes", stream(&d.Stderr, 0)},
		{"log", kindName, "FILE.log", "the log of all jobs", stream(&d.Log, log)},
		{"operating_systems", "SYSTEMS", "", "one or more of linux, linux-arm64 and windows (default: those for which the program exists)", systems(&d.Systems)},
		{"request_cpus", "NUMBER", "1", "processors for a job", number(&d.Cpus, 1, file.MaxCount)},
		{"request_memory", "SIZE", "auto", "memory for a job, as in 512MB or 2GB", size(&d.Memory, "megabytes", "MB")},
		{"request_disk", "SIZE", "auto", "disk space for a job, as in 512MB or 2GB", size(&d.Disk, "kilobytes", "KB")},
		{"max_retries", "NUMBER", "3", "how many times a failed job runs again", number(&d.MaxRetries, 0, file.MaxCount)},
		{"retry_delay", "TIME", "10", "how long a failed job avoids the same machine, in minutes, or as in 30s or 2h", duration(&d.RetryDelay, 0)},
		{"max_run_time", "TIME", "60", "how long a job may run before it is held, in minutes, or as in 30s or 2h; runtime is the same", duration(&d.MaxRunTime, 1)},
		{"batch_name", kindText, "FILE", "the name of the jobs in condor_q", quoted(&d.BatchName)},
		{"max_idle", "NUMBER", "", "how many jobs wait in the queue at a time (default: all)", number(&d.MaxIdle, 1, file.MaxCount)},
		{"requirements", kindText, "", "further requirements on the machines, in HTCondor's syntax", requirements(&d.Requirements)},
	}
}

// AttributesHelp returns a line for each attribute: its name, the kind of its value, its
// help and its default.
func AttributesHelp() string {
	var b strings.Builder
	line := func(name, kind, help string) { fmt.Fprintf(&b, "%-21s %-8s %s\n", name, kind, help) }
	for _, a := range Attributes() {
		if a.Default != "" {
			a.Help += " (" + a.Default + ")"
		}
		line(a.Name, a.Kind, a.Help)
	}
	line("condor.NAME", "TEXT", "passed to HTCondor unchanged, as NAME = TEXT")
	line("+NAME", "TEXT", "passed to HTCondor unchanged, as +NAME = TEXT")
	return b.String()
}

// find returns the attribute of a name, in any spelling.
func find(all []Attribute, name string) (Attribute, bool) {
	i := slices.IndexFunc(all, func(a Attribute) bool { return a.Name == canonical(name) })
	if i < 0 {
		return Attribute{}, false
	}
	return all[i], true
}

func namesOf(all []Attribute) []string {
	names := make([]string, len(all))
	for i, a := range all {
		names[i] = a.Name
	}
	return names
}
