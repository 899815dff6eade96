package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"time"

	"matpool/condor/eventlog"
	"matpool/internal/joblog"
)

// A document is the JSON object. The manual of matwatch lists the fields. A name keeps its
// meaning in later versions.
type document struct {
	Logs      []string   `json:"logs"`
	Clusters  []int      `json:"clusters"`
	State     string     `json:"state"`
	DAGMan    *string    `json:"dagman"`
	Submitted *time.Time `json:"submitted"`
	Latest    *time.Time `json:"latest"`
	Makespan  *float64   `json:"makespan_s"`
	Slots     int        `json:"slots"`
	Between   *float64   `json:"between_s"`
	Counts    counts     `json:"counts"`
	Outputs   string     `json:"outputs"`
	Total     spending   `json:"total"`
	Machines  []machine  `json:"machines"`
	Jobs      []job      `json:"jobs"`
	Faults    int        `json:"faults"`
}

type counts struct {
	Jobs       int `json:"jobs"`
	Done       int `json:"done"`
	Running    int `json:"running"`
	Suspended  int `json:"suspended"`
	Idle       int `json:"idle"`
	Held       int `json:"held"`
	Waiting    int `json:"held_to_be_released"`
	Failed     int `json:"failed"`
	Removed    int `json:"removed"`
	Unknown    int `json:"unknown"`
	Superseded int `json:"superseded"`
	Later      int `json:"later"`
	Never      int `json:"never"`
	Without    int `json:"done_without_output"`
}

type spending struct {
	Attempts  int     `json:"runs"`
	Completed int     `json:"completed"`
	Failed    int     `json:"failed"`
	Retried   int     `json:"retried"`
	Held      int     `json:"held"`
	Removed   int     `json:"removed"`
	Evicted   int     `json:"evicted"`
	Lost      int     `json:"lost"`
	Untimed   int     `json:"untimed"`
	Busy      float64 `json:"busy_s"`
	Queue     float64 `json:"queue_s"`
	Input     float64 `json:"input_s"`
	Compute   float64 `json:"compute_s"`
	Vain      float64 `json:"vain_s"`
	Suspended float64 `json:"suspended_s"`
	Output    float64 `json:"output_s"`
	Overhead  float64 `json:"overhead"`
}

type machine struct {
	Machine string `json:"machine"`
	System  string `json:"system"`
	Slots   int    `json:"slots"`
	Others  string `json:"others_found,omitempty"`
	spending
}

type job struct {
	Cluster   int        `json:"cluster"`
	Proc      int        `json:"proc"`
	First     *int       `json:"first"`
	Count     *int       `json:"count"`
	State     string     `json:"state"`
	Exit      *int       `json:"exit"`
	Signal    *int       `json:"signal"`
	Submitted *time.Time `json:"submitted"`
	Starts    int        `json:"starts"`
	Retries   int        `json:"retries"`
	Evictions int        `json:"evictions"`
	Holds     int        `json:"holds"`
	MemoryMB  *int64     `json:"memory_mb"`
	Hold      *hold      `json:"hold"`
	Reason    string     `json:"reason,omitempty"`
	Missing   []string   `json:"missing_outputs,omitempty"`
	Attempts  []attempt  `json:"runs"`
}

type hold struct {
	Code      int    `json:"code"`
	Subcode   int    `json:"subcode"`
	Reason    string `json:"reason"`
	Means     string `json:"means"`
	Do        string `json:"do"`
	Releasing bool   `json:"to_be_released"`
}

type attempt struct {
	Outcome   string     `json:"outcome"`
	Reason    string     `json:"reason,omitempty"`
	Exit      *int       `json:"exit"`
	Signal    *int       `json:"signal"`
	Machine   string     `json:"machine"`
	System    string     `json:"system"`
	Slot      string     `json:"slot"`
	Began     *time.Time `json:"began"`
	Ended     *time.Time `json:"ended"`
	Wait      *float64   `json:"wait_s"`
	Queue     *float64   `json:"queue_s"`
	Input     *float64   `json:"input_s"`
	Compute   *float64   `json:"compute_s"`
	Suspended *float64   `json:"suspended_s"`
	Output    *float64   `json:"output_s"`
	Total     *float64   `json:"total_s"`
}

// WriteJSON writes the report as one JSON object: the jobs, of which there may be many, one by one.
func (r *Report) WriteJSON(w io.Writer) error {
	c := r.Run.Counts
	d := document{
		Logs: r.Names, Clusters: r.Run.Clusters, State: r.Run.State().String(),
		Submitted: known(r.Submitted), Latest: known(r.Latest), Makespan: knownSeconds(r.Makespan()),
		Slots: r.Total.Slots, Between: knownSeconds(r.Between()),
		Counts:  counts{r.Run.All(), c.Done, c.Running, c.Suspended, c.Idle, c.Held, c.Waiting, c.Failed, c.Removed, c.Unknown, len(r.Run.Superseded), r.Run.Later, r.Run.Never, r.Run.WithoutOutput()},
		Outputs: outputs(r.Run),
		Total:   r.Total.spending(), Faults: r.FaultCount,
		Machines: []machine{}, Jobs: []job{},
	}
	if r.Run.DAG.File != "" {
		state := r.Run.DAG.DAGMan.String()
		d.DAGMan = &state
	}
	if d.Clusters == nil {
		d.Clusters = []int{}
	}
	for _, m := range r.Machines {
		d.Machines = append(d.Machines, machine{m.Name, m.System, m.Slots, m.Standing, m.spending()})
	}
	text, err := indented("", d)
	if err != nil || len(r.Run.Jobs) == 0 {
		return errors.Join(err, write(w, text))
	}
	const list = `"jobs": [`
	head, tail, _ := bytes.Cut(text, []byte(list+"]"))
	text = append(slices.Clone(head), list+"\n  "...)
	for i, j := range r.Run.Jobs {
		if i > 0 {
			text = append(text, ",\n  "...)
		}
		one, err := indented("  ", r.job(j))
		if err != nil {
			return err
		}
		if text = append(text, bytes.TrimSuffix(one, []byte("\n"))...); len(text) > 1<<16 {
			if err := write(w, text); err != nil {
				return err
			}
			text = text[:0]
		}
	}
	return write(w, append(append(text, "\n ]"...), tail...))
}

// indented returns a value in JSON, whose lines after the first have the prefix.
func indented(prefix string, value any) ([]byte, error) {
	var text bytes.Buffer
	out := json.NewEncoder(&text)
	out.SetEscapeHTML(false)
	out.SetIndent(prefix, " ")
	err := out.Encode(value)
	return text.Bytes(), err
}

func write(w io.Writer, text []byte) error {
	_, err := w.Write(text)
	return err
}

// outputs says what is known of the outputs of the jobs that are done.
func outputs(r *joblog.Run) string {
	switch {
	case r.Outputs == nil || r.Outputs.Unknown != "":
		return "unknown"
	case r.WithoutOutput() > 0:
		return "missing"
	}
	return "there"
}

func (m *Machine) spending() spending {
	spent := func(what eventlog.Activity) float64 { return m.Spent[what].Seconds() }
	return spending{m.Attempts, m.Ends[eventlog.Completed], m.Failed, m.Ends[eventlog.Retried], m.Ends[eventlog.EndedByHold], m.Ends[eventlog.EndedByRemoval], m.Ends[eventlog.Evicted], m.Ends[eventlog.Lost], m.Untimed,
		m.Busy.Seconds(), spent(eventlog.Queueing), spent(eventlog.Inputs), spent(eventlog.Computing), m.Vain.Seconds(), spent(eventlog.Suspension), spent(eventlog.Outputs), m.Overhead()}
}

func (r *Report) job(j *eventlog.Job) job {
	d := job{Cluster: j.Cluster, Proc: j.Proc, State: j.State.String(), Submitted: known(j.SubmittedAt()),
		Starts: j.Starts, Retries: j.Retries, Evictions: j.Evictions, Holds: len(j.Holds), Reason: j.Reason, Missing: r.Run.MissingOutputs(j), Attempts: []attempt{}}
	if note, ok := j.Note(); ok {
		d.First, d.Count = &note.First, &note.Count
	}
	if j.State == eventlog.Done || j.State == eventlog.Failed {
		d.Exit, d.Signal = exit(j.Exit)
	}
	if j.MemoryMB >= 0 {
		d.MemoryMB = &j.MemoryMB
	}
	if j.State == eventlog.Held {
		e := j.ExplainHold()
		d.Hold = &hold{j.Hold.Code, j.Hold.Subcode, j.Hold.Reason, e.Meaning, e.Advice, j.WillBeReleased()}
	}
	for i := range j.Attempts {
		a := &j.Attempts[i]
		spent := func(what eventlog.Activity) *float64 { return knownSeconds(a.Time(what, r.Latest)) }
		v := attempt{Outcome: a.Outcome.String(), Reason: a.Reason, Machine: a.Machine, System: a.System, Slot: a.Slot, Began: known(a.Begin()), Ended: known(a.End),
			Wait: knownSeconds(a.Wait()), Queue: spent(eventlog.Queueing), Input: spent(eventlog.Inputs), Compute: spent(eventlog.Computing),
			Suspended: spent(eventlog.Suspension), Output: spent(eventlog.Outputs), Total: knownSeconds(a.Total(r.Latest))}
		if a.Outcome == eventlog.Completed || a.Outcome == eventlog.Retried {
			v.Exit, v.Signal = exit(a.Exit)
		}
		d.Attempts = append(d.Attempts, v)
	}
	return d
}

// exit returns the exit status, or the signal if the program ended by one.
func exit(e eventlog.Exit) (status, signal *int) {
	if e.Signal != 0 {
		return nil, &e.Signal
	}
	return &e.Status, nil
}

// known returns nil, null in JSON, for a time that is unknown.
func known(m eventlog.Moment) *time.Time {
	if m.IsZero() {
		return nil
	}
	t := m.Time()
	return &t
}

// knownSeconds returns nil, null in JSON, for a time that is unknown.
func knownSeconds(e eventlog.Elapsed) *float64 {
	if e.Unknown {
		return nil
	}
	s := e.Seconds()
	return &s
}
