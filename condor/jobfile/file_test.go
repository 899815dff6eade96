package jobfile

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"

	"matpool/condor"
)

// messages returns the lines of an error, each of which must be a SyntaxError.
func messages(t testing.TB, err error) []string {
	t.Helper()
	if err == nil {
		return nil
	}
	list := []error{err} // the one of a whole file
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		list = joined.Unwrap()
	}
	var lines []string
	for _, err := range list {
		if _, ok := err.(*condor.SyntaxError); !ok {
			t.Errorf("%v: a %T", err, err)
		}
		lines = append(lines, err.Error())
	}
	return lines
}

// parse parses a file called run, and returns its errors' lines.
func parse(t testing.TB, content string) (*File, []string) {
	t.Helper()
	text, err := Decode([]byte(content))
	if err != nil {
		t.Fatalf("%q: %v", content, err)
	}
	f, err := Parse("run", text)
	return f, messages(t, err)
}

// line returns the expected first line of a file.
func line(name, value string) []Line {
	return []Line{{set(name, value), 1}}
}

// Names and values of lines, in all spellings that were found in real files.
func TestLines(t *testing.T) {
	for _, test := range []struct {
		in   string
		want []Line
	}{
		{"", nil},
		{"  \t", nil},
		{"\n\n\n", nil},
		{"\r\n", nil},
		{"# total_jobs = 3", nil},
		{"  #", nil},
		{"total_jobs=100", line("total_jobs", "100")},
		{"total_jobs = 100", line("total_jobs", "100")},
		{"\ttotal_jobs\t\t=100 ", line("total_jobs", "100")},
		{"Total_Jobs =100\r\n", line("Total_Jobs", "100")},
		{"\ufefftotal_jobs = 100\n", line("total_jobs", "100")},
		{"\ufeff# 100 jobs\n", nil},
		{"total_jobs = 100 # of 1000", line("total_jobs", "100")},
		{"input_files = ", line("input_files", "")},
		{"input_files = # none", line("input_files", "")},
		{`input_files = "data.h5, dependencies.exe"`, line("input_files", `"data.h5, dependencies.exe"`)},
		{"indexed_stdout = logs/out.log", line("indexed_stdout", "logs/out.log")},
		{"log = run#1.log", line("log", "run#1.log")},
		{`batch_name = "run # 1" # one`, line("batch_name", `"run # 1"`)},
		{"requirements = Machine == \"a\" # not b", line("requirements", `Machine == "a"`)},
		{`requirements = A >= 1 && B =?= 1 && 'a = b' =!= "c = d"`, line("requirements", `A >= 1 && B =?= 1 && 'a = b' =!= "c = d"`)},
		// Settings that are passed on are unchanged, even with a "#".
		{"condor.x = a # b ", line("condor.x", "a # b")},
		{"+Project = \"a # b\"", line("+Project", `"a # b"`)},
		{"CONDOR.x == 1", line("CONDOR.x", "= 1")},
	} {
		f, errs := parse(t, test.in)
		if errs != nil || !slices.Equal(f.Lines, test.want) {
			t.Errorf("%q: %+v, %q\nwant %+v", test.in, f.Lines, errs, test.want)
		}
	}
}

// Line numbers, with comments, empty lines and all kinds of line ends.
func TestNumbersOfLines(t *testing.T) {
	for text, want := range map[string]string{
		"executable=foo.exe\nindexed_log=logs/log.log\ntotal_jobs=10":                         "1:executable 2:indexed_log 3:total_jobs",
		"# 100 products\n\nexecutable  = matprod\n\n\ntotal_jobs = 100   # many\n# the end\n": "3:executable 6:total_jobs",
		"\ufeff\ntotal_jobs = 3\r\nexecutable = a\r\n\r\n# last\r\nslots = 3\r\n":             "2:total_jobs 3:executable 6:slots",
		"total_jobs = 3\nexecutable = a\r\nslots = 3":                                         "1:total_jobs 2:executable 3:slots",
	} {
		f, errs := parse(t, text)
		var got []string
		for _, l := range f.Lines {
			got = append(got, fmt.Sprintf("%d:%s", l.Number, l.Name))
		}
		if errs != nil || strings.Join(got, " ") != want {
			t.Errorf("%q: %s, %q; want %s", text, got, errs, want)
		}
	}
}

// Each fault of a line has its own message, with the place, and one error joins all of them.
func TestLinesThatAreRefused(t *testing.T) {
	for _, test := range []struct{ in, want string }{
		{"total_jobs", `run:1: "total_jobs" is not of the form NAME = VALUE`},
		{" jobs 100", `run:1: "jobs 100" is not of the form NAME = VALUE`},
		{"= 3", `run:1: no name before the "="`},
		{"totl_jobs = 3", `run:1: unknown attribute totl_jobs; did you mean total_jobs?`},
		{"jobs_total = 3", `run:1: unknown attribute jobs_total; did you mean total_jobs?`},
		{"indexed_input = a", `run:1: unknown attribute indexed_input; did you mean indexed_input_files?`},
		{"memory = 3GB", `run:1: unknown attribute memory; did you mean request_memory?`},
		{"\n\nlogs = x\n", `run:3: unknown attribute logs; did you mean log?`},
		{"total_jobs = 3\n\nTOTAL_JOBS = 4", `run:3: TOTAL_JOBS is already set on line 1`},
		{"+A = 3\n+a = 4", `run:2: +a is already set on line 1`},
		{"rank = Mips", `run:1: rank: write condor.rank, which passes it on unchanged`},
		{"condor.queue = 3", `run:1: condor.queue: write total_jobs`},
		{"condor.log = a", `run:1: condor.log: write log`},
		{"Condor.Output = a", `run:1: Condor.Output: write stdout`},
		{"condor.MAX_RETRIES = 5", `run:1: condor.MAX_RETRIES: write max_retries`},
		{"condor.transfer_output_files = a", `run:1: condor.transfer_output_files: write indexed_output_files`},
		{"condor.arguments = a", `run:1: condor.arguments: write arguments`},
		{"condor.periodic_release = true", `run:1: condor.periodic_release: cannot be set: matsubmit and matwatch rely on the value that matsubmit writes`},
		{"condor.output_destination = file:///x/", `run:1: condor.output_destination: cannot be set: matsubmit and matwatch rely on the value that matsubmit writes`},
		{"condor.transfer_error = false", `run:1: condor.transfer_error: cannot be set: matsubmit and matwatch rely on the value that matsubmit writes`},
		{"condor.shell = ls", `run:1: condor.shell: write executable`},
		{"+PeriodicHold = true", `run:1: +PeriodicHold: cannot be set: matsubmit and matwatch rely on the value that matsubmit writes`},
		{"condor.my.OnExitHold = true", `run:1: condor.my.OnExitHold: cannot be set: matsubmit and matwatch rely on the value that matsubmit writes`},
		{"condor.a b = 3", `run:1: condor.a b: a name has only letters, digits, _ and .`},
		{"+ = 3", `run:1: + is not a name`},
		{`condor.rank = Mips \`, `run:1: condor.rank: a "\" at the end would continue the line`},
		{"condor. = 3", `run:1: condor. is not a name`},
		{strings.Repeat("x", 50) + " = 3", "run:1: unknown attribute " + strings.Repeat("x", 40) + "…"},
		{"slots = 0\nsum = maybe\nnonsense", "run:1: slots: \"0\" is not a whole number from 1 to 1000000\nrun:2: sum: must be yes or no, not \"maybe\"\nrun:3: \"nonsense\" is not of the form NAME = VALUE"},
	} {
		if _, errs := parse(t, test.in); strings.Join(errs, "\n") != test.want {
			t.Errorf("%q:\n%s\nwant\n%s", test.in, strings.Join(errs, "\n"), test.want)
		}
	}
}

// Each error of a file has a place, and a file without errors makes a request, or errors
// with a place too. No odd character comes through.
func FuzzParse(f *testing.F) {
	f.Add("total_jobs = 3\nsum=yes # x\r\n\n+A = \"#\"\n")
	f.Add("stdout = logs/$(index).out\nrequest_memory = 1.5 GB\nmax_run_time=1h30m\narguments = a 'b c'")
	f.Add("\ufeffoperating_systems = Linux,windows\nproducts_per_job=auto")
	f.Add(inUTF16(binary.LittleEndian, "\ufefftotal_jobs = 3\r\nlog = \u00a0a.log\r\n"))
	f.Add("log = \u201cr\xe9sultats\u201d\rinput_files = a,\u00a0b\r\x1a")
	f.Fuzz(func(t *testing.T, content string) {
		if _, err := Decode([]byte(content)); err != nil || len(content) > 10_000 {
			return // quadratic
		}
		file, errs := parse(t, content)
		for _, line := range errs {
			if !strings.HasPrefix(line, "run:") {
				t.Errorf("%q has no place", line)
			}
		}
		for _, l := range file.Lines {
			if _, msg := oddCharacter(l.Name + l.Value); msg != "" {
				t.Errorf("%+v has %s", l, msg)
			}
		}
		if errs != nil {
			return
		}
		q, err := file.Request(set("total_jobs", "3"))
		for _, line := range messages(t, err) {
			if !strings.HasPrefix(line, "run:") {
				t.Errorf("%q has no place", line)
			}
		}
		if err == nil && q.TotalJobs != 3 {
			t.Error(q.TotalJobs)
		}
	})
}
