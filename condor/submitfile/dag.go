package submitfile

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"matpool/condor"
	"matpool/internal/status"
)

// A DAG is the graph of a description for condor_submit_dag: a node for each job, and a
// last node for when all of them are done. If a node fails, DAGMan leaves a rescue file:
// the graph, submitted again, goes on where it stopped.
type DAG struct {
	Comments []string
	Node     string // the file that [Description.WriteNode] has written
	Last     string // the submit description of the last node; "" for none
	Retries  int    // how many times a node that fails is submitted again, unless its input is bad
}

// WriteNode prints the description as [Description.Write] does, but for one job, which a
// line of a [DAG] names. A job that fails is not held, because DAGMan would wait for it.
func (d *Description) WriteNode(w io.Writer) error {
	if err := d.Check(); err != nil {
		return err
	}
	if d.MaxIdle > 0 {
		return errors.New("max_idle does not go with a DAG: condor_submit_dag has -maxidle")
	}
	p := newPrinter(w)
	writeAttributes(p, d, writeNodeFailures)
	p.section("One job. The DAG says which: " + strings.Join(d.columns(), ", ") + ".")
	p.line("queue")
	return p.flush()
}

// WriteDAG prints the graph. It returns a [*condor.QuoteError] if the graph cannot carry the
// names of its files: the language of DAGs has no quotes for them.
func (d *Description) WriteDAG(w io.Writer, g DAG) error {
	if err := d.Check(); err != nil {
		return err
	}
	for _, name := range []string{g.Node, g.Last} {
		if i := strings.IndexAny(name, condor.Blanks+`"\`); i >= 0 {
			return &condor.QuoteError{Text: name, ByteOffset: i, Message: "a DAG cannot carry this in the name of a file"}
		}
	}
	p := newPrinter(w)
	p.head(g.Comments)
	p.section("A node for each job, and what is special to it.")
	columns := d.columns()
	escape := strings.NewReplacer(`\`, `\\`, `"`, `\"`)
	var field []byte
	for i := range d.Jobs {
		name := nodeName(d.Jobs[i].Index)
		p.line("JOB " + name + " " + g.Node)
		vars := "VARS " + name
		for _, column := range columns {
			field = d.Jobs[i].appendField(field[:0], column)
			vars += fmt.Sprintf(` %s="%s"`, column, escape.Replace(string(field)))
		}
		p.line(vars)
	}
	if g.Retries > 0 {
		p.section("A node that fails is tried again, unless its input is bad.")
		for i := range d.Jobs {
			p.line(fmt.Sprintf("RETRY %s %d UNLESS-EXIT %d", nodeName(d.Jobs[i].Index), g.Retries, status.Data))
		}
	}
	if g.Last != "" {
		p.section("When all are done.")
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
