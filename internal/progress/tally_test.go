package progress

import (
	"bytes"
	"testing"
)

func TestDivide(t *testing.T) {
	parts := func(n ...int) (list []Part) {
		for i, n := range n {
			list = append(list, Part{n, "=>-!"[i]})
		}
		return list
	}
	for _, test := range []struct {
		width int
		parts []Part
		want  string
	}{
		{12, parts(5, 2, 3, 0), "[=====>>---]"},
		{12, parts(500, 200, 300, 0), "[=====>>---]"},
		{12, parts(0, 0, 7), "[----------]"},
		{12, parts(10_000, 0, 0, 1), "[=========!]"},
		{12, parts(1, 10_000, 1, 1), "[=>>>>>>>-!]"},
		{12, parts(1, 0, 0, 10_000), "[=!!!!!!!!!]"},
		{4, parts(1, 1, 1, 1), "[=>]"},
		{12, nil, "[          ]"},
		{2, parts(1), ""},
	} {
		if got := string(divide(test.parts, test.width)); got != test.want {
			t.Errorf("%v: %s, want %s", test.parts, got, test.want)
		}
	}
}

func TestNoTallyWithoutATerminal(t *testing.T) {
	if tally, ok := NewTally(&bytes.Buffer{}); ok {
		t.Errorf("%+v", tally)
	}
}
