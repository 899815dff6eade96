package main

// A row is a fault, what it must end with, and the test that makes it: a pattern for go test -run.
type row struct {
	fault, end string
	pkg, test  string
	flags      string // of the long form
}

const (
	right    = "the right norm"
	sentence = "a sentence that names the file or job, and what to do"
	either   = right + ", or " + sentence
)

// rows are the faults that are known. make test runs their tests with few repetitions.
var rows = []row{
	{"an input is replaced while its batch runs", either, "./test/trust", "TestScenariosOfMatsubmit/an_input_replaced_while_a_batch_runs$|TestInputReplacedWhileItRuns", ""},
	{"an input is replaced between two attempts", right, "./test/trust", "TestResumedAfterAnInputIsReplaced", ""},
	{"an input is replaced during an eviction", right, "./test/pool", "TestInputReplacedDuringEviction", ""},
	{"an input with an old time, or one in the future", either, "./test/trust", "TestScenariosOfMatsubmit/.*time|TestResubmitBelievesWhatIsRight", ""},
	{"inputs and outputs that change, or are written again, while they are read", either, "./test/trust", "TestInputsThatChangeWhileTheyAreRead|TestOutputsThatChangeWhileTheyAreRead|TestOutputDamagedAtOnce", "-kills 60"},
	{"partial sums of another range, twice, or of another split", sentence, "./test/trust", "TestScenariosOfMatcombine/(partial|ranges|two_seeds|products_and)", ""},
	{"copies and links of an output", sentence, "./test/trust", "TestScenariosOfMatcombine/an_output", ""},
	{"flipped bits", sentence, "./test/trust", "TestFlippedBits", "-bits 60"},
	{"blocks of zeros", sentence, "./test/trust", "TestScenariosOfMatcombine/(zeros|all_zeros)", ""},
	{"a log with another cluster of a greater number; another time zone", right, "./test/trust", "TestScenariosOfMatsubmit/(a_foreign|.*time_zone)", ""},
	{"the submit machine and matsubmit in different time zones", right, "./test/pool", "TestAnotherTimeZone", ""},
	{"two files with one log; random sequences of what people do", either, "./test/trust", "TestScenariosOfMatsubmit/two_files|TestSequences", "-sequences 200"},
	{"the log is deleted while jobs are in the queue, or another file makes the same", sentence, "./test/pool", "TestForgottenJobs", ""},
	{"a second DAG, while or after the first runs", sentence, "./test/pool", "TestDAGHasOneOwner", ""},
	{"matsubmit is killed while it submits, also a DAG", right, "./test/pool", "TestRunKilled", "-kills 9"},
	{"a rescue DAG: what was right before it counts", right, "./cmd", "TestScripts/(matwatch_dag|matsubmit_dag)$", ""},
	{"all programs are killed", right + ", and nothing is left", "./test/trust", "TestKilled|TestLocalKilled|TestRunKilled", "-kills 36"},
	{"the first SIGTERM, at every moment", "the end, without a second of sleep", "./test/trust", "TestFirstSignal", "-kills 100"},
	{"the disk: EIO, ENOSPC, EDQUOT, ESTALE at any call", either, "./test/trust", "TestDiskFails", "-diskfaults 60"},
	{"a full disk, and a full stdout", sentence, "./cmd", "TestScripts/(output_disk_full|output_stdout_full|output_unwritable)$", ""},
	{"little memory; threads that the system refuses", sentence, "./cmd", "TestScripts/(memory|threads)$", ""},
	{"mapped files that shrink while they are multiplied", sentence, "./blas", "TestMemoryLostInTheMiddle", ""},
	{"pipes, folders and links in a circle as inputs", sentence, "./cmd", "TestScripts/(input_pipe|input_folder|submission_pipe|missing)$", ""},
	{"a link that another user has planted; modes and umask", sentence + ", or the mode that was", "./internal/base/file", "TestPlantedLinkIsRefused|TestModeIsKept|TestModeOfANewFile", ""},
	{"few descriptors; 100,000 products", right, "./cmd", "TestScripts/matcombine_many$|TestManyJobs|TestManyRecords", ""},
	{"archives: zip64, encrypted, a million members, bombs", sentence, "./npyio", "TestHostileArchives|TestLongDirectories|TestSoundEnds", ""},
	{"headers cut at every byte", sentence, "./npyio", "TestTruncationAtEveryByte", ""},
	{"logs: a line of a gigabyte, zeros, no ends", "a line for each fault, in little memory", "./condor/eventlog", "TestMemoryOfDamagedLogs|TestCutAnywhere|Fuzz", "-line 1073741824"},
	{"a log of 200,000 jobs", right, "./cmd", "TestBigLog", ""},
	{"names and texts of any bytes in messages", "no panic", "./internal/base/text", "TestClip|FuzzClip", ""},
	{"hostile names in a page", "text, and no request", "./internal/watch/page", "TestHostileNames", ""},
	{"odd names on a pool", right, "./test/pool", "TestNames", ""},
	{"times in a log that go back", "unknown, or right", "./cmd", "TestScripts/(matwatch_clock|matsubmit_clock|matwatch_order)$", ""},
	{"exit statuses and signals, on Linux and Windows", "a retry elsewhere, or " + sentence, "./test/pool", "TestExitStatus|TestElsewhere|TestSignal|TestTimeLimit", ""},
	{"inputs missing, truncated, foreign; outputs lost, unwanted; no program; HTCondor's policies for memory and disk", sentence, "./test/pool", "TestHeldAndHealed|TestOtherProgram|TestNothingIsSubmitted", ""},
	{"ten evictions of one job, Linux and Windows", right, "./test/pool", "TestEvicted", ""},
	{"a DAG's node that fails, or is held", sentence, "./test/pool", "TestDAG$|TestHeldNode", ""},
	{"program, starter, shadow, DAGMan, schedd, startds killed; evicted while it sends; held; removed; the log deleted; Linux and Windows", either, "./test/pool", "TestBlows", "-alone"},
	{"a machine of the pool flips one bit in one of 20 products", "found by each sample that has it, and no other alarm", "./test/pool", "TestVerifySamples", "-samples 200"},
}

// open are faults that do not end as they should yet.
var open = [][2]string{
	{"stdout that is closed (>&-)", "Go's runtime opens /dev/null in its place, and the norm is lost with status 0: docs/SECURITY.md says so"},
}

// untried are faults that cannot be made here, and why.
var untried = [][2]string{
	{"clocks that are set", "a machine has one clock, and Go's programs do not use libc, which faketime replaces: logs and files with other times stand for it"},
	{"a limit on memory by cgroups", "a session has none that it may write: the pool's machines measure the memory themselves; TestExplainHold reads such holds (code 34) of other pools"},
	{"the kernel's end of a process without memory", "it is SIGKILL: see programs that are killed"},
	{"a device that fails beneath a file system (dm-error)", "this kernel has no device-mapper: a file system in user space fails instead"},
}
