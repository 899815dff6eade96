package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// licenses returns the licences of everything that is linked into the programs, each in a folder with the name of its
// owner: Go, the Go modules, and, with OpenBLAS, the library and those of the C compiler.
func (t target) licenses() ([]file, error) {
	goroot, err := t.command("go", "env", "GOROOT").Output()
	if err != nil {
		return nil, fmt.Errorf("go env: %w", err)
	}
	golang, err := licensesIn(strings.TrimSpace(string(goroot)), "go")
	if err != nil {
		return nil, err
	}
	modules, err := t.moduleLicenses()
	if err != nil || !t.hasOpenBLAS() {
		return slices.Concat(golang, modules), err
	}
	openblas, err := t.openblas()
	if err != nil {
		return nil, err
	}
	library, err := licensesIn(openblas, "OpenBLAS")
	if err != nil {
		return nil, err
	}
	clibraries, err := t.clibraryLicenses()
	return slices.Concat(golang, modules, library, clibraries), err
}

// moduleLicenses returns the licences of the Go modules that are linked in: for each package, those in its folder and in
// the folders above, up to the module's.
func (t target) moduleLicenses() ([]file, error) {
	out, err := t.command("go", "list", "-deps", "-json=Dir,Module", "-tags", t.tags(), "./cmd/...").Output()
	if err != nil {
		return nil, fmt.Errorf("go list failed (%w): its output is above", err)
	}
	var files []file
	seen := make(map[string]bool)
	for decoder := json.NewDecoder(bytes.NewReader(out)); decoder.More(); {
		var p struct {
			Dir    string
			Module *struct {
				Path, Dir string
				Main      bool
				Replace   *struct{ Version string }
			}
		}
		if err := decoder.Decode(&p); err != nil {
			return nil, fmt.Errorf("go list: %w", err)
		}
		if p.Module == nil || p.Module.Main || p.Module.Replace != nil && p.Module.Replace.Version == "" {
			continue // Go's, or ours: a folder of this repository takes a module's place
		}
		found, err := licensesIn(p.Module.Dir, p.Module.Path)
		if err != nil {
			return nil, err
		}
		for dir := p.Dir; dir != p.Module.Dir; dir = filepath.Dir(dir) {
			name := p.Module.Path + filepath.ToSlash(strings.TrimPrefix(dir, p.Module.Dir))
			below, err := findLicenses(dir, name)
			if err != nil {
				return nil, err
			}
			found = append(found, below...)
			if other := otherLicenses[name]; other != "" {
				data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(other)))
				if err != nil {
					return nil, err
				}
				found = append(found, file{name: name + "/" + other, data: data})
			}
		}
		for _, f := range found {
			if !seen[f.name] {
				seen[f.name] = true
				files = append(files, f)
			}
		}
	}
	return files, nil
}

// otherLicenses are licences that cannot be recognised by name; the keys are folders.
var otherLicenses = map[string]string{"golang.org/x/image/font/gofont": "ttfs/README"}

// A clibrary is a library of the C compiler that it links into every program.
type clibrary struct {
	archive string // its file
	name    string
	text    string // the licence that Debian's copyright file refers to, without repeating it
}

// clibraryLicenses returns the licences of the C compiler's libraries, from their Debian packages, and says where their
// sources are: section 6 of the LGPL, glibc's licence, requires this for a program that glibc is linked into.
func (t target) clibraryLicenses() ([]file, error) {
	var files []file
	for _, library := range t.libraries {
		out, err := exec.Command(t.cc, "-print-file-name="+library.archive).Output()
		if err != nil {
			return nil, fmt.Errorf("%s -print-file-name=%s: %w", t.cc, library.archive, err)
		}
		archive := filepath.Clean(strings.TrimSpace(string(out)))
		out, err = exec.Command("dpkg-query", "--search", archive).Output()
		if err != nil {
			return nil, fmt.Errorf("the licence of %s is missing, since dpkg-query does not know the package of %s: make the release on a Debian system",
				library.name, archive)
		}
		pkg, _, _ := strings.Cut(string(out), ":")
		found, err := licensesIn(filepath.Join("/usr/share/doc", pkg), library.name)
		if err != nil {
			return nil, err
		}
		source, err := exec.Command("dpkg-query", "--show", "--showformat=${source:Package} ${source:Version}", pkg).Output()
		if err != nil {
			return nil, fmt.Errorf("dpkg-query --show %s: %w", pkg, err)
		}
		files = append(files, found...)
		files = append(files, file{name: library.name + "/SOURCE", data: fmt.Appendf(nil,
			"%s in these programs is from the Debian package %s. Its source is the Debian source package, in version\n%s\n",
			library.archive, pkg, source)})
		if library.text != "" {
			data, err := os.ReadFile(filepath.Join("/usr/share/common-licenses", library.text))
			if err != nil {
				return nil, err
			}
			files = append(files, file{name: library.name + "/" + library.text, data: data})
		}
	}
	return files, nil
}

// licensesIn returns the licences in a folder; there must be at least one.
func licensesIn(dir, name string) ([]file, error) {
	files, err := findLicenses(dir, name)
	if err == nil && len(files) == 0 {
		err = fmt.Errorf("%s is linked in, but %s contains no licence: may it be shipped?", name, dir)
	}
	return files, err
}

var licenseName = regexp.MustCompile(`(?i)(licen[cs]es?|copying|copyright|notice|patents)([-.].*)?$`)

// findLicenses returns the files in a folder that have the name of a licence, and those in its subfolders with such a
// name. In the archive their names begin with name.
func findLicenses(dir, name string) ([]file, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var files []file
	for _, entry := range entries {
		if !licenseName.MatchString(entry.Name()) || filepath.Ext(entry.Name()) == ".go" {
			continue
		}
		root := filepath.Join(dir, entry.Name())
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			files = append(files, file{name: name + filepath.ToSlash(strings.TrimPrefix(path, dir)), data: data})
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return files, nil
}
