package joblog

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"matpool/condor/eventlog"
)

// matwatch -wait ends at the right moment, and with the right status: as soon as nothing more will happen unless somebody
// acts, and not before. The histories come from real runs, made by GOFLAGS=-run=Histories test/pool/test.sh -update. They
// begin where there is no log yet.
//
// go test -v -run Histories ./internal/joblog prints the table.
func TestHistories(t *testing.T) {
	const last = "" // nothing more happens after its last event
	for _, test := range []struct {
		name   string
		status int
		ends   string // with which event, of which kind in the file
	}{
		{"products", 0, last},
		{"sums", 0, last},
		{"one by one", 0, "log.txt: 005, the last"},
		{"retried", 0, last},
		{"fails", 3, last},
		{"bad input", 3, last},
		{"no output", 3, last},
		{"too long", 3, last},
		{"killed", 0, last},
		{"input gone", 3, last},
		{"evicted", 0, last},
		{"suspended", 0, last},
		{"held by a person", 3, last},
		{"held and released while others run", 0, last},
		{"held and released after the others", 3, "log.txt: 012, the first"},
		{"held and removed", 3, "log.txt: 012, the first"},
		{"removed", 3, last},
		{"one removed", 3, last},
		{"rest of a cluster removed", 3, last},
		{"released by HTCondor", 0, last},
		{"resubmitted", 3, "log.txt: 012, the first"},
		{"here", 0, last},
		{"here fails", 3, last},
		{"of another program", 0, last},
		{"of another program, one by one", 0, last},
		{"DAG", 0, last},
		{"DAG of sums", 0, last},
		{"DAG, one by one", 0, last},
		{"DAG, no last node", 0, last},
		{"DAG, a job retried", 0, last},
		{"DAG, a node fails", 3, last},
		{"DAG, a node held", 3, last},
		{"DAG, evicted", 0, last},
		{"DAG, a node removed", 3, last},
		{"DAG, a node held by a person", 0, last},
		{"DAG, the last node fails", 3, last},
		{"DAG removed", 3, last},
		{"DAGMan held", 3, "log.txt: 005, the last"},
		{"DAG continued", 3, "run_worker.dag.dagman.log: 005, the first"},
		{"DAG of another", 0, last},
		{"DAG of another, RETRY", 3, last},
		{"DAG of another, POST fails", 3, last},
		{"DAG of another, POST mends", 0, last},
	} {
		h := readHistory(t, test.name)
		ends, state, summary := h.end(t)
		want := h.last()
		if test.ends != last {
			want = h.find(test.ends)
		}
		status := map[State]int{Done: 0, Stuck: 3, Going: -1}[state]
		t.Logf("%-38s ends with event %2d of %2d, %-45s status %d: %s", test.name, ends+1, len(h), h.describe(ends), status, summary)
		if ends != want || status != test.status {
			t.Errorf("%s: ends with event %d (%s), want %d (%s); status %d, want %d: %s", test.name, ends+1, h.describe(ends), want+1, h.describe(want), status, test.status, summary)
		}
	}
}

// A recording is how the files of a run grew, event by event.
type recording []struct{ file, text string }

func readHistory(t *testing.T, name string) (h recording) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name+".history"))
	if err != nil {
		t.Fatal(err)
	}
	file := ""
	for line := range strings.Lines(string(text)) {
		if name, ok := strings.CutPrefix(line, "-- "); ok && strings.HasSuffix(name, " --\n") {
			file = strings.TrimSuffix(name, " --\n")
			h = append(h, struct{ file, text string }{file, ""})
			continue
		}
		h[len(h)-1].text += line
		if line == "...\n" {
			h = append(h, struct{ file, text string }{file, ""})
		}
	}
	kept := h[:0]
	for _, piece := range h {
		if piece.text != "" {
			kept = append(kept, piece)
		}
	}
	return kept
}

// end plays the history and returns the piece after which matwatch ends, and what it then says; or the last one, if it
// does not.
func (h recording) end(t *testing.T) (piece int, state State, summary string) {
	t.Helper()
	dir := t.TempDir()
	var j *Journal
	for i, p := range h {
		f, err := os.OpenFile(filepath.Join(dir, p.file), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o666)
		if err != nil {
			t.Fatal(err)
		}
		_, err = f.WriteString(p.text)
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		if j == nil {
			if j, err = Open(filepath.Join(dir, "log.txt")); err != nil {
				continue // matwatch -wait waits for it
			}
			defer j.Close()
		}
		if err := j.Read(func(*eventlog.Event) {}); err != nil {
			t.Fatal(err)
		}
		r := j.Select(nil)
		piece, state, summary = i, r.State(), r.Summary()
		if state != Going {
			break
		}
	}
	return piece, state, summary
}

func (h recording) last() int { return len(h) - 1 }

// find returns the piece that a description names.
func (h recording) find(what string) int {
	found := -1
	for i := range h {
		if text, first := strings.CutSuffix(what, ", the first"); !first || found < 0 {
			if h.describe(i) == strings.TrimSuffix(text, ", the last") {
				found = i
			}
		}
	}
	return found
}

// describe returns a piece's file and the number of its event.
func (h recording) describe(i int) string {
	if i < 0 {
		return "none"
	}
	return fmt.Sprintf("%s: %.3s", h[i].file, h[i].text)
}
