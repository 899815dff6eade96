package record

import (
	"maps"
	"slices"
	"testing"
	"time"

	"matpool/internal/base/hash"
)

// Each machine's finding about a file is kept; a repeated one supersedes the first.
func TestVerifiedIsKept(t *testing.T) {
	dir, at := t.TempDir(), time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	a, b := hash.Of([]byte("a")), hash.Of([]byte("b"))
	list := []Verified{
		{"out put7.npy", a, "pc1.site", a, "pc2", "matprod v1, Go, kernel avx2", at},
		{"out put7.npy", a, "pc1.site", b, "pc3", "matprod v1", at},
		{"out put8.npy", a, "pc1.site", a, "pc2", "matprod v1", at},
	}
	for _, v := range []Verified{list[0], list[0], list[1], list[2]} {
		if err := AppendVerified(dir, v); err != nil {
			t.Fatal(err)
		}
	}
	if err := Append(dir, Record{Name: "out put7.npy", Hash: a, Recipe: New("x"), Time: at}); err != nil {
		t.Fatal(err)
	}
	f, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	if got := f.Verified(); !slices.Equal(got, list) {
		t.Errorf("%+v", got)
	}
	if len(f.Of("out put7.npy")) != 1 || len(f.Names()) != 1 {
		t.Error("what was verified counts as a record of a file")
	}
	for _, line := range []string{list[0].Line()[1:], list[0].Line() + "\t", Record{Name: "x", Recipe: New("x")}.Line()} {
		if v, err := ParseVerified(line); err == nil {
			t.Errorf("%q: %+v", line, v)
		}
	}
}

// Two machines that make the same bits decide. A machine does not confirm itself.
func TestStandings(t *testing.T) {
	a, b, c := hash.Of([]byte("a")), hash.Of([]byte("b")), hash.Of([]byte("c"))
	of := func(name string, h hash.Hash, maker string, found hash.Hash, machine string) Verified {
		return Verified{Name: name, Hash: h, Maker: maker, Found: found, Machine: machine}
	}
	for _, test := range []struct {
		what string
		list []Verified
		want map[string]string
	}{
		{"nothing", nil, map[string]string{}},
		{"another machine made the same bits", []Verified{of("x", a, "m1", a, "m2")}, map[string]string{"m1": "confirmed (1)", "m2": "confirmed (1)"}},
		{"the same machine did", []Verified{of("x", a, "m1", a, "m1")}, map[string]string{}},
		{"other bits", []Verified{of("x", a, "m1", b, "m2")}, map[string]string{"m1": "not confirmed (1 of 1)", "m2": "not confirmed (1 of 1)"}},
		{"the third is against the maker", []Verified{of("x", a, "m1", b, "m2"), of("x", a, "m1", b, "m3")},
			map[string]string{"m1": "contradicted (1 of 1)", "m2": "confirmed (1)", "m3": "confirmed (1)"}},
		{"the third is for the maker", []Verified{of("x", a, "m1", b, "m2"), of("x", a, "m1", a, "m3"), of("y", a, "m2", a, "m1")},
			map[string]string{"m1": "confirmed (2)", "m2": "contradicted (1 of 2)", "m3": "confirmed (1)"}},
		{"three make different bits", []Verified{of("x", a, "m1", b, "m2"), of("x", a, "m1", c, "m3")},
			map[string]string{"m1": "not confirmed (1 of 1)", "m2": "not confirmed (1 of 1)", "m3": "not confirmed (1 of 1)"}},
		{"two against two", []Verified{of("x", a, "m1", b, "m2"), of("x", a, "m1", b, "m3"), of("x", a, "m1", a, "m4")},
			map[string]string{"m1": "not confirmed (1 of 1)", "m2": "not confirmed (1 of 1)", "m3": "not confirmed (1 of 1)", "m4": "not confirmed (1 of 1)"}},
		{"it was made again elsewhere", []Verified{of("x", a, "m1", b, "m2"), of("x", a, "m1", b, "m3"), of("x", b, "m3", b, "m4")},
			map[string]string{"m1": "contradicted (1 of 1)", "m2": "confirmed (1)", "m3": "confirmed (2)", "m4": "confirmed (1)"}},
	} {
		got := map[string]string{}
		for machine, s := range Standings(test.list) {
			got[machine] = s.String()
		}
		if !maps.Equal(got, test.want) {
			t.Errorf("%s: %v, want %v", test.what, got, test.want)
		}
	}
	if lost := Contradicted([]Verified{of("x", a, "m1", b, "m2"), of("x", a, "m1", b, "m3")}); !slices.Equal(lost, []string{"m1"}) {
		t.Error(lost)
	}
}
