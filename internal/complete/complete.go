// Package complete takes a simplified submission file to its result in one call, for matsubmit -run: it submits the
// jobs, or runs them here if there is no HTCondor, follows them until they are done, combines what they made and prints the norm.
//
// It keeps no state: each call looks at what is there, as matsubmit -resubmit does, and does the rest.
package complete

import (
	"context"
	"fmt"
	"io"
	"os/exec"
	"time"

	"matpool/internal/base/text"
	"matpool/internal/cli"
	"matpool/internal/combine"
	"matpool/internal/forecast"
	"matpool/internal/product"
	"matpool/internal/progress"
	"matpool/internal/record"
	"matpool/internal/request"
	"matpool/internal/status"
	"matpool/internal/submit"
	"matpool/internal/sum"
	"matpool/internal/watch"
)

// Options are the options of [Run].
type Options struct {
	submit.Options
	Serial bool // compare the norm with that of a serial run, however long this takes
}

// A comparison that nobody asked for may take 1/serialShare of the jobs' time.
const serialShare = 10

// Run does what is left to do until the jobs are done, prints the norm, and says what to look at.
// The error has status Unfinished if some jobs are not done and need the user.
func Run(ctx context.Context, o Options, stdout, stderr io.Writer) error {
	if err := o.checkSerial(); err != nil {
		return err
	}
	o.Continue = true
	messages, problems := stdout, stdout
	if o.Quiet {
		messages, problems = io.Discard, stderr
	}
	if _, err := exec.LookPath("condor_submit"); err != nil && !o.Local {
		fmt.Fprintln(messages, "condor_submit is not in PATH, so the jobs run here, as with -local")
		o.Local, o.DAG = true, false
	}
	start := time.Now()
	left, err := submit.Run(ctx, o.Options, messages, stderr)
	if err == nil && left.InQueue {
		err = watch.Follow(ctx, watch.Options{Logs: left.Logs(), Identity: left.Identity(), DAG: left.DAG(), Wait: true, Quiet: o.Quiet}, problems)
	}
	if status.Of(err) == status.Unfinished {
		return status.UnfinishedError(err, "fix the cause; then the same command continues with what is missing")
	}
	if err != nil {
		return err
	}
	var next []string
	if left.Combines() {
		next, err = o.finish(ctx, left, time.Since(start), messages, stdout, stderr)
	}
	switch {
	case err != nil && (left.Matprod() || status.Of(err) != status.Data):
		return err
	case err != nil: // another program's outputs need not be what can be added
		next = []string{"no norm: " + status.List(err)[0].Error()}
		fallthrough
	case !left.Combines():
		fmt.Fprintf(messages, "outputs: %s\n", text.First(left.Outputs(), ", "))
	}
	if log := left.TypedLog(); log != "" {
		next = append(next, "where the time went: matwatch -html run.html "+log)
	}
	for _, line := range next {
		fmt.Fprintln(messages, line)
	}
	return nil
}

// finish combines the outputs, compares the norm with that of a serial run if that is worth it, and returns what to do next.
func (o Options) finish(ctx context.Context, left submit.Left, took time.Duration, messages, stdout, stderr io.Writer) (next []string, err error) {
	var c combine.Collection
	c.Judgment.Recorder = record.NewRecorder("matsubmit "+o.Version, nil)
	if err := c.Requested(o.File, o.Overrides, combine.Range{Sums: left.Jobs()}); err != nil {
		return nil, err
	}
	norm, err := c.Print(ctx, combine.Options{Program: "matsubmit", Threads: cli.DefaultThreads(), Quiet: o.Quiet}, stdout, stderr)
	if err != nil || c.Grid.Tiles() > 0 {
		return nil, err
	}
	here, known := left.Here(ctx)
	if compare := o.Serial || known && left.Submitted && here < took.Seconds()/serialShare; !compare {
		if known {
			next = append(next, "to compare it with a serial run here, which takes "+forecast.About(here)+", add -serial")
		}
		return next, nil
	}
	serial, err := o.serial(ctx, stderr)
	if err != nil {
		return nil, err
	}
	if ours, theirs := text.PythonFloat(norm.Value), text.PythonFloat(serial.Value); ours != theirs {
		return nil, status.WithHint(fmt.Errorf("%s: the norm is %s, but that of a serial run on this machine is %s", o.File, ours, theirs),
			"matwatch -check lists the files that are not what their records say")
	}
	fmt.Fprintln(messages, "a serial run on this machine gives the same norm")
	return nil, nil
}

// serial computes all products here.
func (o Options) serial(ctx context.Context, stderr io.Writer) (sum.Result, error) {
	p, q, err := request.Factors(o.File, o.Overrides...)
	if err != nil {
		return sum.Result{}, err
	}
	m, err := product.NewMultiplier("", cli.DefaultThreads())
	if err != nil {
		return sum.Result{}, err
	}
	if q.Check {
		m = product.WithCheck(m)
	}
	show, finish := progress.New(stderr, "comparing with a serial run")
	defer finish()
	return sum.Serial(ctx, sum.SerialOptions{Pairs: p.Range(q.FirstIndex, q.TotalJobs), Multiplier: m}, show)
}

// checkSerial makes sure that there can be a serial run, if one is wanted.
func (o Options) checkSerial() error {
	if !o.Serial {
		return nil
	}
	_, _, err := request.Factors(o.File, o.Overrides...)
	return err
}
