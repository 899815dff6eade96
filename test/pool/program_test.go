//go:build pool

package pool

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"matpool/condor/eventlog"
	"matpool/internal/base/file"
)

// program makes a folder with a program that knows nothing of indices, and a submission file for
// jobs of it: job i reads the steps in data<i>.txt, as data.txt.
func (f folder) program(flags ...string) {
	f.Helper()
	f.copy(filepath.Join(bin, "worker"), "worker")
	f.copy(filepath.Join(bin, "worker.exe"), "worker.exe")
	f.write("run_worker", strings.Join(append([]string{
		"executable = worker",
		"arguments = data.txt",
		"indexed_input_files = data.txt",
		"log = log.txt",
		"retry_delay = 1s",
	}, flags...), "\n"))
}

// steps writes the inputs of the jobs.
func (f folder) steps(steps ...string) {
	f.Helper()
	for i, text := range steps {
		f.write(fmt.Sprintf("data%d.txt", i), text)
	}
}

// names returns the sorted names of the files that match a pattern.
func (f folder) names(pattern string) string {
	f.Helper()
	found, err := filepath.Glob(f.path(pattern))
	if err != nil {
		f.Fatal(err)
	}
	for i := range found {
		found[i], _ = filepath.Rel(f.dir, found[i])
	}
	return strings.Join(found, " ")
}

// A script that knows nothing of indices runs unmodified: the product.py of the numpy flow, with the
// tutorial's submission file.
func TestScript(t *testing.T) {
	t.Parallel()
	const pairs = 20
	f := newFolder(t)
	if err := os.CopyFS(f.dir, os.DirFS("../../bench/numpy")); err != nil {
		t.Fatal(err)
	}
	f.makeInputs(pairs, 50)
	want := f.serial(pairs)
	f.write("product.py", "#!/usr/bin/python3\n"+f.read("product.py"))
	f.run("chmod", "+x", "product.py")
	f.run("sed", "-i", "/^python_version/d; s/^python_script.*/executable = product.py/", "run_product")
	f.run("matsubmit", "run_product", fmt.Sprint("-total_jobs=", pairs))
	if said, status := f.watch(); status != 0 {
		t.Fatalf("matwatch: exit status %d\n%s", status, said)
	}
	if names := strings.Fields(f.names("output*.npy")); len(names) != pairs {
		t.Errorf("outputs: %s", names)
	}
	got, err := strconv.ParseFloat(strings.TrimSpace(f.run("/usr/bin/python3", "combine.py", fmt.Sprint(pairs))), 64)
	norm, err2 := strconv.ParseFloat(strings.TrimSpace(want), 64)
	if err != nil || err2 != nil || got < norm*(1-1e-12) || got > norm*(1+1e-12) {
		t.Errorf("norm %v, serially %s", got, want)
	}
	if exists(f.path("run_product.inputs")) {
		t.Error("there are links, which machines with Linux do not need")
	}
}

// A program for both systems gets its inputs without an index, and its outputs come back with it, in
// other folders, and with odd names.
func TestProgram(t *testing.T) {
	t.Parallel()
	const all = "linux windows"
	for _, x := range []struct{ name, systems, data, result string }{
		{"linux", "linux", "data.txt", "out/result.txt"},
		{"windows", "windows", "sub/data.txt", "result.txt"},
		{"both", all, "my data.txt", "my results/the result.txt"},
		{"blanks", "linux", "my data.txt", "my results/the result.txt"},
		{"odd", "linux", "it's $HOME#é.txt", "r/it's $(x) $$(OpSys) ü.txt"},
		{"links", "linux", "a=b;c.txt", "r/it's.txt"},
		{"oddest", all, "it's %HOME% a=b;c$(x).txt", "it's %HOME% ü$(x).txt"},
	} {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			const jobs = 6
			f := newFolder(t)
			f.program(
				fmt.Sprintf("indexed_input_files = \"%s\"", x.data),
				fmt.Sprintf("indexed_output_files = \"%s\"", x.result),
				"operating_systems = "+x.systems,
				"arguments = 'DATA'",
				fmt.Sprint("total_jobs = ", jobs))
			task := f.read("run_worker")
			task = strings.Replace(task, "arguments = data.txt\nindexed_input_files = data.txt\n", "", 1)
			quote := strings.NewReplacer("'", "''", "$", "$(DOLLAR)")
			task = strings.Replace(task, "DATA", quote.Replace(filepath.Base(x.data)), 1)
			f.write("run_worker", task)
			if err := os.MkdirAll(f.path(filepath.Dir(x.data)), 0o777); err != nil {
				t.Fatal(err)
			}
			for i := range jobs {
				f.write(file.Indexed(x.data, i), fmt.Sprintf("write \"%s\" good %d\n", filepath.Base(x.result), i))
			}
			f.run("matsubmit", "run_worker")
			if said, status := f.watch(); status != 0 {
				t.Fatalf("matwatch: exit status %d\n%s%s", status, said, f.read("log.txt"))
			}
			for i := range jobs {
				if text := f.read(file.Indexed(x.result, i)); text != fmt.Sprint("good ", i) {
					t.Errorf("result %d is %q", i, text)
				}
			}
			if linked := exists(f.path("run_worker.inputs")); linked != (x.systems != "linux" || x.name == "links") {
				t.Errorf("links: %v", linked)
			}
		})
	}
}

// A job that returns nothing, another file than it should, or fails, is held, with a sentence that
// says why; no other job's file is overwritten; and -resubmit mends it.
func TestProgramFails(t *testing.T) {
	t.Parallel()
	for _, system := range []string{"linux", "windows"} {
		t.Run(system, func(t *testing.T) {
			t.Parallel()
			on := ` on (linux1|linux2) \(LINUX\): see logs/`
			if system == "windows" {
				on = ` on winpc \(WINDOWS\): see logs/`
			}
			const good, gone = "write result.txt good", `Transfer output files failure .* reading from file .*/result\.txt: \(errno 2\) No such file or directory`
			fates := []fate{
				{good + "\nsay fine", 1, eventlog.JobHeld{}, "fine\n"},
				{"say I have forgotten something", 1, held(12, 2, gone), "I have forgotten something\n"},
				{"write result0.txt bad\nwrite other.txt bad", 1, held(12, 2, gone), ""},
				{"say oh\nexit 3", 2, held(3, 3, `job 3: failed with exit status 3, after 2 runs, the last`+on+`3.err`), "oh\n"},
				{"write result.txt bad\nsay oh\nexit 3", 2, held(3, 3, `job 4: failed with exit status 3, after 2 runs, the last`+on+`4.err`), "oh\n"},
				{"say bad\nexit 65", 1, held(3, 65, `job 5: bad input`+on+`5.err`), "bad\n"},
				{"until 2 exit 1\n" + good, 2, eventlog.JobHeld{}, ""},
			}
			if system == "linux" { // Windows has no signals
				fates = append(fates, fate{"write result.txt bad\nsay oh\nkill", 2, held(3, 128+9, `job 7: killed by signal 9, after 2 runs, the last`+on+`7.err`), "oh\n"})
			}
			f := newFolder(t)
			f.program("indexed_output_files = result.txt", "max_retries = 1", "operating_systems = "+system, fmt.Sprint("total_jobs = ", len(fates)))
			f.write("other.txt", "mine")
			for i := range fates {
				f.write(fmt.Sprintf("data%d.txt", i), fates[i].script)
			}
			f.run("matsubmit", "run_worker")
			f.meetIn("log.txt", fates)
			said, status := f.watch()
			if status != 3 || !regexp.MustCompile(`did not make the file that the reason names`).MatchString(said) {
				t.Errorf("matwatch: exit status %d\n%s", status, said)
			}
			if names := f.names("*result*"); names != "result0.txt result6.txt" || f.read("other.txt") != "mine" || f.read("result0.txt") != "good" {
				t.Errorf("%s; other.txt is %q", names, f.read("other.txt"))
			}
			// No machine waits for a job that is held.
			preempting := fmt.Sprintf("State == \"Preempting\" && OpSys == %q", strings.ToUpper(system))
			for deadline := time.Now().Add(limit); f.run("condor_status", "-constraint", preempting, "-af", "Name") != ""; time.Sleep(time.Second) {
				if time.Now().After(deadline) {
					t.Fatal("a slot waits for a job that is held")
				}
			}

			for i := range fates {
				if fates[i].held.Code != 0 {
					f.write(fmt.Sprintf("data%d.txt", i), good)
				}
			}
			if said := f.run("matsubmit", "run_worker", "-resubmit"); !strings.Contains(said, fmt.Sprintf("2 done, 0 in the queue, %d missing", len(fates)-2)) {
				t.Error(said)
			}
			if said, status := f.watch(); status != 0 {
				t.Errorf("matwatch: exit status %d\n%s", status, said)
			}
			for i := range fates {
				if text := f.read(fmt.Sprintf("result%d.txt", i)); text != "good" {
					t.Errorf("result%d.txt is %q", i, text)
				}
			}
			if said := f.run("matsubmit", "run_worker", "-resubmit"); !strings.Contains(said, "nothing to submit") {
				t.Error(said)
			}
		})
	}
}

// Without names of outputs, all new files come back, each job's to a folder of its own, also those of
// a job that fails.
func TestAllNewFiles(t *testing.T) {
	t.Parallel()
	f := newFolder(t)
	f.program("total_jobs = 3", "max_retries = 0", "input_files = common.txt")
	f.write("common.txt", "read")
	f.write("result.txt", "mine")
	f.steps("write result.txt good 0\nwrite other.txt good", "write result.txt good 1", "write result.txt bad\nsay alas\nexit 7")
	f.run("matsubmit", "run_worker")
	said, status := f.watch()
	if status != 3 || !regexp.MustCompile(`job 2: failed with exit status 7 on .*: see logs/2\.err`).MatchString(said) {
		t.Errorf("matwatch: exit status %d\n%s", status, said)
	}
	if names := f.names("run_worker.out/*/*"); names != "run_worker.out/0/other.txt run_worker.out/0/result.txt run_worker.out/1/result.txt run_worker.out/2/result.txt" {
		t.Error(names)
	}
	if f.read("run_worker.out/0/result.txt") != "good 0" || f.read("run_worker.out/1/result.txt") != "good 1" || f.read("result.txt") != "mine" || f.read("logs/2.err") != "alas\n" {
		t.Error("a file is wrong")
	}
}

// A program whose file names say where the index is gets and returns them as they are, unless only
// a folder has it.
func TestNamesThatPlaceTheIndex(t *testing.T) {
	t.Parallel()
	for _, system := range []string{"linux", "windows"} {
		t.Run(system, func(t *testing.T) {
			t.Parallel()
			f := newFolder(t)
			f.program("operating_systems = "+system, "total_jobs = 2", "first_index = 7")
			task := strings.Replace(f.read("run_worker"), "indexed_input_files = data.txt", "indexed_input_files = data/run$(index)/data.txt, b.txt", 1)
			f.write("run_worker", task+"\nindexed_output_files = result_$(index).txt, out$(index)/plain.txt")
			for _, i := range []int{7, 8} {
				f.run("mkdir", "-p", fmt.Sprintf("data/run%d", i))
				f.write(fmt.Sprintf("b%d.txt", i), "")
				f.write(fmt.Sprintf("data/run%d/data.txt", i), fmt.Sprintf("write result_%[1]d.txt %[1]d\nwrite plain.txt plain %[1]d", i))
			}
			f.run("matsubmit", "run_worker")
			if said, status := f.watch(); status != 0 {
				t.Fatalf("matwatch: exit status %d\n%s", status, said)
			}
			if names := f.names("*result*") + " " + f.names("out*/*"); names != "result_7.txt result_8.txt out7/plain.txt out8/plain.txt" {
				t.Error(names)
			}
			for _, i := range []int{7, 8} {
				if f.read(fmt.Sprintf("result_%d.txt", i)) != fmt.Sprint(i) || f.read(fmt.Sprintf("out%d/plain.txt", i)) != fmt.Sprint("plain ", i) {
					t.Errorf("the outputs of job %d are wrong", i)
				}
			}
			if exists(f.path("run_worker.inputs")) {
				t.Error("there are links, which no machine needs")
			}
		})
	}
}

// A program that knows of indices gets several of them.
func TestProgramInBatches(t *testing.T) {
	t.Parallel()
	f := newFolder(t)
	f.program("indexed_output_files = my result.txt, out/log.txt", "total_jobs = 5", "products_per_job = 2")
	f.write("run_worker", strings.Replace(f.read("run_worker"), "arguments = data.txt", "arguments = data$(first).txt $(count)", 1))
	f.steps("write \"my result0.txt\" 0\nwrite \"my result1.txt\" 1\nwrite log0.txt 0\nwrite log1.txt 1", "", "write \"my result2.txt\" 2\nwrite log2.txt 2\nwrite log3.txt 3", "", "write \"my result4.txt\" 4\nwrite log4.txt 4")
	f.run("matsubmit", "run_worker")
	said, status := f.watch()
	if status != 3 || !strings.Contains(said, "/my result3.txt: (errno 2)") || strings.Count(said, " held: ") != 1 {
		t.Errorf("matwatch: exit status %d\n%s", status, said)
	}
	// Of a job that is held, all other outputs come back.
	if names := f.names("my*") + " " + f.names("out/*"); names != "my result0.txt my result1.txt my result2.txt my result4.txt out/log0.txt out/log1.txt out/log2.txt out/log3.txt out/log4.txt" {
		t.Error(names)
	}
}

// In a DAG, a job without its output does not wait for a person.
func TestProgramInDAG(t *testing.T) {
	t.Parallel()
	f := newFolder(t)
	f.program("indexed_output_files = result.txt", "total_jobs = 3")
	f.steps("write result.txt 0", "", "say no\nexit 65")
	f = notInTmp(f)
	f.run("matsubmit", "run_worker", "-dag")
	f.run("condor_wait", "-wait", fmt.Sprint(limit.Seconds()), "run_worker.dag.dagman.log")
	rescue := f.read("run_worker.dag.rescue001")
	if !strings.Contains(rescue, "\nDONE job0\n") || strings.Count(rescue, "\nDONE ") != 1 || f.read("logs/2.err") != "no\n" {
		t.Errorf("%s", rescue)
	}
	f.steps("write result.txt 0", "write result.txt 1", "write result.txt 2")
	f.run("condor_submit_dag", "run_worker.dag")
	f.run("condor_wait", "-wait", fmt.Sprint(limit.Seconds()), "run_worker.dag.dagman.log")
	if names := f.names("result*"); names != "result0.txt result1.txt result2.txt" {
		t.Error(names)
	}
}
