//go:build linux

package trust

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var bits = flag.Int("bits", 10, "the number of bits that are flipped, one at a time, in each kind of file")

// A finished is a finished run, which a test damages.
type finished struct {
	name    string
	setup   string // makes everything
	again   string // makes what is missing or outdated
	combine string
	run     string // the run, for oracle.py
	inputs  []string
	outputs []string
}

var finishedRuns = []finished{
	{
		name: "npy",
		setup: `matinit -quiet -jobs 3 -size 13 -seed 1
			printf 'total_jobs = 3\n' >run_product
			matprod -first 0 -count 3`,
		again:   "matprod -first 0 -count 3 -resume .",
		combine: "matcombine run_product",
		run:     "{'total_jobs': '3'}",
		inputs:  []string{"inputA0.npy", "inputA2.npy", "inputB1.npy"},
		outputs: []string{"output0.npy", "output1.npy", "output2.npy"},
	},
	{
		name: "large", // hashes are saved
		setup: `matinit -quiet -jobs 3 -size 200 -seed 1
			printf 'total_jobs = 3\n' >run_product
			matprod -first 0 -count 3`,
		again:   "matprod -first 0 -count 3 -resume .",
		combine: "matcombine run_product",
		run:     "{'total_jobs': '3'}",
		inputs:  []string{"inputA0.npy", "inputA2.npy", "inputB1.npy"},
		outputs: []string{"output0.npy", "output1.npy", "output2.npy"},
	},
	{
		name: "npz",
		setup: `matinit -quiet -npz -jobs 3 -size 13 -seed 1
			printf 'total_jobs = 3\nindexed_input_files = input.npz\nindexed_output_files = output.npz\n' >run_product
			matprod -first 0 -count 3 input.npz output.npz`,
		again:   "matprod -first 0 -count 3 -resume . input.npz output.npz",
		combine: "matcombine run_product",
		run:     "{'total_jobs': '3', 'indexed_input_files': 'input.npz'}",
		inputs:  []string{"input0.npz", "input2.npz"},
		outputs: []string{"output0.npz", "output1.npz", "output2.npz"},
	},
	{
		name: "sums",
		setup: `matinit -quiet -jobs 5 -size 13 -seed 1
			printf 'total_jobs = 5\nproducts_per_job = 3\nsum = yes\n' >run_product
			matprod -first 0 -count 3 -sum partial0.npz
			matprod -first 3 -count 2 -sum partial1.npz`,
		again: `matprod -resume . -first 0 -count 3 -sum partial0.npz &&
			matprod -resume . -first 3 -count 2 -sum partial1.npz`,
		combine: "matcombine run_product",
		run:     "{'total_jobs': '5'}",
		inputs:  []string{"inputA0.npy", "inputB4.npy"},
		outputs: []string{"partial0.npz", "partial1.npz"},
	},
	{
		name: "tiles",
		setup: `matinit -quiet -jobs 1 -size 26 -seed 1
			matinit -quiet -from inputA0.npy,inputB0.npy -grid 2x2 -a a.npy -b b.npy
			matprod -first 0 -count 4 a.npy b.npy tile.npy`,
		again:   "matprod -first 0 -count 4 -resume . a.npy b.npy tile.npy",
		combine: "matcombine -grid 2x2 tile.npy",
		inputs:  []string{"a0.npy", "a2.npy", "b1.npy"},
		outputs: []string{"tile0.npy", "tile3.npy"},
	},
	{
		name: "tiles of sums",
		setup: `matinit -quiet -jobs 1 -size 26 -seed 1
			matinit -quiet -from inputA0.npy,inputB0.npy -grid 1x2 -panels 2 -a a.npy -b b.npy
			matprod -first 0 -count 2 -sum tile0.npz a.npy b.npy
			matprod -first 2 -count 2 -sum tile1.npz a.npy b.npy`,
		again: `matprod -resume . -first 0 -count 2 -sum tile0.npz a.npy b.npy &&
			matprod -resume . -first 2 -count 2 -sum tile1.npz a.npy b.npy`,
		combine: "matcombine -grid 1x2 tile.npz",
		inputs:  []string{"a1.npy", "b2.npy"},
		outputs: []string{"tile0.npz", "tile1.npz"},
	},
}

// A bit that flips in any file of a finished run is noticed by the next program that reads it, whatever its times say.
func TestFlippedBits(t *testing.T) {
	for _, run := range finishedRuns {
		t.Run(run.name, func(t *testing.T) {
			t.Run("outputs", func(t *testing.T) { t.Parallel(); flipOutputs(t, run) })
			t.Run("inputs", func(t *testing.T) { t.Parallel(); flipInputs(t, run) })
			t.Run("records", func(t *testing.T) { t.Parallel(); flipRecords(t, run) })
		})
	}
}

// finish makes everything of a run, and returns its norm.
func finish(t *testing.T, run finished) (f *folder, norm string) {
	t.Helper()
	f = newFolder(t)
	f.must("set -e\n" + run.setup)
	return f, f.norm(run.combine)
}

// bit returns a random bit of a random file.
func (f *folder) bit(r *rand.Rand, names []string) (name string, offset int64, bit int) {
	f.t.Helper()
	name = names[r.IntN(len(names))]
	info, err := os.Stat(filepath.Join(f.path, name))
	if err != nil {
		f.t.Fatal(err)
	}
	return name, r.Int64N(info.Size()), r.IntN(8)
}

// flip flips a bit of a file in place. The time of the last modification stays.
func (f *folder) flip(name string, offset int64, bit int) {
	f.t.Helper()
	path := filepath.Join(f.path, name)
	info, err := os.Stat(path)
	if err != nil {
		f.t.Fatal(err)
	}
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		f.t.Fatal(err)
	}
	defer file.Close()
	var b [1]byte
	if _, err := file.ReadAt(b[:], offset); err != nil {
		f.t.Fatal(err)
	}
	b[0] ^= 1 << bit
	if _, err := file.WriteAt(b[:], offset); err != nil {
		f.t.Fatal(err)
	}
	if err := os.Chtimes(path, time.Time{}, info.ModTime()); err != nil {
		f.t.Fatal(err)
	}
}

// faults counts faults, and shows the first ones.
type faults struct {
	t     *testing.T
	count int
}

func (l *faults) add(format string, args ...any) {
	l.t.Helper()
	if l.count++; l.count <= 3 {
		l.t.Errorf(format, args...)
	}
}

func (l *faults) done(of int) {
	l.t.Helper()
	if l.count > 0 {
		l.t.Errorf("%d of %d", l.count, of)
	}
}

func flipOutputs(t *testing.T, run finished) {
	f, norm := finish(t, run)
	r := rand.New(rand.NewPCG(uint64(*bits), 1))
	list := faults{t: t}
	for i := range *bits {
		name, offset, bit := f.bit(r, run.outputs)
		f.flip(name, offset, bit)
		if got := f.sh(run.combine); !got.refused() || !strings.Contains(got.stderr, name) {
			list.add("bit %d of byte %d of %s is flipped, not noticed:\n%v", bit, offset, name, got)
		}
		if i%2 == 0 {
			f.flip(name, offset, bit)
		} else if again := f.sh(run.again); again.status != 0 {
			list.add("bit %d of byte %d of %s is flipped, and made again:\n%v", bit, offset, name, again)
		}
		if got := f.sh(run.combine); got.stderr != "" || !strings.Contains(got.stdout, norm) {
			list.add("bit %d of byte %d of %s is as before; the norm should be %s:\n%v", bit, offset, name, norm, got)
		}
	}
	list.done(*bits)
}

func flipInputs(t *testing.T, run finished) {
	f, norm := finish(t, run)
	r := rand.New(rand.NewPCG(uint64(*bits), 2))
	list := faults{t: t}
	for range *bits {
		name, offset, bit := f.bit(r, run.inputs)
		what := fmt.Sprintf("bit %d of byte %d of %s is flipped", bit, offset, name)
		f.flip(name, offset, bit)
		if got := f.sh(run.combine); !got.refused() || !strings.Contains(got.stderr, name) {
			list.add("%s, not noticed:\n%v", what, got)
		}
		again := f.sh(run.again)
		if again.status != 0 && !again.refused() {
			list.add("%s, then:\n%v", what, again)
		}
		got := f.sh(run.combine)
		if again.status != 0 && !got.refused() {
			list.add("%s, and refused, but not by matcombine:\n%v\n%v", what, again, got)
		}
		if again.status == 0 && run.run != "" {
			f.rightNow(got, run.run, func(problem string) { list.add("%s, then\n%v\n%s", what, again, problem) })
		}
		f.flip(name, offset, bit)
		if again := f.sh(run.again); again.status != 0 {
			list.add("%s, and flipped back, then:\n%v", what, again)
		}
		if got := f.sh(run.combine); got.stderr != "" || !strings.Contains(got.stdout, norm) {
			list.add("%s, and flipped back; the norm should be %s again:\n%v", what, norm, got)
		}
	}
	list.done(*bits)
}

// Damaged records are not believed, and do no harm.
func flipRecords(t *testing.T, run finished) {
	f, norm := finish(t, run)
	r := rand.New(rand.NewPCG(uint64(*bits), 3))
	list := faults{t: t}
	for _, name := range []string{"matpool.tsv", ".matpool.hashes"} {
		path := filepath.Join(f.path, name)
		if _, err := os.Stat(path); err != nil {
			if name == "matpool.tsv" {
				t.Error(err)
			}
			continue
		}
		for range *bits {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			_, offset, bit := f.bit(r, []string{name})
			f.flip(name, offset, bit)
			got := f.sh(run.combine)
			if printed, ok := got.norm(); !got.refused() && (!ok || printed != norm) || crash.MatchString(got.stderr) {
				list.add("bit %d of byte %d of %s is flipped; the norm should be %s:\n%v", bit, offset, name, norm, got)
			}
			if err := os.WriteFile(path, text, 0o666); err != nil {
				t.Fatal(err)
			}
		}
	}
	list.done(2 * *bits)
}
