//go:build linux

package trust

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/zeebo/xxh3"
)

var kills = flag.Int("kills", 8, "how many times each program is killed")

// A killed is a command that is killed at a random moment.
type killed struct {
	name    string
	setup   string
	stale   string // makes the same files of other inputs
	command []string
	after   string // what is run after it
	combine string
	made    string // what it makes, a pattern
}

var killedCommands = []killed{
	{
		name:    "matprod of a range",
		setup:   "matinit -quiet -jobs 8 -size 150 -seed 1",
		stale:   "matinit -quiet -force -jobs 8 -size 150 -seed 2 && matprod -first 0 -count 8 && matinit -quiet -force -jobs 8 -size 150 -seed 1",
		command: []string{"matprod", "-first", "0", "-count", "8"},
		combine: "matcombine -jobs 8",
		made:    "output*.npy",
	},
	{
		name:    "matprod of a range with the user's names",
		setup:   "matinit -quiet -jobs 8 -size 150 -seed 1",
		stale:   "matinit -quiet -force -jobs 8 -size 150 -seed 2 && matprod -first 0 -count 8 inputA.npy inputB.npy c.npy && matinit -quiet -force -jobs 8 -size 150 -seed 1",
		command: []string{"matprod", "-first", "0", "-count", "8", "inputA.npy", "inputB.npy", "c.npy"},
		combine: "matcombine -jobs 8 c.npy",
		made:    "c[0-9].npy",
	},
	{
		name:    "matprod -sum with the user's name",
		setup:   "matinit -quiet -jobs 8 -size 150 -seed 1",
		command: []string{"matprod", "-first", "0", "-count", "8", "-sum", "s.npz"},
		combine: "matcombine s.npz",
		made:    "s.npz",
	},
	{
		name:    "matprod -serial -o",
		setup:   "matinit -quiet -jobs 8 -size 150 -seed 1",
		command: []string{"matprod", "-serial", "-jobs", "8", "-o", "whole.npy"},
		combine: "matcombine whole.npy",
		made:    "whole.npy",
	},
	{
		name:    "matprod -resume of a range",
		setup:   "matinit -quiet -jobs 8 -size 150 -seed 1",
		stale:   "matinit -quiet -force -jobs 8 -size 150 -seed 2 && matprod -first 0 -count 8 && matinit -quiet -force -jobs 8 -size 150 -seed 1",
		command: []string{"matprod", "-first", "0", "-count", "8", "-resume", "."},
		combine: "matcombine -jobs 8",
		made:    "output*.npy",
	},
	{
		name:    "matprod -resume -sum",
		setup:   "matinit -quiet -jobs 8 -size 150 -seed 1",
		stale:   "matinit -quiet -force -jobs 8 -size 150 -seed 2 && matprod -first 0 -count 8 -sum partial0.npz && matinit -quiet -force -jobs 8 -size 150 -seed 1",
		command: []string{"matprod", "-first", "0", "-count", "8", "-resume", ".", "-sum", "partial0.npz"},
		combine: "matcombine partial0.npz",
		made:    "partial0.npz",
	},
	{
		name:    "matcombine -o",
		setup:   "matinit -quiet -jobs 8 -size 150 -seed 1 && matprod -first 0 -count 8",
		command: []string{"matcombine", "-jobs", "8", "-o", "sum.npy"},
		combine: "matcombine -jobs 8",
		made:    "sum.npy",
	},
	{
		name:    "matinit",
		setup:   ":",
		stale:   "matinit -quiet -jobs 8 -size 150 -seed 2 && matprod -first 0 -count 8",
		command: []string{"matinit", "-quiet", "-force", "-jobs", "8", "-size", "150", "-seed", "1"},
		after:   "matprod -first 0 -count 8",
		combine: "matcombine -jobs 8",
		made:    "input*.npy",
	},
	{
		name:    "matinit -from",
		setup:   "matinit -quiet -jobs 1 -size 300 -seed 1",
		command: []string{"matinit", "-quiet", "-force", "-from", "inputA0.npy,inputB0.npy", "-panels", "8", "-a", "a.npy", "-b", "b.npy"},
		after:   "matprod -first 0 -count 8 a.npy b.npy output.npy",
		combine: "matcombine -jobs 8",
		made:    "[ab][0-9].npy",
	},
	{
		name:    "matsubmit -local",
		setup:   "printf 'total_jobs = 8\\nproducts_per_job = 2\\nlog = log.txt\\n' >rp && matinit -quiet -jobs 8 -size 100 -seed 1",
		stale:   "matinit -quiet -force -jobs 8 -size 100 -seed 2 && matsubmit rp -local -quiet && matinit -quiet -force -jobs 8 -size 100 -seed 1",
		command: []string{"matsubmit", "rp", "-local", "-resubmit", "-quiet"},
		combine: "matcombine rp",
		made:    "output*.npy",
	},
	{
		name:    "matsubmit -run -local",
		setup:   "printf 'total_jobs = 8\\nproducts_per_job = 2\\nsum = yes\\nlog = log.txt\\n' >rp && matinit -quiet -jobs 8 -size 100 -seed 1",
		command: []string{"matsubmit", "rp", "-run", "-local", "-quiet"},
		combine: "matcombine rp",
		made:    "partial*.npz",
	},
	{
		name:    "matwatch -plot",
		setup:   "cp $LOGS/finished.log log.txt",
		command: []string{"matwatch", "-plot", "run.png", "log.txt"},
		combine: "cksum <run.png | cut -d' ' -f1",
		made:    "run.png",
	},
	{
		name:    "matwatch -html",
		setup:   "cp $LOGS/finished.log log.txt",
		command: []string{"matwatch", "-html", "run.html", "log.txt"},
		combine: "cksum <run.html | cut -d' ' -f1",
		made:    "run.html",
	},
}

// clean returns a command that removes what k makes.
func (k killed) clean() string {
	clean := "rm -f matpool.tsv .matpool.hashes .*.sum output* " + k.made
	if strings.Contains(k.setup, ">rp") {
		clean += "; rm -rf log.txt logs"
	}
	if strings.Contains(k.setup, "matprod") {
		clean += "; matprod -first 0 -count 8"
	}
	return clean
}

// A program that is killed leaves only records of files that were complete; and when it is run again, everything is right.
func TestKilled(t *testing.T) {
	for _, k := range killedCommands {
		for _, sig := range []syscall.Signal{syscall.SIGKILL, syscall.SIGTERM} {
			t.Run(fmt.Sprintf("%s/%v", k.name, sig), func(t *testing.T) {
				t.Parallel()
				k.try(t, sig)
			})
		}
	}
}

func (k killed) try(t *testing.T, sig syscall.Signal) {
	f := newFolder(t)
	f.must(k.setup)
	start := time.Now()
	if err := f.start(k.command).Wait(); err != nil {
		t.Fatal(err)
	}
	duration := time.Since(start)
	f.must(":;" + k.after)
	norm := f.norm(k.combine)
	// The bytes of what a command makes are always the same.
	complete, names, files := map[string]bool{}, f.numbered(k.made), f.all()
	add := func() {
		for _, name := range f.numbered(k.made) {
			complete[f.hash(name)] = true
		}
	}
	add()
	if len(names) == 0 {
		t.Fatalf("%v makes no %s", k.command, k.made)
	}

	r := rand.New(rand.NewPCG(uint64(*kills), uint64(sig)))
	stopped, left := 0, 0
	for i := range *kills {
		f.must(k.clean())
		stale := k.stale != "" && i%4 > 1
		if stale {
			f.must(k.stale)
			add()
		}
		cmd := f.start(k.command)
		ended := make(chan error, 1)
		go func() { ended <- cmd.Wait() }()
		if i%2 == 0 || stale {
			time.Sleep(time.Duration(r.Int64N(int64(duration))))
		} else { // just when a file has its name
			name := filepath.Join(f.path, names[r.IntN(len(names))])
			for len(ended) == 0 {
				if _, err := os.Lstat(name); err == nil {
					break
				}
			}
		}
		err := f.stop(cmd, sig, ended)
		if err != nil && !errors.As(err, new(*exec.ExitError)) {
			t.Fatal(err)
		}
		if err != nil {
			stopped++
			left += min(1, len(f.numbered(k.made)))
			duration += duration / 10
		} else {
			duration -= duration / 10
		}
		if text := fmt.Sprint(cmd.Stderr); crash.MatchString(text) {
			t.Fatal(text)
		}
		f.claims(k.made, complete, stale || k.command[0] == "matsubmit")
		if got := f.sh(k.combine); got.status == 0 && got.stderr == "" && !strings.Contains(got.stdout, norm) && !(stale && k.name == "matinit") {
			t.Fatalf("killed; the norm should be %s:\n%v", norm, got)
		}
		if again := f.onceFree(strings.Join(k.command, " ") + " &&\n:;" + k.after); again.status != 0 {
			t.Fatal(again)
		}
		if now := f.all(); now != files {
			t.Fatalf("after it was killed and run again: %s", differ(now, files))
		}
		f.claims(k.made, complete, stale || k.command[0] == "matsubmit")
		if got := f.norm(k.combine); got != norm {
			t.Fatalf("after it was killed and run again, the norm is %s, not %s", got, norm)
		}
	}
	t.Logf("of %d, %d were stopped, and %d of these left something", *kills, stopped, left)
}

// start starts a program, whose stderr is collected.
func (f *folder) start(command []string) *exec.Cmd {
	f.t.Helper()
	cmd := exec.Command(filepath.Join(f.bin, command[0]), command[1:]...)
	cmd.Dir, cmd.Stderr = f.path, new(bytes.Buffer)
	cmd.Env = append(os.Environ(), append(f.env(), "PATH="+f.bin+":"+os.Getenv("PATH"))...)
	if err := cmd.Start(); err != nil {
		f.t.Fatal(err)
	}
	return cmd
}

func (f *folder) hash(name string) string {
	f.t.Helper()
	data, err := os.ReadFile(filepath.Join(f.path, name))
	if err != nil {
		f.t.Fatal(err)
	}
	sum := xxh3.Hash128(data)
	return fmt.Sprintf("%016x%016x", sum.Hi, sum.Lo)
}

// claims checks the records in matpool.tsv: each is of a file that is there and was complete, and a file with the size of a
// record has the hash of one. One that has replaced another may have no record yet.
func (f *folder) claims(made string, complete map[string]bool, replaced bool) {
	f.t.Helper()
	data, err := os.ReadFile(filepath.Join(f.path, "matpool.tsv"))
	if errors.Is(err, os.ErrNotExist) {
		return
	}
	if err != nil {
		f.t.Fatal(err)
	}
	type claim struct{ sizes, hashes map[string]bool }
	claims := map[string]claim{}
	for line := range strings.Lines(string(data)) {
		cells := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(cells) != 9 || cells[0] != "output" {
			continue
		}
		name, size, hash := cells[1], cells[2], cells[3]
		if ok, _ := filepath.Match(made, name); ok && !complete[hash] {
			f.t.Errorf("a record of what never was complete: %s", line)
		}
		if claims[name].sizes == nil {
			claims[name] = claim{map[string]bool{}, map[string]bool{}}
		}
		claims[name].sizes[size], claims[name].hashes[hash] = true, true
	}
	for name, c := range claims {
		info, err := os.Stat(filepath.Join(f.path, name))
		if replaced && errors.Is(err, os.ErrNotExist) {
			continue // matsubmit has removed an old output, or a job's records have come before its outputs
		}
		if err != nil {
			f.t.Errorf("a record of what is not there: %v", err)
			continue
		}
		if !c.sizes[strconv.FormatInt(info.Size(), 10)] {
			continue
		}
		if hash := f.hash(name); !c.hashes[hash] && !(replaced && complete[hash]) {
			f.t.Errorf("%s has the hash %s, its records %v", name, hash, slices.Collect(maps.Keys(c.hashes)))
		}
	}
}
