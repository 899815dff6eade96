package cli

import (
	"bytes"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"

	"matpool/internal/status"
)

const source = `/*
Prog does something.

Flags:

	-old   what this says does not matter

Exit status: 0.
*/
package main

/* another comment */
`

// given parses arguments with some flags of each kind.
type given struct {
	number   int
	path     string
	quiet    bool
	operands []string
	done     bool
	err      error
	stdout   string
	flags    *Flags
}

func parse(args ...string) given {
	var stdout bytes.Buffer
	var g given
	g.flags = NewFlags("prog", source)
	number := g.flags.Whole("n", 5, 1, 9, "a number `N`")
	path := g.flags.Path("o", "default", "write to `FILE`")
	quiet := g.flags.Bool("quiet", "print less")
	g.flags.Unlisted("elsewhere", func(string) error { return nil })
	g.operands, g.done, g.err = g.flags.Parse(args, &stdout)
	g.number, g.path, g.quiet, g.stdout = *number, *path, *quiet, stdout.String()
	return g
}

func TestFlagsMayStandAnywhere(t *testing.T) {
	for _, args := range []string{
		"-n 3 -o x -quiet a b",
		"a b -n 3 -o x -quiet",
		"a -n=3 -o=x b -quiet",
		"--n 3 a --o=x --quiet b",
		"-quiet=true a -n 8 b -n 3 -o x",
		"-n 3 -o x -quiet -- a b",
		"a -n 3 -o x -quiet -- b",
	} {
		g := parse(strings.Fields(args)...)
		if g.err != nil || g.done || g.number != 3 || g.path != "x" || !g.quiet || !slices.Equal(g.operands, []string{"a", "b"}) {
			t.Errorf("%s: %+v", args, g)
		}
	}
}

func TestDefaults(t *testing.T) {
	g := parse()
	if g.err != nil || g.done || g.number != 5 || g.path != "default" || g.quiet || len(g.operands) != 0 {
		t.Errorf("%+v", g)
	}
}

func TestTwoDashesEndTheFlags(t *testing.T) {
	for args, want := range map[string][]string{
		"-- -n 3":      {"-n", "3"},
		"a -- -quiet":  {"a", "-quiet"},
		"-- a -- b":    {"a", "--", "b"},
		"a - b":        {"a", "-", "b"}, // one dash is a name
		"-quiet a -- ": {"a"},
	} {
		g := parse(strings.Fields(args)...)
		if g.err != nil || !slices.Equal(g.operands, want) {
			t.Errorf("%s: operands %q, error %v; want %q", args, g.operands, g.err, want)
		}
	}
}

func TestGiven(t *testing.T) {
	g := parse("a", "-n", "5")
	if !g.flags.Given("n") || g.flags.Given("o") {
		t.Error("-n was given, even if with its default, and -o was not")
	}
}

// Any fault of the arguments has status Usage and a hint on -help.
func TestMisuse(t *testing.T) {
	for _, test := range []struct{ args, want string }{
		{"-x", "flag provided but not defined: -x"},
		{"a -x=3", "flag provided but not defined: -x"},
		{"-elswhere", "flag provided but not defined: -elswhere"},
		{"-n", "flag needs an argument: -n"},
		{"-n 0", `invalid value "0" for flag -n: it must be a whole number from 1 to 9`},
		{"-n 10", `invalid value "10" for flag -n: it must be a whole number from 1 to 9`},
		{"-n 2.0", `invalid value "2.0" for flag -n: it must be a whole number from 1 to 9`},
		{"a -n=99999999999999999999", `invalid value "99999999999999999999" for flag -n: it must be a whole number from 1 to 9`},
		{"-o=", `invalid value "" for flag -o: it must not be empty`},
		{"-quiet=?", `invalid boolean value "?" for -quiet: parse error`},
	} {
		checkMisuse(t, test.args, parse(strings.Fields(test.args)...), test.want)
	}
	checkMisuse(t, "a ''", parse("a", ""), "an argument is empty: it must be a file name")
}

func checkMisuse(t *testing.T, args string, g given, want string) {
	t.Helper()
	if g.err == nil || g.err.Error() != want || g.done || g.stdout != "" {
		t.Errorf("%s: error %v, want %s; %+v", args, g.err, want, g)
	}
	hint := "see prog -help"
	if strings.Contains(want, "not defined") {
		if hint = "prog -help lists all flags"; strings.Contains(want, "-elswhere") { // nothing is like -x
			hint = "did you mean -elsewhere? " + hint
		}
	}
	if status.Of(g.err) != status.Usage || status.Hint(g.err) != hint {
		t.Errorf("%s: status %d, hint %q", args, status.Of(g.err), status.Hint(g.err))
	}
}

func TestMisused(t *testing.T) {
	err := NewFlags("prog", source).Misused("not %d", 7)
	if err.Error() != "not 7" || status.Of(err) != status.Usage || status.Hint(err) == "" {
		t.Errorf("%v, status %d, hint %q", err, status.Of(err), status.Hint(err))
	}
}

// -help prints the package comment, with the flags as they are defined.
func TestHelp(t *testing.T) {
	const want = `Prog does something.

Flags:

	-n N        a number N (5)
	-o FILE     write to FILE (default)
	-quiet      print less
	-h, -help   print usage and flags, or the manual
	-version    print the program's version

Exit status: 0.
`
	for _, args := range []string{"-help", "--help", "a -n 3 -help b"} {
		g := parse(strings.Fields(args)...)
		if g.err != nil || !g.done || g.stdout != want {
			t.Errorf("%s: %+v", args, g)
		}
	}
	var stdout bytes.Buffer
	flags := NewFlags("prog", "/*\nProg.\n\nFlags:\n\n\t-x   nothing comes after the flags\n*/")
	if _, _, err := flags.Parse([]string{"-help"}, &stdout); err != nil ||
		stdout.String() != "Prog.\n\nFlags:\n\n\t-h, -help   print usage and flags, or the manual\n\t-version    print the program's version\n" {
		t.Errorf("%q, %v", stdout.String(), err)
	}
}

// -h prints the usage and the flags.
func TestSummary(t *testing.T) {
	var stdout bytes.Buffer
	flags := NewFlags("prog", "/*\nProg.\n\nUsage:\n\n\tprog [flags]\n\nMore.\n\nFlags:\n\n\t-x   x\n\nThe end.\n*/")
	flags.Section("Colours", "red")
	const want = "Prog.\n\n\tprog [flags]\n\n-h, -help   print usage and flags, or the manual\n-version    print the program's version\n\nprog -help prints the manual, which also has colours\n"
	if _, done, err := flags.Parse([]string{"-h"}, &stdout); !done || err != nil || stdout.String() != want {
		t.Errorf("%q, %v", stdout.String(), err)
	}
}

func TestVersion(t *testing.T) {
	for _, args := range []string{"-version", "a --version"} {
		g := parse(strings.Fields(args)...)
		program, rest, _ := strings.Cut(g.stdout, "\n")
		if g.err != nil || !g.done || !strings.HasPrefix(program, "prog ") ||
			rest != fmt.Sprintf("%s %s/%s\n", runtime.Version(), runtime.GOOS, runtime.GOARCH) {
			t.Errorf("%s: %+v", args, g)
		}
	}
}

func TestComponent(t *testing.T) {
	var stdout bytes.Buffer
	flags := NewFlags("prog", source)
	engine := flags.String("engine", "use `E`")
	cause := errors.New("no engine")
	flags.Component("the engine in use", func() (string, error) {
		if *engine == "" {
			return "", cause
		}
		return "engine: " + *engine, nil
	})
	_, done, err := flags.Parse([]string{"-version", "-engine", "steam"}, &stdout)
	if want := "\nengine: steam\n"; !done || err != nil || !strings.HasSuffix(stdout.String(), want) {
		t.Errorf("done %v, error %v, printed %q, want %q at the end", done, err, &stdout, want)
	}
	*engine = ""
	if _, _, err := flags.Parse([]string{"-version"}, &stdout); err != cause {
		t.Errorf("error %v", err)
	}
	stdout.Reset()
	if _, _, err := flags.Parse([]string{"-help"}, &stdout); err != nil || !strings.Contains(stdout.String(), "version and the engine in use\n") {
		t.Errorf("-help: %v\n%s", err, &stdout)
	}
}

func TestOutputThatCannotBePrintedIsAnError(t *testing.T) {
	for _, arg := range []string{"-help", "-version"} {
		_, done, err := NewFlags("prog", source).Parse([]string{arg}, full{})
		if !done || !errors.Is(err, errFull) {
			t.Errorf("%s: done %v, error %v", arg, done, err)
		}
	}
}

type full struct{}

var errFull = errors.New("no space left")

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestThreads(t *testing.T) {
	before := runtime.GOMAXPROCS(0)
	defer runtime.GOMAXPROCS(before)
	flags := NewFlags("prog", source)
	threads := flags.Threads("use `N` threads")
	if *threads != before {
		t.Errorf("default %d, want the processors that may be used, %d", *threads, before)
	}
	if _, _, err := flags.Parse([]string{"-threads", fmt.Sprint(before + 3)}, nil); err != nil {
		t.Fatal(err)
	}
	if *threads != before+3 || runtime.GOMAXPROCS(0) != before+3 {
		t.Errorf("%d threads on %d processors, want %d", *threads, runtime.GOMAXPROCS(0), before+3)
	}
}

// An error is one line, and a hint another one at the end; repeated ones are printed once.
func TestReport(t *testing.T) {
	cause := errors.New("x: too short")
	for _, test := range []struct {
		err  error
		want string
	}{
		{nil, ""},
		{cause, "prog: x: too short\n"},
		{status.DataError(cause, "make it longer"), "prog: x: too short\nprog: hint: make it longer\n"},
		{
			errors.Join(status.DataError(cause, "one"), status.UsageError(cause, "two"), cause, status.DataError(cause, "one")),
			"prog: x: too short\nprog: hint: one\nprog: hint: two\n",
		},
		{
			errors.Join(errors.New("first"), errors.Join(errors.New("second"), errors.New("third")), errors.New("fourth")),
			"prog: first\nprog: second\nprog: third\nprog: fourth\n",
		},
		{status.DataError(errors.New("a\x1b[2Jb\n\tc\r: bad"), "mend a\nb"), "prog: a [2Jb c : bad\nprog: hint: mend a b\n"}, // a file may be called so
	} {
		var stderr bytes.Buffer
		report(&stderr, "prog", test.err)
		if got := stderr.String(); got != test.want {
			t.Errorf("%q, want %q", got, test.want)
		}
	}
}

// Of many errors, the first ones are printed, and the number of others.
func TestReportOfMany(t *testing.T) {
	var errs []error
	for i := range maxErrors + 1 {
		errs = append(errs, fmt.Errorf("%d", i), errors.New("0"))
	}
	for more, last := range map[int]string{0: fmt.Sprintf("prog: %d", maxErrors), 1: "prog: … and 2 more", 1199: "prog: … and 1,200 more"} {
		all := slices.Clone(errs)
		for i := range more {
			all = append(all, fmt.Errorf("x%d", i))
		}
		var stderr bytes.Buffer
		report(&stderr, "prog", errors.Join(all...))
		lines := strings.Split(strings.TrimSuffix(stderr.String(), "\n"), "\n")
		if len(lines) != maxErrors+1 || lines[0] != "prog: 0" || lines[maxErrors] != last {
			t.Errorf("%d lines, the last %q, want %q", len(lines), lines[len(lines)-1], last)
		}
	}
}

// An argument that begins with a dash of another kind is no file's name, unless "--" or a
// folder stands before it.
func TestDashesOfWordProcessors(t *testing.T) {
	for _, test := range []struct{ arg, want, hint string }{
		{"–n", `–n: begins with U+2013, an en dash, but a flag begins with "-"`, "type -n; if it is the name of a file, ./–n"},
		{"—quiet", `—quiet: begins with U+2014, an em dash, but a flag begins with "-"`, "type -quiet; if it is the name of a file, ./—quiet"},
	} {
		err := parse("a", test.arg, "3").err
		if err == nil || err.Error() != test.want || status.Of(err) != status.Usage || status.Hint(err) != test.hint {
			t.Errorf("%s: %v, status %d, hint %q", test.arg, err, status.Of(err), status.Hint(err))
		}
	}
	for _, args := range []string{"-- –n", "./–n a", "a–b"} {
		if g := parse(strings.Fields(args)...); g.err != nil {
			t.Errorf("%s: %v", args, g.err)
		}
	}
}

// The environment bounds the number of threads as it does OpenBLAS's.
func TestDefaultThreads(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(8))
	for _, test := range []struct {
		openblas, omp string
		want          int
	}{
		{"", "", 8},
		{"", "3", 3},
		{"2", "3", 2},
		{"3", "2", 3},
		{"", "100", 8}, // a bound, not a wish
		{"100", "2", 8},
		{"0", "3", 3},
		{"-1", "3", 3},
		{"all", "", 8},
		{"", "two", 8},
		{"", "3,2", 3}, // a list for nested threads
		{" +5x", "", 5},
		{"99999999999999999999", "3", 3},
	} {
		t.Setenv("OPENBLAS_NUM_THREADS", test.openblas)
		t.Setenv("OMP_NUM_THREADS", test.omp)
		flags := NewFlags("prog", source)
		threads := flags.Threads("compute with `N` threads")
		if _, _, err := flags.Parse(nil, nil); err != nil || *threads != test.want {
			t.Errorf("OPENBLAS_NUM_THREADS=%q OMP_NUM_THREADS=%q: %d threads, %v; want %d", test.openblas, test.omp, *threads, err, test.want)
		}
		flags = NewFlags("prog", source)
		threads = flags.Threads("compute with `N` threads")
		if _, _, err := flags.Parse([]string{"-threads", "7"}, nil); err != nil || *threads != 7 {
			t.Errorf("-threads 7: %d, %v", *threads, err)
		}
	}
}
