/*
Matprod multiplies matrices in numpy's files: one pair, many, or many with their sum.

Usage:

	matprod [flags] [A B C]
	matprod [flags] -first I -count N [A B C]
	matprod [flags] -first I -count N -sum FILE [A B]
	matprod [flags] -serial [-first I] -jobs N [A B]
	matprod [flags] -serial SUBMISSIONFILE
	matprod [flags] -generate -size N -seed S …
	matprod [-threads N] -measure
	matprod [flags] -gram … [X …]

A B may always be PAIR.npz, one archive of both.

The first form writes the product C = A·B. Without names they are inputA.npy,
inputB.npy and output.npy.

The second form does so for the indices I, I+1, … I+N−1, which go before the
extension, or where a name has '$(index)': C7 = A7·B7 is inputA7.npy times inputB7.npy,
written to output7.npy. The next pair is read and the last product written during the current one.

The third form writes no products but their sum, which matcombine adds to the sums of
other ranges. It is not rounded, so nothing is lost by adding in parts: FILE holds two
arrays, hi and lo, of float64 or, if a product is complex, of complex128, which add up to
it exactly. In Python they are np.load(FILE)['hi'] and np.load(FILE)['lo'], whatever
FILE's name.

The fourth and fifth forms are the serial check of a run on a pool: they compute all N products
and print the norm of their sum, the same digits that matcombine prints. They write
no products. Names, first index and number may come from a simplified submission file, such
as run_product; flags override it. If there are more pairs than it assumes without -jobs,
that is an error.

The last form prints a line for each kernel that this machine can run, with its rate in
the product of two matrices of 1000×1000 float64s: 2·1000³ operations by the time they take,
in GF/s, 10⁹ operations per second. All kernels give the same bits, so -kernel is a matter
of speed only.

With -generate the second, third and fourth form read no factors: matprod makes them in
memory, those that matinit -streams would write. Each pair has a stream of random numbers
of its own, so any job can make any pair, and two lines of Python check it. Pair I of
-seed S is

	rng = np.random.default_rng([S, I])
	A = rng.random((N, N)); B = rng.random((N, N))

or the same with the lines that matinit -help lists for -rng pcg64 with -dist and -dtype.
Only the product C can have a name.

With -fixed a, the first factor is the same in all products, and its name has no index:
product I is A.npy times inputB<I>.npy for matprod -first I -fixed a A.npy inputB.npy
output.npy. With -fixed b it is the second factor. That factor is read once; the other one has
a name, not a common archive.

With -gram there is one file X instead of A B, in each form but -generate; without a name it
is inputX.npy. The product is XᵀX, of the same bits as if Xᵀ and X were multiplied, but X is
read once, and only the upper half of the symmetric result is computed. With -transpose a,
it is AᵀB. In Python they are X.T @ X and A.T @ B; of a stack each matrix is transposed.
The numbers in X are real. X and XᵀX must fit in memory, as a pair and its product must.

A and B are arrays of any numeric types that np.matmul multiplies: booleans, integers,
floats and complex numbers, in C or Fortran order and either byte order; matrices, vectors,
and stacks of matrices, which are broadcast. C has the type and shape of np.matmul(A, B),
and is in C order. Integers are exact, and wrap around as numpy's do. Floats are multiplied
as float64 and rounded once: float32 and float16 are nearer to the exact product than
numpy's. An output that exists is replaced; it appears under its name complete or not at all. A product has
the same bits on every machine, with any number of threads.

An array of a .npz file, compressed or not, is named FILE.npz:NAME, to which a range adds
the index before the extension: input7.npz:A. FILE.npz alone is its array arr_0, if it
holds no others. The two factors may be given as one name, PAIR.npz: its arrays A and B,
as np.savez(FILE, A=a, B=b) and matinit -npz write them, or arr_0 and arr_1, as
np.savez(FILE, a, b) does. Values are held against the archive's checksum. An output
whose name ends in .npz is written as np.savez(FILE, c) writes it, as the array arr_0.

With -resume D, a run goes on where an earlier one was stopped. An output is looked for in
folder D, by the last part of its name, and kept, under its own name, if it is an array of
the product's type and shape, and complete. Whether the inputs have changed since is not
known. The sum of a run that is stopped is saved beside FILE, in .FILE.sum, and, in case it
cannot be, from time to time before. Matsubmit uses this flag: when its machine is taken
away, a job with several products loses only the one that it is making.

When a job of HTCondor fails, the first line of the error becomes the job's attribute
ChirpMatMessage, which the jobs of matsubmit quote when they are held.

Flags:

	-first I       begin with index I (0)
	-count N       multiply N indexed pairs (1)
	-sum FILE      write the sum of the range's products to FILE, and no products
	-serial        print the norm of the sum of all products, write none
	-jobs N        with -serial: the number of products, N (100)
	-o FILE        with -serial: write the sum to FILE
	-resume D      keep what a run that was stopped left in folder D
	-gram          make the Gram matrix XᵀX of one file instead of a product of two
	-transpose F   multiply AᵀB: F is a, the only factor that can be transposed
	-generate      make the factors, random matrices, instead of reading them
	-size N        with -generate: of N×N matrices (1000)
	-seed S        with -generate: numpy's seed S, a whole number
	-dist D        with -generate: distribution D: uniform, normal or integers:LO:HI (uniform)
	-dtype T       with -generate: type T by numpy's name (float64; of integers int64)
	-fixed F       factor F, a or b, is the same in all products: its name has no index
	-threads N     compute with N threads (the processors that may be used, at most OPENBLAS_NUM_THREADS or OMP_NUM_THREADS)
	-kernel K      compute with kernel K: avx512, avx2, neon or generic (the fastest)
	-measure       print how fast each kernel multiplies on this machine
	-sync          flush the outputs to the disk
	-quiet         print nothing but the norm that -serial prints
	-help          print this
	-version       print the program's version and the kernel in use

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

Exit status: 0 done; 64 wrong usage, or the output is an input; 65 an input is missing
or bad; 1 any other failure, which may not happen on another machine.
*/
package main
