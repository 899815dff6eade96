package numpy

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"matpool/elem"
)

const page = "../../docs/FORMAT.md"

// The tables of docs/FORMAT.md say what our programs, numpy and the other packages make of files: each of them is made,
// and read by each. With -update the tables are written; otherwise they must be what they are.
func TestDocument(t *testing.T) {
	text := string(readFile(t, page))
	tables := map[string]string{
		"types":    typesTable(t),
		"layouts":  readTable(t, "file", layouts, "", "gonpy", "sbinet/npyio"),
		"archives": readTable(t, "archive", archives, "A.npy", "sbinet/npyio"),
		"refused":  refusedTable(t, "file", refused, ""),
		"harmful":  refusedTable(t, "archive", harmful, "A.npy"),
		"written":  writtenTable(t),
	}
	table := regexp.MustCompile(`(?s)(<!-- table: (\w+) -->\n).*?(<!-- end of table -->)`)
	got := table.ReplaceAllStringFunc(text, func(old string) string {
		parts := table.FindStringSubmatch(old)
		made := tables[parts[2]]
		delete(tables, parts[2])
		return parts[1] + made + parts[3]
	})
	if len(tables) > 0 || strings.Count(got, "<!-- table: ") != 6 {
		t.Errorf("the page lacks tables, or has another one: %d are left", len(tables))
	}
	for _, module := range []string{"kshedden/gonpy v0.0.0-20210519", "sbinet/npyio v0.6.0"} {
		if !bytes.Contains(readFile(t, "../../go.mod"), []byte(module)) {
			t.Errorf("go.mod has not %s, as the page says", module)
		}
	}
	if got == text {
		return
	}
	if *update {
		if err := os.WriteFile(page, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	was := strings.Split(text, "\n")
	for i, line := range strings.Split(got, "\n") {
		if i >= len(was) || line != was[i] {
			t.Errorf("docs/FORMAT.md should say in line %d\n%s", i+1, line)
		}
	}
}

// A sample is a file, the Python that makes it (see make in oracle.py), and, if we refuse it without a hint, what to do.
type sample struct{ label, code, advice string }

// A sampleFile is a sample that has been made.
type sampleFile struct {
	sample
	target
	holds *content // or nil, if it holds no array
}

// dir and base take the file's name apart.
func (f sampleFile) dir() string  { return filepath.Dir(f.File) }
func (f sampleFile) base() string { return filepath.Base(f.File) }

// makeSamples makes files, or archives in which an array is to be read.
func makeSamples(t *testing.T, samples []sample, array string) (files []sampleFile) {
	t.Helper()
	base := "x.npy"
	if array != "" {
		base = "x.npz"
	}
	var questions []question
	for _, s := range samples {
		files = append(files, sampleFile{sample: s, target: target{filepath.Join(t.TempDir(), base), array}})
		questions = append(questions, question{"file": files[len(files)-1].File, "code": s.code})
	}
	for i, c := range ask[*content](t, "make", questions...) {
		files[i].holds = c
	}
	return files
}

// cell says what one makes of a file.
func (f sampleFile) cell(r reading) string {
	switch {
	case r.Crash != "":
		return "**" + r.Crash + "**"
	case r.Content == nil:
		return "no"
	case f.holds == nil:
		return "takes it"
	case r.Content.same(*f.holds):
		return "yes"
	}
	return "**wrong values**"
}

// byNumpy returns what numpy makes of files.
func byNumpy(t *testing.T, files []sampleFile) (cells []string) {
	t.Helper()
	var questions []question
	for _, f := range files {
		questions = append(questions, question{"File": f.File, "Array": f.Array})
	}
	for i, r := range ask[reading](t, "read", questions...) {
		cells = append(cells, files[i].cell(r))
	}
	return cells
}

// byUs returns what matcombine makes of a file: it is read, or the message and the hint.
func byUs(t *testing.T, f sampleFile) (isRead bool, message, hint string) {
	t.Helper()
	name := f.base()
	if f.Array != "" {
		name += ":" + strings.TrimSuffix(f.Array, ".npy")
	}
	stdout, stderr, status := exits(t, f.dir(), matcombine, "-quiet", "-o", "sum.npy", name)
	if status == 0 {
		c, err := readOurs(f.File, f.Array)
		if err != nil || f.holds == nil || !c.same(*f.holds) {
			t.Errorf("%s: %v, %v", f.label, c, err)
		}
		return true, "", ""
	}
	message, hint, _ = strings.Cut(strings.TrimSuffix(stderr, "\n"), "\nmatcombine: hint: ")
	message, isOurs := strings.CutPrefix(message, "matcombine: "+f.base()+": ")
	if status != badData || stdout != "" || !isOurs || strings.Contains(message+hint, "\n") {
		t.Errorf("%s: exit status %d\n%s%s", f.label, status, stdout, stderr)
	}
	return false, message, hint
}

// typesTable has a row for each type. We and numpy must read it in all forms.
func typesTable(t *testing.T) string {
	t.Helper()
	rows := [][]string{{"numpy's name", "in the file", "matpool", "numpy", "gonpy", "sbinet/npyio"}}
	var samples []sample
	for _, typ := range elem.Types() {
		for _, array := range rawArrays(typ) {
			for version := 1; version <= 3; version++ {
				samples = append(samples, sample{label: typ.String(), code: fmt.Sprintf(
					"x = %s\nwith open(name, 'wb') as f: np.lib.format.write_array(f, x, version=(%d, 0))", array, version)})
			}
		}
	}
	files := makeSamples(t, samples, "")
	numpys := byNumpy(t, files)
	for i, f := range files {
		if c, err := readOurs(f.File, ""); err != nil || !c.same(*f.holds) || numpys[i] != "yes" {
			t.Errorf("%s: %v, %v; by numpy: %s", f.code, c, err, numpys[i])
		}
	}
	each := len(files) / len(elem.Types())
	for i, typ := range elem.Types() {
		f := files[i*each+3*8] // a matrix, little-endian, in C order
		descr := fmt.Sprintf("`<%c%d`, `>%[1]c%[2]d`", typ.Kind(), typ.Size())
		if typ.Size() == 1 {
			descr = fmt.Sprintf("`|%c1`", typ.Kind())
		}
		cells := []string{"`" + typ.String() + "`", descr, "yes", "yes"}
		for _, peer := range []string{"gonpy", "sbinet/npyio"} {
			cells = append(cells, f.cell(readByPeer(t, peer, f.target)[0]))
		}
		rows = append(rows, cells)
	}
	return markdown(rows)
}

// readTable has a row for each file that we read.
func readTable(t *testing.T, what string, samples []sample, array string, peers ...string) string {
	t.Helper()
	rows := [][]string{slices.Concat([]string{what, "matpool", "numpy"}, peers)}
	files := makeSamples(t, samples, array)
	numpys := byNumpy(t, files)
	for i, f := range files {
		if isRead, message, _ := byUs(t, f); !isRead {
			t.Errorf("%s: %s", f.label, message)
		}
		cells := []string{f.label, "yes", numpys[i]}
		for _, peer := range peers {
			cells = append(cells, f.cell(readByPeer(t, peer, f.target)[0]))
		}
		rows = append(rows, cells)
	}
	return markdown(rows)
}

// refusedTable has a row for each file that we refuse.
func refusedTable(t *testing.T, what string, samples []sample, array string) string {
	t.Helper()
	names := []string{"gonpy", "sbinet/npyio"}
	if array != "" {
		names = names[1:]
	}
	rows := [][]string{slices.Concat([]string{what, "matpool says", "what to do", "numpy"}, names)}
	files := makeSamples(t, samples, array)
	numpys := byNumpy(t, files)
	for i, f := range files {
		isRead, message, hint := byUs(t, f)
		if isRead {
			t.Errorf("%s is read", f.label)
		}
		toDo := f.advice
		if hint != "" {
			toDo += "`" + hint + "`"
		}
		if (hint == "") == (f.advice == "") {
			t.Errorf("%s: hint %q, advice %q", f.label, hint, f.advice)
		}
		cells := []string{f.label, "`" + message + "`", toDo, numpys[i]}
		for _, peer := range names {
			cells = append(cells, f.cell(readByPeer(t, peer, f.target)[0]))
		}
		rows = append(rows, cells)
	}
	return markdown(rows)
}

// markdown returns a table, whose first row is its heading.
func markdown(rows [][]string) string {
	var b strings.Builder
	for i, row := range rows {
		for _, cell := range row {
			b.WriteString("| " + strings.ReplaceAll(cell, "|", `\|`) + " ")
		}
		b.WriteString("|\n")
		if i == 0 {
			b.WriteString(strings.Repeat("| --- ", len(row)) + "|\n")
		}
	}
	return b.String()
}
