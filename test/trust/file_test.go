//go:build linux

package trust

import "testing"

// What the submission file says as it is now must be what was run.
var fileScenarios = []scenario{
	{
		name: "a gap",
		setup: six + `printf 'total_jobs = 6\nproducts_per_job = 3\nsum = yes\n' >run_product
			matprod -first 0 -count 3 -sum partial0.npz; matprod -first 4 -count 2 -sum partial1.npz`,
		last: "matcombine run_product",
		says: `partial1\.npz|\b3\b`,
	},
	{
		name:  "another input in the file",
		setup: six + "matinit -quiet -jobs 6 -size 50 -seed 2 -a inputC.npy -b inputD.npy; sed -i s/inputB/inputC/ rp",
		last:  "matcombine rp",
		says:  `output0\.npy.*input[BC]`,
	},
	{
		name:  "factors swapped in the file",
		setup: six + "sed -i 's/inputA.npy, inputB.npy/inputB.npy, inputA.npy/' rp",
		last:  "matcombine rp",
		says:  `output0\.npy`,
	},
	{
		name:  "transpose in the file",
		setup: six + "echo transpose = a >>rp",
		last:  "matcombine rp",
		says:  `output0\.npy.*transpose`,
	},
	{
		name: "the fixed file renamed",
		setup: `matinit -quiet -jobs 6 -size 50 -seed 1
			printf 'fixed = a\ninput_files = A.npy\nindexed_input_files = inputB.npy\ntotal_jobs = 6\n' >rp
			cp inputA0.npy A.npy; cp inputA1.npy A2.npy
			matprod -first 0 -count 6 -fixed a A.npy inputB.npy output.npy
			sed -i s/A.npy/A2.npy/ rp`,
		last: "matcombine rp",
		says: `output0\.npy.*A2?\.npy`,
	},
	{
		name: "products_per_job changed after the run",
		setup: `matinit -quiet -jobs 8 -size 50 -seed 1
			printf 'total_jobs = 8\nproducts_per_job = 4\nsum = yes\n' >rp
			for i in 0 1 2 3; do matprod -first $((2*i)) -count 2 -sum partial$i.npz; done`,
		last: "matcombine rp",
		says: `products 4-7`,
	},
	{
		name: "another folder of inputs in the file",
		setup: `matinit -quiet -jobs 6 -size 50 -seed 1 -dir x; matinit -quiet -jobs 6 -size 50 -seed 2 -dir y
			printf 'indexed_input_files = x/inputA.npy, x/inputB.npy\ntotal_jobs = 6\n' >rp
			matprod -first 0 -count 6 x/inputA.npy x/inputB.npy output.npy
			sed -i s,x/,y/,g rp`,
		last: "matcombine rp",
		says: `output0\.npy.*y/inputA0\.npy`,
	},
	{
		name: "folders and strange names, and another input",
		setup: `mkdir 'in, put' 'o u%t'; matinit -quiet -jobs 6 -size 50 -seed 1 -dir 'in, put' -a 'A =1.npy' -b 'ü%20.npy'
			matprod -first 0 -count 6 'in, put/A =1.npy' 'in, put/ü%20.npy' 'o u%t/o.npy'
			cp -p 'in, put/ü%201.npy' 'in, put/ü%202.npy'`,
		last: "matcombine -jobs 6 'o u%t/o.npy'",
		says: `o u%t/o2\.npy.*in, put/ü%202\.npy`,
	},
	{
		name:  "a product of two pairs' factors",
		setup: six + "matprod inputA3.npy inputB5.npy output5.npy",
		last:  "matcombine rp",
		says:  `output5\.npy.*inputA[35]`,
	},
	{
		name: "another array of an archive in the file",
		setup: `matinit -quiet -npz -jobs 6 -size 50 -seed 1
			printf 'indexed_input_files = input.npz:B, input.npz:A\ntotal_jobs = 6\n' >rp
			matprod -first 0 -count 6 input.npz:B input.npz:A output.npy
			sed -i 's/= input.npz:B, input.npz:A/= input.npz:A, input.npz:B/' rp`,
		last: "matcombine rp",
		says: `output0\.npy.*input.*\.npz:`,
	},
}

func TestScenariosOfSubmissionFiles(t *testing.T) { playScenarios(t, fileScenarios) }
