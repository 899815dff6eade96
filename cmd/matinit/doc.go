/*
Matinit writes the pairs of matrices that matprod multiplies: random ones, or the blocks of
two that are too large for a machine.

Usage:

	matinit [flags]
	matinit [flags] -from A,B -panels P
	matinit [flags] -from A,B -grid RxC
	matinit [flags] -from X -gram -panels P

Flags:

	-jobs N        write N pairs (100)
	-size N        of N×N matrices (1000)
	-seed S        numpy's seed S, a whole number; a random one unless given
	-rng R         numpy's generator R: mt19937 or pcg64 (mt19937)
	-dist D        distribution D: uniform, normal or integers:LO:HI (uniform)
	-dtype T       type T by numpy's name (float64; of integers int64)
	-streams       give each pair i its own stream, that of default_rng([S, i])
	-first I       with -streams: begin with pair I (0)
	-npz           write each pair to one file, input<i>.npz, as A and B
	-dir D         write to folder D, which is made if it is missing (.)
	-a NAME        the first factor's NAME, without the index (inputA.npy)
	-b NAME        the second factor's NAME, without the index (inputB.npy)
	-from A,B      cut the matrices in the files A,B into pairs, instead of random ones
	-panels P      with -from: cut A's columns and B's rows into P panels, or auto
	-grid RxC      with -from: cut A's rows and B's columns for RxC tiles, or auto
	-gram          with -from and -panels: cut the one file X for matprod -gram, into inputX<i>.npy
	-memory SIZE   with auto: the memory of a job, SIZE (2GB)
	-force         replace files that exist; otherwise nothing is written if one does
	-sync          flush each file to the disk
	-quiet         print only the seed
	-h, -help      print usage and flags, or the manual
	-version       print the program's version

Without -from, matinit writes inputA<i>.npy and inputB<i>.npy for each product i = 0, 1, …:
square matrices of random numbers, uniform on [0, 1), in numpy's file format. The numbers
are numpy's: with -seed 42 the files are, byte for byte, those of

	np.random.seed(42)
	for i in range(jobs):
	    np.save(f'inputA{i}.npy', np.random.rand(size, size))
	    np.save(f'inputB{i}.npy', np.random.rand(size, size))

With -npz a pair is one file, that of np.savez(f'input{i}.npz', A=A, B=B). It has the
bytes that numpy writes on Python 3.11.7, 3.12.1 and later; earlier versions write other
bytes around the same arrays. OPENBLAS_NUM_THREADS or OMP_NUM_THREADS limits the threads.

With n = (size, size), -rng mt19937 -seed S stands for np.random.seed(S), S from 0 to
4294967295, and for these lines:

	-dist uniform                    np.random.rand(*n)
	-dist normal                     np.random.randn(*n)
	-dtype float32 or float16        the same .astype(dtype)
	-dist integers:LO:HI             np.random.randint(LO, HI, n, dtype)

-rng pcg64 -seed S stands for r = np.random.default_rng(S), any whole number S, and for

	-dist uniform                    r.random(n, dtype)
	-dist normal                     r.standard_normal(n, dtype)
	-dtype float16                   the same as float64 .astype(dtype)
	-dist integers:LO:HI             r.integers(LO, HI, n, dtype)

Here dtype is float64 or float32; for integers it is int8 to int64, uint8 to uint64 or bool.
HI is excluded. Matinit refuses other types: numpy can't draw them in one line.

With -streams each pair has its own stream, whichever pairs are written: for pair i, r is
np.random.default_rng([S, i]), from which A is drawn and then B. These are the pairs that
matprod -generate makes in memory. -streams can't be combined with -rng mt19937, whose
seeding is not designed for several streams; default_rng's is.

Normal numbers need logarithms, which numpy takes from the C library. On every machine,
matinit's have the bits of glibc 2.36 on an x86-64 processor with FMA. With another library,
numpy's last digit may differ: with mt19937 in some of the numbers, with pcg64 in some of the
0.03 % beyond 3.65. All other numbers are the same everywhere, but a new version of numpy may
change the streams of pcg64 (NEP 19); these are those of 1.24 to 2.5.

With -from, matinit cuts one product into many. With -panels P it cuts the columns of A and
the rows of B into P blocks, just like

	for i, (a, b) in enumerate(zip(np.array_split(A, P, axis=1), np.array_split(B, P))):
	    np.save(f'inputA{i}.npy', a)
	    np.save(f'inputB{i}.npy', b)

and A·B is the sum of the products. With -grid RxC it cuts the rows of A into R blocks and
the columns of B into C. Product r·C+c is tile (r, c) of A·B, with the same bits; matcombine
-grid joins the tiles. Equal blocks are one file with several names, hard links, if the file
system supports them: replace such a file, but do not change it in place. With both -panels
and -grid, the products for the panels of tile t are numbered from t·P on, and their sum, as
matprod -sum writes it, is the tile. With -gram it cuts the rows of one matrix X: XᵀX is the
sum of the Gram matrices of inputX0.npy, inputX1.npy …, which matprod -gram computes.

A sum over panels differs from the uncut product in its last digits. For float64, each product
has the rounding error of its inner dimension k. Their sum, carried to some 30 digits, is
rounded once: |C − AB| ≤ γₖ₊₁|A||B|, where γₖ = ku/(1−ku) and u = 2⁻⁵³. So more panels give a
smaller bound. Products of shorter floats are rounded to their type before they are added.
Products of integers wrap around but their sum does not, so integers can be cut only with
-grid.

P or RxC can be auto: the fewest parts for which a pair, its product and matprod fit in a job's
memory. A block keeps its matrix's type, byte order and order, C or Fortran. Block sizes differ
by at most one. A and B are .npy files, FILE.npz:NAME, or one .npz file with both. Besides the
program, this takes 16 MB of memory, whatever the sizes.

The index goes before the extension: inputA7.npy; pipe becomes pipe7.

Examples:

	$ matinit -jobs 3 -size 100 -seed 42
	wrote 3 pairs of 100×100 matrices, seed 42

	$ matinit -npz -jobs 2 -size 100 -rng pcg64 -seed 42 -dist integers:-3:4 -dtype int8
	wrote 2 pairs of 100×100 matrices, seed 42

	$ matinit -streams -jobs 2 -size 100 -seed 42 -first 7 -dir streams
	wrote 2 pairs of 100×100 matrices, seed 42

	$ matinit -quiet -jobs 1 -size 10 -seed 7 -dir small -a left.npy -b right.npy
	7

	$ matinit -from inputA0.npy,inputB0.npy -panels 4 -dir panels
	wrote 4 pairs of 100×25 times 25×100: their products add up to inputA0.npy times inputB0.npy, 100×100

	$ matinit -from inputA0.npy,inputB0.npy -grid 2x3 -dir tiles
	wrote 6 pairs of at most 50×100 times 100×34: their products are the 2×3 tiles of inputA0.npy times inputB0.npy, 100×100

Exit status: 0 done; 64 wrong usage, an existing file, or more parts than rows or columns;
65 a matrix to cut is missing or bad; 1 any other failure.
*/
package main
