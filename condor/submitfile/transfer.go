package submitfile

import (
	"slices"

	"matpool/condor"
)

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
