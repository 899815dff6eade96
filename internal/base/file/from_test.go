package file

import (
	"os"
	"path/filepath"
	"testing"
)

func TestFrom(t *testing.T) {
	here := t.TempDir()
	t.Chdir(here)
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	own := filepath.Base(here)
	for _, test := range []struct{ dir, name, want string }{
		{".", "x.npy", "x.npy"},
		{".", "a/x.npy", "a/x.npy"},
		{"a", "a/b/../x.npy", "x.npy"},
		{"a", "x.npy", "../x.npy"},
		{"..", "x.npy", own + "/x.npy"},
		{".", "../" + own + "/x.npy", "x.npy"},
		{"../" + own, "x.npy", "x.npy"},
		{here, "x.npy", "x.npy"},
		{"a", filepath.Join(here, "x.npy"), "../x.npy"},
		{".", "../b/x.npy", "../b/x.npy"},
	} {
		if got := filepath.ToSlash(From(test.dir, test.name)); got != test.want {
			t.Errorf("from %s, %s is %s, want %s", test.dir, test.name, got, test.want)
		}
	}
}
