package condor

import (
	"reflect"
	"slices"
	"strings"
	"testing"
)

// A note is the text that it is parsed from, with any names; no other text is a note.
func TestNote(t *testing.T) {
	names := []string{"c.npy", "../a b/$(index)%20,\"x\".txt", `\%24$$(DOLLAR)`, "é=数"}
	for _, n := range []Note{
		{Count: 1, Starts: 4, Jobs: 3},
		{First: 70, Count: 10, Starts: 1, Jobs: 1, Description: names[1], Outputs: names},
		{Count: 10, Starts: 3, Jobs: 3, Sum: true, Outputs: names[:1]},
		{First: 7, Count: 1, Starts: 4, Jobs: 3, Unit: "job", Description: names[2]},
		{Count: 10, Starts: 1, Jobs: 1, Sum: true, Unit: "job", Local: true, Random: "1/5/integers:-1:4/int8", Description: names[3], Outputs: names},
		{Count: 1, Starts: 1, Jobs: 1, Random: "1/5/uniform", ID: "99aa06d3014798d86001c324468d497f", Description: "x"},
		{Count: 1, Starts: 1, Jobs: 1, Hold: true, Random: "1/5/uniform"},
		{First: 1_000_000_000, Count: 1_000_000, Local: true},
	} {
		if got, ok := ParseNote(n.String()); !ok || !reflect.DeepEqual(got, n) {
			t.Errorf("%q: %+v, %t; want %+v", n, got, ok, n)
		}
	}
	for _, text := range []string{"", "DAG Node: A", "first=1", "first=1 count=1 starts=4", "first=1 count=1 starts=1 jobs=", "first=a count=1 starts=1 jobs=1", "first=01 count=1 starts=1 jobs=1",
		"count=1 first=1 starts=1 jobs=1", "first=1 count=1 starts=1 jobs=1 or so", "first=1 count=1 starts=1 jobs=1 ", "first=1 first=1 count=1 starts=1 jobs=1", " first=1 count=1 starts=1 jobs=1",
		"first=-1 count=1 starts=1 jobs=1", "first=1 count=-1 starts=1 jobs=1", "first=1 count=1 starts=-1 jobs=1", "first=1 count=1 starts=1 jobs=-1",
		"first=1000000001 count=1 starts=1 jobs=1", "first=1 count=1000001 starts=1 jobs=1", "first=99999999999999999999 count=1 starts=1 jobs=1",
		"first=1 count=1 starts=1 jobs=1 sum=no", "first=1 count=1 starts=1 jobs=1 local=yes sum=yes", "first=1 count=1 starts=1 jobs=1 random=a b", "first=1 count=1 starts=1 jobs=1 outputs=", "first=1 count=1 starts=1 jobs=1 outputs=%2c"} {
		if n, ok := ParseNote(text); ok || !reflect.DeepEqual(n, Note{}) {
			t.Errorf("%q: %v, %t", text, n, ok)
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

// HTCondor inserts the numbers of each job: job 9 has products 70 to 71.
func TestNoteOfJobs(t *testing.T) {
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
		note := Note{Starts: 4, Jobs: 3, Sum: test.sum, Description: "run it.sub", Outputs: slices.Clone(test.outputs)}
		text := note.Template("$(first)", "$(count)").Expand(9, 70, 2)
		got, ok := ParseNote(text)
		if !ok || text != test.text || !slices.Equal(got.OutputNames(), test.want) || !slices.Equal(note.Outputs, test.outputs) {
			t.Errorf("%q: %q, outputs %q; want %q", test.outputs, text, got.OutputNames(), test.want)
		}
	}
}

// HTCondor would cut off a note with long names: it has none.
func TestLongNote(t *testing.T) {
	short := Note{Description: strings.Repeat("x", 2000), Outputs: []string{strings.Repeat("y", 2000)}}
	if text := short.Template("0", "1"); !strings.Contains(string(text), "outputs=yyy") {
		t.Error("the names are lost")
	}
	for _, long := range []Note{{Description: short.Description + "x", Outputs: short.Outputs}, {Description: short.Description, Outputs: []string{short.Outputs[0] + "y"}}} {
		if text := long.Template("0", "1"); text != "first=0 count=1 starts=0 jobs=0" {
			t.Error(text)
		}
	}
}
