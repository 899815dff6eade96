package outputs

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"matpool/internal/base/file/filetest"
	"matpool/internal/base/hash"
	"matpool/internal/record"
)

// An output came back if it is a file that is neither empty nor older than its job.
func TestState(t *testing.T) {
	dir := t.TempDir()
	if err := errors.Join(os.WriteFile(filepath.Join(dir, "full"), []byte("x"), 0o666), os.WriteFile(filepath.Join(dir, "empty"), nil, 0o666)); err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	for _, test := range []struct {
		name  string
		since time.Time
		want  State
	}{
		{"full", time.Time{}, Valid}, {"full", now.Add(-time.Hour), Valid}, {"full", now.Add(time.Hour), Outdated},
		{"empty", time.Time{}, Empty}, {".", time.Time{}, NotFile}, {"gone", time.Time{}, Missing},
	} {
		if got := (Output{Name: filepath.Join(dir, test.name), Since: test.since}).Look(t.Context()); got.State != test.want || got.Err != nil {
			t.Errorf("%s since %v: %+v; want %v", test.name, test.since, got, test.want)
		}
	}
}

// Another program may make an empty file, or a folder.
func TestAny(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := errors.Join(os.WriteFile("empty", nil, 0o666), os.Mkdir("folder", 0o777)); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]State{"empty": Valid, "folder": Valid, "gone": Missing, os.DevNull: NotFile} {
		if got := (Output{Name: name, Any: true}).Look(t.Context()); got.State != want {
			t.Errorf("%s: %+v, want %v", name, got, want)
		}
	}
}

// What is recorded of a file decides, not its time: in its own folder, or in a job's stdout by way of a run. Its
// recipe, its bytes and its inputs count.
func TestRecords(t *testing.T) {
	t.Chdir(t.TempDir())
	filetest.Touch(t, "out/c0.npy", "out/c1.npy", "out/c2.npy", "out/c3.npy", "a")
	family := record.New("product", "a", "a$(index).npy")
	of := func(n int) record.Record {
		base := fmt.Sprintf("c%d.npy", n)
		h, size, err := new(record.Cache).Hash(t.Context(), "out/"+base)
		if err != nil {
			t.Fatal(err)
		}
		return record.Record{Name: base, Size: size, Hash: h, Recipe: family.At(n), From: []record.Input{{Name: "a", Hash: hash.Of([]byte("a"))}}, Time: time.Unix(1, 0)}
	}
	run := record.Run{File: "run", Family: family, Outputs: []string{"out/c$(index).npy"}, Stdout: "out/log$(index)", Total: 2, Jobs: []record.Job{{Index: 0, First: 0, Count: 1}, {Index: 1, First: 1, Count: 1}}, Time: time.Unix(1, 0)}
	changed := of(1)
	changed.Hash = hash.Of([]byte("else"))
	err := errors.Join(record.AppendRun(".", run), record.Append("out", of(2)), os.WriteFile("out/log0", []byte(of(0).StdoutLine()), 0o666), os.WriteFile("out/log1", []byte(changed.StdoutLine()), 0o666))
	if err != nil {
		t.Fatal(err)
	}
	var input string
	look := func(n, as int) Found {
		want := record.Expected{Recipe: family.At(as), Input: func(string) (hash.Hash, bool) { return hash.Of([]byte(input)), true }}
		o := Output{Name: fmt.Sprintf("out/c%d.npy", n), Expected: want, Hashes: &record.Cache{}, Since: time.Now().Add(time.Hour)}
		if o.Records, err = NewRecords(".", o.Hashes).Of(o.Name); err != nil {
			t.Fatal(err)
		}
		return o.Look(t.Context())
	}
	input = "a"
	for n, want := range []State{Valid, Changed, Valid, Outdated} { // the last one has no record, so its time counts
		if got := look(n, n); got.State != want || got.Err != nil {
			t.Errorf("%d: %+v, want %v", n, got, want)
		}
	}
	if got := look(0, 5); got.State != Foreign || got.Reason == "" {
		t.Errorf("%+v", got)
	}
	input = "other"
	if got := look(0, 0); got.State != Outdated || got.Reason == "" {
		t.Errorf("%+v", got)
	}
}

// The content of an output decides only if it could otherwise be valid.
func TestContent(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "c")
	if err := os.WriteFile(name, []byte("x"), 0o666); err != nil {
		t.Fatal(err)
	}
	bad := errors.New("bad disk")
	for _, test := range []struct {
		ok   bool
		err  error
		want State
	}{{true, nil, Valid}, {false, nil, Foreign}, {false, bad, Foreign}} {
		o := Output{Name: name, Content: func(string) (bool, error) { return test.ok, test.err }}
		if got := o.Look(t.Context()); got.State != test.want || got.Err != test.err {
			t.Errorf("%+v: %+v", test, got)
		}
		o.Since = time.Now().Add(time.Hour)
		if got := o.Look(t.Context()); got.State != Outdated || got.Err != nil {
			t.Errorf("%+v: %+v", test, got)
		}
	}
}

// What is found of an output stays with it, however many there are.
func TestLookAll(t *testing.T) {
	t.Chdir(t.TempDir())
	filetest.Touch(t, "1", "3")
	var list []Output
	for i := range 100 {
		list = append(list, Output{Name: strconv.Itoa(i)})
	}
	for i, found := range LookAll(t.Context(), list) {
		if want := map[bool]State{true: Valid, false: Missing}[i == 1 || i == 3]; found.State != want || found.Err != nil {
			t.Errorf("%d: %+v, want %v", i, found, want)
		}
	}
	if got := Existing([]string{"3", "2", "1", "."}); !slices.Equal(got, []string{"3", "1", "."}) {
		t.Error(got)
	}
}

// An output has its product's number, and a partial sum its job's.
func TestOfJob(t *testing.T) {
	for want, f := range map[string]Files{
		"out/c7.npy out/c8.npy d7 d8": {Names: []string{"out/c.npy", "d"}},
		"p2.npz":                      {Names: []string{"p.npz"}, Sums: true},
		"":                            {Folder: "run.out"},
	} {
		if got := strings.Join(f.OfJob(2, 7, 2), " "); got != want {
			t.Errorf("%+v: %s, want %s", f, got, want)
		}
	}
}

// matwatch finds a file by the name that the log has of it.
func TestFromLog(t *testing.T) {
	for _, test := range []struct{ log, name, want string }{
		{"log", "c.npy", "c.npy"}, {"logs/log", "out/c.npy", "../out/c.npy"}, {"logs/log", "logs/c.npy", "c.npy"}, {"log", "/data/c.npy", "/data/c.npy"},
	} {
		got := FromLog(test.log, test.name)
		if strings.HasPrefix(test.name, "/") {
			if filepath.Separator == '/' && InFolder(filepath.Dir(test.log), test.name) != test.name {
				t.Errorf("%v: %s", test, InFolder(filepath.Dir(test.log), test.name))
			}
			continue
		}
		if got != test.want || filepath.ToSlash(InFolder(filepath.Dir(test.log), got)) != test.name {
			t.Errorf("%v: %s", test, got)
		}
	}
}
