package record

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"matpool/internal/base/file"
	"matpool/internal/base/hash"
)

var (
	family = New("product", "a", "inputA$(index).npy", "b", "inputB$(index).npy")
	noon   = time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
)

func hashOf(s string) hash.Hash { return hash.Of([]byte(s)) }

// product returns the record of a product whose file has a content.
func product(n int, content string) Record {
	return Record{
		Name: fmt.Sprintf("output%d.npy", n), Size: int64(len(content)), Hash: hashOf(content), Recipe: family.At(n),
		From: []Input{{fmt.Sprintf("inputA%d.npy", n), hashOf("A")}, {fmt.Sprintf("inputB%d.npy", n), hashOf("B")}},
		By:   "matprod v1.2 avx512", Machine: "node7", Time: noon,
	}
}

func write(t testing.TB, name, content string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(content), 0o666); err != nil {
		t.Fatal(err)
	}
}

func mustAppend(t testing.TB, dir string, records ...Record) {
	t.Helper()
	if err := Append(dir, records...); err != nil {
		t.Fatal(err)
	}
}

func mustLoad(t testing.TB, dir string) *Folder {
	t.Helper()
	f, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// A record is a line, which is read back as the same record, whatever its names are.
func TestLine(t *testing.T) {
	r := product(7, "C")
	const want = "output\toutput7.npy\t1\t%s\tproduct a=inputA$(index).npy b=inputB$(index).npy index=7\tinputA7.npy=%s,inputB7.npy=%s\tmatprod v1.2 avx512\tnode7\t2026-11-30T12:00:00Z"
	if got := r.Line(); got != fmt.Sprintf(want, hashOf("C"), hashOf("A"), hashOf("B")) {
		t.Error(got)
	}
	strange := r
	strange.Name, strange.By, strange.Machine = hostile, hostile, hostile
	strange.Recipe = New("gram", "x", hostile)
	strange.From = []Input{{hostile, hashOf("x")}, {"unknown", hash.Hash{}}}
	bare := Record{Name: "x", Recipe: New("program"), Time: noon}
	for _, r := range []Record{r, strange, bare} {
		line := r.Line()
		if strings.ContainsAny(line, "\n\r\"\x00") || strings.Count(line, "\t") != 8 {
			t.Errorf("%q", line)
		}
		if got, err := ParseLine(line); err != nil || !reflect.DeepEqual(got, r) {
			t.Errorf("%q is read as\n%v, %v, want\n%v", line, got, err, r)
		}
		for i := range line { // cut short at any place
			if got, err := ParseLine(line[:i]); err == nil {
				t.Fatalf("%q is taken for %v", line[:i], got)
			}
		}
	}
}

// A line that is not what Line writes is not trusted.
func TestStrangeLines(t *testing.T) {
	line := product(7, "C").Line()
	for old, strange := range map[string]string{
		"output\t":    "folder\t",
		"\t1\t":       "\t-1\t",
		"7.npy\t1\t":  "7.npy\t01\t",
		"12:00:00Z":   "12:00:00+01:00",
		"output7.npy": "",
		".npy\t1":     "\x00\t1",
		"inputA7":     "=",
		"product a":   "Product a",
		"\tmatprod":   "\tx\tmatprod",
	} {
		bad := strings.Replace(line, old, strange, 1)
		if r, err := ParseLine(bad); err == nil {
			t.Errorf("%q is taken for %v", bad, r)
		}
	}
	if _, err := ParseLine(line + "\t"); err == nil {
		t.Error("a cell too many")
	}
}

func FuzzLine(f *testing.F) {
	f.Add(product(7, "C").Line())
	f.Add("output\tx\t1\t" + hashOf("").String() + "\tprogram\t%20=" + hashOf("").String() + ",x\t\t\t2026-11-30T12:00:00Z")
	f.Fuzz(func(t *testing.T, line string) {
		r, err := ParseLine(line)
		if err != nil {
			return
		}
		if back, err := ParseLine(r.Line()); err != nil || !reflect.DeepEqual(back, r) {
			t.Errorf("%q: %v, then %v, %v", line, r, back, err)
		}
	})
}

// A file of records is a table: column names, then lines of as many cells. A later line supersedes an
// earlier one of the same file.
func TestAppendAndLoad(t *testing.T) {
	dir := t.TempDir()
	if f := mustLoad(t, dir); f.Of("output0.npy") != nil || f.Names() != nil || f.Runs() != nil {
		t.Error("records without a file of records")
	}
	strange := product(1, "c")
	strange.Name = hostile
	mustAppend(t, dir, product(0, "old"), strange)
	mustAppend(t, dir, product(0, "new"))
	text, err := os.ReadFile(filepath.Join(dir, FileName))
	if err != nil || !strings.HasPrefix(string(text), "kind\tname\tsize\txxh128\trecipe\tfrom\tby\tmachine\ttime\noutput\t") || strings.Count(string(text), "\n") != 4 {
		t.Errorf("%s, %v", text, err)
	}
	f := mustLoad(t, dir)
	if got := f.Of("output0.npy"); !reflect.DeepEqual(got, []Record{product(0, "new")}) {
		t.Error(got)
	}
	if got := f.Of(hostile); !reflect.DeepEqual(got, []Record{strange}) {
		t.Error(got)
	}
	if got := f.Names(); !reflect.DeepEqual(got, []string{hostile, "output0.npy"}) {
		t.Error(got)
	}
}

// A line that was cut short, is damaged, or is still being written, is passed over, and does not damage
// the next one.
func TestTornLines(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, FileName)
	mustAppend(t, dir, product(0, "c"))
	whole, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for cut := range whole {
		write(t, name, string(whole[:len(whole)-cut]))
		mustAppend(t, dir, product(1, "d"))
		f := mustLoad(t, dir)
		if cut > 1 && len(f.Of("output0.npy")) != 0 || cut <= 1 && len(f.Of("output0.npy")) != 1 || len(f.Of("output1.npy")) != 1 {
			t.Fatalf("cut %d: %v, %v", cut, f.Of("output0.npy"), f.Of("output1.npy"))
		}
	}
	write(t, name, string(whole[:len(whole)-1]))
	if f := mustLoad(t, dir); len(f.Of("output0.npy")) != 0 {
		t.Error("a line without its end is taken")
	}
	write(t, name, "kind\r\n\x00\x00\x00\n\n\t\t\t\t\t\t\t\t\nnew kind\tx\n"+strings.ReplaceAll(string(whole), "\n", "\r\n"))
	if f := mustLoad(t, dir); len(f.Of("output0.npy")) != 1 {
		t.Error("an editor's line ends, or strange lines, are too much")
	}
}

// Whatever is in a file of records, it is read, and what is taken is written back the same.
func FuzzFolder(f *testing.F) {
	f.Add(header() + "\n" + product(1, "c").Line() + "\n" + run100().Line() + "\n")
	f.Add(strings.Replace(run100().Line(), "0-9:0-99", "0:0-500000000", 1) + "\n")
	f.Add(strings.Replace(run100().Line(), "0-9:0-99", "0:0-5000000", 1) + "\n")
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, text string) {
		folder := parse(text)
		folder.Dir = dir
		for _, name := range folder.Names() {
			for _, r := range folder.Of(name) {
				if r.Name != name {
					t.Errorf("%q has the record of %q", name, r.Name)
				}
			}
		}
		for _, r := range folder.Runs() {
			if again, err := ParseRun(r.Line()); err != nil || again.Line() != r.Line() {
				t.Errorf("%v is read back as %v, %v", r, again, err)
			}
		}
		if folder.live > len(text) {
			t.Error("more bytes count than there are")
		}
	})
}

// Many write at the same time, and nothing is lost, also while old lines are removed.
func TestManyAppend(t *testing.T) {
	dir := t.TempDir()
	const writers, each = 8, 100
	long := strings.Repeat("x", 2000)
	var wait sync.WaitGroup
	for w := range writers {
		wait.Go(func() {
			for i := range each {
				r := product(i%5*writers+w, fmt.Sprint(i))
				r.By = "matprod " + long
				mustAppend(t, dir, r)
			}
		})
	}
	wait.Wait()
	f := mustLoad(t, dir)
	for n := range 5 * writers {
		if list := f.Of(fmt.Sprintf("output%d.npy", n)); len(list) != 1 || list[0].Hash != hashOf(fmt.Sprint(each-5+n/writers)) {
			t.Fatalf("output%d.npy: %v", n, list)
		}
	}
	info, err := os.Stat(filepath.Join(dir, FileName))
	if err != nil || canReplaceOpen && info.Size() > 2*smallest {
		t.Errorf("old lines stay: %d bytes, %v", info.Size(), err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Error(entries, err)
	}
}

// A folder that cannot be written to is an error that names the file.
func TestCannotAppend(t *testing.T) {
	name := filepath.Join(t.TempDir(), "missing")
	if err := Append(name, product(0, "c")); err == nil || !strings.HasPrefix(err.Error(), filepath.Join(name, FileName)+": cannot be written: ") {
		t.Error(err)
	}
	if err := os.MkdirAll(filepath.Join(name, FileName), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := Append(name, product(0, "c")); err == nil || err.Error() != filepath.Join(name, FileName)+": is a folder; it cannot be replaced by a file" {
		t.Error(err)
	}
	if _, err := Load(name); err == nil || !strings.HasPrefix(err.Error(), filepath.Join(name, FileName)+": ") {
		t.Error(err)
	}
}

// Another process waits for the lock.
func TestLockIsRespected(t *testing.T) {
	dir := t.TempDir()
	mustAppend(t, dir, product(0, "c"))
	lock, locked, err := file.OpenLocked(filepath.Join(dir, FileName), os.O_RDWR)
	if err != nil {
		t.Fatal(err)
	}
	if !locked {
		t.Skip("this file system has no locks")
	}
	done := make(chan error)
	go func() { done <- Append(dir, product(1, "d")) }()
	for range 1000 {
		runtime.Gosched()
	}
	if f := mustLoad(t, dir); len(f.Of("output1.npy")) != 0 {
		t.Error("it did not wait")
	}
	lock.Close()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if f := mustLoad(t, dir); len(f.Of("output1.npy")) != 1 {
		t.Error("it was not written")
	}
}

func BenchmarkAppend(b *testing.B) {
	dir := b.TempDir()
	r := product(7, "C")
	for b.Loop() {
		mustAppend(b, dir, r)
	}
}

// 100,000 records are to be read in half a second with less than 100 MB.
func BenchmarkLoad(b *testing.B) {
	dir := b.TempDir()
	records := make([]Record, 100_000)
	for i := range records {
		records[i] = product(i, "C")
	}
	mustAppend(b, dir, records...)
	records = nil
	for b.Loop() {
		f := mustLoad(b, dir)
		if len(f.Of("output99999.npy")) != 1 {
			b.Fatal("not found")
		}
		b.StopTimer()
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		runtime.KeepAlive(f)
		f = nil
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(before.HeapAlloc-after.HeapAlloc)/1e6, "MB")
		b.StartTimer()
	}
}

// A job that may be resumed can be killed without a word, so no record of it waits for the next one.
func TestRecordsOfJobsDoNotWait(t *testing.T) {
	dir := t.TempDir()
	var printed strings.Builder
	r := NewRecorder("matprod", &printed)
	r.KeepBeside()
	for n := range 3 {
		p := product(n, "content")
		write(t, filepath.Join(dir, p.Name), "content")
		if err := r.Wrote(t.Context(), filepath.Join(dir, p.Name), p.Hash, p.Recipe, p.From); err != nil {
			t.Fatal(err)
		}
		if got := mustLoad(t, dir).Of(p.Name); len(got) != 1 || strings.Count(printed.String(), "\n") != n+1 {
			t.Errorf("%s: %d records; printed:\n%s", p.Name, len(got), &printed)
		}
	}
}
