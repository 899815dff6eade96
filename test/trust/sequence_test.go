//go:build linux

package trust

import (
	"errors"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
)

var (
	sequences  = flag.Int("sequences", 20, "the number of random sequences")
	firstSeed  = flag.Uint64("seed", 1, "the seed of the first random sequence")
	withSubmit = flag.Bool("submit", true, "matsubmit -local is among the steps")
)

// A failure is why a sequence fails; its kind stays the same while the sequence is shortened.
type failure struct {
	kind string
	text string
}

// A player plays steps in a folder.
type player struct {
	dir, bin string
	n        int // the size of random inputs
	// written are the outputs that have a record, whatever happened to them since.
	written, saved map[string]bool
	count          func(string)
}

// play plays steps in an empty folder, and returns the first failure.
func play(dir, bin string, n int, steps []step, count func(string)) (*failure, error) {
	p := &player{dir: dir, bin: bin, n: n, written: map[string]bool{}, count: count}
	for i, s := range steps {
		fail, err := p.play(s)
		if fail != nil || err != nil {
			return fail, err
		}
		if i == len(steps)-1 && s.check == checkFile {
			return p.recover()
		}
	}
	return nil, nil
}

func (p *player) play(s step) (*failure, error) {
	if s.check != noCheck {
		_, fail, err := p.check(s)
		return fail, err
	}
	if s.python {
		if _, err := ask(p.dir, s.text); err != nil {
			if _, ok := err.(scriptError); !ok {
				return nil, err
			}
		}
		return nil, nil
	}
	before := p.outputs()
	r, err := shell(p.dir, p.bin, s.text)
	if err != nil {
		return nil, err
	}
	if crash.MatchString(r.stderr) {
		return &failure{"crash", r.String()}, nil
	}
	switch {
	case s.makes:
		for name, id := range p.outputs() {
			if before[name] != id {
				p.written[name] = true
			}
		}
	case strings.HasPrefix(s.text, "tar cf all"):
		p.saved = clone(p.written)
	case strings.HasPrefix(s.text, "tar xf all") && p.saved != nil:
		p.written = clone(p.saved)
	}
	return nil, nil
}

func clone(set map[string]bool) map[string]bool {
	c := map[string]bool{}
	for k, v := range set {
		c[k] = v
	}
	return c
}

// outputs returns the outputs that are there, with what changes when they are written.
func (p *player) outputs() map[string]string {
	found := map[string]string{}
	for _, pattern := range []string{"output*.npy", "partial*.npz"} {
		list, _ := filepath.Glob(filepath.Join(p.dir, pattern))
		for _, name := range list {
			if info, err := os.Lstat(name); err == nil {
				sys := info.Sys().(*syscall.Stat_t)
				found[filepath.Base(name)] = fmt.Sprint(sys.Ino, sys.Ctim, sys.Mtim, sys.Size)
			}
		}
	}
	return found
}

// recorded counts the files that a step adds, and those of them that have a record.
func (p *player) recorded(s step) (files, recorded int) {
	terms := s.terms
	if s.check == checkFile {
		terms = "output*.npy"
		text, _ := os.ReadFile(filepath.Join(p.dir, "run_product"))
		if strings.Contains(string(text), "sum = yes") {
			terms = "partial*.npz"
		}
	}
	for name := range p.outputs() {
		if ok, _ := filepath.Match(terms, name); ok {
			files++
			if p.written[name] {
				recorded++
			}
		}
	}
	return files, recorded
}

// check runs matcombine, and reports whether it has printed the right norm without a remark.
func (p *player) check(s step) (right bool, fail *failure, err error) {
	r, err := shell(p.dir, p.bin, s.text)
	if err != nil {
		return false, nil, err
	}
	if crash.MatchString(r.stderr) {
		return false, &failure{"crash", r.String()}, nil
	}
	if r.status != 0 {
		if !r.refused() {
			return false, &failure{"no sentence", r.String()}, nil
		}
		p.count(fmt.Sprintf("refused with %d", r.status))
		return false, nil, nil
	}
	got, ok := r.norm()
	if !ok {
		return false, &failure{"no norm", r.String()}, nil
	}
	files, recorded := p.recorded(s)
	if r.stderr != "" {
		if files == recorded && !strings.Contains(got, "n") {
			return false, &failure{"needless remark", r.String()}, nil
		}
		p.count("with a remark")
		return false, nil, nil
	}
	if recorded == 0 {
		p.count("without any record")
		return false, nil, nil
	}
	wants, err := p.want(s)
	if err != nil {
		return false, nil, err
	}
	if !matches(got, wants) {
		return false, &failure{"wrong norm", fmt.Sprintf("%v\nright: %v", r, head(wants))}, nil
	}
	if strings.Contains(s.text, "-o sum.npy") {
		if wrong, err := ask(p.dir, "result = wrong('sum.npy', "+s.settings()+")"); err != nil {
			return false, nil, err
		} else if wrong != 0.0 {
			return false, &failure{"wrong elements", fmt.Sprintf("%v\n%v elements of sum.npy are wrong", r, wrong)}, nil
		}
	}
	if s.check == checkFile {
		serial, err := shell(p.dir, p.bin, strings.Replace(s.text, "matcombine", "matprod -serial", 1))
		if err != nil {
			return false, nil, err
		}
		if other, ok := serial.norm(); ok && other != got {
			return false, &failure{"wrong digits", fmt.Sprint(r, "\n", serial)}, nil
		}
	}
	p.count("right")
	return true, nil, nil
}

// settings returns the run that a check is of, for oracle.py.
func (s step) settings() string {
	return "settings('run_product', " + s.override + ")"
}

// want returns the norms that a check may print, each with a bound of its error. There are none if the products cannot
// be computed.
func (p *player) want(s step) (wants [][2]float64, err error) {
	var scripts []string
	run := func(w way) string {
		lines := strings.Split(w.lines, "\n")
		var words []string
		for _, line := range lines {
			name, value, _ := strings.Cut(line, " = ")
			words = append(words, fmt.Sprintf("'%s': '%s'", name, value))
		}
		return strings.Join(words, ", ")
	}
	switch s.check {
	case checkFile:
		scripts = append(scripts, "result = [norm("+s.settings()+")]")
	case checkNumbered:
		for _, w := range ways(p.n) {
			scripts = append(scripts, fmt.Sprintf("result = [norm({%s, 'first_index': '%d', 'total_jobs': '%d'})]", run(w), s.first, s.count))
		}
	case checkSome:
		for _, w := range ways(p.n) {
			scripts = append(scripts, fmt.Sprintf("result = some({%s, 'total_jobs': '%d'})", run(w), products))
		}
	}
	for _, script := range scripts {
		answer, err := ask(p.dir, script)
		if _, ok := err.(scriptError); ok {
			continue
		}
		if err != nil {
			return nil, err
		}
		for _, one := range answer.([]any) {
			pair := one.([]any)
			value, err1 := strconv.ParseFloat(pair[0].(string), 64)
			bound, err2 := strconv.ParseFloat(pair[1].(string), 64)
			if err1 != nil || err2 != nil {
				return nil, fmt.Errorf("oracle.py: %v", one)
			}
			wants = append(wants, [2]float64{value, bound})
		}
	}
	return wants, nil
}

func head(wants [][2]float64) any {
	if len(wants) == 0 {
		return "none, since the products cannot be computed"
	}
	var list []float64
	for _, w := range wants[:min(len(wants), 3)] {
		list = append(list, w[0])
	}
	return list
}

// recover makes what the submission file says again, after which matcombine must print the right norm: it must not refuse
// everything.
func (p *player) recover() (*failure, error) {
	final := step{text: "matcombine run_product", check: checkFile}
	if wants, err := p.want(final); err != nil || len(wants) == 0 || math.IsNaN(wants[0][0]) || math.IsInf(wants[0][0], 0) {
		return nil, err
	}
	again := []step{{text: "matsubmit run_product -local -quiet -resubmit"}, {text: "matsubmit run_product -local -quiet -force"}}
	if !*withSubmit {
		text, err := ask(p.dir, "result = settings('run_product')")
		if err != nil {
			return nil, err
		}
		settings, n := text.(map[string]any), p.n
		resumed, err1 := fromFile(settings, n, "-resume .")
		anew, err2 := fromFile(settings, n, "")
		if err1 != nil || err2 != nil {
			return nil, errors.Join(err1, err2)
		}
		again = []step{{text: resumed}, {text: anew}}
	}
	var log strings.Builder
	for i, s := range again {
		before := p.outputs()
		r, err := shell(p.dir, p.bin, s.text)
		if err != nil {
			return nil, err
		}
		fmt.Fprintln(&log, r)
		for name, id := range p.outputs() {
			if before[name] != id {
				p.written[name] = true
			}
		}
		right, fail, err := p.check(final)
		if err != nil {
			return nil, err
		}
		if fail != nil {
			return &failure{fail.kind + " after it was made again", log.String() + fail.text}, nil
		}
		if right {
			p.count(fmt.Sprintf("recovered by step %d", i+1))
			return nil, nil
		}
	}
	r, err := shell(p.dir, p.bin, final.text)
	return &failure{"refused for ever", fmt.Sprint(log.String(), r)}, err
}

// fromFile returns the commands that make by hand what a submission file says.
func fromFile(settings map[string]any, n int, flags string) (string, error) {
	value := func(key string, otherwise int) int {
		if text, ok := settings[key].(string); ok {
			if v, err := strconv.Atoi(text); err == nil {
				return v
			}
		}
		return otherwise
	}
	for _, w := range ways(n) {
		same := true
		mentioned := 0
		for _, line := range strings.Split(w.lines, "\n") {
			name, text, _ := strings.Cut(line, " = ")
			same = same && settings[name] == text
			mentioned++
		}
		for _, name := range []string{"gram", "transpose", "fixed", "inputs", "seed", "size", "input_files", "indexed_input_files"} {
			if _, ok := settings[name]; ok {
				mentioned--
			}
		}
		if same && mentioned == 0 {
			return byHand(w, flags, value("first_index", 0), value("total_jobs", 100), value("products_per_job", 1), settings["sum"] == "yes"), nil
		}
	}
	return "", fmt.Errorf("no way to make what the file says: %v", settings)
}

// shorten drops steps as long as the sequence fails in the same way.
func shorten(t *testing.T, bin string, n int, steps []step, kind string) ([]step, *failure) {
	var last *failure
	fails := func(list []step) bool {
		fail, err := play(t.TempDir(), bin, n, list, func(string) {})
		if err != nil {
			t.Fatal(err)
		}
		if fail != nil && fail.kind == kind {
			last = fail
			return true
		}
		return false
	}
	for i := len(steps) - 1; i >= 0; {
		shorter := append(append([]step{}, steps[:i]...), steps[i+1:]...)
		if len(shorter) > 0 && fails(shorter) {
			steps = shorter
			i = min(i, len(steps)) - 1
			continue
		}
		i--
	}
	return steps, last
}

// Whenever matcombine prints a norm without a remark, it is that of the inputs and the file as they are now.
func TestSequences(t *testing.T) {
	bin := newFolder(t).bin
	var mu sync.Mutex
	counts, failures := map[string]int{}, 0
	count := func(what string) {
		mu.Lock()
		defer mu.Unlock()
		counts[what]++
	}
	t.Run("seeds", func(t *testing.T) {
		for i := range *sequences {
			seed := *firstSeed + uint64(i)
			t.Run(fmt.Sprint(seed), func(t *testing.T) {
				t.Parallel()
				steps, n := sequence(seed, 10)
				fail, err := play(t.TempDir(), bin, n, steps, count)
				if err != nil {
					t.Fatal(err)
				}
				if fail == nil {
					return
				}
				count("failed: " + fail.kind)
				mu.Lock()
				failures++
				short := failures <= 5
				mu.Unlock()
				if short {
					if list, again := shorten(t, bin, n, steps, fail.kind); again != nil {
						steps, fail = list, again
					}
				}
				t.Errorf("%s\n%s\n# ends with:\n%s", fail.kind, script(steps), fail.text)
			})
		}
	})
	t.Logf("seeds %d to %d: %v", *firstSeed, *firstSeed+uint64(*sequences)-1, counts)
	if !t.Failed() && *sequences >= 20 {
		for _, what := range []string{"right", "refused with 65"} {
			if counts[what] < *sequences/4 {
				t.Errorf("%s: only %d times in %d sequences: the test tests little", what, counts[what], *sequences)
			}
		}
	}
}
