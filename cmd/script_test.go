// Package cmd_test runs the real programs: the scripts in testdata/script, which specify
// what each program does, and the examples in the manuals.
//
// The folders named by LOGS and EXAMPLES contain real event logs, for the scripts to copy.
//
// The tests build the programs, unless MATPOOL_BIN names a folder that contains them, such as
// those of a release; programs for Windows run in Wine. The scripts find matinit, matprod, …
// in PATH.
//
// Besides testscript's own commands, the scripts have status, signal, files, npy and await;
// each is documented below. No script is skipped because a tool is missing: setpriv, unshare
// and script of util-linux must be installed, and an ordinary user must be allowed to create
// namespaces.
package cmd_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/sys/cpu"

	"matpool/elem"
	"matpool/internal/record"
	"matpool/internal/status"
	"matpool/npyio"
	"matpool/test/programs"
)

var update = flag.Bool("update", false, "update the files that the scripts' cmp lines compare with, and the sections on flags in the manuals")

func TestMain(m *testing.M) {
	// The programs would also ignore a signal that these tests ignore, as after nohup; they do
	// not inherit that a signal is caught.
	for _, sig := range []os.Signal{syscall.SIGHUP, syscall.SIGINT, syscall.SIGTERM} {
		if signal.Ignored(sig) {
			signal.Notify(make(chan os.Signal, 1), sig)
		}
	}
	code := programs.Main(m)
	if wrappers != "" {
		os.RemoveAll(wrappers)
	}
	os.Exit(code)
}

// long marks a test that go test -short leaves out.
func long(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("go test -short leaves out what takes long")
	}
}

// findPrograms puts the folder of the tested programs on PATH. Every test that runs one calls it.
func findPrograms(t testing.TB) {
	t.Helper()
	bin := programs.Dir(t)
	programs.Read(t, logs, examples)
	if underWine() {
		programs.Read(t, "../test", "../test/wine")
	}
	path.Do(func() {
		if underWine() {
			if err := wrap(bin); err != nil {
				t.Fatal(err)
			}
			bin = wrappers
		}
		os.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	})
}

var path sync.Once

// Folders whose files the programs read.
const logs, examples = "../condor/eventlog/testdata", "../examples"

func TestScripts(t *testing.T) {
	findPrograms(t)
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "script"),
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Values[fixtures] = list(env.WorkDir)
			session(env.Setenv)
			for name, dir := range map[string]string{"LOGS": logs, "EXAMPLES": examples} {
				path, err := filepath.Abs(dir)
				if err != nil {
					return err
				}
				env.Setenv(name, path)
			}
			return nil
		},
		Condition: condition,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"status": cmdStatus,
			"signal": cmdSignal,
			"files":  cmdFiles,
			"npy":    cmdNpy,
			"await":  cmdAwait,
		},
	})
}

// condition reports whether a line that begins with [avx512], [avx2] or [wine] runs.
func condition(name string) (bool, error) {
	switch name {
	case "avx512":
		return cpu.X86.HasAVX512, nil
	case "avx2":
		return cpu.X86.HasAVX2 && cpu.X86.HasFMA, nil
	case "wine":
		return underWine(), nil
	}
	return false, fmt.Errorf("unknown condition %q", name)
}

// status N program args...
//
// runs the program, which must end with exit status N.
func cmdStatus(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status N program args...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) || !exit.Exited() {
			ts.Fatalf("no exit status: %v", err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit status %d, want %d", got, want)
	}
}

// signal NAME WHEN program args...
//
// runs the program and sends it a signal, HUP, INT or TERM. The program must die of the signal,
// which a shell shows as status 128 plus the signal's number; with ! it must nevertheless end
// with status 0. On Windows, INT is Ctrl-C, which ends a program with status 1; there are no
// other signals. WHEN is one of
//
//	DURATION     when the program and its children have used so much of the processors' time
//	writing      when there is a temporary file in the current folder
//	FILE:REGEXP  when the file matches; the file stdout is what the program has printed
func cmdSignal(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 3 {
		ts.Fatalf("usage: [!] signal HUP|INT|TERM duration|writing|file:regexp program args...")
	}
	sig, ok := map[string]syscall.Signal{"HUP": syscall.SIGHUP, "INT": syscall.SIGINT, "TERM": syscall.SIGTERM}[args[0]]
	if !ok {
		ts.Fatalf("unknown signal %s", args[0])
	}
	cmd := exec.Command(args[2], args[3:]...)
	stdout := &transcript{to: ts.Stdout()}
	cmd.Dir, cmd.Stdout, cmd.Stderr = ts.MkAbs("."), stdout, ts.Stderr()
	ts.Check(cmd.Start())
	come := moment(ts, args[1], cmd, stdout)
	ended := make(chan struct{})
	go func() {
		_ = cmd.Wait() // its error is in ProcessState
		close(ended)
	}()
	for !come() {
		select {
		case <-ended:
			ts.Fatalf("it ended before the signal: %v", cmd.ProcessState)
		case <-time.After(time.Millisecond):
		}
	}
	ts.Check(cmd.Process.Signal(sig))
	select {
	case <-ended:
	case <-time.After(limit):
		ts.Check(cmd.Process.Kill())
		<-ended
		ts.Fatalf("it was still running %v after the signal", limit)
	}
	if neg {
		if !cmd.ProcessState.Success() {
			ts.Fatalf("after the signal: %v, want exit status 0", cmd.ProcessState)
		}
		return
	}
	if underWine() {
		if code := cmd.ProcessState.ExitCode(); code != status.Failure {
			ts.Fatalf("after Ctrl-C: %v, want exit status %d", cmd.ProcessState, status.Failure)
		}
		return
	}
	if s := cmd.ProcessState.Sys().(syscall.WaitStatus); !s.Signaled() || s.Signal() != sig {
		ts.Fatalf("%v, want death by %v", cmd.ProcessState, sig)
	}
}

// limit is the time after which something does not happen any more, however busy the machine is.
const limit = 5 * time.Minute

// moment returns a function that reports whether it is time to send a signal to a running program.
func moment(ts *testscript.TestScript, when string, cmd *exec.Cmd, stdout *transcript) func() bool {
	if when == "writing" {
		return func() bool {
			temporary, _ := filepath.Glob(filepath.Join(cmd.Dir, ".*.tmp-*"))
			return len(temporary) > 0
		}
	}
	if file, pattern, ok := strings.Cut(when, ":"); ok {
		matches, err := regexp.Compile("(?m)" + pattern)
		ts.Check(err)
		return func() bool {
			text := stdout.text()
			if file != "stdout" {
				text, _ = os.ReadFile(ts.MkAbs(file))
			}
			return matches.Match(text)
		}
	}
	limit, err := time.ParseDuration(when)
	ts.Check(err)
	return func() bool {
		used, _ := programs.ProcessorTime(cmd.Process.Pid)
		return used >= limit
	}
}

// A transcript passes on what a program prints, and keeps it.
type transcript struct {
	mutex   sync.Mutex
	printed []byte
	to      io.Writer
}

func (x *transcript) Write(p []byte) (int, error) {
	x.mutex.Lock()
	defer x.mutex.Unlock()
	x.printed = append(x.printed, p...)
	return x.to.Write(p)
}

func (x *transcript) text() []byte {
	x.mutex.Lock()
	defer x.mutex.Unlock()
	return slices.Clone(x.printed)
}

type key int

const fixtures key = 0 // the files that came with the script

// files NAME...
//
// checks that the current folder and its subfolders contain exactly these files, besides those
// that came with the script. x{0..99}.npy stands for a hundred files.
func cmdFiles(ts *testscript.TestScript, neg bool, args []string) {
	if neg {
		ts.Fatalf("unsupported: ! files")
	}
	var want []string
	for _, arg := range args {
		want = append(want, expand(ts, arg)...)
	}
	slices.Sort(want)
	got := list(ts.MkAbs("."))
	if ts.MkAbs(".") == ts.Getenv("WORK") {
		got = slices.DeleteFunc(got, func(name string) bool { return slices.Contains(ts.Value(fixtures).([]string), name) })
	}
	if !slices.Equal(got, want) {
		ts.Fatalf("the folder contains\n\t%s\nwant\n\t%s", strings.Join(got, " "), strings.Join(want, " "))
	}
}

// await FILE REGEXP
//
// waits until the file, which a program in the background writes, matches.
func cmdAwait(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: await file regexp")
	}
	pattern, err := regexp.Compile("(?m)" + args[1])
	ts.Check(err)
	for start := time.Now(); time.Since(start) < limit; time.Sleep(20 * time.Millisecond) {
		if text, err := os.ReadFile(ts.MkAbs(args[0])); err == nil && pattern.Match(text) {
			return
		}
	}
	ts.Fatalf("nothing in %s matched %s within %v", args[0], args[1], limit)
}

var numbers = regexp.MustCompile(`^(.*)\{(\d+)\.\.(\d+)\}(.*)$`)

func expand(ts *testscript.TestScript, name string) []string {
	m := numbers.FindStringSubmatch(name)
	if m == nil {
		return []string{name}
	}
	first, err := strconv.Atoi(m[2])
	ts.Check(err)
	last, err := strconv.Atoi(m[3])
	ts.Check(err)
	var names []string
	for i := first; i <= last; i++ {
		names = append(names, m[1]+strconv.Itoa(i)+m[4])
	}
	return names
}

// list returns the sorted paths of all files below a folder, including temporary files, but not those
// with records of the others.
func list(dir string) []string {
	var names []string
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && entry.Name() == ".tmp" && path != dir: // testscript's own folder
			return filepath.SkipDir
		case entry.Name() == record.FileName, entry.Name() == record.CacheName: // see records.txtar
		case !entry.IsDir():
			name, err := filepath.Rel(dir, path)
			names = append(names, filepath.ToSlash(name))
			return err
		}
		return nil
	})
	if err != nil {
		panic(err)
	}
	slices.Sort(names)
	return names
}

// npy [-fill X | -seed S | -values X,Y,…] [-fortran] [-descr D] [-claim SHAPE] NAME SHAPE
//
// writes an array of the shape 30x40, 5 or single. Its elements are all X, random numbers from a
// seed, the given ones, or by default 0, 1, 2, … row by row. With -fortran the file is in Fortran order; with
// -descr it has another type; complex elements are X+1j, and values that are not numeric zeros. With -claim the header promises another shape
// than the data have.
//
// A large array of zeros takes disk space only for its header.
func cmdNpy(ts *testscript.TestScript, neg bool, args []string) {
	flags := flag.NewFlagSet("npy", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	fill := flags.Float64("fill", math.NaN(), "")
	seed := flags.Uint64("seed", 0, "")
	values := flags.String("values", "", "")
	fortran := flags.Bool("fortran", false, "")
	descr := flags.String("descr", "<f8", "")
	claim := flags.String("claim", "", "")
	ts.Check(flags.Parse(args))
	if neg || flags.NArg() != 2 {
		ts.Fatalf("usage: npy [-fill X | -seed S | -values X,Y,…] [-fortran] [-descr D] [-claim SHAPE] NAME SHAPE")
	}
	shape, header := parseShape(ts, flags.Arg(1)), npyio.Header{DType: npyio.Float64, Fortran: *fortran}
	header.Shape = shape
	if *claim != "" {
		header.Shape = parseShape(ts, *claim)
	}
	count := 1
	for _, n := range shape {
		count *= n
	}
	width, err := strconv.Atoi(strings.TrimLeft(*descr, "<>|bifcuO"))
	if err != nil {
		width = 8 // a pickle
	}
	t, numeric := elem.Of((*descr)[1], width)

	file, err := os.Create(ts.MkAbs(flags.Arg(0)))
	ts.Check(err)
	defer file.Close()
	head := header.Append(nil)
	// npyio cannot write all of these types, so the header is edited; it ends in spare blanks.
	end := len(head)
	head = bytes.Replace(head, []byte("'<f8'"), []byte("'"+*descr+"'"), 1)
	if len(head) < end {
		head = slices.Insert(head, len(head)-1, bytes.Repeat([]byte(" "), end-len(head))...)
	}
	head = append(head[:end-1], '\n')
	_, err = file.Write(head)
	ts.Check(err)
	if *fill == 0 || !numeric {
		ts.Check(file.Truncate(int64(len(head) + width*count)))
		return
	}
	x := elements(shape, count, *fill, *seed, *fortran)
	if *values != "" {
		for i, value := range strings.Split(*values, ",") {
			x[i], err = strconv.ParseFloat(value, 64)
			ts.Check(err)
		}
	}
	if t.IsComplex() {
		parts := make([]float64, 0, 2*count)
		for _, re := range x {
			parts = append(parts, re, 1)
		}
		x = parts
	}
	data := make([]byte, width*count)
	elem.FromFloat64(data, x, t)
	if npyio.DTypeOf(t).Order != (*descr)[0] {
		elem.SwapBytes(data, t)
	}
	_, err = file.Write(data)
	ts.Check(err)
}

func elements(shape []int, count int, fill float64, seed uint64, fortran bool) []float64 {
	random := rand.New(rand.NewPCG(seed, 0))
	x := make([]float64, count)
	for i := range x {
		switch {
		case !math.IsNaN(fill):
			x[i] = fill
		case seed != 0:
			x[i] = random.NormFloat64()
		default:
			x[i] = float64(i)
		}
	}
	if !fortran {
		return x
	}
	y := make([]float64, count)
	for i, value := range x {
		at, step := 0, count
		for d := len(shape) - 1; d >= 0; d-- { // the first index is the fastest
			step /= shape[d]
			at += i % shape[d] * step
			i /= shape[d]
		}
		y[at] = value
	}
	return y
}

func parseShape(ts *testscript.TestScript, text string) []int {
	if text == "single" {
		return nil
	}
	var shape []int
	for size := range strings.SplitSeq(text, "x") {
		n, err := strconv.Atoi(size)
		ts.Check(err)
		shape = append(shape, n)
	}
	return shape
}
