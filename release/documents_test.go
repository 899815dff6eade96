package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"matpool/test/programs"
)

// Every file that the documents in an archive link to is in the archive.
func TestLinksInTheArchive(t *testing.T) {
	t.Chdir("..")
	files, err := linux.documents("v1.2")
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	for _, f := range files {
		texts[f.name] = string(f.data)
	}
	for _, name := range []string{"README.md", "LICENSE", "docs/FORMAT.md", "docs/tutorial.md", "docs/held.md", "examples/run_product"} {
		if texts[name] == "" {
			t.Errorf("%s is not in the archive", name)
		}
	}
	if readme := texts["README.md"]; !strings.HasPrefix(readme, "# matpool\n\n*This file came with the programs of version v1.2, for Linux on x86-64.") {
		t.Errorf("the README begins with %.100q", readme)
	}
	if checkLinks(t, texts) < 10 {
		t.Error("too few links were found: this test tests nothing")
	}
}

// The README of an archive says what its matprod multiplies with.
func TestReadmeNamesOpenBLASWhereItIs(t *testing.T) {
	for _, target := range targets {
		readme := target.preface("# matpool\n", "v1.2")
		if without := strings.Contains(readme, "without OpenBLAS"); !strings.Contains(readme, target.name) || without == target.hasOpenBLAS() {
			t.Errorf("%s: %s", target.name, readme)
		}
	}
}

// Every file and heading that our documents link to exists, and so does every path in ARCHITECTURE.md. No file has
// the marks of a merge.
func TestTexts(t *testing.T) {
	t.Chdir("..")
	programs.ReadModule(t, ".")
	out, err := exec.Command("git", "ls-files", "-z").Output()
	if err != nil {
		t.Fatal(err)
	}
	merge := regexp.MustCompile(`(?m)^(<<<<<<< |>>>>>>> )`)
	texts := map[string]string{}
	for name := range strings.SplitSeq(strings.TrimSuffix(string(out), "\x00"), "\x00") {
		for dir := filepath.Dir(name); dir != "."; dir = filepath.Dir(dir) {
			texts[filepath.ToSlash(dir)] = ""
		}
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if merge.Match(data) {
			t.Errorf("%s: a merge was not finished", name)
		}
		texts[name] = string(data)
	}
	if checkLinks(t, texts) < 20 {
		t.Error("too few links were found: this test tests nothing")
	}
	paths := regexp.MustCompile("`([a-z_]+/[\\w./]*\\w)`").FindAllStringSubmatch(texts["ARCHITECTURE.md"], -1)
	if len(paths) < 10 {
		t.Error("ARCHITECTURE.md: too few paths were found: this test tests nothing")
	}
	for _, path := range paths {
		if _, ok := texts[path[1]]; !ok {
			t.Errorf("ARCHITECTURE.md: there is no %s", path[1])
		}
	}
}

// checkLinks checks that the files that are linked to are among the texts, and have the heading. It returns the number of
// links.
func checkLinks(t *testing.T, texts map[string]string) (count int) {
	t.Helper()
	for name, text := range texts {
		if filepath.Ext(name) != ".md" {
			continue
		}
		for _, l := range links(text) {
			if !l.relative() {
				continue
			}
			count++
			target, ok := texts[l.file(name)]
			if !ok {
				t.Errorf("%s: [%s](%s): there is no %s", name, l.text, l.target, l.file(name))
			} else if _, place, _ := strings.Cut(l.target, "#"); place != "" && !slices.Contains(headings(target), place) {
				t.Errorf("%s: [%s](%s): %s has no such heading", name, l.text, l.target, l.file(name))
			}
		}
	}
	return count
}

var (
	headingLine = regexp.MustCompile(`(?m)^#+ (.*)$`)
	noAnchor    = regexp.MustCompile(`[^\p{L}\p{N}_ -]`)
)

// headings returns the anchors of a text's headings, which follow the "#" in a link, as GitHub makes them.
func headings(text string) []string {
	var anchors []string
	for _, heading := range headingLine.FindAllStringSubmatch(text, -1) {
		anchors = append(anchors, strings.ReplaceAll(noAnchor.ReplaceAllString(strings.ToLower(heading[1]), ""), " ", "-"))
	}
	return anchors
}

// A link to a missing file becomes text that names it. Links to existing files and to other sites stay, and so does code
// that looks like a link.
func TestUnlink(t *testing.T) {
	const code = "```\n$ ls\n[x](gone)\n```\n"
	files := []file{
		{name: "README.md", data: []byte("See [the\npage](docs/page.md#there), [it](https://example.org), [gone](gone) and [the rest](bench/rest.md).\n" + code)},
		{name: "docs/page.md", data: []byte("[Back](../README.md) to [here](#there), ![not here](picture.svg)\n")},
		{name: "examples/log", data: []byte("[x](gone)\n")},
	}
	unlink(files)
	for i, want := range []string{
		"See [the\npage](docs/page.md#there), [it](https://example.org), gone and the rest (bench/rest.md).\n" + code,
		"[Back](../README.md) to [here](#there), not here (docs/picture.svg)\n",
		"[x](gone)\n",
	} {
		if got := string(files[i].data); got != want {
			t.Errorf("%s:\n%s\nwant\n%s", files[i].name, got, want)
		}
	}
}
