package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"matpool/test/programs"
)

func TestFindLicenses(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{
		"LICENSE", "LICENCE.txt", "License-MIT", "COPYING", "copyright", "NOTICE", "PATENTS", "UNLICENSE", "Goto_00License.txt",
		"THIRD_PARTY_LICENSES/Boost-LICENSE", "README.md", "license.go", "licensed.txt", "testdata/LICENSE",
	} {
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte("text"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	files, err := findLicenses(dir, "example.org/x")
	want := []string{
		"example.org/x/COPYING", "example.org/x/Goto_00License.txt", "example.org/x/LICENCE.txt", "example.org/x/LICENSE",
		"example.org/x/License-MIT", "example.org/x/NOTICE", "example.org/x/PATENTS", "example.org/x/THIRD_PARTY_LICENSES/Boost-LICENSE",
		"example.org/x/UNLICENSE", "example.org/x/copyright",
	}
	if got := names(files); err != nil || !slices.Equal(got, want) {
		t.Errorf("got  %q, %v\nwant %q", got, err, want)
	}
}

func TestNoLicence(t *testing.T) {
	_, err := licensesIn(t.TempDir(), "example.org/x")
	wantError(t, err, "example.org/x is linked in", "no licence")
}

// Our modules: those that are linked in, and not those that only the tests use.
func TestModuleLicenses(t *testing.T) {
	t.Chdir("..")
	programs.ReadModule(t, ".")
	for _, target := range targets {
		files, err := target.moduleLicenses()
		if err != nil {
			t.Fatal(err)
		}
		got := names(files)
		for _, want := range []string{"golang.org/x/sys/LICENSE",
			// The fonts in matwatch's pictures have licences of their own.
			"gonum.org/v1/plot/LICENSE", "codeberg.org/go-fonts/liberation/LICENSE-SIL", "golang.org/x/image/font/gofont/ttfs/README",
			"github.com/golang/freetype/licenses/ftl.txt"} {
			if !slices.Contains(got, want) {
				t.Errorf("%s: %s is missing from %q", target.name, want, got)
			}
		}
		if netlib := "gonum.org/v1/netlib/LICENSE"; slices.Contains(got, netlib) != target.hasOpenBLAS() {
			t.Errorf("%s: %s comes with OpenBLAS: %q", target.name, netlib, got)
		}
		if foreign := "github.com/rogpeppe/go-internal/LICENSE"; slices.Contains(got, foreign) {
			t.Errorf("%s: %s is for the tests only", target.name, foreign)
		}
		if once := slices.Compact(slices.Sorted(slices.Values(got))); len(once) != len(got) {
			t.Errorf("%s: a licence is there twice: %q", target.name, got)
		}
	}
}

func names(files []file) []string {
	var names []string
	for _, f := range files {
		names = append(names, f.name)
	}
	return names
}
