package submitfile

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"matpool/condor"
)

// A DAG is the input of condor_submit_dag for a description: a node for each job, and a last
// node that runs when all of them are done. A node fails when its job would otherwise be held,
// by [condor.Policy]: DAGMan does not try it again. It then writes a rescue file, and the DAG
// continues where it stopped when it is submitted again.
type DAG struct {
	Comments []string
	Node     string // the file with the output of [Description.WriteNode]
	Last     string // the submit description of the last node; "" for none
}

// WriteNode prints the description as [Description.Write] does, but for a single job whose
// variables a [DAG] sets. A job that fails is not held, because DAGMan would wait for it.
func (d *Description) WriteNode(w io.Writer) error {
	if err := d.Check(); err != nil {
		return err
	}
	if d.MaxIdle > 0 {
		return errors.New("max_idle has no effect in a DAG: use -maxidle of condor_submit_dag")
	}
	p := newPrinter(w)
	writeAttributes(p, d, writeNodeFailures)
	p.section("One job. The DAG sets its variables: " + strings.Join(d.columns(), ", ") + ".")
	p.line("queue")
	return p.flush()
}

// WriteDAG prints the DAG. It returns a [*condor.QuoteError] for file names with characters
// that would need quotes: the syntax of DAG files has none.
func (d *Description) WriteDAG(w io.Writer, g DAG) error {
	if err := d.Check(); err != nil {
		return err
	}
	for _, name := range []string{g.Node, g.Last} {
		if i := strings.IndexAny(name, condor.Blanks+`"\`); i >= 0 {
			return &condor.QuoteError{Text: name, ByteOffset: i, Message: "the name of a file in a DAG cannot contain this character"}
		}
	}
	p := newPrinter(w)
	p.head(g.Comments)
	p.section("A node for each job, with its variables. There is no RETRY: HTCondor has run a job again as often as",
		"max_retries and its exit status allow before its node fails.")
	columns := d.columns()
	escape := strings.NewReplacer(`\`, `\\`, `"`, `\"`)
	var field []byte
	for i := range d.Jobs {
		name := nodeName(d.Jobs[i].Index)
		p.line("JOB " + name + " " + g.Node)
		vars := "VARS " + name
		for _, column := range columns {
			field = d.appendField(field[:0], &d.Jobs[i], column)
			vars += fmt.Sprintf(` %s="%s"`, column, escape.Replace(string(field)))
		}
		p.line(vars)
	}
	if g.Last != "" {
		p.section("The last node, after all others.")
		p.line("JOB last " + g.Last)
		const width = 20 // nodes on a line
		for i := 0; i < len(d.Jobs); i += width {
			line := "PARENT"
			for k := i; k < min(i+width, len(d.Jobs)); k++ {
				line += " " + nodeName(d.Jobs[k].Index)
			}
			p.line(line + " CHILD last")
		}
	}
	return p.flush()
}

func nodeName(index int) string { return "job" + strconv.Itoa(index) }

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
	writeRemoval(p, "false")
	p.line("queue")
	return p.flush()
}
