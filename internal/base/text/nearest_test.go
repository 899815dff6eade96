package text

import "testing"

// A few edits or swapped neighbours give a short distance.
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
