package record

import (
	"testing"
	"time"

	"matpool/internal/base/hash"
)

// What each run was given is known, also if two got different contents of one file; the last line counts.
func TestGiven(t *testing.T) {
	dir := t.TempDir()
	run, other := hash.Of([]byte("run")), hash.Of([]byte("other"))
	given := func(name string, run hash.Hash, content string) Given {
		return Given{Name: name, Run: run, Size: int64(len(content)), Hash: hash.Of([]byte(content)), By: "matsubmit v1", Machine: "pc", Time: time.Unix(1, 0)}
	}
	if err := AppendGiven(dir, given("data 0.txt", run, "old"), given("data 0.txt", other, "theirs"), given("data1.txt", run, "1"), given("data 0.txt", run, "new")); err != nil {
		t.Fatal(err)
	}
	if err := Append(dir, Record{Name: "data1.txt", Hash: hash.Of(nil), Recipe: New("product"), Time: time.Unix(1, 0)}); err != nil {
		t.Fatal(err)
	}
	f, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name string
		run  hash.Hash
		want string
	}{{"data 0.txt", run, "new"}, {"data 0.txt", other, "theirs"}, {"data1.txt", run, "1"}, {"data1.txt", other, ""}, {"data2.txt", run, ""}} {
		got, ok := f.GivenTo(test.run, test.name)
		if ok != (test.want != "") || ok && got != hash.Of([]byte(test.want)) {
			t.Errorf("%s: %v, %t; want that of %q", test.name, got, ok, test.want)
		}
	}
	if names := f.Names(); len(names) != 1 {
		t.Errorf("inputs are files with records: %q", names)
	}
}
