package condor

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"
)

// What cannot be submitted, and that nothing is written of it.
func TestSubmissionsThatAreRefused(t *testing.T) {
	for _, test := range []struct {
		change func(s *Submission)
		want   string
		quote  bool // a QuoteError lies behind it
	}{
		{func(s *Submission) { s.BatchName = "a$$b" }, "batch_name: a$$b: byte 1: HTCondor does not expand $$ here, so that it cannot be escaped", true},
		{func(s *Submission) { s.Executable = "" }, "executable: : byte 0: a name is empty", true},
		{func(s *Submission) { s.Unit = `a "b"` }, `"a \"b\"" is no word for what a job makes`, false},
		{func(s *Submission) { s.Arguments = []Template{"$(idx)"} }, "arguments: $(idx): byte 0: this is not known here; $(index), $(first), $(count), $(Cluster) and $(Process) are, and $(DOLLAR) for a $ alone", true},
		{func(s *Submission) { s.Stdout = "a;b" }, "stdout: a;b: byte 1: HTCondor cannot carry ';' here", true},
		{func(s *Submission) { s.Stderr = "$(x)" }, "stderr: $(x): byte 0: this is not known here; $(index), $(first), $(count), $(Cluster) and $(Process) are, and $(DOLLAR) for a $ alone", true},
		{func(s *Submission) { s.Log = Literal("a$$b") }, "log: a$$b: byte 1: HTCondor does not expand $$ here, so that it cannot be escaped", true},
		{func(s *Submission) { s.Requirements = "a\nb" }, "requirements: a\nb: byte 1: a control character ('\\n')", true},
		{func(s *Submission) { s.Extra = []Setting{{"+A", `b\`}} }, `+A: a "\" at the end would join the next line to it`, false},
		{func(s *Submission) { s.Systems = nil }, "no operating system is named", false},
		{func(s *Submission) { s.Rows = nil }, "there are no jobs", false},
		{func(s *Submission) { s.Cpus = 0 }, "a job needs a processor, memory and disk", false},
		{func(s *Submission) { s.Memory.Bytes = 0 }, "a job needs a processor, memory and disk", false},
		{func(s *Submission) { s.MaxRunTime = 0 }, "a job needs time to run", false},
		{func(s *Submission) { s.Remaps = []RemapAll{{"a", "b,c"}} }, "output a: b,c: byte 1: HTCondor cannot carry ',' here", true},
		{func(s *Submission) { s.Rows[2].Index = 0 }, "job 0: stands twice", false},
		{func(s *Submission) { s.Rows[1].Inputs = nil }, "job 1: has other kinds of files than job 0", false},
		{func(s *Submission) { s.Rows[1].Remaps = []Remap{{"a", "b"}} }, "job 1: has other kinds of files than job 0", false},
		{func(s *Submission) { s.Rows[1].Inputs[0] = "a,b" }, "job 1: a,b: byte 1: HTCondor cannot carry ',' here", true},
		{func(s *Submission) { s.Rows[1].Inputs[0] = "x/INPUTB1.NPY" }, "job 1: x/INPUTB1.NPY and inputB1.npy would be one file in the job's folder", false},
		{func(s *Submission) { s.Rows[1].Inputs[0] = "x/aux.npy" }, "job 1: x/aux.npy: byte 2: on Windows this is the name of a device", true},
		{func(s *Submission) { s.Inputs = []string{"c?"} }, "job 0: c?: byte 1: no file on Windows has '?' in its name\njob 1: c?: byte 1: no file on Windows has '?' in its name\njob 2: c?: byte 1: no file on Windows has '?' in its name", true},
		{func(s *Submission) { s.Rows = s.Rows[:1]; s.Rows[0].Remaps = []Remap{{"a", "b"}, {"A", "c"}} }, "job 0: a comes back to two places", false},
		{func(s *Submission) {
			s.Rows = s.Rows[:1]
			s.Remaps = []RemapAll{{"a$(index)", "b"}}
			s.Rows[0].Remaps = []Remap{{"a0", "b"}}
		}, "job 0: a0 comes back to two places", false},
		{func(s *Submission) { s.Rows = s.Rows[:1]; s.Rows[0].Remaps = []Remap{{"d/a", "b"}} }, "job 0: d/a: a job's outputs lie in its folder, not deeper", false},
		{func(s *Submission) { s.Rows = s.Rows[:1]; s.Rows[0].Remaps = []Remap{{"a", "b=c"}} }, "job 0: b=c: byte 1: HTCondor cannot carry '=' here", true},
		{func(s *Submission) { s.Rows = s.Rows[:1]; s.Rows[0].Remaps = []Remap{{"a", "b c"}}; s.MaxIdle = 5 }, "job 0: b c: byte 1: a blank in the name of one of several outputs does not go with max_idle", true},
		{func(s *Submission) { s.BatchName, s.Systems = " ", nil }, "batch_name:  : byte 0: a blank at the beginning is lost\nno operating system is named", true},
	} {
		s := example()
		test.change(s)
		var out bytes.Buffer
		err := s.Write(&out)
		var quote *QuoteError
		if fmt.Sprint(err) != test.want || errors.As(err, &quote) != test.quote {
			t.Errorf("%v\nwant\n%s", err, test.want)
		}
		if out.Len() > 0 {
			t.Errorf("%s, and was written", test.want)
		}
	}
	// On Linux alone, capitals make another name.
	s := example()
	s.Systems, s.Rows[1].Inputs[0] = []System{Linux}, "x/INPUTB1.NPY"
	if err := s.Check(); err != nil {
		t.Error(err)
	}
}

// Products are dealt out in order; the last job has what is left.
func TestRanges(t *testing.T) {
	for _, test := range []struct {
		first, total, per int
		want              string
	}{
		{0, 3, 1, "0:0+1 1:1+1 2:2+1"},
		{5, 2, 1, "5:5+1 6:6+1"},
		{0, 5, 2, "0:0+2 1:2+2 2:4+1"},
		{10, 4, 2, "0:10+2 1:12+2"},
		{3, 2, 100, "0:3+2"},
		{0, 0, 1, ""},
	} {
		var got []string
		for _, r := range Ranges(test.first, test.total, test.per) {
			got = append(got, fmt.Sprintf("%d:%d+%d", r.Index, r.First, r.Count))
		}
		if strings.Join(got, " ") != test.want {
			t.Errorf("%d products from %d on, %d each: %q, want %q", test.total, test.first, test.per, got, test.want)
		}
	}
}

// What is written depends on what is needed: columns, Blanks, limits, notes.
func TestLinesThatAreWritten(t *testing.T) {
	for _, test := range []struct {
		change     func(s *Submission)
		has, hasNo string // a line, or the beginning of one
	}{
		{func(s *Submission) {}, "queue index, inputs from (", "transfer_output_remaps"},
		{func(s *Submission) { s.Arguments = []Template{"$(first)"} }, "queue index, first, inputs from (", ""},
		{func(s *Submission) { s.Remaps = []RemapAll{{"a", "$(count)"}} }, "queue index, count, inputs from (", "blank ="},
		{func(s *Submission) { s.Rows[0].Count = 2 }, "queue index, first, count, inputs from (", ""},
		{func(s *Submission) { s.Rows[0].Count = 2 }, "submit_event_user_notes = first=$(first) count=$(count) starts=4 jobs=3", ""},
		{func(s *Submission) { s.Rows = s.Rows[:1]; s.Rows[0].Inputs, s.Outbox = nil, "" }, "queue index from (", "transfer_input_files"},
		{func(s *Submission) { s.Rows = s.Rows[:1]; s.Rows[0].Inputs = nil; s.Inputs = []string{"x y"} }, "transfer_input_files = x y, matprod.outbox\n", ""},
		{func(s *Submission) { s.Arguments = nil }, "", "arguments"},
		{func(s *Submission) { s.MaxIdle = 10 }, "max_idle = 10\n", ""},
		{func(s *Submission) {}, "periodic_release = NumJobStarts <= 3 && time() - EnteredCurrentStatus > 600", "max_idle"},
		{func(s *Submission) { s.MaxRetries = 0 }, "max_retries = 0\n", "periodic_release"},
		{func(s *Submission) { s.RetryDelay = 0 }, "requirements = (Arch == \"X86_64\") && (OpSys == \"LINUX\" || OpSys == \"WINDOWS\")\n", ""},
		{func(s *Submission) { s.RetryDelay = 1500 * time.Millisecond }, "periodic_release = NumJobStarts <= 3 && time() - EnteredCurrentStatus > 2 ", ""},
		{func(s *Submission) { s.Memory.Bytes = 1<<20 + 1 }, "request_memory = 2MB\n", ""},
		{func(s *Submission) { s.Disk.Bytes = 1 }, "request_disk = 1MB\n", ""},
		{func(s *Submission) { s.Comments = []string{"a\nqueue 5", `b \`} }, "# a queue 5\n# b\n", "queue 5"},
		{func(s *Submission) { s.Memory.Why = "a\nqueue 5" }, "# a queue 5\nrequest_memory", "queue 5"},
		{func(s *Submission) { s.Systems = []System{Windows}; s.Executable = "a b.exe" }, "executable = a b.exe\n", "$$"},
	} {
		s := example()
		test.change(s)
		text := "\n" + describe(t, s)
		if !strings.Contains(text, "\n"+test.has) {
			t.Errorf("no line %q in%s", test.has, text)
		}
		if test.hasNo != "" && strings.Contains(text, "\n"+test.hasNo) {
			t.Errorf("a line %q in%s", test.hasNo, text)
		}
	}
}

// The second guard of the time limit comes after the first, and not much.
func TestGuard(t *testing.T) {
	for limit, want := range map[time.Duration]time.Duration{
		time.Second: 11 * time.Second, time.Minute: 90 * time.Second, 10 * time.Minute: 15 * time.Minute, 24 * time.Hour: 24*time.Hour + 5*time.Minute,
	} {
		if got := guard(limit); got != want {
			t.Errorf("%v: %v, want %v", limit, got, want)
		}
	}
}

// What is noted for each job is read back from its event.
func TestNote(t *testing.T) {
	for _, s := range []*Submission{example(), {Rows: Ranges(70, 10, 10), MaxRetries: 0}, {Rows: Ranges(0, 30, 10), MaxRetries: 2, Sum: true}} {
		text := Template(s.note()).Expand(s.Rows[0].Index, s.Rows[0].First, s.Rows[0].Count)
		want := Note{s.Rows[0].First, s.Rows[0].Count, s.MaxRetries + 1, len(s.Rows), s.Sum}
		if got, ok := ParseNote(text); got != want || !ok {
			t.Errorf("%q: %v, %t; want %v", text, got, ok, want)
		}
	}
	if n, ok := ParseNote("first=7 count=1 starts=4"); n != (Note{First: 7, Count: 1, Starts: 4}) || !ok {
		t.Errorf("a note of before there was the number of jobs: %v, %t", n, ok)
	}
	for _, text := range []string{"", "DAG Node: A", "first=1 count=1 starts=1 jobs=", "first=1 count=1 starts=1 sum=yes", "first=1 count=1 starts=1 jobs=1 sum=no", "first=1", "first=a count=1 starts=1", "first=1 count=1 starts=1 or so", "first=1 count=1000001 starts=1"} {
		if n, ok := ParseNote(text); ok {
			t.Errorf("%q: %v", text, n)
		}
	}
}

// The description of 100,000 jobs.
func BenchmarkWrite(b *testing.B) {
	s := example()
	s.Rows = Ranges(0, 100_000, 1)
	for i := range s.Rows {
		s.Rows[i].Inputs = []string{fmt.Sprintf("inputA%d.npy", i), fmt.Sprintf("inputB%d.npy", i)}
	}
	b.ReportAllocs()
	for b.Loop() {
		if err := s.Write(io.Discard); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(s.Rows)*b.N)/b.Elapsed().Seconds(), "jobs/s")
}
