package joblog

import (
	"errors"
	"testing"

	"matpool/condor"
	"matpool/condor/eventlog"
	"matpool/internal/outputs"
)

// What is said of a run, given what was found of the outputs of its jobs.
func TestJudge(t *testing.T) {
	a, b := condor.ID{Cluster: 7}, condor.ID{Cluster: 7, Proc: 1}
	here := t.TempDir() // stands for the submit description
	for _, test := range []struct {
		name        string
		description string
		found       []Output
		counts      string
		proviso     string
	}{
		{"all are there", "", []Output{{a, "a", outputs.Found{State: outputs.Valid}}, {b, "b", outputs.Found{State: outputs.Valid}}}, "12,345 done, 0 running, 0 idle, 0 held", ""},
		{"one is not", "", []Output{{a, "a", outputs.Found{State: outputs.Valid}}, {b, "b", outputs.Found{State: outputs.Missing}}}, "12,344 done, 1 done without b, 0 running, 0 idle, 0 held", ""},
		{"two of one job are not", "", []Output{{a, "a", outputs.Found{State: outputs.Valid}}, {b, "b", outputs.Found{State: outputs.Empty}}, {b, "c", outputs.Found{State: outputs.Outdated}}}, "12,344 done, 1 done without b (empty), c (older), 0 running, 0 idle, 0 held", ""},
		{"none is there, nor is anything else", "gone", []Output{{a, "a", outputs.Found{State: outputs.Missing}}, {b, "b", outputs.Found{State: outputs.Missing}}}, "12,345 done, 0 running, 0 idle, 0 held", "it is not where the outputs are"},
		{"none is there, but the submit description is", here, []Output{{a, "a", outputs.Found{State: outputs.Missing}}, {b, "b", outputs.Found{State: outputs.Missing}}}, "12,343 done, 2 done without a, b, 0 running, 0 idle, 0 held", ""},
		{"all are older", here, []Output{{a, "a", outputs.Found{State: outputs.Outdated}}, {b, "b", outputs.Found{State: outputs.Missing}}}, "12,345 done, 0 running, 0 idle, 0 held", "its times are later than those of the outputs"},
		{"one cannot be seen", here, []Output{{a, "a", outputs.Found{State: outputs.Valid}}, {b, "b", outputs.Found{State: outputs.Missing, Err: errors.New("permission denied")}}}, "12,345 done, 0 running, 0 idle, 0 held", "permission denied"},
	} {
		run := &Run{Counts: eventlog.Counts{Done: 12345}, Outputs: &Outputs{Files: test.found}}
		run.Outputs.judge(test.description)
		proviso := test.proviso
		if proviso != "" {
			proviso = `"done" is based on the log alone: ` + proviso
		} else if done := run.State() == Done; done != (run.WithoutOutput() == 0) {
			t.Errorf("%s: the run is %v", test.name, run.State())
		}
		if got := run.counts(); got != test.counts || run.Proviso() != proviso {
			t.Errorf("%s: %s, %q; want %s, %q", test.name, got, run.Proviso(), test.counts, proviso)
		}
	}
}
