package condor

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"matpool/internal/status"
)

// A DAG is a submission as a graph for condor_submit_dag: a node for each job, and a
// last node when all of them are done. A node that fails leaves a rescue file, with
// which the graph, submitted again, goes on where it stopped.
type DAG struct {
	Comments []string
	Node     string // the file that [Submission.WriteNode] has written
	Last     string // the submit description of the last node; "" for none
	Retries  int    // a node that fails is submitted again so often, but not for bad input
}

// WriteNode prints the submission as [Submission.Write] does, but for one job, which a
// line of a DAG names. A job that fails is not held: DAGMan would wait for it.
func (s *Submission) WriteNode(w io.Writer) error {
	if err := s.Check(); err != nil {
		return err
	}
	if s.MaxIdle > 0 {
		return fmt.Errorf("max_idle does not go with a DAG: condor_submit_dag has -maxidle")
	}
	p := newPrinter(w)
	s.describe(p, true)
	p.comment("One job. The DAG says which: " + strings.Join(s.columns(), ", ") + ".")
	p.line("queue")
	return p.w.Flush()
}

// WriteDAG prints the graph.
func (s *Submission) WriteDAG(w io.Writer, d DAG) error {
	if err := s.Check(); err != nil {
		return err
	}
	for _, file := range []string{d.Node, d.Last} {
		// The language of DAGs has no quotes for the names of files.
		if i := strings.IndexAny(file, Blanks+`"\`); i >= 0 {
			return &QuoteError{file, i, "a DAG cannot carry this in the name of a file"}
		}
	}
	p := newPrinter(w)
	p.head(d.Comments)
	p.comment("A node for each job, and what is special to it.")
	columns := s.columns()
	for i := range s.Rows {
		name := nodeName(s.Rows[i].Index)
		p.line("JOB " + name + " " + d.Node)
		vars := "VARS " + name
		for _, column := range columns {
			p.row = s.Rows[i].appendField(p.row[:0], column)
			vars += fmt.Sprintf(` %s="%s"`, column, strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(string(p.row)))
		}
		p.line(vars)
	}
	if d.Retries > 0 {
		p.comment("A node that fails is tried again, unless its input is bad.")
		for i := range s.Rows {
			p.line(fmt.Sprintf("RETRY %s %d UNLESS-EXIT %d", nodeName(s.Rows[i].Index), d.Retries, status.Data))
		}
	}
	if d.Last != "" {
		p.comment("When all are done.")
		p.line("JOB last " + d.Last)
		const width = 20 // nodes on a line
		for i := 0; i < len(s.Rows); i += width {
			line := "PARENT"
			for j := i; j < min(i+width, len(s.Rows)); j++ {
				line += " " + nodeName(s.Rows[j].Index)
			}
			p.line(line + " CHILD last")
		}
	}
	return p.w.Flush()
}

func nodeName(index int) string { return "job" + strconv.Itoa(index) }

// A Local is a program that runs once on the machine where it is submitted, in the
// current folder: the last node of a DAG.
type Local struct {
	Comments       []string
	Executable     string
	Arguments      []Template
	Stdout, Stderr Template
}

// Write prints the submit description. It prints nothing where HTCondor cannot carry
// what it would have to say.
func (l *Local) Write(w io.Writer) error {
	if err := CheckName(l.Executable, InLog); err != nil {
		return fmt.Errorf("executable: %w", err)
	}
	arguments, err := QuoteArguments(l.Arguments)
	if err != nil {
		return fmt.Errorf("arguments: %w", err)
	}
	for _, t := range []Template{l.Stdout, l.Stderr} {
		if err := CheckName(t.Expand(0, 0, 1), InStream); err != nil {
			return err
		}
	}
	p := newPrinter(w)
	p.head(l.Comments)
	p.line("")
	p.set("universe", "local")
	p.set("executable", "%s", Escape(l.Executable))
	p.set("arguments", "%s", arguments)
	p.set("output", "%s", l.Stdout.SubmitText())
	p.set("error", "%s", l.Stderr.SubmitText())
	p.line("queue")
	return p.w.Flush()
}
