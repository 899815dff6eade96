package main

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
)

// documents returns the texts that go with the programs: the README, the licence, docs and examples, and the pictures
// in the README. It reads them from the current folder, which must be the project's.
func (t target) documents(version string) ([]file, error) {
	names := []string{"README.md", "LICENSE"}
	for _, folder := range []string{"docs", "examples"} {
		if err := filepath.WalkDir(folder, func(name string, entry fs.DirEntry, err error) error {
			if err == nil && entry.Type().IsRegular() {
				names = append(names, name)
			}
			return err
		}); err != nil {
			return nil, err
		}
	}
	var files []file
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		files = append(files, file{name: filepath.ToSlash(name), data: data})
	}
	for _, l := range links(string(files[0].data)) {
		if l.picture && l.relative() {
			data, err := os.ReadFile(filepath.FromSlash(l.target))
			if err != nil {
				return nil, fmt.Errorf("a picture in README.md: %w", err)
			}
			files = append(files, file{name: path.Clean(l.target), data: data})
		}
	}

	unlink(files)
	files[0].data = []byte(t.preface(string(files[0].data), version))
	return files, nil
}

// preface adds to the README, below its title, the version and the machines that the programs are for, and what multiplies.
func (t target) preface(readme, version string) string {
	multiplies := "OpenBLAS"
	if !t.hasOpenBLAS() {
		multiplies = "Go and assembly, without OpenBLAS"
	}
	title, rest, _ := strings.Cut(readme, "\n")
	return fmt.Sprintf("%s\n\n*This file came with the programs of version %s, for %s. They multiply with %s. Where it mentions `make`, "+
		"or files that are not here, it means the source of that version.*\n%s", title, version, t.name, multiplies, rest)
}

// unlink turns each link to a file that is not in files into text: [text](target) becomes text (target).
func unlink(files []file) {
	there := map[string]bool{}
	for _, f := range files {
		there[f.name] = true
	}
	for i, f := range files {
		if path.Ext(f.name) != ".md" {
			continue
		}
		files[i].data = []byte(markdown.ReplaceAllStringFunc(string(f.data), func(match string) string {
			l := newLink(match)
			switch {
			case !l.relative() || there[l.file(f.name)]:
				return match
			case l.text == l.target:
				return l.text
			}
			return l.text + " (" + l.file(f.name) + ")"
		}))
	}
}

// A link is a link or a picture in Markdown. The zero value stands for a block of code, which has no links.
type link struct {
	picture      bool
	text, target string
}

// markdown matches a link, or a block of code.
var markdown = regexp.MustCompile("(?ms)^```.*?^```$|(!?)\\[([^]]+)\\]\\(([^)\\s]+)\\)")

func newLink(match string) link {
	parts := markdown.FindStringSubmatch(match)
	return link{parts[1] != "", parts[2], parts[3]}
}

// links returns the links in a Markdown text.
func links(text string) []link {
	var found []link
	for _, match := range markdown.FindAllString(text, -1) {
		if l := newLink(match); l.target != "" {
			found = append(found, l)
		}
	}
	return found
}

// relative reports whether a link points to one of our files, or to a heading in one.
func (l link) relative() bool { return l.target != "" && !strings.Contains(l.target, ":") }

// file returns the name of the file that a link in the document points to; both names are relative to the project's folder.
func (l link) file(document string) string {
	name, _, _ := strings.Cut(l.target, "#")
	if name == "" {
		return document
	}
	return path.Join(path.Dir(document), name)
}
