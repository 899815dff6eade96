// Package submit makes HTCondor jobs of a simplified submission file.
//
// It works in stages. Each takes and returns plain values:
//
//	read       the simplified file                      → task      read.go
//	look       at programs, inputs and folders          → survey    survey.go
//	divide     the products among jobs                  → division  batch.go
//	reconcile  with the outputs and jobs that exist     → plan      reconcile.go
//	describe   the jobs that are left                   → text      describe.go, graph.go
//	hand over  the text to HTCondor                                 handover.go
//
// All that can be known to be wrong is found before anything is written, and all of it
// is reported. Errors carry their exit status (package status).
package submit

import (
	"context"
	"fmt"
	"io"

	"matpool/condor"
)

// Options are what somebody asks matsubmit for.
type Options struct {
	File      string           // the simplified submission file
	Overrides []condor.Setting // of its attributes
	Programs  string           // the folder of matprod and matprod.exe, unless the file names another program

	Output    string // where the submit description goes; "" for FILE.sub, "-" for stdout
	WriteOnly bool   // nothing is submitted
	Force     bool   // outputs that exist are made again
	Resubmit  bool   // what is missing is submitted, and nothing else
	DAG       bool   // a graph is submitted, whose last node adds up the products
}

// submits reports whether jobs are submitted, not only written down.
func (o Options) submits() bool { return !o.WriteOnly && o.Output != "-" }

// Run submits the jobs that a simplified submission file asks for. It prints what it does
// on stdout; on stderr, if stdout is for the submit description. HTCondor's programs print
// their errors on stderr.
func Run(ctx context.Context, o Options, stdout, stderr io.Writer) error {
	say := stdout
	if o.Output == "-" {
		say = stderr
	}
	t, err := read(o)
	if err != nil {
		return err
	}
	s, err := look(ctx, t, stderr)
	if err != nil {
		return err
	}
	d := divide(t.Request, s.products)
	p, err := reconcile(ctx, t, s, d)
	if err != nil {
		return err
	}
	for _, note := range p.notes {
		fmt.Fprintln(say, note)
	}
	h := handover{task: t, plan: p, say: say, stderr: stderr}
	if len(p.batches) == 0 {
		return h.nothing(ctx)
	}
	texts, err := describe(t, s, d, p)
	if err != nil {
		return err
	}
	if o.Output == "-" {
		return h.print(texts, s.programs, stdout)
	}
	return h.submit(ctx, texts, s.programs)
}
