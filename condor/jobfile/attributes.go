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
	Kind    Kind
	Default string // as written in a file; "" for none
	Help    string // one line
}

// A Kind is the form of an attribute's value.
type Kind int

const (
	Text          Kind = iota // anything
	Name                      // the name of a file
	Names                     // names of files, separated by commas
	Integer                   // a whole number
	IntegerOrAuto             // a whole number, or auto
	Time                      // a number of minutes, or 30s, 90m, 2h
	Size                      // a size with its unit, 512MB or 2GB; or auto
	YesNo                     // yes or no
	SystemNames               // some of linux, linux-arm64 and windows
)

func (k Kind) String() string {
	return [...]string{"TEXT", "NAME", "NAMES", "NUMBER", "NUMBER", "TIME", "SIZE", "yes|no", "SYSTEMS"}[k]
}

// Attributes returns the attributes of a simplified submission file, in the order of the
// manual. A file can also have "condor.NAME = VALUE" and "+Attr = VALUE", which are passed
// on to HTCondor unchanged (see [PassedOn]).
func Attributes() []Attribute {
	return []Attribute{
		{"executable", Name, "", "the program (default: the matprod next to matsubmit)"},
		{"arguments", Text, "", "another program's arguments; $(index) is the job's number, $(first) and $(count) a batch's range"},
		{"indexed_input_files", Names, "inputA.npy, inputB.npy", "inputs of each product, numbered before the extension or at $(index): inputA0.npy, inputA1.npy …; only matprod has the default, and takes FILE.npz:NAME, or one FILE.npz with both factors"},
		{"indexed_output_files", Names, "", "outputs of each product, numbered in the same way (default: output.npy for matprod; for another program all new files, in FILE.out/INDEX)"},
		{"gram", YesNo, "no", "a product is the Gram matrix XᵀX of one input, which by default is inputX.npy"},
		{"transpose", Text, "", "a: a product is AᵀB, not AB"},
		{"grid", Text, "", "RxC: the products are the tiles of one matrix, of the pairs that matinit -grid writes; with sum = yes, the sum of each job is a tile"},
		{"input_files", Names, "", "files that every job gets"},
		{"fixed", Text, "", "of matprod: factor a (the first) or b (the second) is the same in all products, the file in input_files; the other one is in indexed_input_files"},
		{"inputs", Text, "files", "files, or random: the jobs of matprod make their factors, and no inputs are sent"},
		{"size", Integer, "1000", "of random inputs: they are size × size matrices"},
		{"seed", Text, "", "of random inputs: product i has the pair of np.random.default_rng([seed, i])"},
		{"rng", Text, "pcg64", "of random inputs: numpy's generator, always pcg64"},
		{"distribution", Text, "uniform", "of random inputs: uniform, normal or integers:LO:HI"},
		{"dtype", Text, "", "of random inputs: numpy's name of their type (default: float64; of integers int64)"},
		{"total_jobs", Integer, "", "the number of products"},
		{"first_index", Integer, "0", "the number of the first product"},
		{"products_per_job", IntegerOrAuto, "1", "the number of products that a job computes, or auto"},
		{"slots", Integer, "", "the number of slots for which auto provides jobs, and that -local uses at most (default: those that match, or 8 if condor_status does not answer; for -local all that fit)"},
		{"sum", YesNo, "no", "a job returns the sum of its products instead of the products"},
		{"indexed_stdout", Name, "", "where each job's standard output goes, numbered"},
		{"indexed_stderr", Name, "", "where each job's standard error goes, numbered"},
		{"indexed_log", Name, "", "a log for each job, numbered"},
		{"stdout", Name, "logs/$(index).out", "where the jobs' standard output goes"},
		{"stderr", Name, "logs/$(index).err", "where the jobs' standard error goes"},
		{"log", Name, "FILE.log", "the log of all jobs"},
		{"operating_systems", SystemNames, "", "some of linux, linux-arm64 and windows (default: those for which the program exists)"},
		{"request_cpus", Integer, "1", "processors for a job"},
		{"request_memory", Size, "auto", "memory for a job"},
		{"request_disk", Size, "auto", "disk space for a job"},
		{"max_retries", Integer, "3", "the number of times that a failed job is run again"},
		{"retry_delay", Time, "10", "how long a failed job avoids the same machine"},
		{"max_run_time", Time, "60", "how long a job may run before it is held; runtime is the same"},
		{"batch_name", Text, "FILE", "the name of the jobs in condor_q"},
		{"max_idle", Integer, "", "the number of jobs that wait in the queue at a time (default: all)"},
		{"requirements", Text, "", "further requirements on the machines, in HTCondor's syntax"},
	}
}

// AttributesHelp returns a line for each attribute: its name, the kind of its value, its
// help and its default.
func AttributesHelp() string {
	var b strings.Builder
	for _, a := range Attributes() {
		fmt.Fprintf(&b, "%-21s %-8s %s", a.Name, a.Kind, a.Help)
		if a.Default != "" {
			fmt.Fprintf(&b, " (%s)", a.Default)
		}
		b.WriteByte('\n')
	}
	fmt.Fprintf(&b, "%-21s %-8s %s\n", "condor.NAME", "TEXT", "passed to HTCondor unchanged, as NAME = TEXT")
	fmt.Fprintf(&b, "%-21s %-8s %s\n", "+NAME", "TEXT", "passed to HTCondor unchanged, as +NAME = TEXT")
	return b.String()
}

// limits returns the least and the largest value of a whole number.
func limits(name string) (least, most int) {
	switch name {
	case "first_index", "max_retries":
		return 0, file.MaxIndex
	}
	return 1, file.MaxIndex
}

func attributeNames() []string {
	var names []string
	for _, a := range Attributes() {
		names = append(names, a.Name)
	}
	return names
}

func attribute(name string) (Attribute, bool) {
	all := Attributes()
	i := slices.IndexFunc(all, func(a Attribute) bool { return a.Name == canonical(name) })
	if i < 0 {
		return Attribute{}, false
	}
	return all[i], true
}
