package jobfile

import (
	"strings"
	"testing"
)

// A word of another program's files has an answer: what to write instead.
func TestOtherWords(t *testing.T) {
	const (
		r       = "write executable = x.R: its first line must be #!/usr/bin/env Rscript, and it runs on Linux machines that have R"
		matlab  = "compile it (mcc -m x.m) and write executable = x: the machines need MATLAB's runtime"
		setHere = "leave it out: matsubmit sets it; condor."
	)
	for _, test := range []struct{ in, want string }{
		{"R_script = x.R", "R_script: " + r},
		{"r_script = \"x.R\"", "r_script: " + r},
		{"R_version = 3.0.2", "R_version: leave it out: a script's first line (#!) says which R runs it"},
		{"M_file = x.m", "M_file: " + matlab},
		{"m_file = x", "m_file: " + matlab},
		{"matlab_script = x.m", "matlab_script: " + matlab},
		{"matlab_file = x.m", "matlab_file: " + matlab},
		{"matlab_version = R2019a", "matlab_version: leave it out: a compiled program needs the MATLAB runtime of its version"},

		{"queue", "queue: leave it out: total_jobs sets the number of jobs"},
		{"Queue 5 ", "queue: write total_jobs = 5"},
		{"queue\u00a05", "queue: write total_jobs = 5"},
		{"queue 5 # five", "queue: write total_jobs = 5"},
		{"queue # one", "queue: leave it out: total_jobs sets the number of jobs"},
		{"QUEUE 10 from list.txt", "queue: write total_jobs = NUMBER, and indexed_input_files for files with numbers"},
		{"queue name matching *.dat", "queue: write total_jobs = NUMBER, and indexed_input_files for files with numbers"},
		{"queue $(n)", "queue: write total_jobs = NUMBER, and indexed_input_files for files with numbers"},
		{"queue = 5", "queue: write total_jobs = 5"},
		{"queues 5", `"queues 5" is not of the form NAME = VALUE`},

		{"universe = vanilla", "universe: " + setHere + "universe overrides that"},
		{"should_transfer_files = YES", "should_transfer_files: " + setHere + "should_transfer_files overrides that"},
		{"transfer_input_files = a, b$(Process)", "transfer_input_files: write input_files for files that all jobs get, indexed_input_files for files with numbers"},
		{"transfer_output_files = a", "transfer_output_files: write indexed_output_files, with names as they are in a job, or leave it out: all new files come back"},
		{"transfer_output_remaps = \"a = b\"", "transfer_output_remaps: leave it out: indexed_output_files come back with their numbers"},
		{"output = x.$(Process)", "output: write stdout, or indexed_stdout for a file with a number"},
		{"error = x", "error: write stderr, or indexed_stderr for a file with a number"},
		{"Input = x", "Input: write condor.input, which passes it on unchanged"},
		{"request_gpus = 1", "request_gpus: write condor.request_gpus, which passes it on unchanged"},
		{"periodic_remove = true", "periodic_remove: write condor.periodic_remove, which passes it on unchanged"},

		{"request_memory = 512", `request_memory: "512" has no unit: HTCondor takes it for megabytes: write 512MB`},
		{"request_disk = 1048576", `request_disk: "1048576" has no unit: HTCondor takes it for kilobytes: write 1048576KB`},

		{"runtime = soon", `runtime: "soon" is not a time: write minutes, as in 60, or 30s, 90m, 2h`},
		{"runtime = 0", "runtime: must be more than 0"},
		{"runtime = 5\nmax_run_time = 6", "2: max_run_time is already set on line 1, as runtime"},
		{"max_run_time = 5\nRunTime = 6", "2: RunTime is already set on line 1, as max_run_time"},
		{"runtime = 5\nRunTime = 6", "2: RunTime is already set on line 1"},
	} {
		want := "run:1: " + test.want
		if strings.Contains(test.in, "\n") {
			want = "run:" + test.want
		}
		if _, errs := parse(t, test.in); strings.Join(errs, "\n") != want {
			t.Errorf("%q:\n%s\nwant\n%s", test.in, strings.Join(errs, "\n"), want)
		}
		if name, value, ok := strings.Cut(test.in, "="); ok && !strings.Contains(test.in, "\n") {
			name = strings.TrimSpace(name)
			_, known := find(Attributes(), name)
			if !known && !Foreign(name) {
				t.Errorf("%s is not foreign", name)
			}
			f, _ := parse(t, "")
			_, err := f.Request(set(name, value))
			if got, want := strings.Join(messages(t, err), "\n"), "flag -"+name+strings.TrimPrefix(test.want, name); got != want {
				t.Errorf("override:\n%s\nwant\n%s", got, want)
			}
		}
	}
	for name, want := range map[string]bool{"runtime": true, "R_script": true, "queue": true, "total_jobs": false, "totl_jobs": false, "condor.rank": false} {
		if Foreign(name) != want {
			t.Errorf("Foreign(%s) is %t", name, !want)
		}
	}
}

// Liverpool's runtime is max_run_time, also when it overrides it.
func TestRuntime(t *testing.T) {
	f, errs := parse(t, "total_jobs = 1\nrunTime = 240")
	q, err := f.Request()
	if errs != nil || err != nil || q.MaxRunTime.Minutes() != 240 {
		t.Fatalf("%+v, %q, %v", q, errs, err)
	}
	for _, name := range []string{"runtime", "max_run_time"} {
		if q, err := f.Request(set(name, "90s")); err != nil || q.MaxRunTime.Seconds() != 90 {
			t.Errorf("-%s: %+v, %v", name, q, err)
		}
	}
}

// HTCondor's numbers of jobs are no indices: in a second submission they begin at 0 again.
func TestHTCondorsNumbers(t *testing.T) {
	const again = ": it begins at 0 in every submission"
	for _, test := range []struct{ in, want string }{
		{"indexed_input_files = in/a$(Process).npy", "indexed_input_files: in/a$(Process).npy: write in/a.npy: the number goes before the extension, as in in/a7.npy"},
		{"indexed_input_files = a.npy, b$(ProcId)", "indexed_input_files: b$(ProcId): write b: the number goes before the extension, as in b7"},
		{"indexed_output_files = $(process)_c.npy", "indexed_output_files: $(process)_c.npy: write $(index), not HTCondor's numbers, which begin at 0 in every submission"},
		{"indexed_stdout = logs/$(Cluster).$(Process).out", "indexed_stdout: logs/$(Cluster).$(Process).out: write $(index), not HTCondor's numbers, which begin at 0 in every submission"},
		{"indexed_output_files = out/$(Process)", "indexed_output_files: out/$(Process): write $(index), not HTCondor's numbers, which begin at 0 in every submission"},
		{"indexed_log = log$(ClusterId)", "indexed_log: log$(ClusterId): HTCondor's numbers are only for stdout, stderr, log and arguments"},
		{"input_files = data$(Process).txt", "input_files: data$(Process).txt: every job gets this file: for files with numbers write indexed_input_files = data.txt"},
		{"input_files = data$(Cluster).txt", "input_files: data$(Cluster).txt: HTCondor's numbers are only for stdout, stderr, log and arguments"},
		{"executable = prog$(Process)", "executable: prog$(Process): HTCondor's numbers are only for stdout, stderr, log and arguments"},
		{"stdout = logs/$(Process).out", "stdout: write $(index), not $(Process)" + again},
		{"stderr = $(procid)", "stderr: write $(index), not $(procid)" + again},
		{"log = $(Process).log", "log: write $(index), not $(Process)" + again},
		{"arguments = -x '$(Cluster) a' n$(PROCESS)", "arguments: write $(index), not $(PROCESS)" + again},
		{"arguments = \"$(Process) $(Cluster)\"", "arguments: write $(index), not $(Process)" + again},
	} {
		_, errs := parse(t, test.in)
		if strings.Join(errs, "\n") != "run:1: "+test.want {
			t.Errorf("%q:\n%s\nwant\nrun:1: %s", test.in, strings.Join(errs, "\n"), test.want)
		}
	}
	for _, in := range []string{
		"stdout = $(Cluster).$(Process).out", "log = $(ClusterId).log", "stderr = $(index).$(Process)",
		"arguments = --id $(Cluster).$(Process) $(index)", "arguments = $(DOLLAR)(Process)", "condor.notify_user = $(Process)", "requirements = \"$(Process)\" == \"0\"",
	} {
		if _, errs := parse(t, in); errs != nil {
			t.Errorf("%q: %q", in, errs)
		}
	}
}
