//go:build pool

package pool

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"matpool/condor"
	"matpool/condor/eventlog"
	"matpool/internal/record"
)

// made returns the content of the files in the folder that jobs have made: not what matsubmit
// writes, nor the log.
func (f folder) made(before map[string]string) map[string]string {
	f.Helper()
	files := f.files(".")
	others := regexp.MustCompile(`^(log\.txt|.*\.sub|matprod\..*|.*\.inputs/.*)$`)
	for name := range files {
		if _, there := before[name]; there || others.MatchString(name) {
			delete(files, name)
		}
	}
	return files
}

// files returns the modes and the contents of all files in a folder and its subfolders, but not the records, and not what
// a record in a job's stdout says of the machine and the time.
func (f folder) files(dir string) map[string]string {
	f.Helper()
	files := map[string]string{}
	root := f.path(dir)
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name, err := filepath.Rel(root, path)
		if base := entry.Name(); base != record.FileName && base != record.CacheName {
			info, err := os.Stat(path)
			if err != nil {
				return err
			}
			files[name] = info.Mode().String() + " " + alike(folder{f.TB, root}.read(name))
		}
		return err
	})
	if err != nil {
		f.Fatal(err)
	}
	return files
}

// ownCells matches the cells of a record that depend on where and when a job ran.
var ownCells = regexp.MustCompile(`(?m)^(matpool-record(?:\t[^\t\n]*){6}).*`)

// alike returns what a job has printed, or written, without what depends on where and when it ran: a batch's products
// are made in any order.
func alike(text string) string {
	text = ownCells.ReplaceAllString(text, "$1")
	if strings.HasPrefix(text, "matpool-record") {
		lines := strings.SplitAfter(text, "\n")
		slices.Sort(lines)
		return strings.Join(lines, "")
	}
	return text
}

// twin returns a copy of the folder.
func (f folder) twin() folder {
	f.Helper()
	g := folder{f.TB, filepath.Join(f.TempDir(), "twin")}
	f.run("cp", "-a", ".", g.dir)
	return g
}

func (f folder) same(what string, got, want map[string]string) {
	f.Helper()
	for name, text := range want {
		if other, ok := got[name]; !ok || other != text {
			f.Errorf("%s: %s is %q, on the pool %q", what, name, other, text)
		}
	}
	for name := range got {
		if _, ok := want[name]; !ok {
			f.Errorf("%s: %s is not made on the pool", what, name)
		}
	}
}

// Jobs that run here make the same files as on the pool, byte for byte.
func TestLocalMakesTheSame(t *testing.T) {
	t.Parallel()
	const jobs = 5
	script := func(text string, flags ...string) func(f folder) {
		return func(f folder) {
			f.write("tool", "#!/bin/sh\n"+text) // it is not executable
			f.write("run_product", "executable = tool\nlog = log.txt\n"+strings.Join(flags, "\n"))
		}
	}
	numpy := func(f folder) {
		f.remove("run_product")
		if err := os.CopyFS(f.dir, os.DirFS("../../bench/numpy")); err != nil {
			f.Fatal(err)
		}
		f.write("product.py", "#!/usr/bin/python3\n"+f.read("product.py"))
		f.run("sed", "-i", "/^python_version/d; s/^python_script.*/executable = product.py/", "run_product")
	}
	nothing := func(folder) {}
	for name, x := range map[string]struct {
		prepare func(folder)
		flags   string
		refused string // what -local and -try say if they cannot do the same
	}{
		"matprod": {nothing, "-operating_systems=linux", ""},
		"systems": {nothing, "", ""},
		"batches": {nothing, "-products_per_job=2 -indexed_output_files=out/my.npy", ""},
		"sum":     {nothing, "-products_per_job=2 -sum=yes", ""},
		"streams": {nothing, "-indexed_stdout=o/out.txt -indexed_stderr=o/out.txt", ""},
		"numpy":   {numpy, "-indexed_output_files=own/output.npy", ""},
		"renamed": {script("ls; cat inputA.npy sub.txt >sum.txt; echo changed >inputA.npy; echo hm >&2; mkdir d; echo x >other", "indexed_input_files = inputA.npy", "indexed_output_files = out/sum.txt", "input_files = sub/sub.txt"), "", ""},
		"folders": {script("mkdir -p r/sub/x r/empty; cat inputA.npy >r/a; cp r/a r/sub/x/b; chmod 755 r/sub/x/b; ln -s a r/link; : >r/.zero; : >hits.txt", "indexed_input_files = inputA.npy", "indexed_output_files = out/r, hits.txt"), "", ""},
		"indexed": {script(`ls "$@"; for i; do cat inputA$i.npy inputB$i.npy >r$i.txt; done`, "arguments = $(first)", "indexed_input_files = inputA.npy, inputB.npy", "indexed_output_files = r.txt"), "", ""},
		"ranges":  {script(`seq $1 $(($1 + $2 - 1)) | while read i; do cat inputA$i.npy >r$i.txt; done`, "arguments = $(first) $(count)", "indexed_input_files = inputA.npy", "indexed_output_files = o/r.txt", "products_per_job = 2"), "", ""},
		"unnamed": {script("ls [a-z]*; cp inputA.npy a.npy; echo more >>sub.txt; echo new >.new; mkdir d; echo x >d/x; ln -s a.npy link", "indexed_input_files = inputA.npy", "input_files = sub/sub.txt"), "", ""},
		"modes": {func(f folder) {
			script(`stat -c '%a' inputA.npy private ro open tool.sh "$0"; ./tool.sh; cp inputA.npy w; cp -p ro r; cp -p private p; cp -p open o; cp -p tool.sh x; umask`,
				"indexed_input_files = inputA.npy", "indexed_output_files = out/w, r, p, o, x", "input_files = private, sub/ro, open, tool.sh")(f)
			for name, mode := range map[string]string{"private": "600", "sub/ro": "444", "open": "666", "tool.sh": "750"} {
				f.write(name, "#!/bin/sh\necho runs")
				f.run("chmod", mode, name)
			}
		}, "", ""},
		"variables": {script(`printf '<%s>\n' "$@" "$A" "$B" "$C"; cat; echo "${USER-none} ${LOGNAME-none} ${LANG-none} ${PATH-none}"`, `arguments = it''s '$HOME a''b' '' $(index)`,
			`condor.environment = "A=1 B='two  words' C='it''s'"`), "", ""},
		"own name": {script("ls [a-z]*; cat tool | wc -l", "input_files = tool"), "", ""},
		"no files": {script(`echo $1 "$2"; env | grep -E 'THREADS|CPU|BATCH|PROCS|CORES|PATH|HOME|CUDA|GPU|NVIDIA' | sort; pwd | grep -c "^$TMPDIR$"; [ "$PWD" = "$_CONDOR_SCRATCH_DIR" ] && [ "$PWD" = "$_CONDOR_JOB_IWD" ]; echo $?`, "arguments = '$(index) a' $(first)", "request_cpus = 2"), "", ""},
		"getenv":   {script(`echo "${MATPOOL_BIN-none}"`, "condor.getenv = MATPOOL_*"), "", "condor.getenv: has no effect with -local or -try, and the program might need it"},
		"input":    {script("cat; : >r", "indexed_output_files = r", "condor.input = sub/sub.txt"), "", "condor.input: has no effect with -local or -try, and the program might need it"},
		"macros":   {script(`echo "$A"`, `condor.environment = "A=$(Process)"`), "", "condor.environment: only HTCondor replaces a macro: -local and -try do not take a $"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := inputs(t, jobs, 20)
			f.run("mkdir", "sub")
			f.write("sub/sub.txt", "sub\n")
			x.prepare(f)
			before := f.files(".")
			here, tried := f.twin(), f.twin()
			flags := append(strings.Fields(x.flags), "run_product", fmt.Sprint("-total_jobs=", jobs))

			f.run("matsubmit", flags...)
			if said, status := f.watch(); status != 0 {
				t.Fatalf("matwatch: exit status %d\n%s", status, said)
			}
			want := f.made(before)
			for name, text := range want { // HTCondor 25 sets HOME, to the account's
				want[name] = regexp.MustCompile(`(?m)^HOME=/.*\n`).ReplaceAllString(text, "")
			}
			if len(want) < jobs {
				t.Fatalf("the pool has made only %v", want)
			}
			if x.refused != "" {
				for _, flag := range []string{"-local", "-try"} {
					if _, errs, status := here.try("matsubmit", append(flags, flag)...); status != 65 || !strings.Contains(errs, x.refused) || len(here.made(before)) > 0 {
						t.Errorf("%s: exit status %d\n%s%v", flag, status, errs, here.made(before))
					}
				}
				return
			}
			here.run("matsubmit", append(flags, "-local")...)
			here.same("-local", here.made(before), want)
			if said, status := here.watch(); status != 0 || !strings.Contains(said, "0 running, 0 idle, 0 held") {
				t.Errorf("matwatch: exit status %d\n%s", status, said)
			}
			here.run("matwatch", "-report", "log.txt")
			here.run("matwatch", "-plot", "run.svg", "log.txt")

			tried.run("matsubmit", append(flags, "-try")...)
			made := tried.files("run_product.try")
			delete(made, "matsubmit.log")
			if len(made) < 2 {
				t.Errorf("-try has made only %v", made)
			}
			for name, text := range made {
				if text != want[name] {
					t.Errorf("-try: %s is %q, on the pool %q", name, text, want[name])
				}
			}
		})
	}
}

// A job that goes wrong here does so as on the pool: it runs as often, and ends with the same
// state, codes, reason and files. -resubmit mends it, here and on the pool.
func TestLocalFails(t *testing.T) {
	t.Parallel()
	for name, flags := range map[string]string{"named": "indexed_output_files = out/result.txt", "unnamed": ""} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFolder(t)
			f.write("tool", "#!/bin/sh\n. ./data.txt")
			f.write("run_tool", "executable = tool\nindexed_input_files = data.txt\ntotal_jobs = 8\nmax_retries = 1\nmax_run_time = 20s\nretry_delay = 1s\noperating_systems = linux\nlog = log.txt\n"+
				flags)
			f.steps("echo good >result.txt", "echo forgotten; echo x >other.txt", "echo bad >result.txt; exit 65", "echo oh >&2; exit 64", "echo bad >result.txt; exit 7", "echo oh; kill -9 $$", "", "sleep 300")
			before := f.files(".")
			here := f.twin()
			for _, g := range []folder{f, here} {
				g.run("matsubmit", "run_tool", "-N")
				g.remove("data6.txt")
			}
			f.run("condor_submit", "run_tool.sub")
			f.settle("log.txt")
			// matsubmit would not run a job without its input, so one job removes another's.
			here.write("data6.txt", "")
			here.write("data0.txt", fmt.Sprintf("rm -f '%s'; echo good >result.txt", here.path("data6.txt")))
			if _, errs, status := here.try("matsubmit", "run_tool", "-local", "-slots=1"); status != 3 {
				t.Errorf("exit status %d\n%s", status, errs)
			}
			if said, status := here.watch(); status != 3 {
				t.Errorf("matwatch: exit status %d\n%s", status, said)
			}
			made, want := here.made(before), f.made(before)
			for _, stream := range []string{"logs/7.out", "logs/7.err"} { // the pool may not return them if a job runs too long
				if made[stream] == "" {
					t.Errorf("-local has not written %s", stream)
				}
				delete(made, stream)
				delete(want, stream)
			}
			here.same("-local", made, want)
			got, jobs := here.history("log.txt").Jobs(), f.history("log.txt").Jobs()
			if len(got) != len(jobs) {
				t.Fatalf("%d jobs, on the pool %d", len(got), len(jobs))
			}
			for i := range jobs {
				if got, want := ending(here, got[i]), ending(f, jobs[i]); got != want {
					t.Errorf("job %d: %s\non the pool: %s", i, got, want)
				}
			}

			if name == "unnamed" {
				return
			}
			for i := range 8 {
				for _, g := range []folder{f, here} {
					g.write(fmt.Sprintf("data%d.txt", i), "echo good >result.txt")
				}
			}
			there := here.twin()
			here.run("matsubmit", "run_tool", "-resubmit", "-local")
			if said := there.run("matsubmit", "run_tool", "-resubmit"); strings.Contains(said, "condor_rm") {
				t.Errorf("jobs are removed from the queue that never were in it:\n%s", said)
			}
			for _, g := range []folder{here, there} {
				if said, status := g.watch(); status != 0 {
					t.Errorf("matwatch: exit status %d\n%s", status, said)
				}
				for i := range 8 {
					if text := g.read(fmt.Sprintf("out/result%d.txt", i)); text != "good\n" {
						t.Errorf("result%d.txt is %q", i, text)
					}
				}
				if said := g.run("matsubmit", "run_tool", "-resubmit"); !strings.Contains(said, "nothing to submit") {
					t.Error(said)
				}
			}
		})
	}
}

// ending describes the end of a job, without the names of machines and folders.
func ending(f folder, j *eventlog.Job) string {
	j = withoutLost(j)
	hold := j.Hold
	if hold.Code == condor.CodeTimeLimit { // HTCondor's own guard was faster than that of the submit description
		hold = eventlog.JobHeld{Code: condor.CodePolicy, Subcode: condor.CodeTimeLimit, Reason: "job 7: ran longer than 20s on " + hostname(f)}
	}
	reason := hold.Reason
	for _, varying := range []struct{ pattern, word string }{
		{regexp.QuoteMeta(f.dir) + `/(run_tool\.out/\d/\.\./\.\./)?`, "FOLDER/"},
		{`(/pool/\w+/execute/dir_\d+(?:/scratch)?|/\S*/matsubmit-\d+)/|(C:\\\S*\\matsubmit-\d+\\)`, "SCRATCH/"},
		{`slot\d+(_\d+)?@\w+`, "SLOT"},
		{`Details: 1 total failures: first failure: `, "Details: "}, // HTCondor 25
		{`(on|access point) (linux\d|winpc|server|` + regexp.QuoteMeta(hostname(f)) + `)\b`, "$1 MACHINE"},
	} {
		reason = regexp.MustCompile(varying.pattern).ReplaceAllString(reason, varying.word)
	}
	var attempts []string
	for _, a := range j.Attempts {
		attempts = append(attempts, fmt.Sprint(a.Outcome, " ", a.Exit, " ", a.System))
	}
	return fmt.Sprintf("%v, %v, %d starts, %d retries, %d evictions, %d holds, code %d, subcode %d: %s (%s)",
		j.State, j.Exit, j.Starts, j.Retries, j.Evictions, len(j.Holds), hold.Code, hold.Subcode, reason, strings.Join(attempts, ", "))
}

func hostname(f folder) string {
	f.Helper()
	name, err := os.Hostname()
	if err != nil {
		f.Fatal(err)
	}
	return name
}
