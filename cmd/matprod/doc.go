/*
Matprod multiplies matrices in numpy's files: one pair, many, or many with their sum.

Usage:

	matprod [flags] [A B C]
	matprod [flags] -first I -count N [A B C]
	matprod [flags] -first I -count N -sum FILE [A B]
	matprod [flags] -serial -jobs N [A B]

In each form A B may be PAIR.npz, one archive of both.

The first form writes the product C = A·B. Without names they are inputA.npy,
inputB.npy and output.npy.

The second form does so for the indices I, I+1, … I+N−1, which go before the
extension: C7 = A7·B7 is inputA7.npy times inputB7.npy, written to output7.npy. The
next pair is read and the last product written during the current one.

The third form writes no products but their sum, which matcombine adds to the sums of
other ranges. It is not rounded, so nothing is lost by adding in parts: FILE holds two
arrays, hi and lo, of float64 or, if a product is complex, of complex128, which add up to
it exactly. In Python they are np.load(FILE)['hi'] and np.load(FILE)['lo'], whatever
FILE's name.

The fourth form is the serial check of a run on a pool: it computes all N products
and prints the norm of their sum, the same digits that matcombine prints. It writes
no products.

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

	-first I     begin with index I (0)
	-count N     multiply N indexed pairs (1)
	-sum FILE    write the sum of the range's products to FILE, and no products
	-serial      print the norm of the sum of all products, write none
	-jobs N      with -serial: the number of products, N (100)
	-o FILE      with -serial: write the sum to FILE
	-resume D    keep what a run that was stopped left in folder D
	-threads N   compute with N threads (the processors that may be used)
	-kernel K    compute with kernel K: avx512, avx2 or generic (the fastest)
	-sync        flush the outputs to the disk
	-quiet       print nothing but the norm that -serial prints
	-help        print this
	-version     print the program's version and the kernel in use

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

Exit status: 0 done; 64 wrong usage, or the output is an input; 65 an input is missing
or bad; 1 any other failure, which may not happen on another machine.
*/
package main
