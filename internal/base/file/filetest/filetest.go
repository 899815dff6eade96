// Package filetest makes and lists files in the current folder, for tests.
package filetest

import (
	"os"
	"path/filepath"
	"testing"
)

// Touch makes files whose content is their name, in folders that need not exist.
func Touch(t testing.TB, names ...string) {
	t.Helper()
	for _, name := range names {
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(name), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// Tree returns the names of the files below the current folder, sorted and with slashes.
func Tree(t testing.TB) (names []string) {
	t.Helper()
	err := filepath.WalkDir(".", func(name string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, filepath.ToSlash(name))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}
