package condor

import (
	"fmt"
	"slices"
	"strings"

	"matpool/internal/file"
)

// An Attribute is a name that a simplified submission file may give a value.
type Attribute struct {
	Name    string
	Kind    Kind
	Default string // in the file's own words; "" where there is none
	Help    string // one line
}

// A Kind is what an attribute's value looks like.
type Kind int

const (
	Text        Kind = iota // anything
	Name                    // the name of a file
	Names                   // names of files, separated by commas
	Whole                   // a whole number
	WholeOrAuto             // a whole number, or auto
	Time                    // a number of minutes, or 30s, 90m, 2h
	Size                    // a size with its unit, 512MB or 2GB; or auto
	YesNo                   // yes or no
	SystemNames             // linux, windows or both
)

func (k Kind) String() string {
	return [...]string{"TEXT", "NAME", "NAMES", "NUMBER", "NUMBER", "TIME", "SIZE", "yes|no", "SYSTEMS"}[k]
}

// Attributes returns the attributes of a simplified submission file in the order
// in which a manual shows them. Besides these there are "condor.NAME = VALUE" and
// "+Attr = VALUE", which are passed on to HTCondor word for word.
func Attributes() []Attribute {
	return []Attribute{
		{"executable", Name, "", "the program (default: the matprod beside matsubmit)"},
		{"arguments", Text, "", "another program's arguments; $(index) is the product's number, $(first) and $(count) a batch's range"},
		{"indexed_input_files", Names, "inputA.npy, inputB.npy", "inputs of each product, numbered before the extension: inputA0.npy, inputA1.npy … (the default is matprod's)"},
		{"indexed_output_files", Names, "", "outputs of each product, numbered likewise (default: of matprod output.npy, of another program all new files)"},
		{"input_files", Names, "", "files that every job gets"},
		{"total_jobs", Whole, "", "how many products there are"},
		{"first_index", Whole, "0", "the number of the first product"},
		{"products_per_job", WholeOrAuto, "1", "how many products a job computes, or auto"},
		{"slots", Whole, "8", "how many jobs at a time auto should keep busy"},
		{"sum", YesNo, "no", "a job returns the sum of its products instead of the products"},
		{"indexed_stdout", Name, "", "where each job's output goes, numbered"},
		{"indexed_stderr", Name, "", "where each job's errors go, numbered"},
		{"indexed_log", Name, "", "a log for each job, numbered"},
		{"stdout", Name, "logs/$(index).out", "where the jobs' output goes"},
		{"stderr", Name, "logs/$(index).err", "where the jobs' errors go"},
		{"log", Name, "FILE.log", "the log of all jobs"},
		{"operating_systems", SystemNames, "", "linux, windows or both (default: those whose programs lie beside matsubmit)"},
		{"request_cpus", Whole, "1", "processors for a job"},
		{"request_memory", Size, "auto", "memory for a job"},
		{"request_disk", Size, "auto", "room for a job's files"},
		{"max_retries", Whole, "3", "how often a failed job is run again"},
		{"retry_delay", Time, "10", "how long a failed job waits before the same machine may try it again"},
		{"max_run_time", Time, "60", "how long a job may run before it is held"},
		{"batch_name", Text, "FILE", "what condor_q calls the jobs"},
		{"max_idle", Whole, "", "how many jobs wait in the queue at a time (default: all)"},
		{"requirements", Text, "", "what else a machine must be, as HTCondor writes it"},
	}
}

// AttributesHelp returns a line for each attribute: its name, what a value looks
// like, what it is for, and the default.
func AttributesHelp() string {
	var b strings.Builder
	for _, a := range Attributes() {
		fmt.Fprintf(&b, "%-21s %-8s %s", a.Name, a.Kind, a.Help)
		if a.Default != "" {
			fmt.Fprintf(&b, " (%s)", a.Default)
		}
		b.WriteByte('\n')
	}
	fmt.Fprintf(&b, "%-21s %-8s %s\n", "condor.NAME", "TEXT", "passed to HTCondor word for word, as NAME = TEXT")
	fmt.Fprintf(&b, "%-21s %-8s %s\n", "+NAME", "TEXT", "passed to HTCondor word for word, as +NAME = TEXT")
	return b.String()
}

// limits of the numbers, least and most.
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
	i := slices.IndexFunc(all, func(a Attribute) bool { return strings.EqualFold(a.Name, name) })
	if i < 0 {
		return Attribute{}, false
	}
	return all[i], true
}

// instead returns what to write instead of an attribute of another tool, or of
// HTCondor's own language.
func instead(name string) string {
	switch strings.ToLower(name) {
	case "python_script":
		return "no Python runs on the machines: leave this line out, matprod does what product.py did; for another program write executable = NAME"
	case "python_version":
		return "no Python runs on the machines: leave this line out"
	case "r_script", "m_file", "matlab_version", "r_version":
		return "only programs that run by themselves are sent: write executable = NAME"
	case "runtime":
		return "write max_run_time, in minutes or as 30s or 2h"
	case "transfer_input_files":
		return "write input_files, or indexed_input_files for numbered ones"
	case "transfer_output_files":
		return "leave it out, the outputs come back by themselves; indexed_output_files gives them a folder"
	case "output":
		return "write stdout or indexed_stdout"
	case "error":
		return "write stderr or indexed_stderr"
	case "queue":
		return "write total_jobs"
	case "universe", "should_transfer_files", "when_to_transfer_output", "notification":
		return "leave it out, it is set for you; condor." + strings.ToLower(name) + " passes it on all the same"
	case "rank", "environment", "getenv", "initialdir", "priority", "notify_user", "concurrency_limits", "accounting_group":
		return "write condor." + strings.ToLower(name) + ", which passes it on word for word"
	}
	return ""
}

// Nearest returns the one of some names that has the smallest edit distance to name, for
// the length of both: of two as far, the longer one has more in common.
func Nearest(name string, among []string) string {
	best, least := "", 2.0
	for _, other := range among {
		far := float64(distance(strings.ToLower(name), other)) / float64(len(name)+len(other))
		if far < least {
			best, least = other, far
		}
	}
	return best
}

// distance counts the letters to insert and to delete (a letter that is replaced is
// both), and the neighbours to exchange, that turn a into b.
func distance(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		before, last, row = last, row, before
		row[0] = i
		for j := 1; j <= len(b); j++ {
			row[j] = min(last[j], row[j-1]) + 1
			if a[i-1] == b[j-1] {
				row[j] = min(row[j], last[j-1])
			}
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
	}
	return row[len(b)]
}
