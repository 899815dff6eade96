package condor

import (
	"slices"
	"testing"
)

// ParseNote parses what FormatNote returns, and no other text.
func TestNote(t *testing.T) {
	for _, want := range []Note{{First: 0, Count: 1, Starts: 4, Jobs: 3}, {First: 70, Count: 10, Starts: 1, Jobs: 1}, {First: 0, Count: 10, Starts: 3, Jobs: 3, Sum: true},
		{First: 7, Count: 1, Starts: 4, Jobs: 3, Local: true}, {Count: 10, Starts: 1, Jobs: 1, Sum: true, Local: true, Random: "42/1000/uniform"},
		{First: 7, Count: 1, Starts: 4, Jobs: 3, Unit: "job"}, {First: 7, Count: 1, Starts: 4, Jobs: 3, Unit: "job", Local: true},
		{First: 0, Count: 1, Starts: 4, Jobs: 3, Random: "42/1000/uniform"}, {First: 0, Count: 10, Starts: 3, Jobs: 3, Sum: true, Random: "1/5/integers:-1:4/int8"}} {
		text := FormatNote("$(first)", "$(count)", want)
		if got, ok := ParseNote(Template(text).Expand(9, want.First, want.Count)); got != want || !ok {
			t.Errorf("%q: %v, %t; want %v", text, got, ok, want)
		}
	}
	if n, ok := ParseNote("first=7 count=1 starts=4"); n != (Note{First: 7, Count: 1, Starts: 4}) || !ok {
		t.Errorf("an older note, without the number of jobs: %v, %t", n, ok)
	}
	for _, text := range []string{"", "DAG Node: A", "first=1 count=1 starts=1 jobs=", "first=1 count=1 starts=1 sum=yes", "first=1 count=1 starts=1 jobs=1 sum=no", "first=1", "first=a count=1 starts=1", "first=1 count=1 starts=1 or so", "first=1 count=1000001 starts=1",
		"first=1 count=1 starts=1 jobs=1 local=yes sum=yes", "first=1 count=1 starts=1 jobs=1 local=no", "first=1 count=1 starts=1 jobs=1 outputs=a b", "first=1 count=1 starts=1 jobs=1 random=a b", "first=1 count=1 starts=1 jobs=1 random=a sum=yes"} {
		if n, ok := ParseNote(text); ok {
			t.Errorf("%q: %v", text, n)
		}
	}
}

func TestSubject(t *testing.T) {
	for want, n := range map[string]Note{"product 7": {First: 7, Count: 1}, "products 70 to 79": {First: 70, Count: 10}, "job 7": {First: 7, Count: 1, Unit: "job"}} {
		if got := n.Subject(); got != want || !IsOwnReason(got+": ") {
			t.Errorf("%+v: %q, want %q", n, got, want)
		}
	}
}

// A note names the job's outputs: job 9 has products 70 to 71.
func TestNoteNamesOutputs(t *testing.T) {
	for _, test := range []struct {
		sum     bool
		outputs []string
		text    string
		want    []string
	}{
		{false, []string{"../c.npy"}, "first=70 count=2 starts=4 jobs=3 from=run%20it.sub outputs=../c.npy", []string{"../c70.npy", "../c71.npy"}},
		{false, []string{"r$(index)/a, b.txt", `$$(x)%20"\.txt`}, "first=70 count=2 starts=4 jobs=3 from=run%20it.sub outputs=r%24(index)/a%2C%20b.txt,%24%24(x)%2520%22%5C.txt",
			[]string{"r70/a, b.txt", "r71/a, b.txt", `$$(x)%20"\70.txt`, `$$(x)%20"\71.txt`}},
		{true, []string{"s$/p.npz"}, "first=70 count=2 starts=4 jobs=3 sum=yes from=run%20it.sub outputs=s%24/p9.npz", []string{"s$/p9.npz"}},
	} {
		note := Note{Starts: 4, Jobs: 3, Sum: test.sum}.Returns("run it.sub", test.outputs)
		text := Template(FormatNote("$(first)", "$(count)", note)).Expand(9, 70, 2)
		got, ok := ParseNote(text)
		if !ok || text != test.text || !slices.Equal(got.Outputs(), test.want) || got.Description() != "run it.sub" {
			t.Errorf("%q: %q, outputs %q, from %q; want %q", test.outputs, text, got.Outputs(), got.Description(), test.want)
		}
	}
	if n := (Note{}).Returns("x.sub", []string{string(make([]byte, 8000))}); n != (Note{}) {
		t.Error("HTCondor would cut off this note")
	}
}
