package watch

import (
	"context"
	"io"
	"path/filepath"

	"matpool/condor/eventlog"
	"matpool/internal/joblog"
	"matpool/internal/record"
	"matpool/internal/watch/report"
)

// ReportOptions are the options of a report.
type ReportOptions struct {
	Logs     []string                   // names of event logs
	Clusters []int                      // as for [joblog.Journal.Select]
	Form     Form                       // of the report
	Draw     func(*report.Report) error // draws the timeline; or nil. Who follows a log only needs no library that draws
	Page     func(*report.Report) error // writes a page; or nil, for the same reason
}

// A Form is the form in which a report is printed.
type Form int

const (
	None Form = iota
	Text
	CSV
	JSON
)

// Report reads the current content of logs, prints the report of a run, and draws its
// timeline. It returns an error of status Unfinished unless all jobs are done.
func Report(ctx context.Context, o ReportOptions, stdout io.Writer) error {
	j, err := joblog.Open(o.Logs...)
	if err != nil {
		return err
	}
	defer j.Close()
	if err := j.Read(func(*eventlog.Event) {}); err != nil {
		return err
	}
	if err := j.CheckClusters(o.Clusters); err != nil {
		return err
	}
	if err := j.Ask(ctx, j.Select(o.Clusters)); err != nil {
		return err
	}
	run := j.Select(o.Clusters)
	if j.Abandoned(run) {
		if err := j.Read(func(*eventlog.Event) {}); err != nil {
			return err
		}
		run = j.Select(o.Clusters)
		run.Abandoned = run.Counts.Active() > 0
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	j.CheckOutputs(run)
	r := report.New(j, run)
	judge(r)
	switch o.Form {
	case Text:
		err = r.Print(stdout)
	case CSV:
		err = r.WriteCSV(stdout)
	case JSON:
		err = r.WriteJSON(stdout)
	}
	if err != nil {
		return err
	}
	for _, show := range []func(*report.Report) error{o.Draw, o.Page} {
		if show == nil {
			continue
		}
		if err := show(r); err != nil {
			return err
		}
	}
	return run.Unfinished(o.Logs)
}

// judge adds to each machine what others found of its outputs (matsubmit -verify). What cannot be read is unknown.
func judge(r *report.Report) {
	dir := filepath.Dir(r.Names[0])
	if o := r.Run.Outputs; o != nil && o.Submission != "" {
		dir = filepath.Dir(o.Submission)
	}
	records, err := record.Load(dir)
	if err != nil {
		return
	}
	standings := record.Standings(records.Verified())
	for _, m := range r.Machines {
		m.Standing = standings[m.Name].String()
	}
}
