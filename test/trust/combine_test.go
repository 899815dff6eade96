//go:build linux

package trust

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// What matcombine must see.
var combineScenarios = []scenario{
	{
		name: "partial sums of two splits",
		setup: six + `for i in 0 1 2 3; do matprod -first $i -count 1 -sum partial$i.npz; done
			matprod -first 0 -count 2 -sum partial0.npz; matprod -first 2 -count 2 -sum partial1.npz`,
		last: "matcombine -jobs 4 partial.npz",
		says: `partial[23]\.npz`,
	},
	{
		name:  "ranges that overlap",
		setup: six + "matprod -first 0 -count 4 -sum p0.npz; matprod -first 2 -count 4 -sum p1.npz",
		last:  "matcombine p0.npz p1.npz",
		says:  `p1\.npz.*(2|3)`,
	},
	{
		name:  "two seeds",
		setup: "matprod -generate -size 100 -seed 42 -first 0 -count 3 -sum p0.npz; matprod -generate -size 100 -seed 43 -first 3 -count 3 -sum p1.npz",
		last:  "matcombine p0.npz p1.npz",
		says:  `p[01]\.npz.*seed 4[23]`,
	},
	{
		name:  "products and their sum",
		setup: six + "matprod -first 0 -count 6 -sum partial0.npz",
		last:  "matcombine output*.npy partial*.npz",
		says:  `(output\d\.npy|partial0\.npz).*`,
	},
	{
		name:  "a copy of an input with its time",
		setup: six + "cp -p inputA4.npy inputA0.npy",
		says:  `output0\.npy.*inputA0\.npy`,
	},
	{
		name:  "other inputs, and half of the products",
		setup: six + "matinit -quiet -force -jobs 6 -size 50 -seed 2; matprod -first 0 -count 3",
		says:  `output3\.npy`,
	},
	{
		name:  "another first index",
		setup: rp + "matinit -quiet -jobs 8 -size 50 -seed 1; matprod -first 0 -count 8; matprod -first 7 -count 1 -gram inputA.npy output.npy; echo first_index = 2 >>rp",
		says:  `output7\.npy`,
	},
	{
		name: "a wrong grid",
		setup: `matinit -quiet -jobs 1 -size 60 -seed 1
			matinit -quiet -from inputA0.npy,inputB0.npy -grid 2x3 -a a.npy -b b.npy
			matprod -first 0 -count 6 a.npy b.npy tile.npy`,
		last: "matcombine -grid 3x2 tile.npy",
		says: `2[x×]3`,
	},
	{
		name: "a wrong grid in the file",
		setup: `matinit -quiet -jobs 1 -size 60 -seed 1
			matinit -quiet -from inputA0.npy,inputB0.npy -grid 2x3 -a a.npy -b b.npy
			matprod -first 0 -count 6 a.npy b.npy tile.npy
			printf 'indexed_input_files = a.npy, b.npy\nindexed_output_files = tile.npy\ntotal_jobs = 6\ngrid = 3x2\n' >rp`,
		says: `2[x×]3`,
	},
	{
		name: "tiles of an input that was cut anew",
		setup: `matinit -quiet -jobs 2 -size 60 -seed 1
			matinit -quiet -from inputA0.npy,inputB0.npy -grid 2x3 -a a.npy -b b.npy
			matprod -first 0 -count 6 a.npy b.npy tile.npy
			matinit -quiet -force -from inputA1.npy,inputB1.npy -grid 2x3 -a a.npy -b b.npy`,
		last: "matcombine -grid 2x3 tile.npy",
		says: `tile0\.npy.*a0\.npy`,
	},
	{
		name:  "an output twice",
		setup: six,
		last:  "matcombine output*.npy output3.npy",
		says:  `output3\.npy`,
	},
	{
		name:  "an output copied",
		setup: six + "cp output3.npy output7.npy",
		last:  "matcombine output*.npy",
		says:  `output[37]\.npy.*output[37]\.npy`,
	},
	{
		name:  "an output as a hard link",
		setup: six + "ln output3.npy output7.npy",
		last:  "matcombine output*.npy",
		says:  `output[37]\.npy.*output[37]\.npy`,
	},
	{
		name:  "another output in an output's place",
		setup: six + "cp -p output3.npy output5.npy",
		says:  `output5\.npy`,
	},
	{
		name:  "zeros for data",
		setup: six + "head -c 128 output2.npy >h; size=$(stat -c %s output2.npy); truncate -s $size h; touch -r output2.npy h; mv h output2.npy",
		says:  `output2\.npy`,
	},
	{
		name:  "all zeros",
		setup: six + "size=$(stat -c %s output2.npy); cat output2.npy >h; truncate -s 0 output2.npy; truncate -s $size output2.npy; touch -r h output2.npy",
		says:  `output2\.npy`,
	},
	{
		name: "factors with one name in two folders, swapped in the file",
		setup: `matinit -quiet -jobs 6 -size 50 -seed 1; mkdir x y
			for i in 0 1 2 3 4 5; do mv inputA$i.npy x/M$i.npy; mv inputB$i.npy y/M$i.npy; done
			printf 'indexed_input_files = x/M.npy, y/M.npy\ntotal_jobs = 6\n' >rp
			matprod -first 0 -count 6 x/M.npy y/M.npy output.npy
			sed -i 's,x/M,z/M,; s,y/M,x/M,; s,z/M,y/M,' rp`,
		says: `M\.npy`,
	},
	{
		name: "a symbolic link to another folder",
		setup: `matinit -quiet -jobs 6 -size 50 -seed 1 -dir x; matinit -quiet -jobs 6 -size 50 -seed 2 -dir y; ln -s x data
			printf 'indexed_input_files = data/inputA.npy, data/inputB.npy\nindexed_output_files = out/output.npy\ntotal_jobs = 6\n' >rp
			mkdir out; matprod -first 0 -count 6 data/inputA.npy data/inputB.npy out/output.npy
			ln -sfn y data`,
		says: `out/output0\.npy.*data/inputA0\.npy`,
	},
	{
		name: "folders and strange names",
		setup: `mkdir 'in, put' 'o u%t'; matinit -quiet -jobs 6 -size 50 -seed 1 -dir 'in, put' -a 'A =1.npy' -b 'ü%20.npy'
			matprod -first 0 -count 6 'in, put/A =1.npy' 'in, put/ü%20.npy' 'o u%t/o.npy'`,
		last: "matcombine -jobs 6 'o u%t/o.npy'",
		want: "{'a': 'in, put/A =1.npy', 'b': 'in, put/ü%20.npy', 'total_jobs': '6'}",
	},
	{
		name:  "inputs that are gone",
		setup: six + "mkdir kept; mv input* kept",
		want:  "{'indexed_input_files': 'kept/inputA.npy, kept/inputB.npy', 'total_jobs': '6'}",
	},
	{
		name:  "a product under another's name",
		setup: six + "matprod inputA3.npy inputB3.npy output5.npy",
		last:  "matcombine -jobs 6",
		says:  `output5\.npy`,
	},
	{
		name:  "products one by one",
		setup: rp + "matinit -quiet -jobs 6 -size 50 -seed 1; for i in 0 1 2 3 4 5; do matprod inputA$i.npy inputB$i.npy output$i.npy; done",
	},
	{
		name:  "a sum and one of its products",
		setup: six + "matcombine -quiet -jobs 3 -o sum.npy",
		last:  "matcombine sum.npy output1.npy",
		says:  `(sum|output1)\.npy.*`,
	},
	{
		name:  "a sum and the other products",
		setup: six + "matcombine -quiet -jobs 3 -o sum.npy >sum.txt",
		last:  "matcombine sum.npy output3.npy output4.npy output5.npy",
	},
	{
		name:  "a sum of products that were made anew",
		setup: six + "matcombine -quiet -jobs 3 -o sum.npy >sum.txt; matinit -quiet -force -jobs 6 -size 50 -seed 2; matprod -first 0 -count 6",
		last:  "matcombine sum.npy output3.npy output4.npy output5.npy",
		says:  `sum\.npy`,
	},
	{
		name: "a fixed factor replaced",
		setup: `matinit -quiet -jobs 6 -size 50 -seed 1; cp inputA0.npy A.npy
			printf 'fixed = a\ninput_files = A.npy\nindexed_input_files = inputB.npy\ntotal_jobs = 6\n' >rp
			matprod -first 0 -count 6 -fixed a A.npy inputB.npy output.npy
			cp -p inputA1.npy A.npy`,
		says: `output0\.npy.*A\.npy`,
	},
	{
		name: "an archive replaced",
		setup: `matinit -quiet -npz -jobs 6 -size 50 -seed 1
			matprod -first 0 -count 6 input.npz:B input.npz:A output.npy
			cp -p input1.npz input0.npz`,
		last: "matcombine -jobs 6",
		says: `output0\.npy.*input0\.npz`,
	},
	{
		name:  "a copy of the folder with other inputs",
		setup: "mkdir run; cd run\n" + six + "cd ..; cp -rp run copy; cd copy; matinit -quiet -force -jobs 6 -size 50 -seed 2",
		last:  "cd copy; matcombine rp",
		says:  `output0\.npy.*inputA0\.npy`,
	},
	{
		name:  "a folder moved",
		setup: "mkdir run; cd run\n" + six + "cd ..; cp -rp run copy; rm -r run; mv copy moved; cp moved/* .",
		last:  "cd moved; matcombine rp",
	},
}

func TestScenariosOfMatcombine(t *testing.T) { playScenarios(t, combineScenarios) }

// Norms that are nan or inf prove nothing.
func TestNanIsNamed(t *testing.T) {
	for _, value := range []string{"np.nan", "np.inf"} {
		f := newFolder(t)
		f.must(rp + "matinit -quiet -jobs 6 -size 50 -seed 1")
		f.mustPy("m = np.load('inputA3.npy'); m[7, 11] = " + value + "; np.save('inputA3.npy', m)")
		f.must("matprod -first 0 -count 6")
		for command, file := range map[string]string{"matcombine rp": "output3.npy", "matprod -serial rp": "inputA3.npy"} {
			r := f.sh(command)
			if r.status != 0 || strings.Count(r.stderr, "\n") != 1 ||
				!strings.Contains(r.stderr, file) && !strings.Contains(r.stderr, "product 3") || !strings.Contains(r.stderr, "7") {
				t.Errorf("%s is not named on one line of stderr, with its row:\n%v", value, r)
			}
		}
	}
}

// If only some of the files have records, a line says which have not been checked.
func TestSomeWithoutRecords(t *testing.T) {
	f := newFolder(t)
	f.must(rp + "matinit -quiet -jobs 6 -size 50 -seed 1; matprod -first 0 -count 4")
	f.mustPy("for i in 4, 5: np.save(f'output{i}.npy', np.load(f'inputA{i}.npy') @ np.load(f'inputB{i}.npy'))")
	r := f.sh("matcombine rp")
	if r.status != 0 || strings.Count(r.stderr, "\n") != 1 || !strings.Contains(r.stderr, "output4.npy") {
		t.Errorf("output4.npy and output5.npy have no records:\n%v", r)
	}
	f.rightNow(r, "settings('rp')", func(problem string) { t.Error(problem) })
	if r := f.sh("matcombine -unchecked rp"); r.status != 0 || r.stderr != "" {
		t.Errorf("-unchecked:\n%v", r)
	}
}

// A refusal's hint names the flag for those who know better, and the flag does what it says.
func TestUnchecked(t *testing.T) {
	f := newFolder(t)
	f.must(six)
	before := f.norm("matcombine rp")
	f.must("matinit -quiet -force -jobs 6 -size 50 -seed 2")
	if r := f.sh("matcombine rp"); r.status != 65 || !strings.Contains(r.stderr, "-unchecked") {
		t.Errorf("no hint at -unchecked:\n%v", r)
	}
	if r := f.sh("matcombine -unchecked rp"); r.status != 0 || !strings.Contains(r.stdout, before) {
		t.Errorf("should be %s:\n%v", before, r)
	}
}

// An input may be replaced after the running batch has read it.
func TestInputReplacedWhileItRuns(t *testing.T) {
	f := newFolder(t)
	f.must("matinit -quiet -jobs 12 -size 300 -seed 1; printf 'total_jobs = 12\n' >rp")
	cmd := f.start([]string{"matprod", "-first", "0", "-count", "12", "-threads", "1"})
	for {
		if _, err := os.Stat(filepath.Join(f.path, "output3.npy")); err == nil {
			break
		}
		time.Sleep(time.Millisecond)
	}
	f.must("cp inputA11.npy inputA0.npy")
	if err := cmd.Wait(); err != nil {
		t.Fatal(err, cmd.Stderr)
	}
	if r := f.sh("matcombine rp"); r.status != 65 || !strings.Contains(r.stderr, "output0.npy") || !strings.Contains(r.stderr, "inputA0.npy") {
		t.Error(r)
	}
	if r := f.sh("matprod -first 0 -count 12 -resume ."); r.status != 0 {
		t.Error(r)
	}
	f.rightNow(f.sh("matcombine rp"), "settings('rp')", func(problem string) { t.Error(problem) })
}

// Matcombine -o replaces only what is an output.
func TestMatcombineDestroysNoInput(t *testing.T) {
	f := newFolder(t)
	f.must(six + "cp inputB0.npy copy.npy")
	if r := f.sh("matcombine -jobs 6 -o inputB0.npy"); r.status != 64 || !strings.Contains(r.stderr, "inputB0.npy") {
		t.Error(r)
	}
	f.must("cmp copy.npy inputB0.npy; matcombine -jobs 6 -o sum.npy; matcombine -jobs 6 -o sum.npy")
	f.must("matcombine -jobs 6 -force -o inputB0.npy; cmp sum.npy inputB0.npy")
}

// mustPy runs a script of Python that must not fail.
func (f *folder) mustPy(script string) any {
	f.t.Helper()
	answer, err := f.py(script)
	if err != nil {
		f.t.Fatalf("%s\n%v", script, err)
	}
	return answer
}
