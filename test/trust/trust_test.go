//go:build linux

// Package trust proves that results are known by what they were made from.
//
// The tests run the real programs, in folders that people, and numpy, and accidents change in between. Whatever
// matcombine prints without a remark must be the norm of the inputs and the submission file as they are now. Numpy says
// what that is, in oracle.py, from the inputs alone.
//
// A failure is printed as a shell script that reproduces it. Flags give the number of random sequences and their first
// seed: go test ./test/trust -run Sequences -sequences 500 -seed 1000.
package trust

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"

	"matpool/test/programs"
)

const python = "/usr/bin/python3" // as in test/setup.sh

func TestMain(m *testing.M) {
	if from := os.Getenv("MATPOOL_DISK"); from != "" {
		if err := serveDisk(from, os.Getenv("MATPOOL_DISK_AT")); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	if flag.Parse(); testing.Short() {
		fmt.Println("go test -short does without numpy")
		return
	}
	if out, err := exec.Command(python, "-c", "import numpy").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "these tests need numpy; run test/setup.sh\n%v: %s", err, out)
		os.Exit(1)
	}
	code := programs.Main(m)
	oracles.close()
	os.Exit(code)
}

// A folder is where a test runs programs.
type folder struct {
	t    testing.TB
	path string
	bin  string
	temp string // for the programs' temporary files
}

func newFolder(t testing.TB) *folder {
	t.Helper()
	programs.Read(t, ".") // oracle.py
	return &folder{t, t.TempDir(), programs.Dir(t), t.TempDir()}
}

// A result is what a command did.
type result struct {
	command        string
	stdout, stderr string
	status         int
}

// env returns variables for programs: where temporary files go, and where logs of HTCondor are.
func (f *folder) env() []string {
	f.t.Helper()
	logs, err := filepath.Abs("../../condor/eventlog/testdata")
	if err != nil {
		f.t.Fatal(err)
	}
	return []string{"TMPDIR=" + f.temp, "LOGS=" + logs}
}

// sh runs shell commands in the folder.
func (f *folder) sh(script string) result {
	f.t.Helper()
	r, err := shell(f.path, f.bin, script, f.env()...)
	if err != nil {
		f.t.Fatal(err)
	}
	return r
}

func shell(dir, bin, script string, env ...string) (result, error) {
	var out, errs bytes.Buffer
	// The shell goes there, not os/exec: a disk of this process cannot answer before the shell has begun.
	cmd := exec.Command("/bin/sh", "-c", "cd '"+dir+"' || exit\n"+script)
	cmd.Stdout, cmd.Stderr = &out, &errs
	cmd.Env = append(os.Environ(), "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"), "LC_ALL=C.UTF-8")
	cmd.Env = append(cmd.Env, env...)
	if err := cmd.Run(); err != nil && !errors.As(err, new(*exec.ExitError)) {
		return result{}, err
	}
	return result{script, out.String(), errs.String(), cmd.ProcessState.ExitCode()}, nil
}

// must runs shell commands that must succeed, without a word on stderr.
func (f *folder) must(script string) string {
	f.t.Helper()
	r := f.sh(script)
	if r.status != 0 || r.stderr != "" {
		f.t.Fatal(r)
	}
	return strings.TrimSpace(r.stdout)
}

func (r result) String() string {
	return fmt.Sprintf("$ %s\n%s%s(exit status %d)", r.command, r.stdout, r.stderr, r.status)
}

var normLine = regexp.MustCompile(`(?m)^(?:norm of .*: )?([0-9.e+-]+|inf|nan)$`)

// norm returns the norm that matcombine or matprod -serial has printed.
func (r result) norm() (string, bool) {
	if r.status != 0 {
		return "", false
	}
	m := normLine.FindStringSubmatch(strings.TrimSpace(r.stdout))
	if m == nil {
		return "", false
	}
	return m[1], true
}

var (
	crash  = regexp.MustCompile(`(?m)^(panic:|fatal error:|goroutine \d+|SIG[A-Z]+:)|runtime error`)
	namesA = regexp.MustCompile(`[\w$()*/-]\.(npy|npz|tsv|log|txt|out)\b|\b(run_product|rp)\b`)
)

// refused reports whether a program has ended with 64 or 65, and a sentence that names a file.
func (r result) refused() bool {
	return (r.status == 64 || r.status == 65) && namesA.MatchString(r.stderr)
}

// py runs a script of Python, and returns what it leaves in result.
func (f *folder) py(script string) (any, error) { return ask(f.path, script) }

// An oracle is a running oracle.py. Each serves one test at a time.
type oracle struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

type oraclePool struct {
	mu        sync.Mutex
	idle, all []*oracle
}

var oracles oraclePool

func (p *oraclePool) get() (*oracle, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	programs.Numpy()
	if n := len(p.idle); n > 0 {
		o := p.idle[n-1]
		p.idle = p.idle[:n-1]
		return o, nil
	}
	cmd := exec.Command(python, "-B", "oracle.py") // -B: no folder __pycache__
	cmd.Env = append(os.Environ(), "OPENBLAS_NUM_THREADS=1")
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	o := &oracle{cmd, in, bufio.NewReader(out)}
	p.all = append(p.all, o)
	return o, nil
}

func (p *oraclePool) put(o *oracle) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.idle = append(p.idle, o)
}

func (p *oraclePool) close() {
	for _, o := range p.all {
		o.in.Close()
		o.cmd.Wait()
	}
}

// A scriptError is an error of a script of Python.
type scriptError string

func (e scriptError) Error() string { return string(e) }

// ask runs a script of Python in a folder. An error of type scriptError is the script's.
func ask(dir, script string) (any, error) {
	o, err := oracles.get()
	if err != nil {
		return nil, err
	}
	request, err := json.Marshal(map[string]string{"dir": dir, "script": script})
	if err != nil {
		return nil, err
	}
	if _, err := o.in.Write(append(request, '\n')); err != nil {
		return nil, err
	}
	line, err := o.out.ReadBytes('\n')
	if err != nil {
		return nil, fmt.Errorf("oracle.py: %w", err)
	}
	oracles.put(o)
	var answer struct {
		Result any
		Error  string
	}
	if err := json.Unmarshal(line, &answer); err != nil {
		return nil, fmt.Errorf("oracle.py: %w: %s", err, line)
	}
	if answer.Error != "" {
		return nil, scriptError(answer.Error)
	}
	return answer.Result, nil
}

// norm runs a program that must print a norm, without a word on stderr.
func (f *folder) norm(command string) string {
	f.t.Helper()
	r := f.sh(command)
	norm, ok := r.norm()
	if !ok || r.stderr != "" {
		f.t.Fatalf("no norm, or a remark:\n%v", r)
	}
	return norm
}

// rightNow reports a problem unless what a program has printed is the norm of the inputs as they are now, or a refusal.
func (f *folder) rightNow(r result, run string, problem func(string)) {
	f.t.Helper()
	if r.refused() {
		return
	}
	got, ok := r.norm()
	if !ok {
		problem(r.String())
		return
	}
	answer, err := f.py("result = norm(" + run + ")")
	if err != nil {
		problem(fmt.Sprintf("%v\nnumpy says: %v", r, err))
		return
	}
	if pair := answer.([]any); !near(got, pair) && r.stderr == "" {
		problem(fmt.Sprintf("%v\nright: %v", r, pair[0]))
	}
}

// matches reports whether a printed norm is one of those that are right.
func matches(got string, wants [][2]float64) bool {
	x, err := strconv.ParseFloat(got, 64)
	if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
		return false // a norm that proves nothing needs a remark
	}
	for _, w := range wants {
		if math.Abs(x-w[0]) <= w[1] || math.IsInf(w[1], 0) || math.IsNaN(w[1]) {
			return true
		}
	}
	return false
}

// near is matches for one answer of oracle.py's norm.
func near(got string, pair []any) bool {
	value, err1 := strconv.ParseFloat(pair[0].(string), 64)
	bound, err2 := strconv.ParseFloat(pair[1].(string), 64)
	return err1 == nil && err2 == nil && matches(got, [][2]float64{{value, bound}})
}

// all returns the names of all files and folders, hidden ones and temporary ones too, but not what jobs have printed, since
// a later job has another number, and not that of the cache of hashes.
func (f *folder) all() string {
	f.t.Helper()
	return f.must("find . \"$TMPDIR\" -mindepth 1 ! -path './logs/*' ! -name .matpool.hashes | sort")
}

// differ says which files all has found too much, or not.
func differ(now, before string) string {
	var list []string
	for line := range strings.Lines(now + "\n") {
		if name := strings.TrimSpace(line); !strings.Contains("\n"+before+"\n", "\n"+name+"\n") {
			list = append(list, name+" is there")
		}
	}
	for line := range strings.Lines(before + "\n") {
		if name := strings.TrimSpace(line); !strings.Contains("\n"+now+"\n", "\n"+name+"\n") {
			list = append(list, name+" is missing")
		}
	}
	return strings.Join(list, ", ")
}

// numbered returns the file names in a folder that match a pattern, such as output*.npy.
func (f *folder) numbered(pattern string) []string {
	f.t.Helper()
	list, err := filepath.Glob(filepath.Join(f.path, pattern))
	if err != nil {
		f.t.Fatal(err)
	}
	for i := range list {
		list[i] = filepath.Base(list[i])
	}
	return list
}
