package condor

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

// messages returns the lines of an error, which must be SyntaxErrors all.
func messages(t testing.TB, err error) []string {
	t.Helper()
	if err == nil {
		return nil
	}
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		t.Fatalf("%v: not joined", err)
	}
	var lines []string
	for _, err := range joined.Unwrap() {
		if _, ok := err.(*SyntaxError); !ok {
			t.Errorf("%v: a %T", err, err)
		}
		lines = append(lines, err.Error())
	}
	return lines
}

// parse parses a file and holds it against what every file must be: printed, it is
// the text; parsed again, it is the same.
func parse(t testing.TB, text string) (*File, []string) {
	t.Helper()
	f, err := Parse("run", text)
	if got := f.String(); got != text {
		t.Fatalf("printed %q\nwant    %q", got, text)
	}
	again, err2 := Parse("run", f.String())
	if !reflect.DeepEqual(again, f) || fmt.Sprint(err2) != fmt.Sprint(err) {
		t.Fatalf("parsed again: %+v, %v\nwant %+v, %v", again, err2, f, err)
	}
	return f, messages(t, err)
}

// A line has its parts, in every spelling that was seen in real files.
func TestLines(t *testing.T) {
	for _, test := range []struct {
		in   string
		want Line
	}{
		{"", Line{}},
		{"  \t", Line{Indent: "  \t"}},
		{"# total_jobs = 3", Line{Rest: "# total_jobs = 3"}},
		{"  #", Line{Indent: "  ", Rest: "#"}},
		{"total_jobs=100", Line{Name: "total_jobs", Equals: "=", Value: "100"}},
		{"total_jobs = 100", Line{Name: "total_jobs", Equals: " = ", Value: "100"}},
		{"\ttotal_jobs\t\t=100 ", Line{Indent: "\t", Name: "total_jobs", Equals: "\t\t=", Value: "100", Rest: " "}},
		{"Total_Jobs =100\r\n", Line{Name: "Total_Jobs", Equals: " =", Value: "100", End: "\r\n"}},
		{"\ufefftotal_jobs = 100\n", Line{Indent: "\ufeff", Name: "total_jobs", Equals: " = ", Value: "100", End: "\n"}},
		{"total_jobs = 100 # of 1000", Line{Name: "total_jobs", Equals: " = ", Value: "100", Rest: " # of 1000"}},
		{"input_files = ", Line{Name: "input_files", Equals: " = "}},
		{"input_files = # none", Line{Name: "input_files", Equals: " = ", Rest: "# none"}},
		{`input_files = "data.h5, dependencies.exe"`, Line{Name: "input_files", Equals: " = ", Value: `"data.h5, dependencies.exe"`}},
		{"indexed_stdout = logs/out.log", Line{Name: "indexed_stdout", Equals: " = ", Value: "logs/out.log"}},
		{"log = run#1.log", Line{Name: "log", Equals: " = ", Value: "run#1.log"}},
		{`batch_name = "run # 1" # one`, Line{Name: "batch_name", Equals: " = ", Value: `"run # 1"`, Rest: " # one"}},
		{"requirements = Machine == \"a\" # not b", Line{Name: "requirements", Equals: " = ", Value: `Machine == "a"`, Rest: " # not b"}},
		// What is passed on is passed on word for word, a "#" too.
		{"condor.x = a # b ", Line{Name: "condor.x", Equals: " = ", Value: "a # b", Rest: " "}},
		{"+Project = \"a # b\"", Line{Name: "+Project", Equals: " = ", Value: `"a # b"`}},
		{"CONDOR.x == 1", Line{Name: "CONDOR.x", Equals: " =", Value: "= 1"}},
	} {
		f, errs := parse(t, test.in)
		want := []Line{test.want}
		if test.in == "" {
			want = nil
		}
		if errs != nil || !reflect.DeepEqual(f.Lines, want) {
			t.Errorf("%q: %+v, %q\nwant %+v", test.in, f.Lines, errs, want)
		}
	}
}

// Whole files, with comments, blank lines and every kind of line's end.
func TestFilesArePrintedAsTheyWere(t *testing.T) {
	for _, text := range []string{
		"executable=foo.exe\nindexed_input_files=input.mat\nindexed_output_files=output.mat\nindexed_log=logs/log.log\ntotal_jobs=10",
		"# 100 products\n\nexecutable           = matprod\n\nindexed_input_files  = inputA.npy, inputB.npy   # the factors\nindexed_output_files = output.npy\n\n\ntotal_jobs           = 100\n",
		"total_jobs = 3\r\nexecutable = a\r\n\r\n# last\r\n",
		"total_jobs = 3\nexecutable = a\r\nslots = 3",
		"\n\n\n",
		"\r\n",
		"total_jobs = 1\r",
	} {
		if _, errs := parse(t, text); errs != nil && !strings.HasSuffix(text, "\r") {
			t.Errorf("%q: %q", text, errs)
		}
	}
}

// Every way in which a line can be wrong has its message, which names the place, and
// all of them are told at once. Such a file is printed as it was too.
func TestLinesThatAreRefused(t *testing.T) {
	for _, test := range []struct{ in, want string }{
		{"total_jobs", `run:1: "total_jobs" is not of the form NAME = VALUE`},
		{" queue 100", `run:1: "queue 100" is not of the form NAME = VALUE`},
		{"= 3", `run:1: there is no name before the "="`},
		{"totl_jobs = 3", `run:1: unknown attribute totl_jobs; the nearest known one is total_jobs`},
		{"jobs_total = 3", `run:1: unknown attribute jobs_total; the nearest known one is total_jobs`},
		{"indexed_input = a", `run:1: unknown attribute indexed_input; the nearest known one is indexed_input_files`},
		{"memory = 3GB", `run:1: unknown attribute memory; the nearest known one is request_memory`},
		{"\n\nlogs = x\n", `run:3: unknown attribute logs; the nearest known one is log`},
		{"total_jobs = 3\n\nTOTAL_JOBS = 4", `run:3: TOTAL_JOBS has a value already, on line 1`},
		{"+A = 3\n+a = 4", `run:2: +a has a value already, on line 1`},
		{"python_script = product.py", `run:1: python_script: no Python runs on the machines: leave this line out, matprod does what product.py did; for another program write executable = NAME`},
		{"python_version = python_3.7.4", `run:1: python_version: no Python runs on the machines: leave this line out`},
		{"R_script = x.R", `run:1: R_script: only programs that run by themselves are sent: write executable = NAME`},
		{"runtime = 240", `run:1: runtime: write max_run_time, in minutes or as 30s or 2h`},
		{"universe = vanilla", `run:1: universe: leave it out, it is set for you; condor.universe passes it on all the same`},
		{"rank = Mips", `run:1: rank: write condor.rank, which passes it on word for word`},
		{"condor.queue = 3", `run:1: condor.queue: write total_jobs`},
		{"condor.a b = 3", `run:1: condor.a b: a name has letters, digits, _ and . only`},
		{"+ = 3", `run:1: + is no name`},
		{`condor.rank = Mips \`, `run:1: condor.rank: a "\" at the end would join the next line to this one`},
		{"condor. = 3", `run:1: condor. is no name`},
		{strings.Repeat("x", 50) + " = 3", "run:1: unknown attribute " + strings.Repeat("x", 40) + "…"},
		{"slots = 0\nsum = maybe\nnonsense", "run:1: slots: \"0\" is not a whole number from 1 to 1000000\nrun:2: sum: \"maybe\" is neither yes nor no\nrun:3: \"nonsense\" is not of the form NAME = VALUE"},
	} {
		if _, errs := parse(t, test.in); strings.Join(errs, "\n") != test.want {
			t.Errorf("%q:\n%s\nwant\n%s", test.in, strings.Join(errs, "\n"), test.want)
		}
	}
}

// Names are near that differ by few letters, and by letters that have changed places.
func TestDistance(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"", "abc", 3}, {"abc", "", 3}, {"abc", "abc", 0}, {"abc", "axc", 2},
		{"abc", "abxc", 1}, {"abc", "ac", 1}, {"abc", "acb", 1}, {"abcd", "badc", 2}, {"kitten", "sitting", 5},
	} {
		if got := distance(test.a, test.b); got != test.want {
			t.Errorf("distance(%q, %q) = %d, want %d", test.a, test.b, got, test.want)
		}
	}
}

// The table is what the parser goes by: each default is a value that it takes, and
// the help has a line for each attribute.
func TestAttributes(t *testing.T) {
	help := AttributesHelp()
	for _, a := range Attributes() {
		if a.Default != "" {
			if err := checkValue(a, a.Default); err != nil {
				t.Errorf("default of %s: %v", a.Name, err)
			}
		}
		if !strings.Contains("\n"+help, "\n"+a.Name+" ") {
			t.Errorf("no help for %s", a.Name)
		}
		if instead(a.Name) != "" {
			t.Errorf("%s is an attribute, and there is something to write instead", a.Name)
		}
	}
	if got, want := strings.Count(help, "\n"), len(Attributes())+2; got != want {
		t.Errorf("%d lines of help, want %d", got, want)
	}
	Attributes()[0].Name = "changed"
	if _, ok := attribute("executable"); !ok {
		t.Error("the table can be changed")
	}
}

// Whatever a file holds, it is printed as it was, and a file without fault has values
// that a job can be made of.
func FuzzParse(f *testing.F) {
	f.Add("total_jobs = 3\nsum=yes # x\r\n\n+A = \"#\"\n")
	f.Add("stdout = logs/$(index).out\nrequest_memory = 1.5 GB\nmax_run_time=1h30m\narguments = a 'b c'")
	f.Add("\ufeffoperating_systems = Linux,windows\nproducts_per_job=auto")
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 10_000 || !utf8.ValidString(text) {
			return // quadratic, or not for %q to print
		}
		file, errs := parse(t, text)
		if errs != nil {
			return
		}
		job, err := file.Job(Setting{"total_jobs", "3"})
		for _, line := range messages(t, err) {
			if !strings.HasPrefix(line, "run:") {
				t.Errorf("%q does not say where", line)
			}
		}
		if err == nil && job.TotalJobs != 3 {
			t.Error(job.TotalJobs)
		}
	})
}
