package eventlog

import (
	"fmt"
	"strings"
	"testing"
)

// A DAG node's POST script decides whether the node is done.
func TestPostScripts(t *testing.T) {
	post := func(status int) string {
		return at(20, 16, fmt.Sprintf("POST Script terminated.\n\t(1) Normal termination (return value %d)\n    DAG Node: A", status))
	}
	failed := at(16, 5, "Job terminated.\n\t(1) Normal termination (return value 3)")
	for log, want := range map[string]State{
		at(16, 5, terminated): Done, at(16, 5, terminated) + post(0): Done, at(16, 5, terminated) + post(1): Failed,
		failed: Failed, failed + post(0): Done, failed + post(1): Failed, at(16, 9, aborted) + post(0): Done,
	} {
		if got := historyOf(t, at(0, 0, submitted)+at(6, 1, executing)+log).Jobs()[0]; got.State != want {
			t.Errorf("%s: %v, want %v", log, got.State, want)
		}
	}
	if jobs := historyOf(t, strings.ReplaceAll(post(1), "(001.000", "(-01.-01")).Jobs(); len(jobs) != 0 {
		t.Errorf("%v", jobs)
	}
}

// The name of a DAG's node, as different versions write it.
func TestNode(t *testing.T) {
	for note, want := range map[string]string{
		"DAG Node: job0": "job0", `[ DAGNodeName = "job0"; JobBatchName = "run" ]`: "job0", `[ JobBatchName = "run"; DAGNodeName = "a b" ]`: "a b",
		`[ JobBatchName = "run" ]`: "", "first=0 count=1 starts=4 jobs=1": "", "": "",
	} {
		if got := historyOf(t, at(0, 0, submitted, "    "+note)).Jobs()[0].Node(); got != want {
			t.Errorf("%s: %q, want %q", note, got, want)
		}
	}
}
