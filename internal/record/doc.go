// Package record knows what a result was made from: recipes of files, records of them in matpool.tsv, and checks of files against both.
//
// # Recipes
//
// A [Recipe] is the text of everything that decides a file's bytes besides its inputs' bytes: an
// operation, then KEY=VALUE words in alphabetical order, and after "of" the recipe of what it is made of.
//
//	product a=inputA$(index).npy b=inputB$(index).npy index=7              A·B
//	product a=A.npy b=inputB$(index).npy index=7 transpose=a               AᵀB with a fixed A: its name has no $(index)
//	gram index=7 x=inputX$(index).npy                                      XᵀX
//	product dist=uniform dtype=float64 index=7 random=pcg64 seed=42 size=1000
//	block cols=0:1000 factor=a grid=2x3 index=4 of=A.npy rows=0:500
//	sum ranges=0-9,20-29 of product a=inputA$(index).npy b=inputB$(index).npy
//	join grid=2x3 of product a=inputA$(index).npy b=inputB$(index).npy
//	program args=-v env= index=7 name=tool.sh
//
// Files have the last parts of their names: a job knows no others. The recipe without its index is the
// family, which all products of a sum share. That the index is a word, and $(index) stands in the names, is
// why no program has to guess which digits of inputA27.npy are the number. Products that were named one by
// one get the same form ([Recipe.Numbered]), and two recipes are the same if they are once the
// index is in its places ([Same]), so it does not matter how a product was called for.
//
// The words are sorted so that a recipe has one text, whichever program writes it.
//
// In a value each byte is written as %XX that is a blank, "=", "%", a quote, a control character,
// not printable, or not UTF-8; in lists of names also a comma.
//
// # Records
//
// The file matpool.tsv lies in the folder of the files that it describes. It has a line of column names,
// then a line for each file, of cells separated by tabs. Pandas reads it with read_csv("matpool.tsv",
// sep="\t", dtype=str, keep_default_na=False), awk with -F'\t'. Cells have no tabs, quotes or line ends;
// such bytes in names are written as %XX. A later line supersedes an earlier one of the same kind and
// name. A line that is damaged or cut short is passed over: the last column has a fixed form, so it
// can be told.
//
//	kind     output; or run, input, begun, norm, verified: see below
//	name     of the file, relative to the folder, with /
//	size     in bytes
//	xxh128   XXH3-128 of its bytes, as xxh128sum prints it
//	recipe   as above
//	from     what it was made from: NAME=XXH128,NAME=XXH128 …, as the files were when they were read
//	by       program, version, kernel
//	machine  its host name
//	time     UTC, RFC 3339; for information, it decides nothing
//
// A program that is about to write a file here, which is not there yet and whose name alone does not show that it is an
// output, adds a line of kind begun, with its name. It claims nothing: if the file is there without a line of kind
// output, the program was killed before it could add that, and the file may be replaced.
//
// A program that adds files and prints the norm adds a line of kind norm to the folder of the first file, unless it knows
// nothing of the files:
//
//	name     of the first file
//	xxh128   the hash of all files' hashes, sorted, as text: of exactly these files it is the norm ([HashOf])
//	recipe   norm files=100 value=999818.0921726658
//
// When another machine has made a file again, matsubmit -verify adds a line of kind verified; each machine's line is kept:
//
//	name     of the file
//	xxh128   the file's hash
//	recipe   verified found=XXH128 maker=MACHINE: the hash of what was made again, and where the file was made
//	by       program, version, kernel; with the machine, who made it again
//
// Machines have the names that HTCondor's log gives them. Bits that two machines made, and more than made any others, are
// right ([Standings]): a machine that made others is contradicted, and gets no jobs, until these lines are deleted.
//
// By hand, files are checked by
//
//	awk -F'\t' '$1 == "output" {h[$2] = $4} END {for (n in h) print h[n] "  " n}' matpool.tsv | xxh128sum -c
//
// A program that runs here adds a record as soon as its output has its name ([Append]). A job prints it
// instead, behind the mark "matpool-record\t", to its stdout, which HTCondor brings back anyway
// ([ParseStdout]). So that these are found, matsubmit adds a line of kind run:
//
//	name     the submission file
//	xxh128   the run's identity: hash of the family, the outputs' names and what else decides ([Identify])
//	recipe   run first=0 jobs=0-9:0-99 outputs=output$(index).npy stdout=logs/$(index).out total=100 of FAMILY
//	from     the inputs' names, with $(index)
//
// where expected_s=200 is added if matsubmit has said that the jobs would take 200 s, and jobs=0-8:0-89,9:90-92 says that jobs 0 to 8 have products 0 to 89, ten each, and job 9 has the
// last three. A run supersedes earlier ones of the same file and identity only, because outputs of
// others may still be there. Of several records of a file the one with its hash describes it
// ([Judge]); nothing depends on clocks.
//
// Another program than matprod prints no records. So matsubmit adds a line of kind input for each
// numbered file that it sends, with the file's size and hash at that time, and the run's identity in its
// recipe ([Given]). What all jobs get, the program and other files, is part of the identity.
//
// When a file of records grows beyond a power of two, from 1 MB on, and most of it is superseded, it
// is replaced by one without the old lines (not on Windows, which does not replace files that are open).
//
// # Hashes
//
// The file .matpool.hashes, of a line of column names and lines of six cells (name, size, times of
// modification and change in ns, file number, xxh128), is a [Cache] of hashes that may be deleted. Up to
// 64 KiB it grows by lines at its end; then it is replaced by one without old lines. Changed content is seen
// whatever its modification time is, since the system sets the time of change: after touch, cp -p, rsync -a,
// tar, unzip, mv.
//
// Hashes protect against accidents, not against an attacker. Neither do records: whoever can write a file
// can write its record.
package record
