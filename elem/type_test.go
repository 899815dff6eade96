package elem

import (
	"os"
	"strings"
	"testing"
)

// Each line of the table has a type and its numpy.result_type with each type, in order.
// test/numpy holds the same against the numpy that is installed.
func TestResult(t *testing.T) {
	table, err := os.ReadFile("testdata/result_type.txt")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(table)), "\n")
	if len(lines) != len(Types()) {
		t.Fatalf("%d types, %d lines", len(Types()), len(lines))
	}
	for i, line := range lines {
		words := strings.Fields(line)
		a := Type(i)
		if words[0] != a.String() {
			t.Errorf("line %d is of %s, not %s", i, words[0], a)
		}
		for j, want := range words[1:] {
			if b := Type(j); Result(a, b).String() != want {
				t.Errorf("%s and %s: %s, numpy says %s", a, b, Result(a, b), want)
			}
		}
	}
}

func TestOf(t *testing.T) {
	for _, want := range Types() {
		if got, ok := Of(want.Kind(), want.Size()); !ok || got != want {
			t.Errorf("%s: %v, %v", want, got, ok)
		}
	}
	for _, none := range []struct {
		kind byte
		size int
	}{{'f', 16}, {'f', 1}, {'c', 4}, {'c', 32}, {'b', 8}, {'U', 4}, {0, 0}} {
		if got, ok := Of(none.kind, none.size); ok {
			t.Errorf("%c%d: %v", none.kind, none.size, got)
		}
	}
}
