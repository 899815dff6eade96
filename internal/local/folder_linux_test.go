package local

import (
	"os"
	"path/filepath"
	"testing"
)

// The folder of a job that runs stays; one whose matsubmit was killed goes, with what is in it.
func TestAbandonedFolders(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	used, lock, err := newFolder()
	if err != nil {
		t.Fatal(err)
	}
	left, old, err := newFolder()
	if err != nil {
		t.Fatal(err)
	}
	old.Close()
	other := filepath.Join(os.TempDir(), "matsubmit-notes")
	if err := os.Mkdir(other, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(left, "inputA.npy"), []byte("x"), 0o400); err != nil {
		t.Fatal(err)
	}
	RemoveAbandoned()
	for name, want := range map[string]bool{used: true, left: false, other: true} {
		if _, err := os.Stat(name); (err == nil) != want {
			t.Errorf("%s: %v", name, err)
		}
	}
	lock.Close()
	RemoveAbandoned()
	if _, err := os.Stat(used); err == nil {
		t.Error("the folder stays")
	}
}
