package submit

import (
	"fmt"
	"strings"
	"testing"
)

// Products are divided in order; the last job has what is left.
func TestRanges(t *testing.T) {
	for _, test := range []struct {
		first, total, perJob int
		want                 string
	}{
		{0, 3, 1, "0:0+1 1:1+1 2:2+1"},
		{5, 2, 1, "5:5+1 6:6+1"},
		{0, 5, 2, "0:0+2 1:2+2 2:4+1"},
		{10, 4, 2, "0:10+2 1:12+2"},
		{3, 2, 100, "0:3+2"},
		{0, 0, 1, ""},
	} {
		var got []string
		for _, j := range ranges(test.first, test.total, test.perJob) {
			got = append(got, fmt.Sprintf("%d:%d+%d", j.Index, j.First, j.Count))
		}
		if strings.Join(got, " ") != test.want {
			t.Errorf("%d products from %d, %d each: %q, want %q", test.total, test.first, test.perJob, got, test.want)
		}
	}
}
