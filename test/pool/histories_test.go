//go:build pool

package pool

import (
	"fmt"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"testing"

	"matpool/condor/eventlog"
)

// With -update, runs of many kinds make the histories that internal/joblog's TestHistories reads: the logs of the jobs
// and of DAGMan, piece by piece as they grew.
func TestHistories(t *testing.T) {
	if !*update {
		t.Fatal("pass -update, which replaces the histories in internal/joblog/testdata")
	}
	for name, make := range histories() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFolder(t)
			f = notInTmp(f)
			make(f)
			f.keepHistory(name)
		})
	}
}

// keepHistory writes the history of the folder's jobs: for each piece, a line "-- FILE --" and what was added to the file.
func (f folder) keepHistory(name string) {
	f.Helper()
	type piece struct{ at, file, text string }
	var pieces []piece
	dagman := f.names("*.dag.dagman.log")
	for _, log := range strings.Fields("log.txt " + dagman) {
		for event := range strings.SplitAfterSeq(f.read(log), "\n...\n") {
			if m := regexp.MustCompile(`\) (\d+-\d+-\d+ \d+:\d+:\d+)`).FindStringSubmatch(event); m != nil {
				pieces = append(pieces, piece{m[1], log, event})
			}
		}
	}
	sort.SliceStable(pieces, func(i, j int) bool { return pieces[i].at < pieces[j].at })
	var text strings.Builder
	last := ""
	add := func(file, what string) {
		if file != last {
			fmt.Fprintf(&text, "-- %s --\n", file)
		}
		last = file
		text.WriteString(what)
	}
	for _, file := range strings.Fields(f.names("*.combine.sub") + " " + f.names("*.dag")) {
		add(file, f.read(file))
	}
	for i, p := range pieces {
		if norm := f.names("*.norm"); i == len(pieces)-1 && norm != "" { // before DAGMan's end
			add(norm, f.read(norm))
		}
		add(p.file, p.text)
	}
	folder{f.TB, "../../internal/joblog/testdata"}.write(name+".history", text.String())
}

// histories returns what makes each history.
func histories() map[string]func(folder) {
	// worker prepares and submits jobs of the program worker.
	worker := func(f folder, flags string, steps ...string) {
		f.Helper()
		lines := strings.Split(flags, "; ")
		dag := lines[0] == "-dag"
		if dag {
			lines = lines[1:]
		}
		f.program(append(lines, "indexed_output_files = result.txt", fmt.Sprint("total_jobs = ", len(steps)))...)
		f.steps(steps...)
		if dag {
			f.run("matsubmit", "run_worker", "-dag")
			return
		}
		f.run("matsubmit", "run_worker")
	}
	product := func(f folder, flags string) {
		f.Helper()
		f.makeInputs(3, 20)
		f.copy("../../examples/run_product", "run_product")
		f.run("matsubmit", append(strings.Fields(flags), "run_product", "-total_jobs=3")...)
	}
	dagEnds := func(f folder) {
		f.Helper()
		log := f.names("*.dag.dagman.log")
		f.run("condor_wait", "-wait", fmt.Sprint(limit.Seconds()), log)
	}
	settle := func(f folder) { f.Helper(); f.settle("log.txt") }
	state := func(f folder, job int, s eventlog.State) *eventlog.Job {
		f.Helper()
		f.until("there is a log", func() bool { return exists(f.path("log.txt")) })
		h := f.wait("log.txt", s.String(), func(h *eventlog.History) bool {
			return len(h.Jobs()) > job && h.Jobs()[job].State == s && (s != eventlog.Running || h.Jobs()[job].Starts > 0)
		})
		return h.Jobs()[job]
	}
	foreign := func(f folder, dag string) {
		f.Helper()
		f.copy(filepath.Join(bin, "worker"), "worker")
		f.write("node.sub", "executable = worker\narguments = $(step).txt\ntransfer_input_files = $(step).txt\nshould_transfer_files = YES\nlog = log.txt\nqueue\n")
		f.write("good.txt", "sleep 1")
		f.write("bad.txt", "exit 3")
		f.write("second.txt", "until 2 exit 3")
		f.write("fails.sh", "#!/bin/sh\nexit 4\n")
		f.write("mends.sh", "#!/bin/sh\nexit 0\n")
		f.run("chmod", "+x", "fails.sh", "mends.sh")
		f.write("other.dag", dag)
		f.run("condor_submit_dag", "other.dag")
	}
	plain := func(f folder, extra string) {
		f.Helper()
		f.copy(filepath.Join(bin, "worker"), "worker")
		f.steps("sleep 1", "sleep 2")
		f.write("plain.sub", "executable = worker\narguments = data$(Process).txt\ntransfer_input_files = data$(Process).txt\nshould_transfer_files = YES\nlog = log.txt\n"+extra+"\nqueue 2\n")
		f.run("condor_submit", "plain.sub")
	}
	const good = "write result.txt good"
	const long = "until 2 sleep 300\nwrite result.txt good"
	return map[string]func(folder){
		"products":   func(f folder) { product(f, ""); settle(f) },
		"sums":       func(f folder) { product(f, "-products_per_job=2 -sum=yes"); settle(f) },
		"one by one": func(f folder) { product(f, "-max_idle=1"); settle(f); f.wait("log.txt", "all", done(3)) },
		"retried":    func(f folder) { worker(f, "", "until 2 exit 1\n"+good, good); settle(f) },
		"fails":      func(f folder) { worker(f, "max_retries = 1", good, "exit 3"); settle(f) },
		"bad input":  func(f folder) { worker(f, "", "sleep 3\n"+good, "exit 65"); settle(f) },
		"no output":  func(f folder) { worker(f, "", good, "say no"); settle(f) },
		"too long":   func(f folder) { worker(f, "max_run_time = 3s", good, "sleep 300"); settle(f) },
		"killed":     func(f folder) { worker(f, "operating_systems = linux", "until 2 kill\n"+good, good); settle(f) },
		"input gone": func(f folder) { f.submitWithout(good); settle(f) },
		"evicted": func(f folder) {
			worker(f, "operating_systems = linux", long, good)
			f.run("condor_vacate_job", state(f, 0, eventlog.Running).ID.String())
			settle(f)
		},
		"suspended": func(f folder) {
			worker(f, "operating_systems = linux", "sleep 8\n"+good, good)
			id := state(f, 0, eventlog.Running).ID.String()
			f.run("condor_suspend", id)
			state(f, 0, eventlog.Suspended)
			f.run("condor_continue", id)
			settle(f)
		},
		"held by a person": func(f folder) {
			worker(f, "operating_systems = linux", "sleep 300", good)
			state(f, 1, eventlog.Done)
			f.run("condor_hold", state(f, 0, eventlog.Running).ID.String())
			settle(f)
		},
		"held and released while others run": func(f folder) {
			worker(f, "operating_systems = linux", long, "sleep 20\n"+good)
			id := state(f, 0, eventlog.Running).ID.String()
			state(f, 1, eventlog.Running)
			f.run("condor_hold", id)
			state(f, 0, eventlog.Held)
			f.run("condor_release", id)
			f.wait("log.txt", "done", done(2))
		},
		"held and released after the others": func(f folder) {
			worker(f, "operating_systems = linux", long, good)
			id := state(f, 0, eventlog.Running).ID.String()
			state(f, 1, eventlog.Done)
			f.run("condor_hold", id)
			state(f, 0, eventlog.Held)
			f.run("condor_release", id)
			f.wait("log.txt", "done", done(2))
		},
		"held and removed": func(f folder) {
			worker(f, "", good, "exit 65")
			f.run("condor_rm", state(f, 1, eventlog.Held).ID.String())
			f.wait("log.txt", "removed", func(h *eventlog.History) bool { c := eventlog.Count(h.Jobs()); return c.Removed == 1 && c.Done == 1 })
		},
		"removed": func(f folder) {
			worker(f, "operating_systems = linux", "sleep 300", "sleep 300")
			f.run("condor_rm", fmt.Sprint(state(f, 1, eventlog.Running).ID.Cluster))
			settle(f)
		},
		"one removed": func(f folder) {
			worker(f, "operating_systems = linux", "sleep 300", "sleep 6\n"+good)
			f.run("condor_rm", state(f, 0, eventlog.Running).ID.String())
			settle(f)
		},
		"rest of a cluster removed": func(f folder) {
			worker(f, "max_idle = 1; operating_systems = linux", good, "sleep 300", "sleep 300", "sleep 300", "sleep 300", "sleep 300", "sleep 300", "sleep 300")
			f.run("condor_rm", fmt.Sprint(state(f, 1, eventlog.Running).ID.Cluster))
			f.wait("log.txt", "removed", func(h *eventlog.History) bool {
				return eventlog.Count(h.Jobs()).Active() == 0 && h.Cluster(h.Clusters()[0]).Removed != nil
			})
		},
		"released by HTCondor": func(f folder) {
			f.run("mkdir", "out")
			f.program("indexed_output_files = out/result.txt", "total_jobs = 1")
			f.steps(good)
			f.run("matsubmit", "run_worker", "-N")
			f.run("chmod", "a-w", "out")
			f.run("condor_submit", "run_worker.sub")
			state(f, 0, eventlog.Held)
			f.run("chmod", "a+w", "out")
			f.wait("log.txt", "done", done(1))
		},
		"resubmitted": func(f folder) {
			worker(f, "", good, "exit 65")
			settle(f)
			f.write("data1.txt", good)
			f.run("matsubmit", "run_worker", "-resubmit")
			f.wait("log.txt", "done", done(2))
			f.wait("log.txt", "removed", func(h *eventlog.History) bool { return eventlog.Count(h.Jobs()).Removed == 1 })
		},
		"here":                           func(f folder) { f.here(good, good) },
		"here fails":                     func(f folder) { f.here(good, "exit 65") },
		"of another program":             func(f folder) { plain(f, ""); settle(f) },
		"of another program, one by one": func(f folder) { plain(f, "max_materialize = 1"); settle(f); f.wait("log.txt", "all", done(2)) },

		"DAG":                func(f folder) { product(f, "-dag"); dagEnds(f) },
		"DAG of sums":        func(f folder) { product(f, "-dag -products_per_job=2 -sum=yes"); dagEnds(f) },
		"DAG, one by one":    func(f folder) { product(f, "-dag -max_idle=1"); dagEnds(f) },
		"DAG, no last node":  func(f folder) { worker(f, "-dag", good, good); dagEnds(f) },
		"DAG, a job retried": func(f folder) { worker(f, "-dag", "until 2 exit 1\n"+good, good); dagEnds(f) },
		"DAG, a node fails":  func(f folder) { worker(f, "-dag", "exit 65", "sleep 3\n"+good); dagEnds(f) },
		"DAG, a node held":   func(f folder) { worker(f, "-dag", "say no", good); dagEnds(f) },
		"DAG, evicted": func(f folder) {
			worker(f, "-dag; operating_systems = linux", long, good)
			f.run("condor_vacate_job", state(f, 0, eventlog.Running).ID.String())
			dagEnds(f)
		},
		"DAG, a node removed": func(f folder) {
			worker(f, "-dag; operating_systems = linux", "sleep 300", good)
			f.run("condor_rm", state(f, 0, eventlog.Running).ID.String())
			dagEnds(f)
		},
		"DAG, a node held by a person": func(f folder) {
			worker(f, "-dag; operating_systems = linux", long, good)
			id := state(f, 0, eventlog.Running).ID.String()
			f.run("condor_hold", id)
			state(f, 0, eventlog.Held)
			f.run("condor_release", id)
			dagEnds(f)
		},
		"DAG, the last node fails": func(f folder) {
			f.makeInputs(3, 20)
			f.copy("../../examples/run_product", "run_product")
			f.run("matsubmit", "run_product", "-total_jobs=3", "-dag", "-N")
			f.run("sh", "-c", "echo 'executable = /bin/false' >>run_product.combine.sub; sed -i '/^queue/d' run_product.combine.sub; echo queue >>run_product.combine.sub")
			f.run("condor_submit_dag", "run_product.dag")
			dagEnds(f)
		},
		"DAG removed": func(f folder) {
			worker(f, "-dag; operating_systems = linux", "sleep 300", good)
			state(f, 0, eventlog.Running)
			f.run("condor_rm", fmt.Sprint(f.history("run_worker.dag.dagman.log").Jobs()[0].ID.Cluster))
			dagEnds(f)
			settle(f)
		},
		"DAGMan held": func(f folder) {
			worker(f, "-dag; operating_systems = linux", "sleep 5\n"+good, good)
			state(f, 0, eventlog.Running)
			id := f.history("run_worker.dag.dagman.log").Jobs()[0].ID.Cluster
			f.run("condor_hold", fmt.Sprint(id))
			f.settle("run_worker.dag.dagman.log")
			settle(f)
			f.removeJobs(id)
		},
		"DAG continued": func(f folder) {
			worker(f, "-dag", "exit 65", good)
			dagEnds(f)
			f.write("data0.txt", good)
			f.run("condor_submit_dag", "run_worker.dag")
			f.wait("run_worker.dag.dagman.log", "done", func(h *eventlog.History) bool { return eventlog.Count(h.Jobs()).Done == 1 })
		},
		"DAG of another": func(f folder) {
			foreign(f, "JOB A node.sub\nJOB B node.sub\nVARS ALL_NODES step=\"good\"\nPARENT A CHILD B\n")
			dagEnds(f)
		},
		"DAG of another, RETRY": func(f folder) {
			foreign(f, "JOB A node.sub\nVARS A step=\"bad\"\nRETRY A 1\n")
			dagEnds(f)
		},
		"DAG of another, POST fails": func(f folder) {
			foreign(f, "JOB A node.sub\nJOB B node.sub\nVARS ALL_NODES step=\"good\"\nSCRIPT POST A fails.sh\n")
			dagEnds(f)
		},
		"DAG of another, POST mends": func(f folder) {
			foreign(f, "JOB A node.sub\nJOB B node.sub\nVARS A step=\"bad\"\nVARS B step=\"good\"\nSCRIPT POST A mends.sh\nPARENT A CHILD B\n")
			dagEnds(f)
		},
	}
}

// done returns the condition that n jobs are done.
func done(n int) func(*eventlog.History) bool {
	return func(h *eventlog.History) bool {
		c := eventlog.Count(h.Jobs())
		return c.Done >= n && c.Active() == 0
	}
}

// submitWithout submits two jobs, of which one lacks its input.
func (f folder) submitWithout(step string) {
	f.Helper()
	f.program("indexed_output_files = result.txt", "total_jobs = 2")
	f.steps(step, step)
	f.run("matsubmit", "run_worker", "-N")
	f.remove("data1.txt")
	f.run("condor_submit", "run_worker.sub")
}

// here runs jobs of the program worker with -local.
func (f folder) here(steps ...string) {
	f.Helper()
	f.program("indexed_output_files = result.txt", fmt.Sprint("total_jobs = ", len(steps)))
	f.steps(steps...)
	f.try("matsubmit", "run_worker", "-local", "-slots=1")
}
