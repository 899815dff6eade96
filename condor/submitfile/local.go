package submitfile

import (
	"fmt"
	"io"

	"matpool/condor"
)

// A LocalJob is a program that runs once on the submit machine, in the current folder: the
// last node of a [DAG].
type LocalJob struct {
	Comments       []string
	Executable     string
	Arguments      []condor.Template
	Stdout, Stderr condor.Template
}

// Write prints the submit description. It prints nothing if HTCondor cannot represent one
// of the names or arguments.
func (j *LocalJob) Write(w io.Writer) error {
	if err := condor.CheckName(j.Executable, condor.InLog); err != nil {
		return fmt.Errorf("executable: %w", err)
	}
	arguments, err := condor.QuoteArguments(j.Arguments)
	if err != nil {
		return fmt.Errorf("arguments: %w", err)
	}
	for _, t := range []condor.Template{j.Stdout, j.Stderr} {
		if err := condor.CheckName(t.Expand(0, 0, 1), condor.InStream); err != nil {
			return err
		}
	}
	p := newPrinter(w)
	p.head(j.Comments)
	p.section()
	p.set("universe", "local")
	p.set("executable", "%s", condor.Escape(j.Executable))
	p.set("arguments", "%s", arguments)
	p.set("output", "%s", j.Stdout.SubmitText())
	p.set("error", "%s", j.Stderr.SubmitText())
	p.line("queue")
	return p.flush()
}
