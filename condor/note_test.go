package condor

import "testing"

// ParseNote parses what FormatNote returns, and no other text.
func TestNote(t *testing.T) {
	for _, want := range []Note{{First: 0, Count: 1, Starts: 4, Jobs: 3}, {First: 70, Count: 10, Starts: 1, Jobs: 1}, {First: 0, Count: 10, Starts: 3, Jobs: 3, Sum: true}} {
		text := FormatNote("$(first)", "$(count)", want.Starts, want.Jobs, want.Sum)
		if got, ok := ParseNote(Template(text).Expand(9, want.First, want.Count)); got != want || !ok {
			t.Errorf("%q: %v, %t; want %v", text, got, ok, want)
		}
	}
	for _, want := range []Note{{First: 7, Count: 1, Starts: 4, Jobs: 3, Local: true}, {Count: 10, Starts: 1, Jobs: 1, Sum: true, Local: true}} {
		if got, ok := ParseNote(want.String()); got != want || !ok {
			t.Errorf("%q: %v, %t", want, got, ok)
		}
	}
	if n, ok := ParseNote("first=7 count=1 starts=4"); n != (Note{First: 7, Count: 1, Starts: 4}) || !ok {
		t.Errorf("an older note, without the number of jobs: %v, %t", n, ok)
	}
	for _, text := range []string{"", "DAG Node: A", "first=1 count=1 starts=1 jobs=", "first=1 count=1 starts=1 sum=yes", "first=1 count=1 starts=1 jobs=1 sum=no", "first=1 count=1 starts=1 jobs=1 local=yes sum=yes", "first=1 count=1 starts=1 jobs=1 sum=yeslocal=yes x", "first=1", "first=a count=1 starts=1", "first=1 count=1 starts=1 or so", "first=1 count=1000001 starts=1"} {
		if n, ok := ParseNote(text); ok {
			t.Errorf("%q: %v", text, n)
		}
	}
}
