package condor

import "testing"

// ParseNote parses what FormatNote returns, and no other text.
func TestNote(t *testing.T) {
	for _, want := range []Note{{0, 1, 4, 3, false, ""}, {70, 10, 1, 1, false, ""}, {0, 10, 3, 3, true, ""},
		{0, 1, 4, 3, false, "42/1000/uniform"}, {0, 10, 3, 3, true, "1/5/integers:-1:4/int8"}} {
		text := FormatNote("$(first)", "$(count)", want.Starts, want.Jobs, want.Sum, want.Random)
		if got, ok := ParseNote(Template(text).Expand(9, want.First, want.Count)); got != want || !ok {
			t.Errorf("%q: %v, %t; want %v", text, got, ok, want)
		}
	}
	if n, ok := ParseNote("first=7 count=1 starts=4"); n != (Note{First: 7, Count: 1, Starts: 4}) || !ok {
		t.Errorf("an older note, without the number of jobs: %v, %t", n, ok)
	}
	for _, text := range []string{"", "DAG Node: A", "first=1 count=1 starts=1 jobs=", "first=1 count=1 starts=1 sum=yes", "first=1 count=1 starts=1 jobs=1 sum=no", "first=1 count=1 starts=1 jobs=1 random=", "first=1 count=1 starts=1 jobs=1 random=a b", "first=1 count=1 starts=1 jobs=1 random=a sum=yes", "first=1 count=1 starts=1 jobs=1 sum=yes sum=yes", "first=1", "first=a count=1 starts=1", "first=1 count=1 starts=1 or so", "first=1 count=1000001 starts=1"} {
		if n, ok := ParseNote(text); ok {
			t.Errorf("%q: %v", text, n)
		}
	}
}
