/*
Matinit writes the pairs of random matrices that matprod multiplies.

Usage:

	matinit [flags]

For each product i = 0, 1, … it writes inputA<i>.npy and inputB<i>.npy, square
matrices of random numbers, uniform on [0, 1), in numpy's file format. The numbers
are numpy's own: with -seed 42 the files are byte for byte those of

	np.random.seed(42)
	for i in range(jobs):
	    np.save(f'inputA{i}.npy', np.random.rand(size, size))
	    np.save(f'inputB{i}.npy', np.random.rand(size, size))

Flags:

	-jobs N    write N pairs (100)
	-size N    of N×N matrices (1000)
	-seed S    numpy's seed S, from 0 to 4294967295; a random one unless given
	-dir D     write to folder D, which is made if it is missing (.)
	-a NAME    the first factor's NAME, without the index (inputA.npy)
	-b NAME    the second factor's NAME, without the index (inputB.npy)
	-force     replace files that exist; otherwise nothing is written if one does
	-sync      flush each file to the disk
	-quiet     print nothing but the seed
	-help      print this
	-version   print the program's version

The index goes before the extension: inputA7.npy; pipe becomes pipe7.

Examples:

	$ matinit -jobs 3 -size 100 -seed 42
	wrote 3 pairs of 100×100 matrices, seed 42

	$ matinit -quiet -jobs 1 -size 10 -seed 7 -dir small -a left.npy -b right.npy
	7

Exit status: 0 done; 64 wrong usage, or a file exists; 1 any other failure.
*/
package main
