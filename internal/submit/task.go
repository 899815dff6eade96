package submit

import (
	"path"
	"path/filepath"

	"matpool/internal/outputs"
	"matpool/internal/request"
)

// A task is what one call of matsubmit has to do: the options, and the work.
type task struct {
	Options
	work
	records *outputs.Records
}

// read reads the simplified submission file.
func read(o Options) (task, error) {
	q, err := request.Read(o.File, o.Overrides...)
	if err != nil {
		return task{}, err
	}
	script, err := request.Replaced(o.File, q)
	if err != nil {
		return task{}, err
	}
	w, err := newWork(q, o.File)
	w.script = script
	return task{Options: o, work: w}, err
}

// subFile returns the name of the submit description, relative to the current folder.
func (o Options) subFile() string {
	switch p := filepath.ToSlash(o.File); {
	case o.DAG:
		return p + ".node.sub"
	case o.Output == "":
		return p + ".sub"
	}
	return filepath.ToSlash(o.Output)
}

// The names of the other files and folders that matsubmit and the DAG write.
func (o Options) dagFile() string     { return filepath.ToSlash(o.File) + ".dag" }
func (o Options) combineFile() string { return filepath.ToSlash(o.File) + ".combine.sub" }
func (o Options) normFile() string    { return filepath.ToSlash(o.File) + ".norm" }
func (o Options) tryFolder() string   { return filepath.ToSlash(o.File) + ".try" }
func (o Options) linkFolder() string  { return filepath.Base(o.File) + ".inputs" }

// outbox returns the name of the jobs' outbox, next to the submit description, or "" if they have none.
func (t task) outbox() string {
	if t.kind.outbox() == "" {
		return ""
	}
	return path.Join(path.Dir(t.subFile()), t.kind.outbox())
}
