// Package submit makes HTCondor jobs of a simplified submission file: it looks at everything they need, decides, writes and submits.
//
// A [jobfile.Request] says what somebody wants, a [submitfile.Description] what HTCondor is to
// be told. What lies between is found here, from the files that the jobs need: whether
// these are sound, which programs there are for which systems, how much memory and disk
// a job takes, how many products make a job worth its while, and which of them are
// missing. Everything that can be known to be wrong is found before anything is
// written, and all of it is told. Errors carry their exit status (package status).
package submit

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"matpool/condor"
	"matpool/condor/jobfile"
	"matpool/condor/submitfile"
	"matpool/internal/file"
	"matpool/internal/status"
)

// An Order is what somebody wants of matsubmit.
type Order struct {
	File      string           // the simplified submission file
	Overrides []condor.Setting // of its attributes
	Programs  string           // the folder of matprod and matprod.exe, unless the file names another program

	Output    string // where the submit description goes; "" for FILE.sub, "-" for stdout
	WriteOnly bool   // nothing is submitted
	Force     bool   // outputs that are there are made again
	Resubmit  bool   // what is missing is submitted, and nothing else
	DAG       bool   // a graph is made of it, whose last node adds the products up
}

// Run looks, decides, writes and submits, and tells on stdout what it does. Where
// stdout is for the submit description, it tells on stderr.
func (o Order) Run(ctx context.Context, stdout, stderr io.Writer) error {
	say := stdout
	if o.Output == "-" {
		say = stderr
	}
	p, err := o.plan(ctx, stderr)
	if err != nil {
		return err
	}
	for _, line := range p.notes {
		fmt.Fprintln(say, line)
	}
	if len(p.rows) == 0 {
		return p.nothing(ctx, say)
	}
	s := p.submission()
	if err := s.Check(); err != nil {
		return o.inFile(err)
	}
	if err := p.prepare(say); err != nil {
		return err
	}
	if o.DAG {
		return p.runDAG(ctx, s, say)
	}
	return p.run(ctx, s, stdout, say)
}

// nothing removes what is held, where nothing is missing.
func (p *plan) nothing(ctx context.Context, say io.Writer) error {
	if !p.onlyWrites() {
		if err := p.removeHeld(ctx, say); err != nil {
			return err
		}
	}
	p.sayHeld(say)
	_, err := fmt.Fprintf(say, "%s: nothing to submit\n", p.File)
	return err
}

// onlyWrites reports whether nothing is submitted.
func (o Order) onlyWrites() bool { return o.WriteOnly || o.Output == "-" }

// A plan is an order with all that was found and decided.
type plan struct {
	Order
	job      *jobfile.Request
	programs programs
	products []product // by their numbers, less the first one's
	perJob   int
	why      []string         // how perJob was chosen
	all      []submitfile.Job // all jobs there would be
	rows     []submitfile.Job // those that are submitted
	queue    queue
	notes    []string  // for the user, of what was found
	stderr   io.Writer // for HTCondor's programs
}

// plan looks at everything. The error joins all that is wrong.
func (o Order) plan(ctx context.Context, stderr io.Writer) (*plan, error) {
	job, err := o.read()
	if err != nil {
		return nil, err
	}
	p := &plan{Order: o, job: job, stderr: stderr}
	var errs []error
	p.programs, err = findPrograms(job, o.Programs)
	errs = append(errs, err, p.checkCommon(), p.checkNames(), p.checkFolders(), p.checkOutbox(), p.checkTargets())
	if o.DAG {
		errs = append(errs, p.checkDAG())
	}
	if err := errors.Join(errs...); err != nil {
		// What is wrong with the inputs is worth knowing at the same time.
		return nil, errors.Join(err, p.measure(ctx))
	}
	if err := p.measure(ctx); err != nil {
		return nil, err
	}
	if err := p.checkOneShape(); err != nil {
		return nil, err
	}
	p.deal()
	p.noteShared()
	if !o.Force {
		if p.queue, err = p.readLogs(); err != nil {
			return nil, err
		}
	}
	if o.Resubmit {
		return p, p.chooseMissing(ctx)
	}
	p.rows = p.all
	return p, errors.Join(p.checkQueue(), p.checkOutputs(ctx))
}

// maxFile is the size of a file, in bytes, that cannot be a simplified submission file.
const maxFile = 1 << 20

// read reads the simplified submission file.
func (o Order) read() (*jobfile.Request, error) {
	text, err := o.readText()
	if err != nil {
		return nil, err
	}
	parsed, err := jobfile.Parse(o.File, text)
	if err != nil {
		return nil, o.faults(err)
	}
	job, err := parsed.Request(o.Overrides...)
	if err != nil {
		return nil, o.faults(err)
	}
	if job.ProductsPerJob == 0 && !job.Matprod {
		return nil, status.DataError(fmt.Errorf("%s: products_per_job: auto is for matprod: how long another program takes is not known", o.File), "")
	}
	if last := job.FirstIndex + job.TotalJobs - 1; last > file.MaxIndex {
		return nil, status.DataError(fmt.Errorf("%s: first_index and total_jobs: the last number is %d, the largest can be %d", o.File, last, file.MaxIndex), "")
	}
	return job, nil
}

// faults gives each error the status of where it is: in the parsed or on the command line.
func (o Order) faults(err error) error {
	const hint = "matsubmit -help lists the attributes"
	return each(err, func(err error) error {
		if syntax := (*condor.SyntaxError)(nil); errors.As(err, &syntax) && syntax.File != o.File {
			return status.UsageError(err, hint)
		}
		return status.DataError(err, hint)
	})
}

// each does something to each of several errors.
func each(err error, do func(error) error) error {
	var errs []error
	for _, err := range status.List(err) {
		errs = append(errs, do(err))
	}
	return errors.Join(errs...)
}

func (o Order) readText() (string, error) {
	info, err := os.Stat(o.File)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", status.DataError(fmt.Errorf("%s: no such file", o.File), "name the simplified submission file, as in matsubmit run_product")
	case err != nil:
		return "", fmt.Errorf("%s: cannot be read: %w", o.File, file.Cause(err))
	case info.IsDir():
		return "", status.DataError(fmt.Errorf("%s: is a folder, not a simplified submission file", o.File), "")
	}
	f, err := os.Open(o.File)
	if err != nil {
		return "", fmt.Errorf("%s: cannot be read: %w", o.File, file.Cause(err))
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxFile+1)) // a pipe does not tell its size
	foreign := func(why string) error {
		return status.DataError(fmt.Errorf("%s: is no simplified submission file: it %s", o.File, why), "name the simplified submission file, as in matsubmit run_product")
	}
	switch {
	case err != nil:
		return "", fmt.Errorf("%s: cannot be read: %w", o.File, file.Cause(err))
	case len(text) > maxFile:
		return "", foreign(fmt.Sprintf("has more than %d bytes", maxFile))
	case bytes.IndexByte(text, 0) >= 0:
		return "", foreign("is not text")
	}
	return string(text), nil
}

// inFile puts the file's name before errors of what HTCondor cannot carry.
func (o Order) inFile(err error) error {
	return each(err, func(err error) error { return status.DataError(fmt.Errorf("%s: %w", o.File, err), "") })
}
