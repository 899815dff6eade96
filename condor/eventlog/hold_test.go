package eventlog

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"matpool/condor"
)

// What is said of holds, by the reasons that HTCondor printed for them. The sources: pool, a
// pool of this project's tests (testdata, docs/held.md, test/pool); owner/name#N, an issue on
// GitHub; else the page, or HTCondor's source file that prints the reason.
func TestExplainHold(t *testing.T) {
	const plugin = ": a transfer plugin failed with exit status "
	for _, test := range []struct {
		source        string
		code, subcode int
		own           bool
		reason        string
		label, means  string
	}{
		{"pool", 1, 7, false, "looking at it (by user alice)", "UserRequest", "somebody held it with condor_hold"},
		{"pool", 3, 64, true, "job 1: wrong usage on linux1 (LINUX): see logs/1.err", "JobPolicy", "the program was called with wrong arguments, or refused to overwrite something (exit status 64)"},
		{"pool", 3, 65, true, "product 2: bad input on linux2 (LINUX): inputA2.npy: truncated: header promises 20000 bytes of data, file holds 872", "JobPolicy", "an input is missing or bad (exit status 65)"},
		{"pool", 3, 1, true, "job 1: failed with exit status 1, after 4 runs, the last on linux1 (LINUX): see logs/1.err", "JobPolicy", "its last run ended with exit status 1, and no retry is left"},
		{"pool", 3, 137, true, "job 1: killed by signal 9, after 4 runs, the last on linux1 (LINUX): see logs/1.err", "JobPolicy", "its last run ended with signal 9 (or exit status 137), and no retry is left"},
		{"pool", 3, 47, true, "job 0: ran longer than 3 s on linux1", "JobExecuteExceeded", "it ran longer than max_run_time"},
		{"condor_q, quoted in the notes of its users", 3, 0, false, "The job attribute OnExitHold expression '(ExitBySignal == true) || (ExitCode != 0)' evaluated to TRUE", "JobPolicy", "an expression held it that matsubmit did not write"},
		{"an expression of a user", 3, 65, false, "Checkpointed, will resume", "JobPolicy", "an expression held it that matsubmit did not write"},
		{"user_job_policy.cpp", 5, 0, false, "The job attribute TimerRemove expression 'DoesNotExist' evaluated to UNDEFINED", "JobPolicyUndefined", "an expression of the submit description has no value"},
		{"pool", 6, 8, false, "Error from slot1_1@pc07: Failed to execute '/var/lib/condor/execute/dir_1984/badexe': (errno=8: 'Exec format error')", "FailedToCreateProcess", "the machine could not start the program (not a program for this system)"},
		{"usegalaxy-eu, operations", 7, 2, false, "Error from slot1_1@cn030.bi.uni-freiburg.de: Failed to open '/data/dnb03/galaxy_db/galaxy_11384941.o' as standard output: No such file or directory (errno 2)", "UnableToOpenOutput", "the file for stdout or stderr cannot be opened (no such file or folder)"},
		{"pool", 12, 13, false, "Transfer output files failure at access point server while receiving files from execution point slot1_1@linux1. Details: writing to file /home/user/products/results/output0.npy: (errno 13) Permission denied", "TransferOutputError", "outputs could not be sent back (permission denied)"},
		{"CERN, bigbird", 12, 2, false, "Transfer output files failure at access point bigbird101 while receiving files from execution point slot1_16@host. Details: writing to file /eos/user/d/dneff/x17/eostest/remap_test_out.txt: (errno 2) No such file or directory", "TransferOutputError", "outputs could not be sent back (no such file or folder)"},
		{"Rubin, batch documentation", 12, 2, false, "Transfer output files failure at the execution point while sending files to access point sdfrome001. Details: reading from file /lscratch/jdoe/execute/dir_1460253/_condor_stdout: (errno 2) No such file or directory", "TransferOutputError", "the program did not make the file that the reason names"},
		{"PelicanPlatform/pelican#1137", 12, 1, false, `Transfer output files failure at execution point slot1_63@e2555.chtc.wisc.edu while sending files to access point submit4. Details: Error from slot1_63@e2555.chtc.wisc.edu: STARTER at 128.105.69.172 failed to send file(s) to <128.105.244.190:9618>: : FILETRANSFER:1:Multi-file plugin at stash_plugin did not produce valid response; missing TransferUrl|FILETRANSFER:1:non-zero exit (1) from stash_plugin. |Error: 404: No namespace found for path.\n ( URL file =  )|; SHADOW failed to receive file(s) from <128.105.69.172:35245>`, "TransferOutputError", "outputs could not be sent back" + plugin + "1"},
		{"CHTC, curl_plugin", 12, 0, false, "Error from slot1_8@spalding10.chtc.wisc.edu: STARTER at 128.104.58.19 failed to receive file /var/lib/condor/execute/slot1/dir_2198784/epistasis.tar.gz: FILETRANSFER:1:non-zero exit(13312) from /usr/libexec/condor/curl_plugin", "TransferOutputError", "outputs could not be sent back: a transfer plugin failed"},
		{"pool", 13, 2, false, "Transfer input files failure at access point server while sending files to execution point slot1_2@linux2. Details: reading from file /home/user/products/inputB4.npy: (errno 2) No such file or directory", "TransferInputError", "inputs could not be sent (no such file or folder)"},
		{"the same, in a folder of that name", 13, 2, false, "Transfer input files failure at access point server while sending files to execution point slot1_2@linux2. Details: reading from file /home/user/plugin/inputB4.npy: (errno 2) No such file or directory", "TransferInputError", "inputs could not be sent (no such file or folder)"},
		{"PelicanPlatform/pelican#210", 13, 256, false, "Transfer input files failure at execution point slot1_157@e4008.chtc.wisc.edu while receiving files from access point submit-1. Details: file transfer plugin stash_plugin exited with code 1, unable to open output file /var/lib/condor/execute/slot1/dir_3696929/.stash_plugin.out", "TransferInputError", "inputs could not be sent" + plugin + "1"},
		{"PelicanPlatform/pelican#2768", 13, 256, false, "Transfer input files failure at execution point slot1_6@host using protocol osdf. Details: Pelican Client Error: from stashcache.gwave.ics.psu.edu:8443: download completed but received size 8388608b does not match expected size 105931171b (9.6s since start) (Version: 7.19.3) ( URL file = igwn+osdf:///path )|", "TransferInputError", "inputs could not be sent" + plugin + "1"},
		{"the manual's note, with a reason of that kind", 13, 62, false, "Transfer input files failure at execution point slot1_6@host using protocol osdf. Details: Pelican Client Error: timed out", "TransferInputError", "inputs could not be sent: a transfer plugin took too long"},
		{"Rubin, batch documentation", 14, 2, false, "Cannot access initial working directory /sdf/data/rubin/user/jdoe/repo-main-logs/submit/u/jdoe/20240311T231829Z: No such file or directory", "IwdError", "the folder the jobs were submitted from cannot be used (no such file or folder)"},
		{"submit_utils.cpp", 15, 0, false, "submitted on hold at user's request", "SubmittedOnHold", "it was submitted on hold"},
		{"submit_utils.cpp", 16, 0, false, "Spooling input data files", "SpoolingInput", "its inputs are still being copied to the submit machine"},
		{"CHTC", 21, 102, false, "Error from slot1_3@atlas3025.chtc.wisc.edu: disk usage exceeded request_disk", "StartdHeldJob", "it used more disk than it requested"},
		{"a machine's own words", 21, 102, false, "Error from slot1@pc01: not in the daytime", "StartdHeldJob", "the machine's policy does not allow it there"},
		{"CMS Connect, tutorial", 22, 0, false, "Failed to initialize user log to /home/khurtado/hats/tutorial-debugging/log/job.log.3875796 or /dev/null", "UnableToInitUserLog", "the log cannot be written"},
		{"the same, with a subcode that the manual does not have", 22, 122, false, "Failed to initialize user log to /home/u/log.txt", "UnableToInitUserLog", "the log cannot be written"},
		{"LIGO, asimov", 26, 0, false, "The system macro SYSTEM_PERIODIC_HOLD expression '(NumShadowExceptions > 20)' evaluated to TRUE", "SystemPolicy", "the pool's policy holds it"},
		{"gwastro/1-ogc#2", 26, 0, false, "Job in status 2 put on hold by SYSTEM_PERIODIC_HOLD due to memory usage 3000000.", "SystemPolicy", "the pool's policy holds it"},
		{"vanilla_proc.cpp; a Pegasus workflow", 34, 102, false, "Error from slot1_1@testpool: Job has gone over cgroup memory limit of 10624 megabytes. Last measured usage: 404 megabytes.  Consider resubmitting with a higher request_memory.", "JobOutOfResources", "it used more memory than it requested"},
		{"usegalaxy-eu/infrastructure-playbook#533", 34, 0, false, "Error from slot1_9@vgcnbwc-worker-c36m100-0574.novalocal: Job has gone over memory limit of 4096 megabytes. Peak usage: 4088 megabytes.", "JobOutOfResources", "it used more memory than it requested"},
		{"vanilla_proc.cpp", 34, 0, false, "Error from slot1_1@pc01: Job has encountered an out-of-memory event.", "JobOutOfResources", "it used more memory than it requested"},
		{"the manual's table", 34, 104, false, "", "JobOutOfResources", "it used more disk than it requested"},
		{"the manual's table", 34, 7, false, "", "JobOutOfResources", "it used more memory, disk or processors than it requested"},
		{"the manual's table", 36, 2, false, "", "FailedToCheckpoint", "it could not save its state"},
		{"user_job_policy.cpp", 46, 0, false, "The job exceeded allowed job duration of 00:25", "JobDurationExceeded", "it took longer than the limit, transfers included"},
		{"pool", 47, 0, false, "The job exceeded allowed execute duration of 00:25", "JobExecuteExceeded", "it ran longer than max_run_time"},
		{"PelicanPlatform/pelican#1109", 0, 0, false, "", "Unspecified", "HTCondor gives no code for it"},
		{"pool, whose schedd was killed", 0, 0, false, "Cannot expand $$ expression (OpSys).", "Unspecified", "HTCondor no longer knew the job's machine, as when one of its daemons ended, or the machine lacks the attribute"},
		{"a code of a later version", 999, 7, false, "weird new thing", "", "code 999, subcode 7"},
	} {
		if e := explainHold(JobHeld{test.reason, test.code, test.subcode}, test.own); e.Label != test.label || e.Meaning != test.means || e.Advice == "" {
			t.Errorf("%d/%d, %s: %q, %q; want %q, %q", test.code, test.subcode, test.source, e.Label, e.Meaning, test.label, test.means)
		}
	}
	for _, code := range []int{8, 11, 18, 27, 32, 33} { // in the manual's table
		if e := explainHold(JobHeld{Code: code}, false); e.Label == "" || e.Meaning == "" || e.Advice == "" {
			t.Errorf("%d: %+v", code, e)
		}
	}
}

// The subcodes of code 3 are explained if the submit description is ours.
func TestOwnHolds(t *testing.T) {
	const note, form = "\n    first=7 count=1 starts=2 jobs=1", "product 7: failed with exit status 1 on linux1 (LINUX): see logs/7.err"
	for _, test := range []struct {
		notes, reason string
		own           bool
	}{
		{note, form, true},
		{note, strings.Replace(form, "product 7", "products 7 to 9", 1), true},
		{"", form, false},
		{note, "The job attribute PeriodicHold expression 'JobRunCount > 10' evaluated to TRUE", false},
	} {
		j := jobOf(historyOf(t, at(0, 0, submitted+test.notes)+at(5, 12, "Job was held.", "\t"+test.reason, "\tCode 3 Subcode 1")), condor.ID{Cluster: 1})
		if got := strings.HasPrefix(j.ExplainHold().Meaning, "its last run"); got != test.own {
			t.Errorf("%q, %s: %+v", test.notes, test.reason, j.ExplainHold())
		}
	}
}

// Nobody is told to do a DAG node's work with another job: DAGMan would do it, too. Nor is anybody told to
// release a job that HTCondor removes.
func TestHoldsOfNodes(t *testing.T) {
	const ours = "\n    first=7 count=1 starts=2 jobs=9"
	for _, rule := range condor.Policy() {
		subcode := rule.Subcodes.First
		if subcode == math.MinInt {
			subcode = 1001
		}
		for _, note := range []string{ours, ""} {
			j := jobOf(historyOf(t, at(0, 0, submitted+"\n    DAG Node: job7"+note)+at(5, 12, "Job was held.", "\tproduct 7: why", fmt.Sprintf("\tCode %d Subcode %d", rule.Code, subcode))), condor.ID{Cluster: 1})
			e := j.ExplainHold()
			wrong := []string{"resubmit"}
			if note == ours && rule.Then != condor.Paused {
				wrong = append(wrong, "condor_release", "condor_rm")
			}
			if e.Advice == "" || slices.ContainsFunc(wrong, func(word string) bool { return strings.Contains(e.Advice, word) }) {
				t.Errorf("%d/%d, %q: %s", rule.Code, subcode, note, e.Advice)
			}
		}
	}
}

// HTCondor releases a held job by itself if a machine is at fault, as often as the job's note
// allows another start.
func TestWillBeReleased(t *testing.T) {
	note := "\n    first=7 count=1 starts=2 jobs=1"
	start := at(6, 1, executing)
	holdAt := func(second, code int) string {
		return at(second, 12, fmt.Sprintf("Job was held.\n\twhy\n\tCode %d Subcode 0", code))
	}
	hold := func(code int) string { return holdAt(9, code) }
	for _, test := range []struct {
		name, log string
		want      bool
	}{
		{"could not be started", at(0, 0, submitted+note) + start + hold(6), true},
		{"HTCondor lost its machine", at(0, 0, submitted+note) + start + hold(0), true},
		{"output could not be sent", at(0, 0, submitted+"\n    DAG Node: A"+note) + start + hold(12), true},
		{"evicted before", at(0, 0, submitted+note) + start + at(7, 4, evicted) + at(8, 1, executing) + hold(6), true},
		{"held too often", at(0, 0, submitted+note) + start + hold(6) + at(10, 13, released) + at(11, 1, executing) + holdAt(12, 6), false},
		{"input could not be sent", at(0, 0, submitted+note) + hold(13), false},
		{"policy", at(0, 0, submitted+note) + start + hold(3), false},
		{"its inputs are being copied to the submit machine", at(0, 0, submitted) + hold(16), true},
		{"time", at(0, 0, submitted+note) + start + hold(47), false},
		{"no note", at(0, 0, submitted) + start + hold(6), false},
		{"not from the queue", at(0, 0, submitted+note+" jobs=1 local=yes") + hold(6), false},
		{"released", at(0, 0, submitted+note) + start + hold(6) + at(10, 13, released), false},
	} {
		h := historyOf(t, test.log)
		if got := jobOf(h, condor.ID{Cluster: 1, Proc: 0}).WillBeReleased(); got != test.want {
			t.Errorf("%s: %t", test.name, got)
		}
		if got := Count(h.Jobs()).Waiting; got != map[bool]int{true: 1}[test.want] {
			t.Errorf("%s: %d are waiting", test.name, got)
		}
	}
}

// Each hold keeps its reason, the attempt that it ended, and who released the job.
func TestHolds(t *testing.T) {
	first := func(words string) string {
		return strings.Join(strings.Fields(words)[:min(3, len(strings.Fields(words)))], " ")
	}
	for _, test := range []struct {
		file string
		job  condor.ID
		want []string
	}{
		{"events.log", condor.ID{Cluster: 46, Proc: 2}, []string{"1/7 looking at it…, after attempt 0, released after 2s: ok again (by…"}},
		{"jobs25.log", condor.ID{Cluster: 7, Proc: 5}, []string{"13/2 Transfer input files…, after attempt 0"}},
		{"factory.log", condor.ID{Cluster: 134, Proc: 0}, []string{
			"6/8 Error from slot1_4@pc07:…, after attempt 0, released after 8s: The job attribute…", "6/8 Error from slot1_1@pc07:…, after attempt 1"}},
		{"retries.log", condor.ID{Cluster: 39, Proc: 1}, []string{
			"47/0 The job exceeded…, after attempt 0, released after 36s: The job attribute…", "47/0 The job exceeded…, after attempt 1"}},
		{"failures.log", condor.ID{Cluster: 1, Proc: 0}, nil},
	} {
		var got []string
		for _, hold := range historyOf(t, logFile(t, test.file)).jobs[test.job].Holds {
			line := fmt.Sprintf("%d/%d %s…, after attempt %d", hold.Code, hold.Subcode, first(hold.Reason), hold.Attempt)
			if !hold.Released.IsZero() {
				line += fmt.Sprintf(", released after %v: %s…", hold.At.Until(hold.Released).Duration, first(hold.By))
			}
			got = append(got, line)
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: job %v:\n%s\nwant\n%s", test.file, test.job, strings.Join(got, "\n"), strings.Join(test.want, "\n"))
		}
	}
}
