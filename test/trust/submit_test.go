//go:build linux

package trust

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"time"
)

// local is a finished run of matsubmit -local.
const local = rp + "matinit -quiet -jobs 6 -size 50 -seed 1\nmatsubmit rp -local -quiet\n"

// resubmit makes again what is missing or outdated.
const resubmit = "\nmatsubmit rp -local -resubmit -quiet 2>resubmit.err"

// resubmitOrNot is resubmit where a refusal is right, too.
const resubmitOrNot = resubmit + " || [ $? -eq 64 ]"

// The same scenarios, and others, where matsubmit has made the outputs.
var submitScenarios = []scenario{
	{
		name:  "new inputs with an old time",
		setup: six + "mkdir g; matinit -quiet -jobs 6 -size 50 -seed 2 -dir g; touch -d 2020-01-01 g/*; mv g/* .",
		says:  `output0\.npy`,

		remark: true, // the outputs' records are gone: g has a matpool.tsv, too
	},
	{
		name: "partial sums of two splits",
		setup: rp + `matinit -quiet -jobs 4 -size 50 -seed 1
			sed -i 's/total_jobs = 6/total_jobs = 4/; /output_files/d' rp
			matsubmit rp -quiet -sum=yes -products_per_job=1 -local
			matsubmit rp -quiet -sum=yes -products_per_job=2 -force -log=l2.txt -local`,
		last: "matcombine -jobs 4 partial.npz",
		says: `partial[23]\.npz`,
	},
	{
		name: "partial sums of the last split",
		setup: rp + `matinit -quiet -jobs 4 -size 50 -seed 1
			sed -i 's/total_jobs = 6/total_jobs = 4/; /output_files/d' rp; echo sum = yes >>rp
			matsubmit rp -quiet -products_per_job=1 -local
			echo products_per_job = 2 >>rp
			matsubmit rp -quiet -force -local`,
	},
	{
		name:  "another input in the file",
		setup: local + "matinit -quiet -jobs 6 -size 50 -seed 2 -a inputC.npy -b inputD.npy; sed -i s/inputB/inputC/ rp",
		says:  `output\d\.npy.*input[BC]|rp.*input[BC]`,
	},
	{
		name:  "another input in the file, and -resubmit",
		setup: local + "matinit -quiet -jobs 6 -size 50 -seed 2 -a inputC.npy -b inputD.npy; sed -i s/inputB/inputC/ rp" + resubmit,
	},
	{
		name:  "factors swapped in the file, and -resubmit",
		setup: local + "sed -i 's/inputA.npy, inputB.npy/inputB.npy, inputA.npy/' rp" + resubmit,
	},
	{
		name:  "transpose in the file, and -resubmit",
		setup: local + "echo transpose = a >>rp" + resubmit,
	},
	{
		name:  "a gram matrix in the file, and -resubmit",
		setup: local + "sed -i 's/inputA.npy, inputB.npy/inputA.npy/' rp; echo gram = yes >>rp" + resubmit,
	},
	{
		name: "the fixed file renamed, and -resubmit",
		setup: `matinit -quiet -jobs 6 -size 50 -seed 1
			printf 'fixed = a\ninput_files = A.npy\nindexed_input_files = inputB.npy\ntotal_jobs = 6\nlog = log.txt\n' >rp
			cp inputA0.npy A.npy; cp inputA1.npy A2.npy
			matsubmit rp -local -quiet
			sed -i s/A.npy/A2.npy/ rp` + resubmit,
	},
	{
		name:  "new inputs with an old time, and -resubmit",
		setup: local + "mkdir g; matinit -quiet -jobs 6 -size 50 -seed 2 -dir g; touch -d 2020-01-01 g/*; mv g/* ." + resubmit,
	},
	{
		name:  "a copy of an input with its time, and -resubmit",
		setup: local + "cp -p inputA4.npy inputA0.npy" + resubmit,
	},
	{
		name:  "inputs touched only",
		setup: local + "touch inputA*.npy",
	},
	{
		name:  "other inputs, and half of the products",
		setup: local + "matinit -quiet -force -jobs 6 -size 50 -seed 2; matprod -first 0 -count 3",
		says:  `output3\.npy`,
	},
	{
		name:  "other inputs, half of the products, and -resubmit",
		setup: local + "matinit -quiet -force -jobs 6 -size 50 -seed 2; matprod -first 0 -count 3" + resubmit,
	},
	{
		name: "total_jobs overridden",
		setup: rp + `matinit -quiet -jobs 8 -size 50 -seed 1; sed -i 's/total_jobs = 6/total_jobs = 4/' rp
			matsubmit rp -local -quiet -total_jobs=8`,
		says: `total_jobs`,
	},
	{
		name: "total_jobs overridden for matcombine, too",
		setup: rp + `matinit -quiet -jobs 8 -size 50 -seed 1; sed -i 's/total_jobs = 6/total_jobs = 4/' rp
			matsubmit rp -local -quiet -total_jobs=8`,
		last: "matcombine rp -total_jobs=8",
		want: "settings('rp', total_jobs='8')",
	},
	{
		name: "total_jobs overridden for -serial, too",
		setup: rp + `matinit -quiet -jobs 8 -size 50 -seed 1; sed -i 's/total_jobs = 6/total_jobs = 4/' rp
			matsubmit rp -local -quiet -total_jobs=8`,
		last: "matprod -serial rp -total_jobs=8",
		want: "settings('rp', total_jobs='8')",
	},
	{
		name: "products_per_job changed after the run",
		setup: `matinit -quiet -jobs 8 -size 50 -seed 1
			printf 'total_jobs = 8\nproducts_per_job = 2\nsum = yes\nlog = log.txt\n' >rp
			matsubmit rp -local -quiet
			sed -i 's/products_per_job = 2/products_per_job = 4/' rp`,
		says: `products 4-7|products_per_job`,
	},
	{
		name: "products_per_job changed after the run, and -resubmit",
		setup: `matinit -quiet -jobs 8 -size 50 -seed 1
			printf 'total_jobs = 8\nproducts_per_job = 2\nsum = yes\nlog = log.txt\n' >rp
			matsubmit rp -local -quiet
			sed -i 's/products_per_job = 2/products_per_job = 4/' rp` + resubmitOrNot,
		want: "settings('rp')",
		says: `products 4-7|products_per_job`,
	},
	{
		name: "an input replaced while a batch runs",
		setup: `matinit -quiet -jobs 12 -size 200 -seed 1
			printf 'total_jobs = 12\nproducts_per_job = 12\nlog = log.txt\n' >rp
			matsubmit rp -local -quiet & cp inputA11.npy new; sleep 0.1; mv new inputA0.npy; wait $!` + resubmit,
	},
	{
		name:  "zeros for data, and -resubmit",
		setup: local + "head -c 128 output2.npy >h; size=$(stat -c %s output2.npy); truncate -s $size h; touch -r output2.npy h; mv h output2.npy" + resubmit,
	},
	{
		name:  "another output in an output's place, and -resubmit",
		setup: local + "cp -p output3.npy output5.npy" + resubmit,
	},
	{
		name: "a foreign cluster with a greater number",
		// A schedd that began anew at 1: its later cluster has the smaller number.
		setup: local + `sed 's/^\(...\) (\([0-9]*\)\./\1 (500./' log.txt >old; cat log.txt >>old; mv old log.txt
			rm output4.npy` + resubmit,
	},
	{
		name:  "a run's outputs in another time zone",
		setup: local + "TZ=America/New_York matsubmit rp -local -resubmit -quiet 2>resubmit.err; ! grep removed resubmit.err",
	},
	{
		name: "two files with one log",
		setup: local + `printf 'gram = yes\nindexed_input_files = inputA.npy\nindexed_output_files = gram.npy\nlog = log.txt\ntotal_jobs = 3\n' >rp2
			matsubmit rp2 -local -quiet`,
		last: "matcombine rp2",
		want: "settings('rp2')",
	},
	{
		name:  "more products than before",
		setup: rp + "matinit -quiet -jobs 8 -size 50 -seed 1; matsubmit rp -local -quiet; sed -i 's/total_jobs = 6/total_jobs = 8/' rp" + resubmit,
	},
	{
		name:  "fewer products than before",
		setup: local + "sed -i 's/total_jobs = 6/total_jobs = 4/' rp",
		says:  `total_jobs`,
	},
	{
		name: "another seed of random inputs, and -resubmit",
		setup: `printf 'inputs = random\nsize = 30\nseed = 42\ntotal_jobs = 4\nlog = log.txt\n' >rp
			matsubmit rp -local -quiet; sed -i s/42/43/ rp` + resubmitOrNot,
		want: "settings('rp')",
		says: `seed`,
	},
}

func TestScenariosOfMatsubmit(t *testing.T) { playScenarios(t, submitScenarios) }

// A run of another program is known by the program and its arguments.
func TestAnotherProgramIsEdited(t *testing.T) {
	const program = "printf '#!/bin/sh\\necho WORD \"$@\" >result.txt\\n' >tool.sh; chmod +x tool.sh\n"
	f := newFolder(t)
	f.must(strings.Replace(program, "WORD", "old", 1) +
		"printf 'executable = tool.sh\\nindexed_output_files = result.txt\\ntotal_jobs = 2\\nlog = log.txt\\n' >rp; matsubmit rp -local -quiet")
	f.must("touch -r tool.sh t; " + strings.Replace(program, "WORD", "new", 1) + "touch -r t tool.sh" + resubmit)
	if got := f.must("cat result0.txt result1.txt"); got != "new\nnew" {
		t.Errorf("an edited program: %q", got)
	}
	f.must("echo 'arguments = 7' >>rp" + resubmit)
	if got := f.must("cat result0.txt result1.txt"); got != "new 7\nnew 7" {
		t.Errorf("other arguments: %q", got)
	}
	if got := f.must("matsubmit rp -local -resubmit 2>&1"); !strings.Contains(got, "nothing to submit") {
		t.Errorf("nothing has changed: %s", got)
	}
}

// Outputs and inputs with a flipped bit are made again.
func TestFlippedBitsAndResubmit(t *testing.T) {
	setups := map[string]string{
		"products": "printf 'total_jobs = 5\nlog = log.txt\n' >rp; matinit -quiet -jobs 5 -size 13 -seed 1; matsubmit rp -local -quiet",
		"sums":     "printf 'total_jobs = 5\nproducts_per_job = 3\nsum = yes\nlog = log.txt\n' >rp; matinit -quiet -jobs 5 -size 13 -seed 1; matsubmit rp -local -quiet",
	}
	flipAndResubmit(t, setups)
}

func flipAndResubmit(t *testing.T, setups map[string]string) {
	for name, setup := range setups {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFolder(t)
			f.must(setup)
			outputs := append(f.numbered("output*.np[yz]"), f.numbered("partial*.npz")...)
			if len(outputs) == 0 {
				t.Fatal("no outputs")
			}
			norm := f.norm("matcombine rp")
			r := rand.New(rand.NewPCG(uint64(*bits), 4))
			list := faults{t: t}
			for range *bits {
				file, offset, bit := f.bit(r, outputs)
				f.flip(file, offset, bit)
				again := f.sh("matsubmit rp -local -resubmit -quiet")
				if got := f.sh("matcombine rp"); got.stderr != "" || !strings.Contains(got.stdout, norm) {
					list.add("bit %d of byte %d of %s is flipped; the norm should be %s:\n%v\n%v", bit, offset, file, norm, again, got)
				}
			}
			for range *bits / 2 {
				file, offset, bit := f.bit(r, f.numbered("input[A0-9]*.np[yz]"))
				f.flip(file, offset, bit)
				again := f.sh("matsubmit rp -local -resubmit -quiet")
				f.rightNow(f.sh("matcombine rp"), "settings('rp')", func(problem string) {
					list.add("bit %d of byte %d of %s is flipped:\n%v\n%v", bit, offset, file, again, problem)
				})
				f.flip(file, offset, bit)
				if again := f.sh("matsubmit rp -local -resubmit -quiet"); again.status != 0 {
					list.add("once the bit is as before:\n%v", again)
				}
			}
			list.done(*bits * 3 / 2)
		})
	}
}

// Matsubmit -local that is killed leaves nothing that a later call takes for what it is not.
func TestLocalKilled(t *testing.T) {
	for name, lines := range map[string]string{
		"products": `products_per_job = 2\n`,
		"sums":     `products_per_job = 2\nsum = yes\n`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFolder(t)
			f.must(`printf 'total_jobs = 8\nlog = log.txt\n` + lines + `' >rp; matinit -quiet -jobs 8 -size 100 -seed 1`)
			start := time.Now()
			f.must("matsubmit rp -local -quiet")
			duration := time.Since(start)
			norm := f.norm("matcombine rp")
			r := rand.New(rand.NewPCG(uint64(*kills), 5))
			for i := range *kills {
				f.must("rm -rf output*.npy partial*.npz log.txt logs matpool.tsv")
				if i%2 == 1 { // over results of other inputs
					f.must("matinit -quiet -force -jobs 8 -size 100 -seed 2; matsubmit rp -local -quiet; matinit -quiet -force -jobs 8 -size 100 -seed 1")
				}
				cmd := f.start([]string{"matsubmit", "rp", "-local", "-resubmit", "-quiet"})
				time.Sleep(time.Duration(r.Int64N(int64(duration))))
				cmd.Process.Kill()
				cmd.Wait()
				if got := f.sh("matcombine rp"); got.status == 0 && got.stderr == "" && !strings.Contains(got.stdout, norm) {
					t.Fatalf("killed; the norm should be %s:\n%v", norm, got)
				}
				again := f.onceFree("matsubmit rp -local -resubmit -quiet")
				if got := f.sh("matcombine rp"); got.stderr != "" || !strings.Contains(got.stdout, norm) {
					t.Fatalf("killed, and run again; the norm should be %s:\n%v\n%v", norm, again, got)
				}
			}
		})
	}
}

// onceFree runs a command of matsubmit when a call that was killed holds its lock no more: until its last child has begun,
// or has been killed with it, that child holds it, too.
func (f *folder) onceFree(command string) (r result) {
	for start := time.Now(); ; {
		r = f.sh(command)
		if r.status != 64 || !strings.Contains(r.stderr, "another matsubmit works with") || time.Since(start) > 5*time.Minute {
			return r
		}
	}
}

// Matsubmit -run that is killed at any moment ends with the norm when it is called again, and makes nothing again but what it
// was making.
func TestRunKilled(t *testing.T) {
	const jobs = 8
	for name, lines := range map[string]string{
		"products": ``,
		"batches":  `products_per_job = 3\n`,
		"sums":     `products_per_job = 2\nsum = yes\n`,
		"random":   `products_per_job = 2\nsum = yes\ninputs = random\nsize = 100\nseed = 7\n`,
		"tiles":    `grid = 2x4\n`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFolder(t)
			f.must(fmt.Sprintf(`printf 'total_jobs = %d\nlog = log.txt\n`+lines+`' >rp; matinit -quiet -jobs %d -size 100 -seed 1`, jobs, jobs))
			started := func() int { return strings.Count(f.must("cat log.txt 2>/dev/null || :"), "Job executing on host") }
			start := time.Now()
			norm := f.must("matsubmit rp -run -local -quiet")
			duration := time.Since(start)
			once := started()
			r := rand.New(rand.NewPCG(uint64(*kills), 6))
			for range max(1, *kills/3) {
				f.must("rm -rf output*.npy partial*.npz log.txt logs matpool.tsv")
				calls := r.IntN(3) + 1
				for range calls {
					cmd := f.start([]string{"matsubmit", "rp", "-run", "-local", "-quiet", "-slots=2"})
					time.Sleep(time.Duration(r.Int64N(int64(duration))))
					cmd.Process.Kill()
					cmd.Wait()
				}
				if got := f.onceFree("matsubmit rp -run -local"); got.stderr != "" || !strings.Contains(got.stdout, ": "+norm+"\n") {
					t.Fatalf("killed, and called again; the norm should be %s:\n%v", norm, got)
				}
				if n := started(); n > once+2*calls {
					t.Errorf("%d jobs were started, and %d by a call that is not killed:\n%s", n, once, f.must("cat log.txt"))
				}
				all := started()
				if got := f.must("matsubmit rp -run -local -quiet"); got != norm || started() != all {
					t.Fatalf("the norm is %s; a call when all is done says %s, and starts %d jobs", norm, got, started()-all)
				}
			}
		})
	}
}

// While an output is as it should be, nothing makes it again: what has only been touched, or moved away and back, counts.
func TestResubmitBelievesWhatIsRight(t *testing.T) {
	f := newFolder(t)
	f.must(local)
	nothing := regexp.MustCompile(`nothing to submit`)
	for _, change := range []string{
		":", "touch inputA*.npy", "touch -d 2020-01-01 *.npy", "touch -d 2035-01-01 inputB1.npy",
		"mkdir x; mv *.npy x; mv x/* .; rmdir x", "cp -p output1.npy x; rm output1.npy; mv x output1.npy",
		"tar cf t.tar *.npy; rm *.npy; tar xf t.tar 2>tar.err; rm t.tar", "rm -f .matpool.hashes",
	} {
		f.must(change)
		if r := f.sh("matsubmit rp -local -resubmit"); r.status != 0 || !nothing.MatchString(r.stdout+r.stderr) {
			t.Errorf("after %s:\n%v", change, r)
		}
	}
}
