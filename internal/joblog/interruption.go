package joblog

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"matpool/condor"
	"matpool/condor/eventlog"
	"matpool/internal/base/text"
)

// An Interruption is why HTCondor took a machine from jobs, or failed to run them there. Such
// jobs run again by themselves. If each attempt of a job ends so, only this shows why.
type Interruption struct {
	Outcome eventlog.Outcome // Evicted or Lost
	Reason  string           // without the name of a machine
	Count   int              // of attempts
	First   condor.ID        // of the jobs
}

// Interruptions returns the interruptions with a reason in the log, the most frequent first.
func (r *Run) Interruptions() (list []Interruption) {
	type key struct {
		eventlog.Outcome
		reason string
	}
	index := map[key]int{}
	for _, j := range r.Jobs {
		for i := range j.Attempts {
			a := &j.Attempts[i]
			if a.Reason == "" {
				continue
			}
			k := key{a.Outcome, withoutMachine(a.Reason)}
			at, ok := index[k]
			if !ok {
				at = len(list)
				index[k] = at
				list = append(list, Interruption{Outcome: k.Outcome, Reason: k.reason, First: j.ID})
			}
			list[at].Count++
		}
	}
	slices.SortStableFunc(list, func(a, b Interruption) int { return cmp.Compare(b.Count, a.Count) })
	return list
}

// withoutMachine removes "Error from slot1_2@pc07: " from the beginning of a reason.
func withoutMachine(reason string) string {
	if rest, ok := strings.CutPrefix(reason, "Error from "); ok {
		if _, what, ok := strings.Cut(rest, ": "); ok {
			return what
		}
	}
	return reason
}

func (i Interruption) String() string {
	if i.Count == 1 {
		return fmt.Sprintf("%v: job %v: %s", i.Outcome, i.First, text.Plain(i.Reason))
	}
	return fmt.Sprintf("%v %s times: job %v, for example: %s", i.Outcome, text.Number(i.Count), i.First, text.Plain(i.Reason))
}
