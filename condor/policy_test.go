package condor

import (
	"strings"
	"testing"
)

// What becomes of a job: by the exit status or signal of its program, and by the code of a hold.
func TestPolicy(t *testing.T) {
	for _, test := range []struct {
		status, signal, subcode int
		then                    Action
		event                   string
	}{
		{0, 0, 0, Done, ""},
		{ExitUsage, 0, 64, Held, "wrong usage"},
		{ExitData, 0, 65, Held, "bad input"},
		{1, 0, 1, Retried, "failed with exit status 1"},
		{47, 0, 47, Retried, "failed with exit status 47"},
		{137, 0, 137, Retried, "failed with exit status 137"},
		{-1073741515, 0, -1073741515, Retried, "failed with exit status -1073741515"}, // of Windows
		{0, -1073741819, -1073741691, Retried, "killed by signal -1073741819"},
		{0, 9, 137, Retried, "killed by signal 9"},
		{64, 11, 139, Retried, "killed by signal 11"},
	} {
		r, subcode := AfterExit(test.status, test.signal)
		if r.Then != test.then || r.Event != test.event || subcode != test.subcode || r.Then != Done && r.Code != CodePolicy {
			t.Errorf("status %d, signal %d: %+v, subcode %d; want %+v", test.status, test.signal, r, subcode, test)
		}
	}
	for _, subcode := range []int{-1073741515, -1073741691} {
		if got := AfterHold(CodePolicy, subcode).Meaning; got != "Windows ended its last run, and no retry is left" {
			t.Errorf("subcode %d: %s", subcode, got)
		}
	}
	for _, test := range []struct {
		code, subcode int
		then          Action
	}{
		{0, 0, Released}, {6, 2, Released}, {6, 8, Released}, {12, 1, Released}, {12, 13, Released}, {12, 2, Held}, {13, 2, Held}, {47, 0, Held}, {3, 47, Held}, {3, SubcodeStarts, Held}, {3, 64, Held}, {34, 102, Held}, {1, 0, Paused}, {15, 0, Paused}, {16, 0, Paused}, {7, 2, Held}, {14, 2, Held}, {21, 0, Held}, {999, 6, Held},
	} {
		if got := AfterHold(test.code, test.subcode); got.Then != test.then {
			t.Errorf("code %d, subcode %d: %+v, want %d", test.code, test.subcode, got, test.then)
		}
	}
}

// Every rule but the last for its code can match, and says what happened and what to do.
func TestPolicyIsComplete(t *testing.T) {
	for i, r := range Policy() {
		if r.Label == "" || r.Meaning == "" || r.Advice == "" || r.Then == Done {
			t.Errorf("%+v", r)
		}
		for _, earlier := range Policy()[:i] {
			if earlier.matches(r.Code, r.Subcodes.First) && earlier.matches(r.Code, r.Subcodes.Last) {
				t.Errorf("%+v is hidden by %+v", r, earlier)
			}
		}
		if first := AfterHold(r.Code, r.Subcodes.First); strings.Contains(first.Meaning+first.Event, "STATUS") || strings.Contains(first.Meaning+first.Event, "SIGNAL") {
			t.Errorf("%+v has no numbers", first)
		}
	}
}

// HTCondor decides by the same rules. (test/pool runs jobs that fail in these ways.)
func TestPolicyAsClassAd(t *testing.T) {
	for _, test := range []struct{ name, got, want string }{
		{"OnExitHold", OnExitHold(), "(ExitBySignal =?= false && (ExitCode == 64 || ExitCode == 65)) || (ExitCode =!= 0 && NumJobCompletions > JobMaxRetries)"},
		{"RetryUntil", RetryUntil(), "ExitCode =?= 64 || ExitCode =?= 65"},
		{"HoldEvent", HoldEvent(), `ifThenElse(ExitBySignal =?= true, strcat("killed by signal ", ExitSignal), ifThenElse(ExitCode == 64, "wrong usage", ifThenElse(ExitCode == 65, "bad input", strcat("failed with exit status ", ExitCode))))`},
		{"HoldSubcode", HoldSubcode(), "ifThenElse(ExitBySignal =?= true, 128 + ExitSignal, ExitCode)"},
		{"Releases", Releases(), "(HoldReasonCode == 0 || HoldReasonCode == 6 || HoldReasonCode == 12 && HoldReasonSubCode =!= 2)"},
		{"Ends", Ends("NumHolds <= 3"), "JobStatus == 5 && HoldReasonCode =!= 1 && HoldReasonCode =!= 15 && HoldReasonCode =!= 16 && (NumHolds <= 3) =!= true"},
	} {
		if test.got != test.want {
			t.Errorf("%s:\n%s\nwant\n%s", test.name, test.got, test.want)
		}
	}
}
