/*
Matsubmit submits the jobs of a simplified submission file to HTCondor.

Usage:

	matsubmit [flags] FILE [-ATTRIBUTE=VALUE …]

The file has a line NAME = VALUE for each attribute that is not to have its default.
This one multiplies 100 pairs, each in a job of its own:

	executable           = matprod
	indexed_input_files  = inputA.npy, inputB.npy
	indexed_output_files = output.npy
	log                  = log.txt
	total_jobs           = 100

An index goes before the extension: job 7 gets inputA7.npy and inputB7.npy, and returns
output7.npy. Every attribute is a flag too, which holds for this once:
-total_jobs=5 or --total_jobs 5, before or after the file.

Everything that the jobs need is looked at first: each input, its header and its shape,
the programs, the folders of outputs and logs. Then FILE.sub is written, a submit
description that stands alone and can be read, and given to condor_submit. Names are
relative to the current folder. Outputs that exist, and earlier jobs in the queue, are
an error.

With products_per_job = 10 a job multiplies ten pairs, which saves the time that
HTCondor takes for a job; with auto the number is chosen, and FILE.sub says why. With
sum = yes a job returns its products' sum in partial<j>.npz, for matcombine.

Where the machines are of both systems, matprod and matprod.exe must lie beside
matsubmit. Copies of them are laid beside FILE.sub, under names by which HTCondor finds
the one for each machine. Beside it also lies matprod.outbox, an empty folder that every
job is sent, to leave its outputs in: it must stay there, and empty, until all are done.

-resubmit looks at the outputs and at the log, and submits what is missing: neither
there, complete and newer than its inputs, nor idle or running. Jobs that are held are
removed first. With -dag the jobs are a graph for DAGMan, whose last node adds the
products up with matcombine on this machine and writes the norm to FILE.norm.

Flags:

	-N          write the submit description, submit nothing
	-dry_run    the same
	-o FILE     write it to FILE, not to FILE.sub; "-" prints it, and submits nothing
	-force      make everything again, also what exists, which is removed, or is in the queue
	-resubmit   submit what is missing
	-dag        submit a graph, which adds the products up at the end
	-quiet      accepted as by the other programs; changes nothing
	-help       print this
	-version    print the program's version

Attributes:

	executable            NAME     the program (default: the matprod beside matsubmit)
	arguments             TEXT     another program's arguments; $(index) is the product's number, $(first) and $(count) a batch's range
	indexed_input_files   NAMES    inputs of each product, numbered before the extension: inputA0.npy, inputA1.npy …; the default is for matprod only (inputA.npy, inputB.npy)
	indexed_output_files  NAMES    outputs of each product, numbered likewise (default: output.npy of matprod, all new files of another program)
	input_files           NAMES    files that every job gets
	total_jobs            NUMBER   how many products there are
	first_index           NUMBER   the number of the first product (0)
	products_per_job      NUMBER   how many products a job computes, or auto (1)
	slots                 NUMBER   how many jobs at a time auto should keep busy (8)
	sum                   yes|no   a job returns the sum of its products instead of the products (no)
	indexed_stdout        NAME     where each job's standard output goes, numbered
	indexed_stderr        NAME     where each job's standard error goes, numbered
	indexed_log           NAME     a log for each job, numbered
	stdout                NAME     where the jobs' standard output goes (logs/$(index).out)
	stderr                NAME     where the jobs' standard error goes (logs/$(index).err)
	log                   NAME     the log of all jobs (FILE.log)
	operating_systems     SYSTEMS  linux, windows or both (default: those whose programs are beside matsubmit)
	request_cpus          NUMBER   processors for a job (1)
	request_memory        SIZE     memory for a job (auto)
	request_disk          SIZE     room for a job's files (auto)
	max_retries           NUMBER   how many times a failed job is run again (3)
	retry_delay           TIME     how long a failed job waits before the same machine may try it again (10)
	max_run_time          TIME     how long a job may run before it is held (60)
	batch_name            TEXT     what condor_q calls the jobs (FILE)
	max_idle              NUMBER   how many jobs wait in the queue at a time (default: all)
	requirements          TEXT     what else a machine must be, as HTCondor writes it
	condor.NAME           TEXT     passed to HTCondor unchanged, as NAME = TEXT
	+NAME                 TEXT     passed to HTCondor unchanged, as +NAME = TEXT

Examples:

	$ matinit -quiet -jobs 100 -size 10 -seed 42
	42

	$ matsubmit -N run_product
	run_product.sub: 100 jobs, a product each, on Linux

	$ matsubmit -N run_product -total_jobs=5
	run_product.sub: 5 jobs, a product each, on Linux

	$ matsubmit -N run_product -products_per_job=10
	run_product.sub: 10 jobs with 100 products, on Linux

	$ matprod -first 0 -count 98

	$ matsubmit -N run_product -resubmit
	of 100 products: 98 there, 0 in the queue, 2 missing
	run_product.sub: 2 jobs, a product each, on Linux

Exit status: 0 done; 64 wrong usage, or something exists that would be made again;
65 the file, an input or a program is missing or bad; 1 any other failure, such as
condor_submit's.
*/
package main
