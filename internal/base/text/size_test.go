package text

import (
	"strings"
	"testing"
)

// Sizes are in powers of 1024; without a unit they are none.
func TestParseSize(t *testing.T) {
	for value, want := range map[string]int64{"1B": 1, "512MB": 512 << 20, "1.5 gb": 3 << 29, "2GiB": 2 << 30, "1K": 1 << 10, "3T": 3 << 40, "1024TB": 1 << 50} {
		if got, err := ParseSize(value); got != want || err != nil {
			t.Errorf("%q: %d, %v; want %d", value, got, err, want)
		}
	}
	for value, says := range map[string]string{"": "is not a size", "512": "is not a size", "GB": "is not a size", "1GB 2MB": "is not a size",
		"2PB": "the units are", "0MB": "is not between 1 B", "2000TB": "is not between 1 B"} {
		if _, err := ParseSize(value); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v, want %q", value, err, says)
		}
	}
}
