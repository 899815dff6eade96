/*
Matcombine adds up the products, or sums of some of them, and prints the norm of the sum.

Usage:

	matcombine [flags] [-first I] [-jobs N] [NAME]
	matcombine [flags] SUBMISSIONFILE
	matcombine [flags] FILE FILE ...
	matcombine [flags] -grid RxC [NAME]

Flags:

	-first I     begin with index I (0)
	-jobs N      add N numbered files (100)
	-grid RxC    join RxC tiles, numbered row by row, instead of adding files
	-o FILE      write the sum, or the joined matrix, to FILE (.npz format if FILE ends in .npz)
	-unchecked   add the files as they are, whatever their records say
	-force       let -o replace a file that is not known to be an output
	-threads N   add with N threads (the processors that may be used, at most OPENBLAS_NUM_THREADS or OMP_NUM_THREADS)
	-quiet       print only the norm
	-h, -help    print usage and flags, or the manual
	-version     print the program's version

With -first or -jobs, or without arguments, matcombine adds NAME<I> to NAME<I+N−1>, by default
output0.npy to output99.npy. The index goes before the extension, or where the name has
'$(index)'. Without -jobs, more than 100 such files are an error. A simplified submission file,
such as run_product, gives the name, the first index and the number; flags override it. Any
other names are the files to add. They can contain * and ?, as in output*.npy, on Windows too.

A file holds a product, as matprod and numpy write it, or a partial sum, the sum of some
products, as matprod -sum writes it. Matcombine tells them apart by their content, not their
name, and adds both. A product is a .npy file, or a .npz file with one array, arr_0; any
other array in a .npz file is FILE.npz:NAME, to which -jobs adds the index before the
extension: output7.npz:C. A partial sum is a .npz file with two arrays, hi and lo. The norm
is the same string whether you add products or partial sums.

With -grid RxC, matcombine joins tiles instead of adding them: NAME<0> to NAME<R·C−1> are the
parts of one matrix, row by row, as matinit -grid numbers them. A tile is a product, or a
partial sum, which is rounded to float64. The matrix has the tiles' type, and the same norm as
if it had been one file. Besides the program, this takes 16 MB of memory, or twice the size of
a row of the matrix if that is more. If matinit recorded how it cut the matrices, the grid and
the order of the tiles are checked; otherwise they can't be.

Files with records (in matpool.tsv; see docs/records.md) are checked: each must match its
record and be made from the inputs as they are now; all must belong to one family, and none may
come twice. If a check fails, matcombine names the files and adds nothing; -unchecked adds them
as they are. If only some files have records, a warning names the others. A sum that -o writes
gets a record.

All of numpy's numeric types are added, in any shape and either byte order, each value
exactly. The sum is float64, as in Python after total = np.zeros(shape), or complex128 if one
of the files is complex; its order, C or Fortran, is that of the files, which must all have
the same.

The sum is carried to some 30 digits and rounded once, and the norm of the rounded sum is
computed in one fixed order. So the norm does not depend on the machine or on the number of
threads: two runs agree if they print the same line. An element of the sum can depend on the
order of the files, or on which of them were already added up, only if its exact sum lies
within 2p·2⁻¹⁰⁵·Σ|x| of a midpoint between two float64s, for p terms x. That is rare unless
the terms nearly cancel. All this also holds if the sum of some files exceeds the largest
float64, 1.8e308, but the sum of all does not. (Python's loop then gives inf or nan,
depending on the order.) An element is inf only if the sum of all files or a term is; it is
nan if a term is, or if there are terms inf and -inf.

The norm is np.linalg.norm's of the sum, printed as Python prints it. The squares of elements
below 1.5e-162 are 0 in it, and those of elements above 1.3e154 are inf: if the norm is 0.0 or
inf for that reason alone, a warning on stderr says that the line proves nothing. If an
element is inf or nan, a warning names the first file and element.

If files are missing or bad, all of them are named, and no result is printed. Memory use does
not grow with the files' size. (It grows by a few KB for each file that has a record, and by
0.2 MB for each compressed array, as numpy's savez_compressed writes.)

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

	$ matinit -quiet -from inputA0.npy,inputB0.npy -grid 2x3 -dir tiles

	$ matprod -count 6 tiles/inputA.npy tiles/inputB.npy tiles/output.npy

	$ matcombine -grid 2x3 tiles/output.npy
	norm of the matrix of 6 tiles: 2524.1637198822

	$ matcombine output0.npy
	norm of the sum of 1 file: 2524.1637198822

Exit status: 0 done; 64 wrong usage, or the output would replace an input, or a file that is
not known to be an output; 65 an input is missing, bad, or not what its record says; 1 any
other failure.
*/
package main
