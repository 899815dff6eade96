// Package submitfile writes a submit description, or a DAG for DAGMan, with comments that explain each part.
//
// A [Description] is a decision on what to submit. Its methods Write, WriteNode and WriteDAG
// print it as readable text for condor_submit and condor_submit_dag (23.0 and later).
package submitfile

import (
	"slices"
	"strings"
	"time"

	"matpool/condor"
)

// A Description describes jobs that run the same program and differ in their numbers and
// files.
type Description struct {
	Comments  []string // lines at the top: the source, and choices with their reasons
	BatchName string
	Unit      string // what a job computes, for hold reasons: "product"
	Sum       bool   // a job returns the sum of its products
	Random    string // from what a job's inputs are drawn, for the log; "" if they are files
	ID        string // the identity of the run, for the log

	// Executable is the program's file, or, for several systems, the stem of the files'
	// names (see [condor.Variant]).
	Executable string
	Systems    []condor.System
	Arguments  []condor.Template

	// Inputs are files that every job gets, besides its own.
	Inputs []string
	// Shared says that Inputs go only once to each machine, whose jobs share them: see [SharedFrom].
	Shared bool
	// InputRemaps give inputs other names in a job's folder. The names have no folders. Only
	// Linux machines can do it.
	//
	// Note: HTCondor does this since 8.7 (the job attribute TransferInputRemaps), but only
	// where its transfer of public files is compiled in, which it is not on Windows
	// (AddInputFilenameRemaps in file_transfer.cpp, and CondorConfigure.cmake, up to 25.14).
	// Machines with Windows claim HasTransferInputRemaps nevertheless.
	InputRemaps []RemapTemplate

	// What comes back is, if Outbox is not "", the content of an empty folder of this name,
	// which every job gets under the last part of the name; otherwise the files in Outputs,
	// and those of each job; otherwise, if there are none, all new files.
	Outbox string
	// Resumes says that a job that was evicted continues with what it left in the outbox, which it
	// finds in the top folder.
	Resumes bool
	Outputs []condor.Template
	Remaps  []RemapTemplate // outputs of every job that do not come back under their own names
	// Folder is the folder into which all files of a job come back, besides stdout, stderr and
	// the log; "" for the current folder. The folder must exist, and not be a symbolic link.
	Folder              condor.Template
	Stdout, Stderr, Log condor.Template

	Cpus         int
	Memory, Disk Resource
	Requirements string // further requirements on the machines; "" for none

	MaxRetries int           // how often a job that fails runs again
	RetryDelay time.Duration // how long a job avoids the machines that it failed on
	MaxRunTime time.Duration // a job that runs longer is held
	VacateTime time.Duration // how long a job may take to leave a machine; 10 s if it is less
	MaxIdle    int           // the number of jobs that wait in the queue at a time; 0 for all

	// For the note in the log, relative to the log's folder: the name of the submit description, or
	// of what it is made from if the jobs run here, or "", and the names of the numbered files that
	// come back (see [condor.Note]).
	File     string
	Returned []string

	Extra []condor.Setting // lines for the end, unchanged
	Jobs  []Job
}

// A Resource is the memory or disk that a job needs, and the reason.
type Resource struct {
	Bytes int64
	Why   string // for a comment; "" for none
	More  int64  // for an attempt after one that used more than Bytes; 0 if there is none
}

// A Job is the part of a description that differs from job to job.
type Job struct {
	Index  int      // the job's number, $(index)
	First  int      // the number of its first product, $(first)
	Count  int      // the number of its products, $(count)
	Inputs []string // the job's files; in its folder they have the last part of their names
	// Outputs and Remaps are those whose names do not follow from Index.
	Outputs []string
	Remaps  []Remap
	// Avoid has the names of machines, with their domain or without, that the job must not have: other jobs avoid none.
	Avoid []string
	// NotUnder is an operating system, by its name in HTCondor, that the job's machine should not have: it waits for
	// another one for [patience]. It is "" for none.
	NotUnder string
}

// A Remap gives an output in a job's folder another name when it comes back. HTCondor makes
// the folders of that name.
type Remap struct{ Name, To string }

// A RemapTemplate is a [Remap] for all jobs.
type RemapTemplate struct{ Name, To condor.Template }

// hasRanges reports whether some job has more than one product, or one with another number
// than the job's.
func (d *Description) hasRanges() bool {
	for _, j := range d.Jobs {
		if j.First != j.Index || j.Count != 1 {
			return true
		}
	}
	return false
}

func (d *Description) templates() []condor.Template {
	all := slices.Concat([]condor.Template{d.Stdout, d.Stderr, d.Log, d.Folder}, d.Arguments, d.Outputs)
	for _, m := range slices.Concat(d.InputRemaps, d.Remaps) {
		all = append(all, m.Name, m.To)
	}
	return all
}

func (d *Description) namesOutputs() bool {
	return len(d.Outputs) > 0 || len(d.Jobs) > 0 && len(d.Jobs[0].Outputs) > 0
}

// fromFolder returns a name in a submit description as HTCondor needs it: relative to the
// folder that the jobs' files come back to, instead of the current one.
func (d *Description) fromFolder(name string) string {
	if d.Folder == "" || strings.HasPrefix(name, "/") {
		return name
	}
	return d.up() + name
}

// up returns the way from Folder to the current folder.
func (d *Description) up() string {
	if d.Folder == "" {
		return ""
	}
	return strings.Repeat("../", 1+strings.Count(string(d.Folder), "/"))
}

// These methods say which files of a job HTCondor transfers, and under which names, as the
// description has it.

// InputNames returns the names that a job's own inputs, [Job.Inputs], have in its folder.
func (d *Description) InputNames(j *Job) []string {
	names := make([]string, len(j.Inputs))
	for i, name := range j.Inputs {
		names[i] = condor.Base(name)
	}
	for _, m := range d.InputRemaps {
		if i := slices.Index(names, m.Name.Expand(j.Index, j.First, j.Count)); i >= 0 {
			names[i] = m.To.Expand(j.Index, j.First, j.Count)
		}
	}
	return names
}

// OutputNames returns the names that a job's outputs have in its folder, or none if they are
// not named.
func (d *Description) OutputNames(j *Job) []string {
	var names []string
	for _, t := range d.Outputs {
		names = append(names, t.Expand(j.Index, j.First, j.Count))
	}
	return append(names, j.Outputs...)
}

// Destination returns the name under which a file in a job's folder, or in its outbox, comes
// back.
func (d *Description) Destination(j *Job, name string) string {
	for _, m := range d.Remaps {
		if m.Name.Expand(j.Index, j.First, j.Count) == name {
			return m.To.Expand(j.Index, j.First, j.Count)
		}
	}
	for _, m := range j.Remaps {
		if m.Name == name {
			return m.To
		}
	}
	if d.Folder != "" {
		return d.Folder.Expand(j.Index, j.First, j.Count) + "/" + name
	}
	return name
}
