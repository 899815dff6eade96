//go:build linux

package trust

import (
	"encoding/binary"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// disturb changes values in a folder's files all the time, in place, until stop is called, which waits for the last change.
// With undo, each change is undone by the next one of the same file, or in the end; the files' times of modification stay.
//
// Note: inputs are not changed back. A program that reads an input twice, for its hash and to multiply it, cannot know what
// it was in between, if its time of modification does not tell.
func (f *folder) disturb(names []string, seed uint64, undo bool) (stop func()) {
	r := rand.New(rand.NewPCG(seed, 6))
	changed := map[string]int64{}
	change := func(name string) {
		path := filepath.Join(f.path, name)
		info, err := os.Stat(path)
		if err != nil {
			return
		}
		offset, was := changed[name]
		if was {
			delete(changed, name)
		} else {
			offset = 128 + 8*r.Int64N((info.Size()-128)/8)
			changed[name] = offset
		}
		file, err := os.OpenFile(path, os.O_RDWR, 0)
		if err != nil {
			return
		}
		var value [8]byte
		if _, err := file.ReadAt(value[:], offset); err == nil {
			if undo {
				value[6] ^= 1 << 2 // a bit of a float64 that changes it a little
			} else {
				binary.LittleEndian.PutUint64(value[:], math.Float64bits(r.Float64()))
			}
			file.WriteAt(value[:], offset)
		}
		file.Close()
		os.Chtimes(path, time.Time{}, info.ModTime())
	}
	return untilStopped(func() {
		change(names[r.IntN(len(names))])
		time.Sleep(time.Duration(r.IntN(2000)) * time.Microsecond)
	}, func() {
		for name := range maps.Clone(changed) {
			if undo {
				change(name)
			}
		}
	})
}

// untilStopped does something again and again until stop is called, and then ends it.
func untilStopped(do, end func()) (stop func()) {
	stopped := make(chan struct{})
	var done sync.WaitGroup
	done.Go(func() {
		defer end()
		for {
			select {
			case <-stopped:
				return
			default:
				do()
			}
		}
	})
	return func() { close(stopped); done.Wait() }
}

// Inputs that somebody changes while they are read give no products that are believed.
func TestInputsThatChangeWhileTheyAreRead(t *testing.T) {
	for _, sum := range []bool{false, true} {
		t.Run(fmt.Sprintf("sum=%v", sum), func(t *testing.T) {
			t.Parallel()
			f := newFolder(t)
			f.must("matinit -quiet -jobs 6 -size 200 -seed 1")
			command, combine := "matprod -first 0 -count 6", "matcombine -jobs 6"
			if sum {
				command, combine = "matprod -first 0 -count 6 -sum partial0.npz", "matcombine partial0.npz"
			}
			counts := map[int]int{}
			for i := range *kills {
				stop := f.disturb(f.numbered("input*.npy"), uint64(i), false)
				made := f.sh(command)
				stop()
				counts[made.status]++
				if made.status != 0 {
					changed := made.status == 1 && strings.Contains(made.stderr, "was changed while it was being read")
					if !made.refused() && !changed || crash.MatchString(made.stderr) {
						t.Error(made)
					}
					continue
				}
				f.rightNow(f.sh(combine), "{'total_jobs': '6'}", func(problem string) { t.Error(problem) })
				if r := f.sh(strings.Replace(command, "matprod", "matprod -resume .", 1)); r.status != 0 {
					t.Error(r)
				}
				r := f.sh(combine)
				if r.status != 0 || r.stderr != "" {
					t.Error(r)
				}
				f.rightNow(r, "{'total_jobs': '6'}", func(problem string) { t.Error(problem) })
			}
			t.Logf("matprod's exit statuses: %v", counts)
		})
	}
}

// rewrite writes a folder's outputs again all the time, each with the bytes of another one and then with its own, under a
// new name that becomes the old one, or in place, until stop is called. Then each has its own bytes.
func (f *folder) rewrite(names []string, seed uint64) (stop func()) {
	r := rand.New(rand.NewPCG(seed, 7))
	own := map[string][]byte{}
	for _, name := range names {
		content, err := os.ReadFile(filepath.Join(f.path, name))
		if err != nil {
			f.t.Fatal(err)
		}
		own[name] = content
	}
	write := func(name string, content []byte) {
		path := filepath.Join(f.path, name)
		if r.IntN(2) == 0 {
			os.WriteFile(path, content, 0o666)
		} else if os.WriteFile(path+"~", content, 0o666) == nil {
			os.Rename(path+"~", path)
		}
		time.Sleep(time.Duration(r.IntN(2000)) * time.Microsecond)
	}
	return untilStopped(func() {
		name := names[r.IntN(len(names))]
		write(name, own[names[r.IntN(len(names))]])
		write(name, own[name])
	}, func() {})
}

// Outputs that somebody changes, or writes again, while they are read give no norm, or the right one.
func TestOutputsThatChangeWhileTheyAreRead(t *testing.T) {
	for name, begin := range map[string]func(f *folder, names []string, seed uint64) (stop func()){
		"changed": func(f *folder, names []string, seed uint64) func() { return f.disturb(names, seed, true) },
		"written": (*folder).rewrite,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFolder(t)
			f.must("matinit -quiet -jobs 6 -size 200 -seed 1; matprod -first 0 -count 6")
			norm := f.norm("matcombine -jobs 6")
			counts := map[int]int{}
			for i := range 2 * *kills {
				stop := begin(f, f.numbered("output*.npy"), uint64(i))
				r := f.sh("matcombine -jobs 6")
				stop()
				if counts[r.status]++; r.status == 0 {
					if got, _ := r.norm(); got != norm || r.stderr != "" {
						t.Errorf("the norm should be %s:\n%v", norm, r)
					}
				} else if !r.refused() && r.status != 1 || crash.MatchString(r.stderr) {
					t.Error(r)
				}
			}
			t.Logf("matcombine's exit statuses: %v", counts)
			if got := f.norm("matcombine -jobs 6"); got != norm {
				t.Errorf("the norm is %s, not %s, when nobody changes them", got, norm)
			}
		})
	}
}

// Programs that run at the same time in a folder lose no record.
func TestProgramsAtTheSameTime(t *testing.T) {
	f := newFolder(t)
	f.must("matinit -quiet -jobs 40 -size 20 -seed 1")
	for range 3 {
		f.must("rm -f output*; for i in $(seq 0 39); do matprod -first $i -count 1 & done; wait")
		r := f.sh("matcombine -jobs 40")
		if r.status != 0 || r.stderr != "" {
			t.Error(r)
		}
		f.rightNow(r, "{'total_jobs': '40'}", func(problem string) { t.Error(problem) })
	}
}

// Records that are cut short, or written by an editor of another system, do no harm.
func TestCutRecords(t *testing.T) {
	f := newFolder(t)
	f.must(six)
	norm := f.norm("matcombine rp")
	path := filepath.Join(f.path, "matpool.tsv")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	try := func(what, text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		r := f.sh("matcombine rp")
		if got, ok := r.norm(); !r.refused() && (!ok || got != norm) || crash.MatchString(r.stderr) {
			t.Errorf("%s:\n%v", what, r)
		}
		// What is made again has records again, whatever is there.
		f.must("matprod -first 0 -count 6")
		if got := f.norm("matcombine rp"); got != norm {
			t.Errorf("%s: made again, the norm is %s, not %s", what, got, norm)
		}
	}
	r := rand.New(rand.NewPCG(1, 7))
	for range *bits {
		length := r.IntN(len(text))
		try(fmt.Sprintf("cut at %d", length), string(text[:length]))
	}
	try("CR LF", strings.ReplaceAll(string(text), "\n", "\r\n"))
	try("empty", "")
	try("twice", string(text)+string(text))
	try("zeros at the end, as after a power cut", string(text)+strings.Repeat("\x00", 4096))
	try("a long line", strings.Repeat("x", 1<<20)+"\n"+string(text))
	try("UTF-16", utf16(string(text)))
	try("a byte-order mark", "\ufeff"+string(text))
}

func utf16(s string) string {
	var b strings.Builder
	b.WriteString("\xff\xfe")
	for _, r := range s {
		b.WriteByte(byte(r))
		b.WriteByte(byte(r >> 8))
	}
	return b.String()
}

// An output that is damaged just when it has its name, within a tick of the file system's clock, is not believed: the time
// of its last change may be the same.
func TestOutputDamagedAtOnce(t *testing.T) {
	f := newFolder(t)
	f.must("matinit -quiet -jobs 8 -size 200 -seed 1") // large enough for hashes to be saved
	r := rand.New(rand.NewPCG(uint64(*kills), 8))
	same := 0
	for i := range *kills {
		f.must("rm -f output* matpool.tsv .matpool.hashes")
		name := fmt.Sprintf("output%d.npy", r.IntN(8))
		path := filepath.Join(f.path, name)
		cmd := f.start([]string{"matprod", "-first", "0", "-count", "8"})
		var before os.FileInfo
		for before == nil {
			before, _ = os.Stat(path)
		}
		time.Sleep(time.Duration(i%8) * 100 * time.Microsecond)
		f.flip(name, 128+r.Int64N(before.Size()-128), r.IntN(8))
		if after, err := os.Stat(path); err == nil && after.Sys().(*syscall.Stat_t).Ctim == before.Sys().(*syscall.Stat_t).Ctim {
			same++
		}
		if err := cmd.Wait(); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if got := f.sh("matcombine -jobs 8"); !got.refused() || !strings.Contains(got.stderr, name) {
				t.Errorf("%s:\n%v", name, got)
			}
		}
	}
	t.Logf("%d of %d had the same time of change", same, *kills)
}
