//go:build unix

package record

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// needTools ends a test where the tools that test/setup.sh installs are not expected.
func needTools(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("go test -short does without xxh128sum and pandas")
	}
}

// Awk takes the file apart, and xxh128sum checks the files with it.
func TestByHand(t *testing.T) {
	needTools(t)
	dir := t.TempDir()
	write(t, filepath.Join(dir, "output0.npy"), "new")
	write(t, filepath.Join(dir, "output 1.npy"), "c")
	blank := product(1, "c")
	blank.Name = "output 1.npy"
	mustAppend(t, dir, product(0, "old"), product(0, "new"), blank)
	const line = `awk -F'\t' '$1 == "output" {h[$2] = $4} END {for (n in h) print h[n] "  " n}' matpool.tsv | xxh128sum -c`
	doc, err := os.ReadFile("doc.go")
	if err != nil || !strings.Contains(string(doc), line) {
		t.Error("the documented line is another", err)
	}
	check := exec.Command("sh", "-c", line)
	check.Dir = dir
	if out, err := check.CombinedOutput(); err != nil || strings.Count(string(out), ": OK") != 2 {
		t.Errorf("%s, %v", out, err)
	}
}

// Pandas reads each line as the same cells, whatever the names are.
func TestPandas(t *testing.T) {
	needTools(t)
	dir := t.TempDir()
	strange := product(1, "c")
	strange.Name, strange.By, strange.From = hostile, "'a' # b\\", nil
	empty := product(2, "d")
	empty.By, empty.Machine = "NA", ""
	list := []Record{product(0, "a"), strange, empty}
	mustAppend(t, dir, list...)
	read := exec.Command("/usr/bin/python3", "-c", `
import pandas
for row in pandas.read_csv("matpool.tsv", sep="\t", dtype=str, keep_default_na=False).values:
    print("\t".join(row))`)
	read.Dir, read.Stderr = dir, os.Stderr
	out, err := read.Output()
	if err != nil {
		t.Fatal(err)
	}
	var want string
	for _, r := range list {
		want += r.Line() + "\n"
	}
	if string(out) != want {
		t.Errorf("%q\nwant %q", out, want)
	}
}

// Old lines are removed when they are most of a large file, and only then. What counts stays, in its order.
func TestCompaction(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, FileName)
	lines := func() []string {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		return strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	}
	var round []Record
	for n := range 600 {
		r := product(n, "c")
		r.Machine = strings.Repeat("x", 2000)
		round = append(round, r)
	}
	first, second := run100(), run100()
	second.File = "a"
	for _, r := range []Run{first, second} {
		if err := AppendRun(dir, r); err != nil {
			t.Fatal(err)
		}
	}
	mustAppend(t, dir, round...) // beyond 1 MB, nothing is old
	if got := lines(); len(got) != 603 {
		t.Errorf("%d lines of 603", len(got))
	}
	before, err := os.Stat(name)
	if err != nil {
		t.Fatal(err)
	}
	mustAppend(t, dir, round[:599]...) // beyond 2 MB, half of it is old
	if after, err := os.Stat(name); err != nil || !os.SameFile(before, after) || len(lines()) != 1202 {
		t.Error("the file was replaced, or lacks lines", err)
	}
	mustAppend(t, dir, round...)
	mustAppend(t, dir, round...) // beyond 4 MB
	got := lines()
	if len(got) != 603 {
		t.Fatalf("%d lines of 603", len(got))
	}
	want := []string{header(), first.Line(), second.Line()}
	for _, r := range round {
		want = append(want, r.Line())
	}
	if !reflect.DeepEqual(got, want) {
		t.Error("the lines that count are others, or in another order")
	}
}

// Whatever brings other content of the same size under a name is seen, also with the old time.
func TestChangesAreSeen(t *testing.T) {
	const prepare = `mkdir old && printf content2 >old/x && printf content2 >other && touch -r x old/x other && tar cf x.tar -C old x`
	for change, differs := range map[string]bool{
		"cp -p other x": true,
		"cp -p other .x.tmp && touch -r x .x.tmp && mv .x.tmp x": true, // rsync -a
		"mv other x":     true,
		"tar xf x.tar":   true,
		"ln -f other x":  true,
		"ln -sf other x": true,
		"touch -r x stamp && printf 2 | dd of=x bs=1 seek=7 conv=notrunc && touch -r stamp x": true, // in place
		"printf content2 >x && touch -d 2020-01-01 x":                                         true,
		"touch -d 2020-01-01 x": false,
		"mv x y && mv y x":      false,
	} {
		dir := t.TempDir()
		name := filepath.Join(dir, "x")
		write(t, name, "content1")
		sh := func(line string) {
			cmd := exec.Command("sh", "-c", line)
			cmd.Dir = dir
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("%s: %v: %s", line, err, out)
			}
		}
		sh(prepare)
		age(t, name)
		age(t, filepath.Join(dir, "other"))
		remember(t, name)
		if got := known(name); got != hashOf("content1").String() {
			t.Fatalf("%s is not remembered", got)
		}
		sh(change)
		if got := known(name); got != "unknown" {
			t.Errorf("%s: %s is taken for what it is not known to be", change, got)
		}
		want := hashOf("content1")
		if differs {
			want = hashOf("content2")
		}
		var c Cache
		if h, size, err := c.Hash(context.Background(), name); err != nil || h != want || size != 8 {
			t.Errorf("%s: %v, %d, %v", change, h, size, err)
		}
	}
}
