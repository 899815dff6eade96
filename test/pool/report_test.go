//go:build pool

package pool

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// All times in the report of a run without a fault are known, whatever kind of run it is: none of 50 prints
// "unknown", unless the log has times out of order. The report's sums are those of testdata/sums.py, which reads the
// log by itself.
func TestReportsKnow(t *testing.T) {
	t.Parallel()
	const pairs = 6
	products := func(f folder) {
		f.copy("../../examples/run_product", "run_product")
		f.run("sed", "-i", fmt.Sprintf("s/^total_jobs.*/total_jobs = %d/", pairs), "run_product")
		f.makeInputs(pairs, 50)
	}
	random := func(f folder) {
		f.write("run_product", fmt.Sprintf("inputs = random\nseed = 42\nsize = 50\ntotal_jobs = %d\nlog = log.txt\n", pairs))
	}
	grid := func(f folder) {
		f.write("run_product", "grid = 2x3\ntotal_jobs = 6\nlog = log.txt\n")
		f.run("matinit", "-quiet", "-jobs", "1", "-size", "60", "-seed", "42", "-a", "A.npy", "-b", "B.npy")
		f.run("matinit", "-quiet", "-from", "A0.npy,B0.npy", "-grid", "2x3")
	}
	program := func(steps ...string) func(folder) {
		return func(f folder) {
			f.program("indexed_output_files = result.txt", fmt.Sprint("total_jobs = ", len(steps)))
			f.steps(steps...)
			f.run("mv", "run_worker", "run_product")
		}
	}
	again := program("until 2 exit 1\nwrite result.txt a", "write result.txt b", "until 3 exit 2\nwrite result.txt c")
	for _, kind := range []struct {
		name, flags string
		runs        int
		prepare     func(folder)
	}{
		{"products", "", 4, products},
		{"one by one", "-max_idle=1", 4, products},
		{"batches", "-products_per_job=4", 5, products},
		{"sums", "-products_per_job=2 -sum=yes", 5, products},
		{"random", "", 5, random},
		{"random sums", "-products_per_job=4 -sum=yes", 5, random},
		{"grid", "", 5, grid},
		{"program", "", 6, program("write result.txt a", "sleep 1\nwrite result.txt b", "say c\nwrite result.txt c")},
		{"retried", "", 6, again},
		{"DAG", "-dag", 2, products},
		{"DAG of sums", "-dag -products_per_job=3 -sum=yes", 1, products},
		{"DAG of a program", "-dag", 1, program("write result.txt a", "write result.txt b")},
		{"DAG with retries", "-dag", 1, again},
	} {
		for run := range kind.runs {
			t.Run(fmt.Sprint(kind.name, " ", run), func(t *testing.T) {
				t.Parallel()
				f := newFolder(t)
				kind.prepare(f)
				if strings.Contains(kind.flags, "-dag") {
					f = notInTmp(f)
				}
				estimate := f.run("matsubmit", append(strings.Fields(kind.flags), "run_product")...)
				if said, errs, status := f.try("matwatch", "-wait", "-timeout", limit.String(), "log.txt"); status != 0 {
					t.Fatalf("matwatch: exit status %d\n%s%s", status, said, errs)
				}
				f.checkReport()
				f.checkPage(estimate)
			})
		}
	}
}

// checkPage checks that the page about log.txt says that all is done, and what matsubmit said it would take, if it did.
func (f folder) checkPage(estimate string) {
	f.Helper()
	f.run("matwatch", "-html", "run.html", "log.txt")
	page := f.read("run.html")
	if !strings.Contains(page, "<dt>Complete</dt><dd>yes: ") {
		f.Errorf("not all is done: %s", page)
	}
	if known, said := strings.Contains(estimate, " on the pool ("), strings.Contains(page, "matsubmit had estimated"); known != said {
		f.Errorf("matsubmit says %s\nthe page has it: %t", estimate, said)
	}
}

// checkReport checks that the report of log.txt knows all times that are in order, and that its sums are right. It does not
// check the report of a run in which HTCondor has lost an attempt, whose events may be missing or late.
func (f folder) checkReport() {
	f.Helper()
	text := f.run("matwatch", "-report", "log.txt")
	f.copy("testdata/sums.py", "sums.py")
	var report struct{ Total map[string]float64 }
	var log map[string]float64
	for text, value := range map[string]any{f.run("matwatch", "-json", "log.txt"): &report, f.run("/usr/bin/python3", "sums.py", "log.txt"): &log} {
		if err := json.Unmarshal([]byte(text), value); err != nil {
			f.Fatalf("%v\n%s", err, text)
		}
	}
	if log["lost"] > 0 {
		f.Logf("HTCondor has lost %v attempts\n%s", log["lost"], f.read("log.txt"))
		return
	}
	if strings.Contains(text, "unknown") && log["untimed"]+log["unwaited"] == 0 {
		f.Errorf("%s\n%s", text, f.read("log.txt"))
	}
	for name, of := range map[string]string{"runs": "attempts", "queue_s": "queue", "input_s": "input", "compute_s": "compute", "vain_s": "vain",
		"output_s": "output", "busy_s": "all", "suspended_s": "suspended", "untimed": "untimed"} {
		if got, want := report.Total[name], log[of]; got != want {
			f.Errorf("%s is %v, by the log %v\n%s", name, got, want, f.read("log.txt"))
		}
	}
}
