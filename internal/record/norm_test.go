package record

import (
	"reflect"
	"testing"

	"matpool/internal/base/hash"
)

// A norm is a line, too, and belongs to the files of which it is the norm, in any order.
func TestNorm(t *testing.T) {
	a, b, c := hash.Of([]byte("a")), hash.Of([]byte("b")), hash.Of([]byte("c"))
	n := Norm{First: "output0.npy", Of: HashOf([]hash.Hash{a, b}), Files: 2, Value: "999818.0921726658", By: "matcombine v1.2", Machine: "server", Time: noon}
	want := "norm\toutput0.npy\t\t" + n.Of.String() + "\tnorm files=2 value=999818.0921726658\t\tmatcombine v1.2\tserver\t2026-11-30T12:00:00Z"
	if got := n.Line(); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	strange := n
	strange.First, strange.Value = hostile, "1e+16"
	for _, n := range []Norm{n, strange} {
		if got, err := ParseNorm(n.Line()); err != nil || !reflect.DeepEqual(got, n) {
			t.Errorf("%v, %v\nwant %v", got, err, n)
		}
		if _, err := ParseLine(n.Line()); err == nil {
			t.Error("a norm is taken for an output")
		}
	}

	f := parse(header() + "\n" + n.Line() + "\n")
	if got, ok := f.NormOf([]hash.Hash{b, a}); !ok || got.Value != n.Value {
		t.Errorf("%v, %v", got, ok)
	}
	for _, others := range [][]hash.Hash{nil, {a}, {a, c}, {a, b, b}} {
		if got, ok := f.NormOf(others); ok {
			t.Errorf("%v is the norm of others", got)
		}
	}
	if names := f.Names(); names != nil {
		t.Errorf("%q are taken for outputs", names)
	}
}
