/*
Matwatch follows the event log of HTCondor jobs and reports where the time went.

Usage:

	matwatch [flags] FILE|LOG ...
	matwatch [flags] -report|-csv|-json|-plot FILE|-html FILE LOG ...
	matwatch -check [DIR [DIR]]

Flags:

	-cluster N      the jobs of cluster N, or of several: N,N,...
	-timeout TIME   stop after a TIME, such as 90s, 10m or 2h
	-wait           wait for a log that does not exist yet
	-report         print a report
	-csv            print a table with a line for each attempt of each job
	-json           print the report and all attempts as one JSON object
	-plot FILE      draw a timeline of the slots; FILE ends in .svg or .png
	-html FILE      write a page about the run, for a browser; FILE ends in .html
	-check          compare the files of a folder with their records; of two folders, with each other
	-quiet          has no effect; all programs accept it
	-h, -help       print usage and flags, or the manual
	-version        print the program's version

Without -report, -csv, -json, -plot and -html, matwatch shows how many jobs are done, running, idle
and held. It ends when all jobs are done, or when nothing will happen without you: no job is
running, suspended or idle, and some are held, failed or removed. It waits for held jobs that
HTCondor will release by itself. When a job is held, matwatch prints the reason and what to do;
when jobs are evicted or HTCondor fails, it prints the reason once, and how often it happens.
On a terminal it draws a bar (= done, > running, ~ suspended, - idle, ! held, x failed or
removed) and estimates the remaining time. Otherwise it prints a line for each change, or, in a
large run, for each hundredth of the jobs. Matwatch reads the log twice a second; it may be in
HTCondor's text format, in XML (log_xml) or in JSON. It copes with a log that is moved,
truncated or replaced, that has holes of zero bytes, or whose events are repeated or out of
order.

Up to version 25.12, HTCondor sometimes does not write the last event of a job that was removed.
When the log stops growing, matwatch therefore asks condor_q, if it is there, whether the jobs are
still in the queue, and condor_history how the others ended. It does so at most once a minute, and
once before it ends while jobs are held. It waits up to 30 seconds for the answer; without one, the
log counts.

With -report, -csv, -json, -plot or -html, matwatch reads the log as it is now, asks HTCondor in the
same way about jobs that the log has in the queue, and ends, with the same exit status. Running jobs
count up to the latest event. -report prints how the time was spent, by machine and by job; if there
are more than 100 jobs, it lists only those that had problems. -plot draws a line for each slot:
when it transferred files, computed, or had no job.

-html writes all this as a page, one file that needs nothing else and can be sent to others: also
the norm, if a DAG wrote it; from the records of the outputs (matpool.tsv), what was computed, by
which version and kernel, and whether the outputs are still what the records say; how long
matsubmit said that it would take; which machines were slow, and what became of held jobs. In the
picture one can zoom. What is not known is said to be unknown.

At the end matwatch looks for the outputs that the log of matsubmit names. If one is missing,
empty or older than its job, the job counts as "done without" it, and the exit status is 3. If
the outputs are not beside the log, as with a copy of the log, matwatch says that "done" is based
on the log alone.

For a simplified submission file, matwatch reads the log of its jobs. Its attributes are flags, as
those of matsubmit are.

Matwatch shows the latest run: the jobs that matsubmit submitted to make the same files in the
same way as the latest job. If several of them have the same products, as after -resubmit, only
the latest counts. Jobs of other programs form a run for each cluster. If each job has its own
log, name all logs. With max_idle, jobs enter the queue one by one: if some are held and nothing
else happens, matwatch ends after two minutes.

If DAGMan submits the jobs, matwatch also reads DAGMan's own log, FILE.dag.dagman.log: it ends
when DAGMan has, and counts the norm among the outputs. Without that file, as with a copy of the
log, it goes by the number of nodes, which each job's entry in the log has.

With -check, matwatch prints a line for each file that has a record in the matpool.tsv of a
folder, by default the current one: valid, or what is wrong with it. For two folders, it says of
each file whether the bytes are the same, and how it was made differently. The exit status is 65
if a file does not match its record, or differs.

The columns of -csv. An attempt is one time that a job had a machine. Names that end in _s
are durations in seconds; other times are in RFC 3339. Unknown values are empty, as are
durations between events that are out of order:

	cluster, proc                   the job
	first, count                    its products, if matsubmit submitted it
	state                           idle, running, suspended, held, done, removed, unknown, or
	                                failed: left the queue with a status other than 0, or by a
	                                signal
	run                             the attempt, from 1 on; 0 for a job without attempts
	outcome                         lasting, completed, retried, held, removed, evicted, lost
	exit, signal                    how the program ended
	machine, system, slot           where it ran
	submitted, began, ended         when
	wait_s                          waiting for a machine
	queue_s                         waiting for its turn to transfer files
	input_s, compute_s              inputs, the program
	suspended_s, output_s           the program suspended, outputs
	total_s                         from began to ended
	hold_code, hold_subcode         why the job is held
	reason                          why it is held or was removed, as text

The object of -json. Unknown values are null, or "" for a name:

	logs, clusters                  of the run
	state                           going, done, or stuck: nothing will happen without you
	dagman                          the state of the DAGMan job, or null if there is no DAG
	submitted, latest               times of the first submission and of the latest event
	makespan_s                      the time between them
	slots, between_s                slots that had jobs of the run, and their time without one
	counts                          of jobs: jobs, done, running, suspended, idle, held,
	                                held_to_be_released, failed, removed, unknown; superseded:
	                                earlier jobs for the same products, which do not count;
	                                later: jobs that have yet to enter the queue; never: jobs
	                                that will not, because their cluster or DAGMan is gone;
	                                jobs includes both;
	                                done_without_output: those of done with an output missing
	outputs                         of the jobs that are done: there, missing or unknown
	total, machines                 runs (attempts), completed, failed (those of completed that
	                                failed), retried, held, removed, evicted, lost; untimed:
	                                runs with an unknown time, which the following lack: busy_s,
	                                queue_s, input_s, compute_s, suspended_s, output_s; vain_s,
	                                computed by programs that failed or were stopped, unless
	                                they were evicted and HTCondor kept their files;
	                                overhead, the share of busy_s that is not compute_s;
	                                others_found, if outputs of the machine were made again
	                                elsewhere (matsubmit -verify): confirmed, not confirmed or
	                                contradicted, with the number of outputs
	jobs                            cluster to signal as above; starts, retries, evictions,
	                                holds, memory_mb; reason; missing_outputs; hold: code,
	                                subcode, reason, means, do, to_be_released; runs: the
	                                attempts, as above, with the reason if one was evicted or
	                                lost
	faults                          places in the log that cannot be read

Examples:

	$ matwatch finished/log.txt
	2026-11-30 19:33:38 cluster 1: 12 jobs: 12 done, 0 running, 0 idle, 0 held

	$ matwatch -plot run.svg finished/log.txt

	$ matwatch -html run.html finished/log.txt

	$ matwatch -report finished/log.txt
	finished/log.txt: cluster 1: 12 jobs: 12 done, 0 running, 0 idle, 0 held
	submitted 2026-11-30 19:33:21, last event 2026-11-30 19:33:38, makespan 17s

	how 6 slots spent the time   total  share
	  computing                    57s    63%
	  outputs                       1s     1%
	  without a job of this run    32s    36%
	overhead: 2% of the time with a job (the log has whole seconds)

	jobs that are done      median  longest   job
	  waited for a machine      2s       9s  1.11
	  inputs                    0s       0s   1.0
	  computed                  5s       6s   1.1
	  outputs                   0s       0s   1.0

	machine  system   slots  attempts  done  failed  retried  held  cut short  computed  in vain  transfers  overhead
	winpc    windows      2         5     5       0        0     0          0       25s       0s         0s        0%
	linux1   linux        2         4     4       0        0     0          0       18s       0s         0s        0%
	linux2   linux        2         5     3       0        1     0          1       14s       0s         1s        7%

	job   product        state  last slot       attempts     began     ended  waited  inputs  computed  outputs
	1.0   0-39999        done   slot1_1@linux1         2  19:33:23  19:33:33      7s      0s        5s       0s
	1.1   40000-79999    done   slot1_1@winpc          1  19:33:23  19:33:29      2s      0s        6s       0s
	1.2   80000-119999   done   slot1_1@linux1         1  19:33:23  19:33:27      2s      0s        4s       0s
	1.3   120000-159999  done   slot1_2@linux2         2  19:33:23  19:33:32      4s      0s        6s       1s
	1.4   160000-199999  done   slot1_2@winpc          1  19:33:23  19:33:28      2s      0s        5s       0s
	1.5   200000-239999  done   slot1_2@linux1         1  19:33:23  19:33:27      2s      0s        4s       0s
	1.6   240000-279999  done   slot1_1@linux2         1  19:33:25  19:33:29      4s      0s        4s       0s
	1.7   280000-319999  done   slot1_1@winpc          1  19:33:35  19:33:38      0s      0s        3s       0s
	1.8   320000-359999  done   slot1_2@linux1         1  19:33:28  19:33:33      7s      0s        5s       0s
	1.9   360000-399999  done   slot1_2@winpc          1  19:33:28  19:33:34      7s      0s        6s       0s
	1.10  400000-439999  done   slot1_1@linux2         1  19:33:29  19:33:33      8s      0s        4s       0s
	1.11  440000-479999  done   slot1_1@winpc          1  19:33:30  19:33:35      9s      0s        5s       0s

Exit status: 0 all jobs are done; 3 some are not, or an output is missing; 64 wrong usage; 65 the
log is missing or not a log, or -check finds a difference; 1 any other failure.
*/
package main
