// Package verify makes a random sample of a run's outputs again, with other kernels than those that made them, and
// compares the bits. All kernels give the same bits, so a difference is a machine's fault.
package verify

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"matpool/condor"
	"matpool/internal/base/text"
	"matpool/internal/combine"
	"matpool/internal/outputs"
	"matpool/internal/pair"
	"matpool/internal/record"
	"matpool/internal/request"
	"matpool/internal/status"
)

// Options say what is verified, and how.
type Options struct {
	File      string // the simplified submission file
	Overrides []condor.Setting
	Sample    Sample
	Seed      string // of the sample
	Kernel    string // or "": each output is made again with another kernel than its record names
	Threads   int
	Check     bool   // what is made again is checked, too
	Program   string // with its version
	Quiet     bool   // print only what is not confirmed
}

// A verifier makes outputs of a run again.
type verifier struct {
	Options
	pair    pair.Pair // of the products, without an index
	sums    bool
	records *outputs.Records
	kernels []kernel // that this machine can use, the fastest first
	stderr  io.Writer
}

// An output of a run has a number: of its product, or of the job that made the sum.
type output struct {
	name   string
	number int
}

// Run makes a sample of the outputs that a run has made so far again on this machine, and prints a line for each. An
// output whose bits are not those that two kernels make here is contradicted: an error of status Data that names the
// machine that made it. If these two make different bits, this machine fails: an error of status Failure.
func Run(ctx context.Context, o Options, stdout, stderr io.Writer) error {
	v := verifier{Options: o, records: outputs.NewRecords(".", new(record.Cache)), stderr: stderr}
	kernels, err := kernels(o)
	if err != nil {
		return err
	}
	v.kernels = kernels
	existing, err := v.read()
	if err != nil {
		return err
	}
	sample := Choose(o.Sample.Of(len(existing)), existing, o.Seed)
	if !o.Quiet {
		fmt.Fprintf(stdout, "a sample of %s of %s: -seed %s\n", text.Number(len(sample)), text.Count(len(existing), "output"), o.Seed)
	}
	verdicts := make([]verdict, len(sample))
	for i, out := range sample {
		if verdicts[i], err = v.look(ctx, out); err != nil {
			return err
		}
	}
	v.records.Hashes.Flush()
	if err := v.compare(ctx, verdicts); err != nil {
		return err
	}
	for _, d := range verdicts {
		if d.state == confirmed && o.Quiet {
			continue
		}
		if _, err := fmt.Fprintln(stdout, text.Plain(d.String())); err != nil {
			return err
		}
	}
	return v.conclude(verdicts, existing)
}

// OnlyMatprod returns the error for another program's outputs.
func OnlyMatprod(name string) error {
	return status.DataError(fmt.Errorf("%s: executable: -verify is only for matprod, whose outputs have the same bytes on every machine", name),
		"another program's may contain times, names or the order of its threads; if they are the same on every machine, make some again by hand and compare them with cmp")
}

// read reads the submission file, and returns the run's outputs that exist.
func (v *verifier) read() (existing []output, err error) {
	q, err := request.Read(v.File, v.Overrides...)
	if err != nil {
		return nil, err
	}
	if !q.Matprod {
		return nil, OnlyMatprod(v.File)
	}
	if v.pair, err = pair.Requested(q); err != nil {
		return nil, status.DataError(fmt.Errorf("%s: %w", v.File, err), "")
	}
	var all combine.Collection
	if err := all.Requested(v.File, v.Overrides, combine.Range{}); err != nil {
		return nil, err
	}
	first := q.FirstIndex
	if v.sums = q.Sum; v.sums {
		first = 0
	} else {
		v.pair.C = q.Outputs()[0]
	}
	exists := map[string]bool{}
	for _, name := range outputs.Existing(all.Names) {
		exists[name] = true
	}
	for i, name := range all.Names {
		if exists[name] {
			existing = append(existing, output{name, first + i})
		}
	}
	if existing == nil {
		return nil, status.DataError(fmt.Errorf("%s: none of its outputs is here: %s", v.File, text.First(all.Names, ", ")), "")
	}
	return existing, nil
}

// conclude returns the error for outputs that are not confirmed.
func (v *verifier) conclude(verdicts []verdict, existing []output) error {
	names, machines := map[state][]string{}, []string{}
	for _, d := range verdicts {
		names[d.state] = append(names[d.state], d.name)
		if d.state == contradicted && !slices.Contains(machines, d.was.Machine) {
			machines = append(machines, d.was.Machine)
		}
	}
	here, _ := os.Hostname()
	of := func(s state) string {
		return fmt.Sprintf("%s: %s of %s", v.File, text.Number(len(names[s])), text.Count(len(verdicts), "output"))
	}
	switch {
	case len(names[disputed]) > 0:
		return status.WithHint(fmt.Errorf("%s: two kernels make different bits of %s: this machine, %s, computes wrongly", v.File, text.First(names[disputed], ", "), here),
			"verify the run on another machine")
	case len(names[contradicted]) > 0:
		also, err := v.madeOn(machines, existing)
		if err != nil {
			return err
		}
		return status.DataError(fmt.Errorf("%s contradicted: %s, made on %s", of(contradicted), text.First(names[contradicted], ", "), strings.Join(machines, ", ")),
			fmt.Sprintf("all that was made there: %s; move all that is in doubt away, and matsubmit %s -resubmit makes it again", text.First(also, ", "), v.File))
	case len(names[unverified]) > 0:
		return status.DataError(fmt.Errorf("%s can't be verified: %s", of(unverified), text.First(names[unverified], ", ")), "matsubmit "+v.File+" -resubmit makes them again")
	}
	return nil
}
