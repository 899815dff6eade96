package joblog

import (
	"fmt"
	"strings"
	"testing"

	"matpool/condor/eventlog"
)

// Why machines were lost is told once for each reason, whatever the machine's name.
func TestInterruptions(t *testing.T) {
	var log strings.Builder
	second := 0
	add := func(number, cluster int, text string) {
		second++
		log.WriteString(event(number, cluster, second, text))
	}
	add(0, 1, enters)
	add(0, 2, enters)
	for i := range 12 {
		add(1, 1, starts)
		add(7, 1, fmt.Sprintf("Shadow exception!\n\tError from slot1_%d@pc07: no room\x1b[2J", i))
	}
	add(1, 2, starts)
	add(4, 2, "Job was evicted. Code 1 Subcode 2\n\t(0) CPU times\n\tReason: the owner is back")
	add(1, 2, starts)
	add(4, 2, "Job was evicted.\n\t(0) CPU times")
	add(0, 3, enters)
	add(1, 3, starts)
	add(4, 3, "Job was evicted.\n\t(0) CPU times\n\tReason: Transfer output files failure")
	add(12, 3, "Job was held.\n\tTransfer output files failure\n\tCode 12 Subcode 2")
	h := eventlog.NewHistory()
	for r := eventlog.NewReader("x.log", strings.NewReader(log.String())); r.Scan(); {
		h.Add(r.Record().(*eventlog.Event))
	}
	got := fmt.Sprintf("%v", (&Run{Jobs: h.Jobs()}).Interruptions())
	if want := "[lost 12 times: job 1.0, for example: no room [2J evicted: job 2.0: the owner is back]"; got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}
