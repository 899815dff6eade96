package record

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

func run100() Run {
	r := Run{File: "run_product", Family: family, Inputs: []string{"inputA$(index).npy", "inputB$(index).npy"}, Outputs: []string{"output$(index).npy"},
		Stdout: "logs/$(index).out", Total: 100, By: "matsubmit v1.2", Machine: "submit", Time: noon}
	for i := range 10 {
		r.Jobs = append(r.Jobs, Job{i, 10 * i, 10})
	}
	r.ID = Identify(r.Family, r.Outputs)
	return r
}

// A run is a line, too: which jobs there are, and where their files are.
func TestRunLine(t *testing.T) {
	r := run100()
	want := "run\trun_product\t\t" + r.ID.String() + "\trun first=0 jobs=0-9:0-99 outputs=output$(index).npy stdout=logs/$(index).out total=100" +
		" of product a=inputA$(index).npy b=inputB$(index).npy\tinputA$(index).npy,inputB$(index).npy\tmatsubmit v1.2\tsubmit\t2026-11-30T12:00:00Z"
	if got := r.Line(); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	strange := r
	strange.File, strange.Outputs, strange.Stdout, strange.Sum = hostile, []string{hostile, "b"}, hostile, true
	strange.Expected = 200 * time.Second
	strange.Jobs = []Job{{7, 70, 3}, {8, 73, 3}, {9, 80, 1}, {112, 3, 2}}
	for _, r := range []Run{r, strange} {
		got, err := ParseRun(r.Line())
		if err != nil || !reflect.DeepEqual(got, r) {
			t.Errorf("%v, %v\nwant %v", got, err, r)
		}
		if _, err := ParseLine(r.Line()); err == nil {
			t.Error("a run is taken for an output")
		}
	}
	for _, test := range []struct {
		jobs []Job
		want string
	}{
		{nil, ""},
		{strange.Jobs, "7-8:70-75,9:80,112:3-4"},
		{[]Job{{0, 0, 3}, {1, 3, 3}, {2, 6, 2}}, "0-1:0-5,2:6-7"},
		{[]Job{{0, 0, 3}, {5, 3, 3}}, "0:0-2,5:3-5"},
	} {
		got := formatJobs(test.jobs)
		if back, err := parseJobs(got, false); got != test.want || err != nil || !reflect.DeepEqual(back, test.jobs) {
			t.Errorf("%s, want %s; %v, %v", got, test.want, back, err)
		}
	}
	for _, bad := range []string{"0:0-10000000", "0", "0:", ":0", "0-2:0-1", "0-2:0-3", "1-0:0-3", "0:x", "0-99999999:0-99999999", ","} {
		if jobs, err := parseJobs(bad, false); err == nil {
			t.Errorf("%q is taken for %v", bad, jobs)
		}
	}
}

// The identity of a run is that of its recipe and its outputs' names.
func TestIdentify(t *testing.T) {
	id := Identify(family, []string{"output.npy"})
	for _, other := range []struct {
		family  Recipe
		outputs []string
		more    []string
	}{
		{family.with("transpose", "a"), []string{"output.npy"}, nil},
		{family, []string{"output2.npy"}, nil},
		{family, []string{"output.npy", "x"}, nil},
		{family, []string{"output.npy,x"}, nil},
		{family, []string{"output.npy"}, []string{"x"}},
	} {
		if Identify(other.family, other.outputs, other.more...) == id {
			t.Errorf("%v has the same identity", other)
		}
	}
}

// The records in a job's stdout are found among whatever else it prints.
func TestParseStdout(t *testing.T) {
	a, b := product(1, "a"), product(2, "b")
	b.By = strings.Repeat("matprod ", 50_000)
	line := a.StdoutLine()
	for text, want := range map[string][]Record{
		"":                                 nil,
		"hello\n" + line:                   {a},
		line + b.StdoutLine() + "bye":      {a, b},
		strings.TrimSuffix(line, "\n"):     nil, // still being written
		"x" + line:                         nil,
		strings.Repeat("x", 64<<10) + line: nil,
		strings.Repeat("x", 1<<20) + "\n" + line + strings.Repeat("y", 1<<20): {a},
		strings.Replace(line, "\n", "\r\n", 1):                                {a},
		"matpool-record\tkind\n" + line:                                       {a},
		"\x00\xff\n\n" + line:                                                 {a},
	} {
		got, err := ParseStdout(strings.NewReader(text))
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%.50q (%d bytes): %d records, want %d; %v", text, len(text), len(got), len(want), err)
		}
	}
}

// Records of jobs are found by way of their run: of products, of sums, of jobs that were submitted again.
func TestRecordsOfJobs(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "logs"), 0o777); err != nil {
		t.Fatal(err)
	}
	products := run100()
	products.Outputs = []string{"c/output$(index).npy"}
	products.Jobs = append(products.Jobs, Job{113, 13, 2}) // of -resubmit
	sums := run100()
	sums.File, sums.Sum, sums.Outputs, sums.Stdout = "run_sum", true, []string{"partial$(index).npz"}, "logs/sum$(first)+$(count).out"
	sums.ID = Identify(Sum(family, nil), sums.Outputs)
	for _, r := range []Run{products, sums} {
		if err := AppendRun(dir, r); err != nil {
			t.Fatal(err)
		}
	}
	partial := product(0, "sum")
	partial.Name, partial.Recipe = "partial3.npz", Sum(family, Ranges{{30, 39}})
	write(t, filepath.Join(dir, "logs/1.out"), product(12, "x").StdoutLine()+product(13, "y").StdoutLine())
	write(t, filepath.Join(dir, "logs/113.out"), product(13, "z").StdoutLine())
	write(t, filepath.Join(dir, "logs/sum30+10.out"), partial.StdoutLine())

	f := mustLoad(t, dir)
	for name, want := range map[string]string{
		"c/output12.npy":  hashOf("x").String(),
		"c/output13.npy":  hashOf("y").String() + " " + hashOf("z").String(),
		"partial3.npz":    hashOf("sum").String(),
		"c/output14.npy":  "",
		"output12.npy":    "",
		"c/output12.npz":  "",
		"c/output012.npy": "",
		"partial4.npz":    "",
	} {
		var hashes []string
		for _, r := range f.Of(name) {
			if r.Name != name {
				t.Errorf("%s has the record of %s", name, r.Name)
			}
			hashes = append(hashes, r.Hash.String())
		}
		if got := strings.Join(hashes, " "); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
	if got := fmt.Sprint(f.Names()); got != "[c/output12.npy c/output13.npy partial3.npz]" {
		t.Error(got)
	}
	if got := sums.Partial(sums.Jobs[3]).String(); got != partial.Recipe.String() || products.Product(13).String() != family.At(13).String() {
		t.Error(got)
	}
}

// The latest run of a submission file counts. Earlier ones that made something else are kept.
func TestLatestRun(t *testing.T) {
	dir := t.TempDir()
	first, again, other := run100(), run100(), run100()
	again.Time = noon.Add(time.Hour)
	other.Family = family.with("transpose", "a")
	other.ID = Identify(other.Family, other.Outputs)
	for _, r := range []Run{first, other, again} {
		if err := AppendRun(dir, r); err != nil {
			t.Fatal(err)
		}
	}
	f := mustLoad(t, dir)
	if got := f.Runs(); !reflect.DeepEqual(got, []Run{other, again}) {
		t.Error(got)
	}
	if got, ok := f.Latest("run_product"); !ok || !got.Time.Equal(again.Time) {
		t.Error(got, ok)
	}
	if _, ok := f.Latest("run"); ok {
		t.Error("a run that is not there")
	}
}
