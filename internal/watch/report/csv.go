package report

import (
	"encoding/csv"
	"io"
	"strconv"
	"time"

	"matpool/condor/eventlog"
	"matpool/internal/base/text"
)

// WriteCSV writes a row for each attempt of each job, and one for a job without attempts.
// The manual of matwatch lists the columns. Durations are in seconds; unknown values are
// empty.
func (r *Report) WriteCSV(w io.Writer) error {
	out := csv.NewWriter(w)
	out.Write([]string{"cluster", "proc", "first", "count", "state", "run", "outcome", "exit", "signal",
		"machine", "system", "slot", "submitted", "began", "ended",
		"wait_s", "queue_s", "input_s", "compute_s", "suspended_s", "output_s", "total_s", "hold_code", "hold_subcode", "reason"})
	for _, j := range r.Run.Jobs {
		head := []string{strconv.Itoa(j.Cluster), strconv.Itoa(j.Proc), "", "", j.State.String()}
		if note, ok := j.Note(); ok {
			head[2], head[3] = strconv.Itoa(note.First), strconv.Itoa(note.Count)
		}
		tail := []string{"", "", text.Plain(j.Reason)}
		if j.State == eventlog.Held {
			tail = []string{strconv.Itoa(j.Hold.Code), strconv.Itoa(j.Hold.Subcode), text.Plain(j.Hold.Reason)}
		}
		for i := range j.Attempts {
			out.Write(append(append(head[:5:5], r.csvAttempt(j, i)...), tail...))
		}
		if len(j.Attempts) == 0 {
			out.Write(append(append(head[:5:5], "0", "", "", "", "", "", "", timestamp(j.SubmittedAt()), "", "", "", "", "", "", "", "", ""), tail...))
		}
	}
	out.Flush()
	return out.Error()
}

func (r *Report) csvAttempt(j *eventlog.Job, i int) []string {
	a := &j.Attempts[i]
	exit, signal := "", ""
	if a.Outcome == eventlog.Completed || a.Outcome == eventlog.Retried {
		if a.Exit.Signal != 0 {
			signal = strconv.Itoa(a.Exit.Signal)
		} else {
			exit = strconv.Itoa(a.Exit.Status)
		}
	}
	spent := func(what eventlog.Activity) string { return seconds(a.Time(what, r.Latest)) }
	return []string{strconv.Itoa(i + 1), a.Outcome.String(), exit, signal,
		text.Plain(a.Machine), text.Plain(a.System), text.Plain(a.Slot), timestamp(j.SubmittedAt()), timestamp(a.Begin()), timestamp(a.End),
		seconds(a.Wait()), spent(eventlog.Queueing), spent(eventlog.Inputs), spent(eventlog.Computing), spent(eventlog.Suspension), spent(eventlog.Outputs), seconds(a.Total(r.Latest))}
}

func timestamp(m eventlog.Moment) string {
	if m.IsZero() {
		return ""
	}
	return m.Time().Format(time.RFC3339Nano)
}

func seconds(e eventlog.Elapsed) string {
	if e.Unknown {
		return ""
	}
	return strconv.FormatFloat(e.Seconds(), 'f', -1, 64)
}
