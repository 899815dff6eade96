package outputs

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
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
		if got, err := (Output{Name: filepath.Join(dir, test.name), Since: test.since}).State(); got != test.want || err != nil {
			t.Errorf("%s since %v: %v, %v; want %v", test.name, test.since, got, err, test.want)
		}
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
		if got, err := o.State(); got != test.want || err != test.err {
			t.Errorf("%+v: %v, %v", test, got, err)
		}
		o.Since = time.Now().Add(time.Hour)
		if got, err := o.State(); got != Outdated || err != nil {
			t.Errorf("%+v: %v, %v", test, got, err)
		}
	}
}

// What is found of an output stays with it, however many there are.
func TestLookAll(t *testing.T) {
	t.Chdir(t.TempDir())
	touch(t, "1", "3")
	var list []Output
	for i := range 100 {
		list = append(list, Output{Name: strconv.Itoa(i)})
	}
	for i, found := range LookAll(list) {
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
		if filepath.IsAbs(test.name) && filepath.Separator == '/' {
			if InFolder(filepath.Dir(test.log), test.name) != test.name {
				t.Errorf("%v: %s", test, InFolder(filepath.Dir(test.log), test.name))
			}
			continue
		}
		if got != test.want || filepath.ToSlash(InFolder(filepath.Dir(test.log), got)) != test.name {
			t.Errorf("%v: %s", test, got)
		}
	}
}
