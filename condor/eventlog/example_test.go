package eventlog_test

import (
	"fmt"
	"log"
	"os"
	"strings"
	"time"

	"matpool/condor"
	"matpool/condor/eventlog"
)

// The state of each job of a log, and why jobs are held.
func Example() {
	file, err := os.Open("testdata/retries.log")
	if err != nil {
		log.Fatal(err)
	}
	defer file.Close()
	history := eventlog.NewHistory()
	r := eventlog.NewReader(file.Name(), file)
	for r.Scan() {
		switch record := r.Record().(type) {
		case *eventlog.Event:
			history.Add(record)
		case *condor.SyntaxError:
			fmt.Println("skipped:", record)
		}
	}
	if err := r.Err(); err != nil {
		log.Fatal(err)
	}
	for _, j := range history.Jobs() {
		fmt.Printf("%v %v after %d starts", j.ID, j.State, j.Starts)
		if j.State == eventlog.Held {
			fmt.Printf(": %s", j.ExplainHold().Label)
		}
		fmt.Println()
	}
	// Output:
	// 39.0 held after 4 starts: JobPolicy
	// 39.1 held after 2 starts: JobExecuteExceeded
	// 39.2 held after 4 starts: JobPolicy
	// 39.3 done after 2 starts
	// 39.4 held after 4 starts: JobPolicy
	// 39.5 held after 2 starts: JobExecuteExceeded
}

// How a job spent its time with a machine.
func ExampleAttempt_Pieces() {
	const text = `000 (007.000.000) 2026-11-23T12:00:00Z Job submitted from host: <h>
...
040 (007.000.000) 2026-11-23T12:00:05Z Started transferring input files
...
040 (007.000.000) 2026-11-23T12:00:08Z Finished transferring input files
...
001 (007.000.000) 2026-11-23T12:00:08Z Job executing on host: <h>
	SlotName: slot1@pc07
...
040 (007.000.000) 2026-11-23T12:00:48Z Started transferring output files
...
005 (007.000.000) 2026-11-23T12:00:50Z Job terminated.
	(1) Normal termination (return value 0)
...
`
	history := eventlog.NewHistory()
	for r := eventlog.NewReader("log.txt", strings.NewReader(text)); r.Scan(); {
		if event, ok := r.Record().(*eventlog.Event); ok {
			history.Add(event)
		}
	}
	attempt := &history.Jobs()[0].Attempts[0]
	names := [eventlog.Activities]string{eventlog.Inputs: "inputs", eventlog.Computing: "computing", eventlog.Outputs: "outputs"}
	for piece := range attempt.Pieces(history.Latest()) {
		fmt.Println(piece.From.Time().Format(time.TimeOnly), names[piece.Activity], piece.Elapsed)
	}
	fmt.Println("on", attempt.Slot, "for", attempt.Total(history.Latest()))
	// Output:
	// 12:00:05 inputs 3s
	// 12:00:08 computing 40s
	// 12:00:48 outputs 2s
	// on slot1@pc07 for 45s
}
