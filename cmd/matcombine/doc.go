/*
Matcombine adds up the products, or sums of some of them, and prints the norm of the sum.

Usage:

	matcombine [flags] [-first I] [-jobs N] [NAME]
	matcombine [flags] SUBMISSIONFILE
	matcombine [flags] FILE FILE ...

The first form adds NAME<I> to NAME<I+N−1>, the index before the extension, or where the
name has '$(index)': without arguments, output0.npy to output99.npy. If there are more
files than it assumes without -jobs, that is an error. The second form takes the name, the
first index and the number from a simplified submission file, such as run_product; flags
override it. The third form, without -first and -jobs, adds the files that are named. On Windows too, names may have * and ?, as in output*.npy.

A file holds a product, as matprod and numpy write it, or a partial sum, the
sum of some products, as matprod -sum writes it. The content decides which it is,
not the name, and both may be added together. A product is a .npy file, or a .npz file
of one array arr_0; any other array of a .npz file is named as FILE.npz:NAME, to which
-jobs adds the index before the extension: output7.npz:C. A partial sum is a .npz file
of two arrays, hi and lo. The norm is the same string whether products come by
themselves or in partial sums.

All of numpy's numeric types are added, of any shape, in either byte order, each value
exactly. The sum is of float64, as in Python after total = np.zeros(shape), or of
complex128 if one of the files is complex; it has the files' order, C or Fortran,
which must be the same for all.

The sum is exact to some 30 digits before it is rounded, and the norm is taken of the
rounded sum in one fixed order. So the norm does not depend on the machine or on the
number of threads, nor, unless the terms nearly cancel, on the order of the files or
on which of them were added up before: two runs agree when the two lines are equal.
That holds also where the sum of some files is beyond the largest float64, 1.8e308,
and that of all is not. (Python's loop then gives inf or nan, depending on the order.)
It is inf only where the sum of all is, or a term; nan where a term is, or where terms
are inf and -inf.

The norm is np.linalg.norm's of the sum, printed as Python prints it. Squares of
elements below 1.5e-162 are 0 in it, and those of elements above 1.3e154 are inf: if
the norm is 0.0 or inf for that reason alone, a warning on stderr says that the line
proves nothing.

If files are missing or bad, all of them are named, and no result is printed. Memory
does not grow with the number of files or with their size. (It grows by 0.2 MB for each
array that is compressed, as by numpy's savez_compressed; then one thread does the
work.)

Flags:

	-first I     begin with index I (0)
	-jobs N      add N numbered files (100)
	-o FILE      write the sum to FILE, replacing it: a .npz file if the name ends so
	-threads N   add with N threads (the processors that may be used, at most OPENBLAS_NUM_THREADS or OMP_NUM_THREADS)
	-quiet       print nothing but the norm
	-help        print this
	-version     print the program's version

Examples:

	$ matinit -quiet -jobs 2 -size 100 -seed 1
	1

	$ matprod -first 0 -count 2

	$ matcombine -jobs 2 output.npy
	norm of the sum of 2 files: 4991.716194311015

	$ matprod -first 1 -count 1 -sum partial.npz

	$ matcombine output0.npy partial.npz
	norm of the sum of 2 files: 4991.716194311015

	$ matcombine -quiet -o sum.npy output1.npy output0.npy
	4991.716194311015

Exit status: 0 done; 64 wrong usage, or the output is an input; 65 an input is missing
or bad; 1 any other failure.
*/
package main
