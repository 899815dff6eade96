package eventlog

import (
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"matpool/condor"
)

// entries has each kind of event that is written.
var entries = []Detail{
	Submit{"server", []string{"first=0 count=1 starts=4 jobs=3 local=yes"}},
	FileTransfer{Phase: Started},
	FileTransfer{Phase: Finished},
	Execute{Machine: "pc07", Slot: "slot1_2@pc07", System: "LINUX", Arch: "aarch64"},
	ImageSize{5},
	FileTransfer{Output: true, Phase: Started},
	FileTransfer{Output: true, Phase: Finished},
	JobEvicted{Requeued: true, Exit: Exit{Signal: 9}},
	JobEvicted{Requeued: true, Exit: Exit{Status: 7}},
	JobTerminated{},
	JobHeld{"job 2: bad input on pc07 (LINUX): see logs/2.err", 3, 65},
	JobAborted{"via condor_rm (by user alice)"},
}

func entry(d Detail) *Entry {
	return &Entry{ID: condor.ID{Cluster: 46, Proc: 1234}, Time: time.Date(2026, 11, 23, 19, 14, 2, 250e6, time.Local), Host: "pc07", Detail: d,
		Usage: Usage{Folder: "/tmp/dir", Cpus: 1, MemoryMB: 64, UsedMB: 5, User: 90 * time.Second, Sent: 172, Received: 899312}}
}

// What is written is read.
func TestEntriesAreRead(t *testing.T) {
	for _, d := range entries {
		e := entry(d)
		got := records(newReader(strings.NewReader(e.String())))
		read, ok := got[0].(*Event)
		if len(got) != 1 || !ok {
			t.Fatalf("%s\nis read as %v", e, got)
		}
		if want := e.Event(); !reflect.DeepEqual(read.Detail, d) || read.Number != want.Number || read.ID != want.ID || !read.Time.Equal(want.Time) {
			t.Errorf("%s\nis read as %+v", e, read)
		}
	}
	held := entry(JobHeld{Reason: "a\nb\r\n...\nc", Code: 1}).String()
	if got := records(newReader(strings.NewReader(held))); len(got) != 1 || got[0].(*Event).Detail.(JobHeld).Reason != "a b ... c" {
		t.Errorf("%q", held)
	}
}

// What is written has the lines, blanks included, that HTCondor 23.9.6 wrote in events of the
// kind, in their order.
func TestEntriesAreLikeHTCondors(t *testing.T) {
	varying := regexp.MustCompile(`\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?Z?|<.*>|".*"|[-+]?\d+`)
	reason := regexp.MustCompile(`(?m)^(\t)(job|product|via|Transfer) .*|slot\S+|(?m)^    first=.*`)
	// A number that ends a column pushes the blanks before it.
	table := regexp.MustCompile(`(?m)^\t   ([A-Z].{20}):(.{9})(.{9})(.{10}) $`)
	like := func(text string) []string {
		text = table.ReplaceAllStringFunc(text, func(line string) string {
			cells := table.FindStringSubmatch(line)
			for i, cell := range cells[2:] {
				if strings.TrimSpace(cell) != "" {
					cell = strings.Repeat("_", len(cell))
				}
				cells[2+i] = cell
			}
			return "\t   " + cells[1] + ":" + strings.Join(cells[2:], "|")
		})
		return strings.Split(varying.ReplaceAllString(reason.ReplaceAllString(text, "${1}REASON"), "N"), "\n")
	}
	var real [][]string
	for _, name := range []string{"events.log", "retries.log", "failures.log"} {
		for _, text := range strings.SplitAfter(logFile(t, name), "\n...\n") {
			real = append(real, like(text))
		}
	}
	for _, d := range entries {
		written := like(entry(d).String())
		found := false
		for _, lines := range real {
			rest := lines
			missing := false
			for _, line := range written {
				i := 0
				for i < len(rest) && rest[i] != line {
					i++
				}
				if i == len(rest) {
					missing = true
					break
				}
				rest = rest[i+1:]
			}
			found = found || !missing
		}
		if !found {
			t.Errorf("HTCondor writes no such event:\n%s", strings.Join(written, "\n"))
		}
	}
}

// Whatever texts are in an entry, it is read as one event of its kind, and that is written and read the same.
func FuzzEntries(f *testing.F) {
	for _, text := range []string{"pc07", "...", "a\n...\nb", "\r\n...\r\n005 (046.001.000) 2026-11-23 19:14:02 Job terminated.\n...\n", "<\x00>", "\u2028"} {
		f.Add(text, text, 65)
	}
	f.Fuzz(func(t *testing.T, host, text string, number int) {
		if strings.Contains(host+text, "\x00") {
			return // a hole
		}
		for _, d := range []Detail{
			Submit{host, []string{text}}, Execute{Machine: host, Slot: text, System: "LINUX"}, JobTerminated{Exit: Exit{Status: number}},
			JobHeld{text, number, number}, JobAborted{text}, JobEvicted{Requeued: true, Exit: Exit{Status: number}},
		} {
			for range 2 {
				e := entry(d)
				e.Host = host
				got := records(newReader(strings.NewReader(e.String())))
				read, ok := got[0].(*Event)
				if len(got) != 1 || !ok || read.Number != e.Event().Number || read.ID != e.ID {
					t.Fatalf("%q\nis read as %v", e, got)
				}
				if reflect.TypeOf(read.Detail) != reflect.TypeOf(d) {
					t.Fatalf("%q\nis read as a %T", e, read.Detail)
				}
				d = read.Detail
			}
		}
	})
}
