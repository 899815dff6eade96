//go:build linux

package trust

import (
	"cmp"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A scenario is a way in which a result could be of something else than people believe.
type scenario struct {
	name  string
	setup string // ordinary steps
	last  string // what must be right, or refused; "" for matcombine rp
	want  string // the run that the norm must be of, for oracle.py; "" for rp's
	says  string // what a refusal says, a regular expression; without want, it must be refused

	remark bool // a remark is right, too
}

// rp is a submission file of 6 products.
const rp = "printf 'indexed_input_files = inputA.npy, inputB.npy\\nindexed_output_files = output.npy\\nlog = log.txt\\ntotal_jobs = 6\\n' >rp\n"

// six is a finished run.
const six = rp + "matinit -quiet -jobs 6 -size 50 -seed 1\nmatprod -first 0 -count 6\n"

// What matprod does.
var scenarios = []scenario{
	{
		name: "-resume of another range",
		setup: `matprod -generate -size 30 -seed 42 -first 0 -count 60 -sum p.npz
			matprod -generate -size 30 -seed 42 -first 60 -count 60 -sum p.npz -resume . 2>/dev/null`,
		last: "matcombine p.npz",
		want: "{'inputs': 'random', 'size': '30', 'seed': '42', 'first_index': '60', 'total_jobs': '60'}",
	},
	{
		name: "-resume of another seed",
		setup: `matprod -generate -size 30 -seed 42 -first 0 -count 5
			matprod -generate -size 30 -seed 43 -first 0 -count 5 -resume . 2>/dev/null`,
		last: "matcombine -jobs 5",
		want: "{'inputs': 'random', 'size': '30', 'seed': '43', 'total_jobs': '5'}",
	},
	{
		name:  "new inputs with an old time, and -resume",
		setup: six + "mkdir g; matinit -quiet -jobs 6 -size 50 -seed 2 -dir g; touch -d 2020-01-01 g/*; mv g/* .; matprod -first 0 -count 6 -resume . 2>/dev/null",
	},
	{
		name:  "numpy's flow without records",
		setup: rp + "matinit -quiet -jobs 6 -size 50 -seed 1; rm -f matpool.tsv .matpool.hashes\n" + numpyFlow,
	},
	{
		name:  "numpy's products of our inputs",
		setup: rp + "matinit -quiet -jobs 6 -size 50 -seed 1\n" + numpyFlow,
	},
}

const numpyFlow = `/usr/bin/python3 -c "
import numpy as np
for i in range(6):
    np.save(f'output{i}.npy', np.load(f'inputA{i}.npy') @ np.load(f'inputB{i}.npy'))"`

func TestScenarios(t *testing.T) { playScenarios(t, scenarios) }

func playScenarios(t *testing.T, list []scenario) {
	for _, s := range list {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			f := newFolder(t)
			f.must(s.setup)
			r := f.sh(cmp.Or(s.last, "matcombine rp"))
			refusal := s.says != "" && (r.refused() || s.remark && r.status == 0) && regexp.MustCompile(s.says).MatchString(r.stderr)
			switch {
			case s.want == "" && s.says != "" && !refusal:
				t.Errorf("must be refused, with %q:\n%v", s.says, r)
			case refusal:
				if lines := strings.Count(r.stderr, "\n"); lines > 8 {
					t.Errorf("%d lines:\n%v", lines, r)
				}
			case r.status != 0 || r.stderr != "":
				t.Error(r)
			default:
				f.rightNow(r, cmp.Or(s.want, "settings('rp')"), func(problem string) { t.Error(problem) })
			}
		})
	}
}

// matprod replaces only what is an output.
func TestMatprodDestroysNoInput(t *testing.T) {
	f := newFolder(t)
	f.must(six + "cp inputB0.npy copy.npy")
	if r := f.sh("matprod output0.npy inputA0.npy inputB0.npy"); r.status != 64 || !strings.Contains(r.stderr, "inputB0.npy") {
		t.Error(r)
	}
	f.must("cmp copy.npy inputB0.npy")
	f.must("matprod inputA0.npy inputB0.npy new.npy; matprod inputA0.npy inputB1.npy new.npy")
	f.must("matprod -force output0.npy inputA0.npy inputB0.npy; ! cmp -s copy.npy inputB0.npy")
}

// A sum that is resumed after an input has been replaced is made from the inputs as they are now.
func TestResumedAfterAnInputIsReplaced(t *testing.T) {
	for _, half := range []bool{true, false} {
		f := newFolder(t)
		f.must("matinit -quiet -jobs 12 -size 300 -seed 1")
		const command = "matprod -first 0 -count 12 -threads 1 -resume . -sum s.npz"
		stopped := false
		for steps := time.Duration(4); half && !stopped && steps <= 40; steps += 4 { // finer ones for a fast machine
			ended := false
			for wait := 5 * time.Millisecond; !ended && !stopped && wait < 10*time.Second; wait += wait / steps {
				f.must("rm -f s.npz .s.npz* matpool.tsv")
				cmd := f.start(strings.Fields(command))
				time.Sleep(wait)
				cmd.Process.Signal(syscall.SIGTERM)
				ended = cmd.Wait() == nil
				stopped = !ended && f.sh(python+` -c "import numpy; exit(int(numpy.load('.s.npz.sum')['added'][0] == 0))"`).status == 0
			}
		}
		if half && !stopped {
			t.Error("it was never stopped with a part of the sum")
		}
		if !half {
			f.must(command + " 2>/dev/null")
		}
		f.must("cp -p inputA11.npy inputA0.npy")
		if r := f.sh(command); r.status != 0 {
			t.Error(r)
		}
		combined := f.sh("matcombine s.npz")
		if combined.status != 0 {
			t.Error(combined)
		}
		f.rightNow(combined, "{'total_jobs': '12'}", func(problem string) { t.Error(problem) })
	}
}
