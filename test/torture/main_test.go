package main

import (
	"slices"
	"testing"
)

// Lines that differ only in numbers are added up.
func TestLogged(t *testing.T) {
	got := logged(`=== RUN   TestKilled
    kill_test.go:210: of 45, 20 were stopped, 100% of 3.5 s: map[0:1]
    kill_test.go:210: of 45, 13 were stopped, 100% of 3.5 s: map[0:1]
    kill_test.go:214: seldom
--- PASS: TestKilled (1.00s)
    --- PASS: TestKilled/matinit (1.00s)
    --- SKIP: TestKilled/matprod (1.00s)
`)
	want := []string{"2 tests passed, 1 left out", "of 90, 33 were stopped, 200% of 3.5 s: map[0:1]", "seldom"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
