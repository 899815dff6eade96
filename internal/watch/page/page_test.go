package page

import (
	"bytes"
	"html"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"matpool/condor/eventlog"
	"matpool/internal/base/file"
	"matpool/internal/base/hash"
	"matpool/internal/joblog"
	"matpool/internal/record"
	"matpool/internal/watch/page/pagetest"
	"matpool/internal/watch/report"
)

// pageOf returns the page about the log.txt in a folder.
func pageOf(t *testing.T, dir string) string {
	t.Helper()
	j, err := joblog.Open(filepath.Join(dir, "log.txt"))
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	if err := j.Read(func(*eventlog.Event) {}); err != nil {
		t.Fatal(err)
	}
	run := j.Select(nil)
	j.CheckOutputs(run)
	var b bytes.Buffer
	if err := Write(&b, report.New(j, run), "matwatch v1.2"); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

var tag = regexp.MustCompile(`<[^>]*>`)

// section returns what a reader sees of a section, a line for each row of a table.
func section(t *testing.T, page, id string) string {
	t.Helper()
	_, rest, found := strings.Cut(page, `<section aria-labelledby="`+id+`">`)
	if !found {
		t.Fatalf("no section %q", id)
	}
	rest, _, _ = strings.Cut(rest, "</section>")
	return strings.Join(strings.Fields(strings.ReplaceAll(html.UnescapeString(tag.ReplaceAllString(strings.ReplaceAll(rest, "</tr>", " ¶"), " ")), "¶", "\n")), " ")
}

// Ten questions about a run are answered by the page alone, in the section where a reader looks.
func TestTenQuestions(t *testing.T) {
	dir := t.TempDir()
	pagetest.Eventful(t, dir)
	page := pageOf(t, dir)
	for _, q := range []struct{ question, section, answer string }{
		{"Is it complete?", "result", "Complete yes: all 24 jobs are done, and their outputs are there"},
		{"What is the norm?", "result", "Norm 999818.0921726658 from "},
		{"What was multiplied?", "result", "What was computed inputA$(index).npy · inputB$(index).npy product a=inputA$(index).npy b=inputB$(index).npy products 0 to 23"},
		{"Which version and kernel?", "result", "Program, version and kernel matprod v1.2, OpenBLAS, kernel Haswell (1 file); matprod v1.2, OpenBLAS, kernel SkylakeX (23 files) submitted by matsubmit v1.2"},
		{"Were the results checked?", "result", "Checked yes: 24 of 24 outputs are, byte for byte, what their records say matprod checked each product when it was computed (check = yes)"},
		{"How long did it take, against what was said?", "result", "Time 1m06s; matsubmit had estimated 20s (it took 3.3 × as long)"},
		{"Which machine was slow?", "machines", "Slow: pc13 (14.6s a job), while the median of all jobs is 4.45s of computing."},
		{"Which job failed, and where, and why?", "problems", "failed, run again: exit status 1 job product where when why what became of it 1.5 5 slot1_1@pc21 09:00:04 see its stderr ran again on slot1_1@linux2; now done"},
		{"What was held, and why, and what became of it?", "problems",
			"an input is missing or bad (exit status 65). job product where when why what became of it " +
				"1.7 7 slot1_1@linux1 09:00:10 product 7: bad input on linux1 (LINUX): inputB7.npy: truncated: header promises 8000000 bytes of data, file holds 1048576 submitted again as job 2.0: done"},
		{"And if HTCondor did something about it?", "problems", "(errno 122) Disk quota exceeded released after 15s (by HTCondor); now done"},
		{"Whose machine was taken away?", "problems", "evicted: job 1.11: the owner of pc13 is back"},
		{"How much time was waiting, transfers, computing?", "time", "computing 2m08s (69%), transfers 36.3s (20%), computing in vain 8.5s (5%). Before that, a typical job waited 14.3s for its machine"},
	} {
		if got := section(t, page, q.section); !strings.Contains(got, q.answer) {
			t.Errorf("%s\nnot answered by %q:\n%s", q.question, q.answer, got)
		}
	}
}

// The norm that matcombine has printed counts for the files that it added, and no others.
func TestNorm(t *testing.T) {
	dir := t.TempDir()
	pagetest.Eventful(t, dir)
	if err := os.Remove(filepath.Join(dir, "run_product.norm")); err != nil {
		t.Fatal(err)
	}
	folder, err := record.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	var hashes []hash.Hash
	for i := range 24 {
		name := file.Indexed("output.npy", i)
		names = append(names, filepath.Join(dir, name))
		hashes = append(hashes, folder.Kept(name)[0].Hash)
	}
	recorder := record.NewRecorder("matcombine v1.2", nil)
	recorder.Norm(names[1:], hashes[1:], "23.5")
	if got := section(t, pageOf(t, dir), "result"); !strings.Contains(got, "Norm unknown: ") {
		t.Errorf("the norm of some of the files is that of the run: %s", got)
	}
	slices.Reverse(hashes)
	recorder.Norm(names, hashes, "24.5")
	if got := section(t, pageOf(t, dir), "result"); !strings.Contains(got, "Norm 24.5 of these 24 outputs, by matcombine v1.2 on ") {
		t.Error(got)
	}
	if err := os.WriteFile(names[7], []byte("another"), 0o666); err != nil {
		t.Fatal(err)
	}
	if got := section(t, pageOf(t, dir), "result"); !strings.Contains(got, "Norm unknown: ") {
		t.Errorf("a file has changed, but not the norm: %s", got)
	}
}

// What nobody knows is said to be unknown: here there is the log alone.
func TestUnknown(t *testing.T) {
	dir, elsewhere := t.TempDir(), t.TempDir()
	pagetest.Eventful(t, dir)
	log, err := os.ReadFile(filepath.Join(dir, "log.txt"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(elsewhere, "log.txt"), log, 0o666); err != nil {
		t.Fatal(err)
	}
	got := section(t, pageOf(t, elsewhere), "result")
	for _, want := range []string{
		"all 24 jobs are done; their outputs were not looked for",
		"Norm unknown: it is not recorded, and there is no run_product.norm; matcombine computes it",
		"What was computed unknown: there are no records of it (matpool.tsv) products 0 to 23",
		"kernel unknown: there is only the log, and it is not where the outputs are",
		"Checked unknown: ",
		"1m06s; no estimate of matsubmit is recorded",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in\n%s", want, got)
		}
	}
}

// An output that has changed, or is missing, is named.
func TestWrongOutputs(t *testing.T) {
	dir := t.TempDir()
	pagetest.Eventful(t, dir)
	if err := os.WriteFile(filepath.Join(dir, "output3.npy"), []byte("another"), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, "output4.npy")); err != nil {
		t.Fatal(err)
	}
	page := pageOf(t, dir)
	for id, want := range map[string]string{
		"result":   "output3.npy: has changed since matprod wrote it",
		"problems": "done, but an output is missing To do: matsubmit FILE -resubmit makes the missing outputs again. job product where when why what became of it 1.4 4 slot1_1@pc13",
	} {
		if got := section(t, page, id); !strings.Contains(got, want) {
			t.Errorf("%q is not in\n%s", want, got)
		}
	}
	if got := section(t, page, "result"); !strings.Contains(got, "Norm unknown: outputs have changed since run_product.norm was written") {
		t.Error(got)
	}
	if got := section(t, page, "result"); !strings.Contains(got, "no: 23 of 24 jobs done") || !strings.Contains(got, "Checked no: 1 of 23 outputs is not what the records say") {
		t.Error(got)
	}
}

// A page of a run without attempts has no picture.
func TestNothingToDraw(t *testing.T) {
	dir := t.TempDir()
	const idle = "000 (007.000.000) 2026-11-23 19:12:06 Job submitted from host: <h>\n...\n"
	if err := os.WriteFile(filepath.Join(dir, "log.txt"), []byte(idle), 0o666); err != nil {
		t.Fatal(err)
	}
	page := pageOf(t, dir)
	if strings.Contains(page, "<script") || strings.Contains(page, "<figure") || !strings.Contains(page, "not yet: 0 done, 0 running, 1 idle") {
		t.Error(page)
	}
}

// Names cannot end an element, or begin one; and the same log gives the same bytes.
func TestHostileNames(t *testing.T) {
	dir := t.TempDir()
	pagetest.Hostile(t, dir)
	page := pageOf(t, dir)
	for _, bad := range []string{"<img", "</title></script>", "onerror=alert(1)>"} {
		if strings.Contains(page, bad) {
			t.Errorf("%q is in the page", bad)
		}
	}
	if !strings.Contains(html.UnescapeString(section(t, page, "machines")), "&{{1}}") {
		t.Errorf("the machine's name is not there: %s", section(t, page, "machines"))
	}
	if again := pageOf(t, dir); again != page {
		t.Error("the page differs when it is written again")
	}
}
