/*
Matprod multiplies matrices in numpy's files: one pair, many, or many with their sum.

Usage:

	matprod [flags] [A B C]
	matprod [flags] -first I -count N [A B C]
	matprod [flags] -first I -count N -sum FILE [A B]
	matprod [flags] -serial [-first I] -jobs N [A B]
	matprod [flags] -serial SUBMISSIONFILE
	matprod [flags] -verify N SUBMISSIONFILE
	matprod [flags] -generate -size N -seed S …
	matprod [-threads N] -measure
	matprod [flags] -gram … [X …]

Flags:

	-first I         begin with index I (0)
	-count N         multiply N indexed pairs (1)
	-sum FILE        write the sum of the range's products to FILE, and no products
	-serial          print the norm of the sum of all products, write none
	-jobs N          with -serial: the number of products, N (100)
	-o FILE          with -serial: write the sum to FILE
	-resume D        keep what a stopped run left in folder D
	-gram            make the Gram matrix XᵀX of one file instead of a product of two
	-transpose F     multiply AᵀB; F must be a, the only factor that can be transposed
	-generate        make the factors, random matrices, instead of reading them
	-size N          with -generate: of N×N matrices (1000)
	-seed S          with -generate: numpy's seed S, a whole number; with -verify: that of the sample (random)
	-dist D          with -generate: distribution D: uniform, normal or integers:LO:HI (uniform)
	-dtype T         with -generate: type T by numpy's name (float64; of integers int64)
	-fixed F         factor F, a or b, is the same in all products: its name has no index
	-threads N       compute with N threads (the processors that may be used, at most OPENBLAS_NUM_THREADS or OMP_NUM_THREADS)
	-kernel K        compute with kernel K: avx512, openblas, avx2, neon or generic (the first of these that can run here)
	-check           check each product by checksums, and recompute a part of it
	-verify N        make a random sample of a run's outputs again, with another kernel: N of them, or N%
	-again           make the outputs again and print their records, but write nothing
	-measure         print how fast each kernel multiplies on this machine
	-force           replace a file that is not known to be an output
	-records WHERE   print the outputs' records if WHERE is -, make none if it is none (matpool.tsv beside each output)
	-sync            flush the outputs to the disk
	-quiet           print only the norm that -serial prints, or what -verify does not confirm
	-h, -help        print usage and flags, or the manual
	-version         print the program's version and the kernel in use

Two factors A B may always be PAIR.npz, one archive with both.

Without flags, matprod writes the product C = A·B. The default names are inputA.npy,
inputB.npy and output.npy.

With -first I -count N it writes the products I, I+1, … I+N−1. The index goes before the
extension, or where a name has '$(index)': C7 = A7·B7 is inputA7.npy times inputB7.npy,
written to output7.npy. While one product is computed, the next pair is read and the last
product is written.

With -sum FILE it writes only the sum of these products, which matcombine adds to the sums of
other ranges. The sum is not rounded, so adding in parts loses nothing: FILE holds two arrays,
hi and lo, whose exact sum it is; they are float64, or complex128 if a product is complex. In
Python they are np.load(FILE)['hi'] and np.load(FILE)['lo'], even if FILE's name does not end
in .npz.

With -serial it checks a run on a pool: it computes all N products, writes none of them, and
prints the norm of their sum, with the same digits as matcombine. Names, first index and
number can come from a simplified submission file, such as run_product; flags override it. If
neither gives the number, more than 100 pairs are an error.

With -measure it prints a line for each kernel that this machine can run, with the rate at
which it multiplies two 1000×1000 float64 matrices: 2·1000³ operations divided by the time,
in GF/s, 10⁹ operations per second. All kernels give the same bits; -kernel affects only the
speed. The default is avx512 if the processor has AVX-512: on those measured so far it is faster
than OpenBLAS up to matrices of 2000×2000, and at most 3 % slower at 4000×4000. On other
processors the default is OpenBLAS, which the released programs for x86-64 contain.

With -check, matprod verifies each product before it writes it: the sums of the product's rows
and columns must match those that follow from the factors, up to a bound of their rounding
errors, and a block of 4×32 values, chosen at random, must have the same bits when it is
computed again. Products of integers, and those of at most 32³ multiplications, are checked
completely. If a check fails, matprod names the machine, writes nothing, and ends with status
1, so that HTCondor runs the job elsewhere. On one thread, a job with a 1000×1000 product takes 4 to
7 % more of the processor's time, depending on the kernel; one with a larger product less. In a
submission file, check = yes does this in all jobs. The outputs' records say that they were checked.

With -verify N, or -verify N%, matprod makes N of a run's outputs again, or that share of them,
chosen at random among those that exist: products, tiles or partial sums. It writes nothing, but
compares the bits with those of the outputs' records. Each is made again with another kernel than
the one in its record, if this machine has another, or with -kernel's. If an output is not
confirmed, a second kernel decides. If both kernels make the same other bits, the output is
contradicted: the exit status is 65, and matprod names the machine that made it. If they differ,
it is this machine that computes wrongly, and the exit status is 1. What has no record, or was made
from other inputs than those that are there now, can't be verified: the exit status is 65. The
sample's seed is printed; with -seed the same outputs are chosen again.

With -again, matprod makes its outputs again, writes nothing, and prints their records: the hash that
each would have, and those of the inputs. This is how another machine confirms an output without
sending it: matsubmit -verify runs such jobs.

With -generate, which requires -first, -count or -serial, matprod reads no factors but makes
those of matinit -streams in memory. Each pair has its own stream of random numbers, so any
job can make any pair, and two lines of Python can check it. Pair I of -seed S is

	rng = np.random.default_rng([S, I])
	A = rng.random((N, N)); B = rng.random((N, N))

or, with -dist and -dtype, what matinit -help lists for -rng pcg64.
Only the product C takes a name.

With -fixed a, the first factor is the same in all products, and its name has no index:
matprod -first I -fixed a A.npy inputB.npy output.npy multiplies A.npy by inputB<I>.npy.
With -fixed b the second factor is fixed. Matprod reads the fixed factor once. Each factor
needs a name: one archive can't hold both.

With -gram there is one file X instead of A B, by default inputX.npy. The product is XᵀX,
with the same bits as Xᵀ times X, but X is read once, and only the upper half of the
symmetric result is computed. With -transpose a, the product is AᵀB. In Python these are
X.T @ X and A.T @ B; in a stack each matrix is transposed. X must be real. X and XᵀX must
fit in memory, just as a pair and its product must. -gram can't be combined with -generate or
-fixed.

A and B are arrays of any numeric types that np.matmul multiplies: booleans, integers,
floats and complex numbers, in C or Fortran order and either byte order; matrices, vectors,
and stacks of matrices, which are broadcast. C has the type and shape of np.matmul(A, B),
and is in C order. Integers are exact, and wrap around as numpy's do. Floats are multiplied
as float64 and rounded once: float32 and float16 results are closer to the exact product
than numpy's. A product has the same bits on every machine, with any number of threads.

FILE.npz:NAME is an array in a .npz file, compressed or not; in a range, the index goes
before the extension: input7.npz:A. FILE.npz alone is its only array, arr_0. One name,
PAIR.npz, can give both factors: its arrays A and B, as np.savez(FILE, A=a, B=b) and
matinit -npz write them, or arr_0 and arr_1, as np.savez(FILE, a, b) does. Values are
verified against the archive's checksum. An output whose name ends in .npz is written as
np.savez(FILE, c) writes it, as the array arr_0.

An output appears under its name only when it is complete. It replaces an existing file only
if that is known to be an output, by its record or by a default name such as output7.npy;
otherwise -force is needed. Each output gets a record in matpool.tsv: its hash, how it was
made, and the hashes of its inputs.

With -resume D, matprod resumes a stopped run. It looks for each output in folder D, by the
last part of its name, and keeps it, under the output's own name, if its record shows that it
was made in the same way, from the inputs as they are now. When a run with -sum is stopped, it
saves the sum next to FILE, in .FILE.sum; it also does so from time to time, in case it gets
no warning. Matsubmit uses this flag: when a job with several products is evicted, it loses
only the product it was computing.

When an HTCondor job fails, the first line of the error becomes the job's attribute
ChirpMatMessage. If a job of matsubmit is then held, the reason quotes it.

Examples:

	$ matinit -quiet -jobs 3 -size 100 -seed 42
	42

	$ matprod inputA0.npy inputB0.npy product.npy

	$ matprod -first 0 -count 3

	$ matcombine -jobs 3
	norm of the sum of 3 files: 7496.135068553137

	$ matprod -first 0 -count 2 -sum partial0.npz

	$ matprod -first 2 -count 1 -sum partial1.npz

	$ matcombine -jobs 2 partial.npz
	norm of the sum of 2 files: 7496.135068553137

	$ matprod -serial -jobs 3
	norm of the sum of 3 products: 7496.135068553137

	$ matprod -verify=100% -quiet -total_jobs=3 run_product

	$ matinit -quiet -npz -jobs 3 -size 100 -seed 42
	42

	$ matprod -first 0 -count 3 input.npz product.npz

	$ matprod -serial -jobs 3 input.npz
	norm of the sum of 3 products: 7496.135068553137

	$ matprod -generate -size 100 -seed 42 -first 7

	$ matprod -generate -size 100 -seed 42 -first 0 -count 2 -sum partial0.npz

	$ matprod -generate -size 100 -seed 42 -first 2 -count 1 -sum partial1.npz

	$ matcombine -jobs 2 partial.npz
	norm of the sum of 2 files: 7480.723459611583

	$ matprod -serial -generate -size 100 -seed 42 -jobs 3
	norm of the sum of 3 products: 7480.723459611583

	$ matprod -first 0 -count 3 -fixed a inputA0.npy inputB.npy output.npy

	$ matprod -serial -jobs 3 -fixed a inputA0.npy inputB.npy
	norm of the sum of 3 products: 7459.203301037265

	$ matprod -gram inputA0.npy gram.npy

	$ matprod -transpose a inputA0.npy inputA0.npy same.npy

	$ matprod -gram -serial -jobs 3 inputA.npy
	norm of the sum of 3 products: 7447.378843864233

Exit status: 0 done; 64 wrong usage, or the output would replace an input, or a file that is
not known to be an output; 65 an input is missing or bad, or -verify does not confirm an output;
1 any other failure, which might not happen on another machine.
*/
package main
