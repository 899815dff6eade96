// Package submitfile writes a submit description, or a graph for DAGMan, and says why each line is there.
//
// A [Description] is what somebody has decided to submit. Its methods Write, WriteNode and
// WriteDAG print it as text that condor_submit and condor_submit_dag (23.0 and later) take
// as it is, and that a person can read.
package submitfile

import (
	"time"

	"matpool/condor"
)

// A Description is what HTCondor is asked to run: one program, for a list of jobs that
// differ in a number and in files.
type Description struct {
	Comments  []string // lines at the top: where it comes from, what was chosen and why
	BatchName string
	Unit      string // what a job makes, for its messages: "product"
	Sum       bool   // a job returns the sum of its products

	// The program. With one system, it is the program's file. With several, it is the stem
	// of its files, which [condor.Variant] names.
	Executable string
	Systems    []condor.System
	Arguments  []condor.Template

	Inputs []string // files that every job gets, besides its own
	// Outbox is an empty folder that every job gets, under the last part of its name. What
	// the program leaves in it comes back, and nothing else. With "", all new files in the
	// job's folder come back.
	Outbox              string
	Remaps              []RemapTemplate // outputs of every job that do not come back under their own names
	Stdout, Stderr, Log condor.Template

	Cpus         int
	Memory, Disk Resource
	Requirements string // what else a machine must be; "" for nothing

	MaxRetries int           // how many times a job that fails is run again
	RetryDelay time.Duration // how long it stays away from the machines that it has failed on
	MaxRunTime time.Duration // a job that runs longer is held
	MaxIdle    int           // how many jobs wait in the queue at a time; 0 for all

	Extra []condor.Setting // lines for the end, unchanged
	Jobs  []Job
}

// A Resource is how much memory or disk a job needs, and why.
type Resource struct {
	Bytes int64
	Why   string // for a comment; "" for none
}

// A Job is what is special to one job.
type Job struct {
	Index  int      // the job's number, $(index)
	First  int      // the number of its first product, $(first)
	Count  int      // the number of its products, $(count)
	Inputs []string // its files, which have the last part of their names in its folder
	Remaps []Remap  // its outputs that come back under names which its number does not give
}

// A Remap gives an output in a job's folder another name where it comes back to. HTCondor
// makes the folders of that name.
type Remap struct{ Name, To string }

// A RemapTemplate is a [Remap] for all jobs.
type RemapTemplate struct{ Name, To condor.Template }

// ranged reports whether one number does not say which products a job has.
func (d *Description) ranged() bool {
	for _, j := range d.Jobs {
		if j.First != j.Index || j.Count != 1 {
			return true
		}
	}
	return false
}

// templates returns all templates.
func (d *Description) templates() []condor.Template {
	all := append([]condor.Template{d.Stdout, d.Stderr, d.Log}, d.Arguments...)
	for _, m := range d.Remaps {
		all = append(all, m.Name, m.To)
	}
	return all
}
