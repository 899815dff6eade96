/*
Matsubmit submits the jobs of a simplified submission file to HTCondor.

Usage:

	matsubmit [flags] FILE [-ATTRIBUTE=VALUE …]

Flags:

	-N               write the submit description, submit nothing
	-dry_run         the same
	-o FILE          write it to FILE, not to FILE.sub; "-" prints it, and submits nothing
	-force           make everything again: replace existing outputs
	-resubmit        submit only what is missing
	-run             submit, follow the jobs, add up what they made and print the norm; the same call continues after an interruption
	-serial          with -run: compare the norm with that of a serial run here, however long it takes
	-dag             submit a DAG, which adds the products at the end
	-try             run the first job here, without HTCondor; its outputs go to FILE.try
	-local           run all jobs here, without HTCondor
	-verify N        make a random sample of the run's outputs again on other machines: N of them, or N%; compare the bits
	-verify_seed S   with -verify: the seed S of the sample (random)
	-quiet           suppress the time estimate; with -try and -local, print only problems; with -run, these and the norm; with -verify, what is not confirmed
	-h, -help        print usage and flags, or the manual
	-version         print the program's version

FILE has lines NAME = VALUE, which set attributes; the rest keep their defaults. The text is
UTF-8 or UTF-16. A look-alike or invisible character in a value, such as a curly quotation
mark or a no-break space, is an error that names its line and column. This file multiplies
100 pairs, each in its own job:

	executable           = matprod
	indexed_input_files  = inputA.npy, inputB.npy
	indexed_output_files = output.npy
	log                  = log.txt
	total_jobs           = 100

The index goes before the extension, or where the name has $(index): job 7 gets inputA7.npy
and inputB7.npy, and returns output7.npy. Every attribute is also a flag, which overrides the
file for one call: -total_jobs=5 or --total_jobs 5, before or after the file.

Matsubmit first checks everything that the jobs need: the inputs, their headers and shapes,
the programs, and the folders for outputs and logs. Then it writes FILE.sub, a complete and
readable submit description, and runs condor_submit. File names are relative to the current
folder. Existing outputs, and earlier jobs in the queue, are errors; -force replaces the
outputs, but first remove the jobs with condor_rm. If condor_q is there, matsubmit asks it whether
the jobs that the log has in the queue are still there (if not, condor_history says how they
ended), and, before it submits or runs any, for jobs that make the same outputs and are not in the
log. Each answer may take 30 seconds; without one, the log counts. While a call works with a file
or with outputs, no other one does.

Before it submits, it asks condor_status, for at most two seconds, which slots match. Then it
estimates how long the jobs will take there, and how long matprod would take here, assuming
that nothing else runs. The estimate is based on the sizes, on how fast this machine
multiplies, and on the latest run in the log, if any.

To plan a run, on any machine, add -N and a number of slots, this machine's bandwidth, or both:

	matsubmit -N run_product -slots=500 -bandwidth=1Gbit/s

A table then compares the work here with that on the pool: one product a job, batches, sums, and,
marked as other work, a fixed factor and random factors. Each slot counts as a processor of this
machine. The core hours are those of the slots from the first job to the last. One line is marked:
of those with the same result, in at most 1.5 times the shortest time, it has the fewest core hours.

A program other than matprod (executable = NAME) sees files without index numbers: in the
folder of job 7, data7.txt is data.txt, and result.txt comes back as result7.txt. If $(index),
$(first) or $(count) is in its arguments, or $(index) in the last part of a name, as in
result_$(index).txt, the names in the job keep their indices. In run$(index)/data.txt, only
the folder has one. A job that ends with exit status 0 but lacks an output is held. A job that
fails returns no outputs. For Windows machines, matsubmit makes links to the inputs in
FILE.inputs: keep this folder until all jobs are done.

With products_per_job = 10 a job multiplies ten pairs, which saves HTCondor's overhead for
nine jobs. With products_per_job = auto, matsubmit chooses the number to suit the slots that
match, and FILE.sub explains the choice. With sum = yes a job returns the sum of its products
in partial<j>.npz, for matcombine. If a job with several products is evicted, HTCondor keeps
what it has finished, and the job resumes from there (matprod -resume).

With inputs = random HTCondor sends only the program: each job makes its pairs in memory,
those of matprod -generate and matinit -streams. With sum = yes as well, a job returns only
one file. This is a Monte Carlo run:

	inputs           = random
	size             = 1000
	seed             = 42
	sum              = yes
	total_jobs       = 100000
	products_per_job = auto

Such a run has at most 500 million products; one with files, a million. Another run, with
first_index = 100000 and another name for the partial sums, goes on where this one ends, and
matcombine adds up the partial sums of both.

With fixed = a, the first factor is the same in all products: these lines make product 7
A.npy times inputB7.npy. With fixed = b it is the second, and product 7 is inputB7.npy times
A.npy. A job gets the fixed factor once, and reads it once:

	fixed               = a
	input_files         = A.npy
	indexed_input_files = inputB.npy

With HTCondor 25.14 or later, a large fixed factor goes only once to each machine, for all jobs
there, if that is expected to save time. A slot's next job then waits for HTCondor's negotiator,
up to a minute on most pools, so it saves time mainly if each job has a slot to itself.

With gram = yes a product is the Gram matrix XᵀX of one input; with transpose = a it is AᵀB.
If matinit -from has cut one large product into panels, the jobs' products add up to it as
usual; panels = 9 stands for total_jobs = 9. If it was cut into tiles, say so with grid = RxC:
tiles may differ in size, and a DAG joins them. Tiles that are also cut into panels need both
lines: a job sums the products of its tile, as with sum = yes.

To use machines with different systems, put their programs into matsubmit's folder: matprod
for Linux, matprod.exe for Windows, and matprod.LINUX.aarch64.exe for Linux on arm64. (If
matprod is for arm64, matprod.LINUX.X86_64.exe is for Linux on amd64.) Matsubmit copies them
to the folder of FILE.sub, under names by which HTCondor finds the program for each machine.
That folder also gets matprod.outbox, an empty folder that every job receives for its
outputs: it must exist and stay empty until all jobs are done.

-resubmit checks the outputs and the log, and submits only what is missing: products that are
not in the queue and whose output does not exist or does not match its record. The jobs of
matprod print the records of their outputs to stdout; matsubmit finds them there, because it
records each run in matpool.tsv in the current folder. An output is made again if its content
or its inputs have changed since, or if the file now asks for another product; -resubmit says
why. Of another program, matsubmit records its file, arguments and environment, and the
content of its inputs. An output without a record must be valid, and no older than its job or
its inputs. An output of another program may be empty, or a folder. It is an error if jobs in
the queue make the same outputs in another way, such as those of an earlier version of the
file, or if a DAG of the same file has not ended. Once HTCondor has accepted the new jobs,
matsubmit removes the held jobs that they replace.

With -dag the jobs are a DAG for DAGMan. Its last node runs matcombine on the submit machine,
which adds up the products and writes the norm to FILE.norm.

-run does everything in one call: it submits the jobs, shows their progress as matwatch does,
adds up their outputs as matcombine does, and prints the norm. Without HTCondor the jobs run
here, as with -local. The norm is compared with that of a serial run on this machine, if that
takes less than a tenth of the jobs' time, or with -serial. However the call ends, even if it
is killed, the same call continues where it stopped: it submits what is missing, as -resubmit
does, follows what is in the queue, and repeats nothing that is valid. If another matsubmit is
working with the file, it waits. If jobs are held, it says why, and the exit status is 3. -run
-dag follows DAGMan, and continues a DAG that stopped. -run -force starts over.

-verify N, or -verify N%, makes N of a run's outputs again, or that share of them, chosen at random
among those that exist: products, tiles or partial sums. Each is made again on another machine of
the pool than the one that the log names, under another operating system if the pool has as many
machines with one: it waits for these for at most a minute. The jobs return the hashes of what they make, not the products (matprod -again). If two machines make
different bits, a third one decides. What each machine found is added to matpool.tsv, and matwatch
-report shows it beside the machines. If other machines contradict what was made on one, the exit
status is 65: matsubmit names that machine and all outputs of it that nobody has confirmed,
-resubmit makes these again, and no job goes to that machine any more, until you delete the lines
"verified" in matpool.tsv. The sample's seed is printed; with -verify_seed the same outputs are
chosen again, and those that are confirmed need no job. A call that was killed continues when it
is called again. Without HTCondor, or with -local, the sample is made again here, as matprod
-verify does. Of another program, it is not known whether its outputs have the same bytes on every
machine: they may contain times or the order of threads. So -verify refuses it.

-try runs the first job on this machine, without HTCondor: in an empty folder, with the files
that HTCondor would send, and in the environment that HTCondor sets, which has no PATH on
Linux. It prints the job's output, its exit status, its time, and the peak memory of its
largest process, or what the program wrote instead of its outputs. FILE.try, which is emptied
first, gets the job's outputs and streams, and its events in matsubmit.log. The first job runs
even if other jobs lack inputs; -try then says what is missing.

-local runs all jobs in the same way, as many at a time as the processors and the memory
allow, and writes their outputs, streams and events where the pool would. Failures have the
same consequences, with exceptions: a failed job runs again at once, without retry_delay,
nothing releases a held job, and what a job that ran too long has printed is kept. Nothing
limits a job's memory; one that used more than request_memory is named. -resubmit submits it again, with or without -local. FILE.sub
is not written.

Attributes:

	executable            NAME     the program (default: the matprod next to matsubmit)
	python_script         NAME     python_submit's script: matprod replaces one that only saves the product of the two inputs
	python_version        TEXT     python_submit's: has no effect, since matprod needs no Python
	arguments             TEXT     another program's arguments; $(index) is the job's number, $(first) and $(count) a batch's range
	indexed_input_files   NAMES    inputs of each product, numbered before the extension or at $(index): inputA0.npy, inputA1.npy …; only matprod has the default, and takes FILE.npz:NAME, or one FILE.npz with both factors (inputA.npy, inputB.npy)
	indexed_output_files  NAMES    outputs of each product, numbered in the same way (default: output.npy for matprod; for another program all new files, in FILE.out/INDEX)
	gram                  yes|no   a product is the Gram matrix XᵀX of one input, inputX.npy by default (no)
	transpose             a        a: a product is AᵀB, not AB
	grid                  RxC      the products are the tiles of one matrix, R rows of C tiles, of the pairs that matinit -grid writes; with sum = yes, the sum of each job is a tile
	panels                NUMBER   the products are those of the panels, or with grid of each tile's, that matinit -panels writes: so many make total_jobs
	input_files           NAMES    files that every job gets
	fixed                 a|b      of matprod: factor a (the first) or b (the second) is the same in all products: the file in input_files; the other one is in indexed_input_files
	inputs                WORD     files, or random: the jobs of matprod generate their factors, and no inputs are sent (files)
	size                  NUMBER   with inputs = random: the factors are SIZE × SIZE matrices (1000)
	seed                  NUMBER   with inputs = random: product i has the pair of np.random.default_rng([SEED, i])
	rng                   WORD     with inputs = random: numpy's generator, always pcg64 (pcg64)
	distribution          TEXT     with inputs = random: uniform, normal or integers:LO:HI (uniform)
	dtype                 TEXT     with inputs = random: numpy's name for their type (default: float64; for integers int64)
	total_jobs            NUMBER   the number of products
	first_index           NUMBER   the number of the first product (0)
	products_per_job      NUMBER   the number of products that a job computes, or auto: matsubmit chooses it (1)
	slots                 NUMBER   the number of slots for which auto provides jobs, and that -local uses at most (default: those that match, or 8 if condor_status does not answer; for -local all that fit)
	bandwidth             RATE     for the estimate: what the submitting machine can send, and receive, per second, as in 1Gbit/s or 100MB/s
	sum                   yes|no   a job returns the sum of its products instead of the products (no)
	check                 yes|no   the jobs of matprod check each product (matprod -check): a machine that computes wrongly is named, and the job runs again elsewhere (no)
	indexed_stdout        NAME     where each job's standard output goes, numbered
	indexed_stderr        NAME     where each job's standard error goes, numbered
	indexed_log           NAME     a log for each job, numbered
	stdout                NAME     where the jobs' standard output goes (logs/$(index).out)
	stderr                NAME     where the jobs' standard error goes (logs/$(index).err)
	log                   NAME     the log of all jobs (FILE.log)
	operating_systems     SYSTEMS  one or more of linux, linux-arm64 and windows (default: those for which the program exists)
	request_cpus          NUMBER   processors for a job (1)
	request_memory        SIZE     memory for a job, as in 512MB or 2GB (auto)
	request_disk          SIZE     disk space for a job, as in 512MB or 2GB (auto)
	max_retries           NUMBER   how many times a failed job runs again (3)
	retry_delay           TIME     how long a failed job avoids the same machine, in minutes, or as in 30s or 2h (10)
	max_run_time          TIME     how long a job may run before it is held, in minutes, or as in 30s or 2h; runtime is the same (60)
	batch_name            TEXT     the name of the jobs in condor_q (FILE)
	max_idle              NUMBER   how many jobs wait in the queue at a time (default: all)
	requirements          TEXT     further requirements on the machines, in HTCondor's syntax
	condor.NAME           TEXT     passed to HTCondor unchanged, as NAME = TEXT
	+NAME                 TEXT     passed to HTCondor unchanged, as +NAME = TEXT

Examples:

	$ matinit -quiet -jobs 100 -size 10 -seed 42
	42

	$ matsubmit -N run_product
	run_product.sub: 100 jobs, one product each, on Linux

	$ matsubmit -N run_product -total_jobs=5
	run_product.sub: 5 jobs, one product each, on Linux

	$ matsubmit -N run_product -products_per_job=10
	run_product.sub: 10 jobs with 100 products, on Linux

	$ matprod -first 0 -count 98

	$ matsubmit -N run_product -resubmit
	of 100 products: 98 done, 0 in the queue, 2 missing
	run_product.sub: 2 jobs, one product each, on Linux

Exit status: 0 done; 64 wrong usage, or outputs or jobs already exist; 65 the file, an input
or a program is missing or bad; 3 with -try, -local or -run, a job is not done; 1 any other failure,
such as condor_submit's.
*/
package main
