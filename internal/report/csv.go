package report

import (
	"encoding/csv"
	"io"
	"strconv"
	"time"

	"matpool/condor"
)

// WriteCSV writes a row for each run of each job, and one for a job that has not run.
// The columns are in the manual of matwatch. Times are in seconds; what is not known is empty.
func (r *Report) WriteCSV(w io.Writer) error {
	out := csv.NewWriter(w)
	out.Write([]string{"cluster", "proc", "first", "count", "state", "run", "outcome", "exit", "signal",
		"machine", "system", "slot", "submitted", "began", "ended",
		"wait_s", "queue_s", "input_s", "compute_s", "output_s", "total_s", "hold_code", "hold_subcode", "reason"})
	for _, j := range r.Run.Jobs {
		head := []string{strconv.Itoa(j.Cluster), strconv.Itoa(j.Proc), "", "", j.State.String()}
		if note, ok := j.Note(); ok {
			head[2], head[3] = strconv.Itoa(note.First), strconv.Itoa(note.Count)
		}
		tail := []string{"", "", j.Reason}
		if j.State == condor.Holding {
			tail = []string{strconv.Itoa(j.Hold.Code), strconv.Itoa(j.Hold.Subcode), j.Hold.Reason}
		}
		for i := range j.Runs {
			out.Write(append(append(head[:5:5], r.csvRun(j, i)...), tail...))
		}
		if len(j.Runs) == 0 {
			out.Write(append(append(head[:5:5], "0", "", "", "", "", "", "", timestamp(j.Submitted), "", "", "", "", "", "", "", ""), tail...))
		}
	}
	out.Flush()
	return out.Error()
}

func (r *Report) csvRun(j *condor.JobHistory, i int) []string {
	x := &j.Runs[i]
	exit, signal := "", ""
	if x.Outcome == condor.Completed || x.Outcome == condor.Retried {
		if x.Exit.Signal != 0 {
			signal = strconv.Itoa(x.Exit.Signal)
		} else {
			exit = strconv.Itoa(x.Exit.Status)
		}
	}
	return []string{strconv.Itoa(i + 1), x.Outcome.String(), exit, signal,
		x.Machine, x.System, x.Slot, timestamp(j.Submitted), timestamp(x.Begin()), timestamp(x.End),
		seconds(x.Wait()), seconds(x.Queue()), seconds(x.Input()), seconds(x.Compute(r.Latest)), seconds(x.Output()), seconds(x.Total(r.Latest))}
}

func timestamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339Nano)
}

func seconds(d time.Duration) string { return strconv.FormatFloat(d.Seconds(), 'f', -1, 64) }
