//go:build pool

package pool

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"matpool/condor/eventlog"
)

// A trouble is something that goes wrong with some jobs of run_product, and the way in which a
// user still gets all products.
type trouble struct {
	flags   string         // of matsubmit
	harm    func(folder)   // after all checks and before the jobs run; may be nil
	disturb func(folder)   // while they run; may be nil
	held    map[int]string // by the job's first product, a pattern for the reason that condor_q -held shows
	told    string         // a pattern for what matwatch prints
	row     string         // a pattern for a line of matwatch -csv
	heal    func(folder)   // what the user does before matsubmit -resubmit; nil if nothing is needed
	missing int            // products that matsubmit -resubmit submits
}

// meet submits run_product, and checks that the trouble is shown, and that all products are made in the end.
func (x trouble) meet(f folder, name string) {
	f.Helper()
	submit := func(flag string) string {
		f.Helper()
		return f.run("matsubmit", append(strings.Fields(x.flags), flag, "-retry_delay=2s", "-batch_name="+name, "run_product")...)
	}
	submit("-N")
	if x.harm != nil {
		x.harm(f)
	}
	f.run("condor_submit", "run_product.sub")
	if x.disturb != nil {
		x.disturb(f)
	}

	told, status := f.watch()
	if want := map[bool]int{true: 3, false: 0}[len(x.held) > 0]; status != want || !regexp.MustCompile(x.told).MatchString(told) {
		f.Errorf("matwatch: exit status %d, want %d, and %s\n%s", status, want, x.told, told)
	}
	shown := f.run("condor_q", "-held", "-constraint", fmt.Sprintf("JobBatchName == %q", name), "-af", "MatFirst", "HoldReason")
	if strings.Count(shown, "\n") != len(x.held) {
		f.Errorf("condor_q -held, of %d jobs:\n%s", len(x.held), shown)
	}
	for first, reason := range x.held {
		if !regexp.MustCompile(fmt.Sprintf(`(?m)^%d %s$`, first, reason)).MatchString(shown) {
			f.Errorf("product %d is not held with the reason %s:\n%s", first, reason, shown)
		}
	}

	if table, _, _ := f.try("matwatch", "-csv", "log.txt"); !regexp.MustCompile(`(?m)` + x.row).MatchString(table) {
		f.Errorf("matwatch -csv has no row %s:\n%s", x.row, table)
	}
	if x.heal == nil {
		return
	}
	x.heal(f)
	said := submit("-resubmit")
	if !strings.Contains(said, fmt.Sprintf(" %d missing", x.missing)) || strings.Contains(said, "condor_rm") != (len(x.held) > 0) {
		f.Errorf("matsubmit -resubmit, with %d missing: %s", x.missing, said)
	}
	if told, status := f.watch(); status != 0 {
		f.Errorf("matwatch: exit status %d\n%s", status, told)
	}
	if said := submit("-resubmit"); !strings.Contains(said, "nothing to submit") {
		f.Errorf("matsubmit -resubmit: %s", said)
	}
}

// watch runs matwatch until no job goes on, and returns its output and its exit status.
func (f folder) watch() (told string, status int) {
	f.Helper()
	out, errs, status := f.try("matwatch", "-timeout", limit.String(), "log.txt")
	return out + errs, status
}

// aside moves a file away, and back restores it.
func aside(name string) func(folder) {
	return func(f folder) { f.run("mv", name, "aside-"+name) }
}

func back(name string) func(folder) {
	return func(f folder) { f.run("mv", "aside-"+name, name) }
}

// If an input is missing from the start, matsubmit reports it and submits nothing.
func TestNothingIsSubmitted(t *testing.T) {
	t.Parallel()
	f := inputs(t, 3, 10)
	aside("inputB1.npy")(f)
	_, errs, status := f.try("matsubmit", "run_product", "-total_jobs=3", "-batch_name=nothing")
	if status != 65 || !strings.Contains(errs, "inputB1.npy: no such file") {
		t.Errorf("exit status %d: %s", status, errs)
	}
	if jobs := f.run("condor_q", "-constraint", `JobBatchName == "nothing"`, "-af", "ClusterId"); jobs != "" {
		t.Errorf("clusters %s", jobs)
	}
}

// Products of matprod, of which some go wrong.
func TestHeldAndHealed(t *testing.T) {
	t.Parallel()
	const pairs = 6
	const noProgram = `.*Failed to execute .*matprod.*Exec format error.*`
	const on = `on (linux[12] \(LINUX\)|winpc \(WINDOWS\)): `
	for name, x := range map[string]trouble{
		"bad-input": {
			harm: func(f folder) {
				aside("inputA2.npy")(f)
				f.run("cp", "aside-inputA2.npy", "inputA2.npy")
				f.truncate("inputA2.npy", 1000)
			},
			held:    map[int]string{2: `product 2: bad input ` + on + `inputA2\.npy: truncated: header promises 20000 bytes of data, file holds 872`},
			told:    `(?s)product 2: bad input.*make the input again`,
			heal:    back("inputA2.npy"),
			missing: 1,
		},
		"bad-input-of-a-batch": {
			flags: "-products_per_job=3",
			harm: func(f folder) {
				aside("inputB5.npy")(f)
				f.write("inputB5.npy", "a,b,c\n")
			},
			held:    map[int]string{3: `products 3 to 5: bad input ` + on + `inputB5\.npy: .*`},
			told:    `(?s)products 3 to 5: bad input.*make the input again`,
			heal:    back("inputB5.npy"),
			missing: 3,
		},
		"missing-input": {
			harm:    aside("inputB4.npy"),
			held:    map[int]string{4: `Transfer input files failure .* reading from file .*/inputB4\.npy: \(errno 2\) No such file or directory`},
			told:    `(?s)inputB4\.npy.*submit what is missing again`,
			heal:    back("inputB4.npy"),
			missing: 1,
		},
		"no-program": {
			flags:   "-max_retries=1 -condor.requirements=OpSys==\"LINUX\"",
			harm:    func(f folder) { f.write("matprod.LINUX.X86_64.exe", "no program") },
			held:    map[int]string{0: noProgram, 1: noProgram, 2: noProgram, 3: noProgram, 4: noProgram, 5: noProgram},
			told:    `(?s)HTCondor will release it by itself.*make sure that the program is executable and built for the machine's system`,
			heal:    func(f folder) {}, // matsubmit does it
			missing: 6,
		},
		// It goes on by itself as soon as it can.
		"outputs-unwanted": {
			flags: "-indexed_output_files=results/output.npy",
			harm:  func(f folder) { f.run("mkdir", "-p", "results"); f.run("chmod", "a-w", "results") },
			disturb: func(f folder) {
				f.wait("log.txt", "held", func(h *eventlog.History) bool { return eventlog.Count(h.Jobs()).Held > 0 })
				f.run("chmod", "a+w", "results")
			},
			told: `HTCondor will release it by itself`,
		},
		"output-lost": {
			heal:    func(f folder) { f.remove("output1.npy"); f.truncate("output3.npy", 10000) },
			missing: 2,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := inputs(t, pairs, 50)
			x.flags += fmt.Sprint(" -total_jobs=", pairs)
			x.meet(f, name)
		})
	}
}

// Jobs of another program, the second of which goes wrong.
func TestOtherProgram(t *testing.T) {
	t.Parallel()
	for name, x := range map[string]struct {
		task string
		trouble
	}{
		"failed-twice": {"until 3 exit 1\nwrite result1.txt good", trouble{
			told: "3 done",
			row:  `^\d+,1,1,1,done,3,completed,0,`,
		}},
		"killed": {"until 2 sleep 300\nwrite result1.txt good", trouble{
			disturb: func(f folder) { f.kill(f.worker("killed1.txt")) },
			told:    "3 done",
			row:     `^\d+,1,1,1,done,1,retried,,9,`,
		}},
		// As if the machine were switched off.
		"machine-lost": {"until 2 sleep 300\nwrite result1.txt good", trouble{
			disturb: func(f folder) {
				worker := f.worker("machine-lost1.txt")
				// At once, since the machine kills the processes that a starter leaves.
				f.kill(parent(f, worker), worker)
			},
			told: "3 done",
			row:  `^\d+,1,1,1,done,1,lost,`,
		}},
		"too-long": {"sleep 300", trouble{
			flags:   "-max_run_time=4s",
			held:    map[int]string{1: `(The job exceeded allowed execute duration of 00:04|job 1: ran longer than 4s on .*)`},
			told:    `(?s)held: job.*raise max_run_time`,
			heal:    func(f folder) { f.write("too-long1.txt", "write result1.txt good") },
			missing: 1,
		}},
		"too-much-memory": {"fill 400\nsleep 300", trouble{
			flags:   "-request_memory=100MB",
			held:    map[int]string{1: `Error from slot.*: memory usage exceeded request_memory`},
			told:    `(?s)held: job.*StartdHeldJob, code 21, subcode 102: it used more memory than it requested.*raise request_memory`,
			heal:    func(f folder) { f.write("too-much-memory1.txt", "write result1.txt good") },
			missing: 1,
		}},
		"too-much-disk": {"grow large 200\nsleep 300", trouble{
			flags:   "-request_disk=50MB",
			held:    map[int]string{1: `Error from slot.*: disk usage exceeded request_disk`},
			told:    `(?s)held: job.*StartdHeldJob, code 21, subcode 104: it used more disk than it requested.*raise request_disk`,
			heal:    func(f folder) { f.write("too-much-disk1.txt", "write result1.txt good") },
			missing: 1,
		}},
		"no-output": {"say I have forgotten something", trouble{
			held:    map[int]string{1: `Transfer output files failure at execution point .*: reading from file .*/result1\.txt: \(errno 2\) No such file or directory`},
			told:    `(?s)held: job.*did not make the file that the reason names`,
			heal:    func(f folder) { f.write("no-output1.txt", "write result1.txt good") },
			missing: 1,
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFolder(t)
			f.copy(filepath.Join(bin, "worker"), "worker")
			f.write("run_product", `
				executable           = worker
				arguments            = `+name+`$(index).txt
				indexed_input_files  = `+name+`.txt
				indexed_output_files = result.txt
				log                  = log.txt
				total_jobs           = 3
			`)
			f.write(name+"0.txt", "write result0.txt good")
			f.write(name+"1.txt", x.task)
			f.write(name+"2.txt", "write result2.txt good")
			x.meet(f, name)
			for _, result := range []string{"result0.txt", "result1.txt", "result2.txt"} {
				if text := f.read(result); text != "good" {
					t.Errorf("%s is %q", result, text)
				}
			}
		})
	}
}

// worker waits until a process does a task, and returns the process.
func (f folder) worker(task string) int {
	f.Helper()
	for deadline := time.Now().Add(limit); time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		lines, err := filepath.Glob("/proc/[0-9]*/cmdline")
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range lines {
			text, _ := os.ReadFile(file) // the process may have ended
			if strings.HasSuffix(string(text), "\x00"+task+"\x00") {
				pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(file)))
				return pid
			}
		}
	}
	f.Fatalf("no process does %s", task)
	return 0
}

func parent(f folder, pid int) int {
	f.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		f.Fatal(err)
	}
	match := regexp.MustCompile(`(?m)^PPid:\s+(\d+)$`).FindSubmatch(text)
	ppid, _ := strconv.Atoi(string(match[1]))
	return ppid
}

// kill kills processes. The last ones may be gone already, as a worker is when its starter ends.
func (f folder) kill(pids ...int) {
	f.Helper()
	for _, pid := range pids {
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil && err != syscall.ESRCH {
			f.Fatal(err)
		}
	}
}
