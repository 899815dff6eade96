package submit

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"matpool/condor/jobfile"
	"matpool/condor/submitfile"
	"matpool/internal/file"
)

// What is missing of a job makes a job for each range of products; what is missing
// altogether is the job itself. M is missing, T there, Q in the queue.
func TestMissingRanges(t *testing.T) {
	for _, test := range []struct{ states, want string }{
		{"TTTT", ""},
		{"QQTT", ""},
		{"MMMM", "3:12+4"},
		{"MTTT", "22:12+1"},
		{"TTTM", "25:15+1"},
		{"MQMM", "22:12+1 24:14+2"},
		{"TMTM", "23:13+1 25:15+1"},
	} {
		p := &plan{all: make([]submitfile.Job, 10)}
		var states []state
		for _, c := range test.states {
			states = append(states, map[rune]state{'M': missing, 'T': there, 'Q': queued}[c])
		}
		var got []string
		for _, row := range p.missingOf(submitfile.Job{Index: 3, First: 12, Count: 4}, states) {
			got = append(got, fmt.Sprintf("%d:%d+%d", row.Index, row.First, row.Count))
		}
		if strings.Join(got, " ") != test.want {
			t.Errorf("%s: %s, want %s", test.states, got, test.want)
		}
	}
}

// Numbers of jobs are never those of others, whatever is missing now and was before.
func TestNumbersOfPiecesAreTheirOwn(t *testing.T) {
	p := planOf(60, product{}, jobfile.Request{ProductsPerJob: 7})
	p.deal()
	seen := map[int]bool{}
	for _, row := range p.all {
		seen[row.Index] = true
	}
	for first := range 60 {
		if row := p.piece(first, 1); seen[row.Index] {
			t.Errorf("product %d: job %d has been there", first, row.Index)
		} else {
			seen[row.Index] = true
		}
	}
}

// Only what is made again is removed, of the jobs that are submitted.
func TestOutputsAreRemoved(t *testing.T) {
	t.Chdir(t.TempDir())
	for i := range 6 {
		if err := os.WriteFile(file.Indexed("output.npy", i), nil, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	p := planOf(6, product{}, jobfile.Request{Matprod: true, ProductsPerJob: 2})
	p.rows = []submitfile.Job{{Index: 1, First: 2, Count: 2}, {Index: 9, First: 5, Count: 2}}
	var say bytes.Buffer
	if err := p.removeOutputs(&say); err != nil || say.String() != "3 outputs removed, to be made again\n" {
		t.Errorf("%q, %v", say.String(), err)
	}
	entries, _ := os.ReadDir(".")
	var left []string
	for _, e := range entries {
		left = append(left, e.Name())
	}
	if want := []string{"output0.npy", "output1.npy", "output4.npy"}; !slices.Equal(left, want) {
		t.Errorf("left are %s, want %s", left, want)
	}
	if err := p.removeOutputs(&say); err != nil {
		t.Error(err)
	}
	if err := os.MkdirAll("output5.npy/x", 0o777); err != nil {
		t.Fatal(err)
	}
	if err := p.removeOutputs(&say); err == nil || !strings.HasPrefix(err.Error(), "output5.npy: cannot be removed: ") {
		t.Error(err)
	}
}
