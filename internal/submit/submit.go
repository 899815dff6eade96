// Package submit submits the jobs of a simplified submission file to HTCondor.
//
// It works in stages, each of which takes and returns plain values:
//
//	read       the simplified file                    → task        work.go, kind.go
//	inspect    programs, inputs and folders           → survey      survey.go
//	ask        HTCondor what the pool has             → offer       package forecast
//	divide     the products among jobs                → division    jobs.go, auto.go
//	look back  at the log and an interrupted call     → past        past.go, queue.go, locks.go
//	reconcile  with the outputs and jobs that exist   → plan        reconcile.go, missing.go
//	describe   the remaining jobs                     → submission  describe.go, dag.go
//	tell       how long it will take, or would in other ways        tell.go, choices.go
//	hand over  the submission to HTCondor                           handover.go
//	           or run the jobs here, without HTCondor                here.go, try.go
//
// A call that continues an earlier one does what is left of these stages, see continue.go.
//
// Those after read take a task, to which inspect and divide add what they find. There are three kinds of work:
// jobs make products, or their sum (both matprod.go), or run another program (another.go).
//
// Everything is checked before anything is written, and all faults are reported. Errors
// have their exit status (package status).
package submit

import (
	"context"
	"errors"
	"fmt"
	"io"

	"matpool/condor"
	"matpool/internal/base/text"
	"matpool/internal/forecast"
	"matpool/internal/local"
	"matpool/internal/outputs"
	"matpool/internal/record"
)

// Options are the options of matsubmit.
type Options struct {
	File      string           // the simplified submission file
	Overrides []condor.Setting // values that replace those of its attributes
	Programs  string           // the folder of matprod, matprod.exe and matcombine
	Version   string           // matsubmit's, for the records

	Output    string // the file for the submit description; "" for FILE.sub, "-" for stdout
	WriteOnly bool   // write the submit description, and submit nothing
	Force     bool   // make existing outputs again
	Resubmit  bool   // submit only what is missing
	Continue  bool   // whatever an earlier call left, do what is left, unless Force is set; the caller follows the jobs
	DAG       bool   // submit a DAG whose last node adds the outputs
	Local     bool   // run all jobs here, without HTCondor
	Try       bool   // run the first job here, and keep what it makes apart
	Quiet     bool   // print no verdict, and only problems if jobs run here
}

// submits reports whether jobs are submitted or run, not only described or tried.
func (o Options) submits() bool { return !o.WriteOnly && o.Output != "-" && !o.Try }

// here reports whether jobs run here.
func (o Options) here() bool { return o.Local || o.Try }

// Run submits the jobs of a simplified submission file. Its messages go to stdout, or to
// stderr if stdout is for the submit description. Errors of HTCondor's programs go to stderr.
func Run(ctx context.Context, options Options, stdout, stderr io.Writer) (left Left, err error) {
	messages := stdout
	if options.Output == "-" {
		messages = stderr
	}
	t, err := read(options)
	if err != nil {
		return left, err
	}
	if t.continues() {
		t.Resubmit = len(t.files.Names) > 0 // what is missing of unnamed outputs is not known
	}
	if line := t.script.Line; line != "" && !(t.Quiet && t.here()) {
		fmt.Fprintln(messages, line)
	}
	if t.locks, err = lock(ctx, t, messages); err != nil {
		return left, err
	}
	defer t.locks.unlock()
	if t.here() {
		local.RemoveAbandoned() // also if nothing is left to run
	}
	if t.survey, err = inspect(ctx, t, stderr); err != nil && t.Try && !t.Resubmit {
		others := err // of jobs that cannot run
		t.work = t.firstJob()
		if t.survey, err = inspect(ctx, t, stderr); err == nil {
			defer func() { err = errors.Join(err, others) }()
		} else {
			err = others
		}
	}
	if err != nil {
		return left, err
	}
	hashes := &record.Cache{}
	defer hashes.Flush()
	t.records = outputs.NewRecords(".", hashes)
	if t.doubts, err = readDoubts(t.records); err != nil {
		return left, err
	}
	t.work = t.avoiding(t.doubts.contradicted)
	if err := checkGrid(ctx, t); err != nil {
		return left, err
	}
	if t.identity, err = identify(ctx, t, hashes); err != nil {
		return left, err
	}
	offer := forecast.Offer{Unknown: "nobody asked"}
	if !t.here() && (!t.Quiet || t.ProductsPerJob == 0 && t.Slots == 0 || t.mayShare()) {
		conditions, others := t.conditions()
		offer = forecast.Ask(ctx, conditions, others)
	}
	t.division = t.divideFor(offer)
	earlier, err := lookBack(ctx, t, stderr)
	if err != nil {
		return left, err
	}
	if n := earlier.perJob(t); n > 0 {
		t.division = t.divide(n, fmt.Sprintf("products_per_job = auto: %s, as before.", text.Number(n)))
	}
	t.shared = shares(ctx, t, offer)
	if t.Resubmit && t.submits() {
		if err := t.recordFound(ctx, earlier); err != nil {
			return left, err
		}
	}
	left = Left{task: t, InQueue: len(earlier.active) > 0}
	h := handover{task: t, cluster: earlier.cluster + 1, messages: messages, stderr: stderr}
	if t.continues() {
		if underWay, err := h.underWay(ctx, earlier); err != nil || underWay {
			left.InQueue = true
			return left, err
		}
	}
	if h.plan, err = reconcile(ctx, t, earlier); err == nil {
		err = checkForgotten(ctx, t, earlier, stderr)
	}
	if err != nil {
		return left, err
	}
	for _, note := range h.plan.notes {
		fmt.Fprintln(messages, note)
	}
	if len(h.plan.batches) == 0 {
		return left, h.submitNothing(ctx)
	}
	if t.continues() && t.DAG && productsIn(h.plan.batches) < t.TotalJobs {
		t.DAG = false // a DAG is for all products
		h.task, left.task = t, t
		if err := checkTargets(t); err != nil {
			return left, err
		}
	}
	if err := errors.Join(checkRunTime(t, h.plan.batches), checkResources(t, h.plan.batches)); err != nil {
		return left, err
	}
	sub, err := describe(t, h.plan)
	if err != nil {
		return left, err
	}
	if t.here() {
		return left, runHere(ctx, h)
	}
	left.Submitted, left.InQueue = true, true
	h.expected = h.tell(ctx, offer, earlier)
	if t.Output == "-" {
		return left, h.print(ctx, sub, stdout)
	}
	return left, h.submit(ctx, sub)
}
