package joblog

import (
	"os"
	"path/filepath"
	"testing"

	"matpool/condor/eventlog"
	"matpool/internal/base/file"
)

// Jobs of matsubmit -local seem to run for ever if it is killed. It has locked its submission
// file as long as it is there.
func TestAbandoned(t *testing.T) {
	here, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	const local = "\n    first=0 count=1 starts=4 jobs=1 local=yes from=run"
	runs := func(note, machine string) string {
		return event(0, 1, 0, enters+note) + event(1, 1, 1, starts+"\n\tMachine = \""+machine+"\"")
	}
	for _, test := range []struct {
		name, log    string
		locked, want bool
	}{
		{"killed", runs(local, here), false, true},
		{"at work", runs(local, here), true, false},
		{"on another machine", runs(local, "x"+here), false, false},
		{"in a pool", runs("\n    first=0 count=1 starts=4 jobs=1 from=run", here), false, false},
		{"done", runs(local, here) + event(5, 1, 9, ends), false, false},
	} {
		dir := folderOf(t, map[string]string{"log.txt": test.log, "run": "x"})
		if test.locked {
			f, ok, err := file.Lock(filepath.Join(dir, "run"))
			if err != nil || !ok {
				t.Fatal(ok, err)
			}
			defer f.Close()
		}
		j, err := Open(filepath.Join(dir, "log.txt"))
		if err != nil {
			t.Fatal(err)
		}
		defer j.Close()
		if err := j.Read(func(*eventlog.Event) {}); err != nil {
			t.Fatal(err)
		}
		if got := j.Abandoned(j.Select(nil)); got != test.want {
			t.Errorf("%s: %t", test.name, got)
		}
	}
}
