package cli

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"matpool/internal/base/file"
	"matpool/internal/base/text"
	"matpool/internal/status"
)

// Flags are a program's flags. They can come before, between and after the operands, with one
// dash or two; "--" ends them.
//
// A flag's usage is its line in the manual. Backquotes enclose the name of its value:
// "write `N` pairs".
type Flags struct {
	set       *flag.FlagSet
	manual    string
	listed    []string // flags in the order of their definitions
	sections  []section
	version   bool
	wanted    string                 // -h or -help, as soon as it is parsed
	component func() (string, error) // see Component
	threads   *int
}

// NewFlags returns the flags of every program, -help and -version. The package comment of
// source is the program's manual.
func NewFlags(name, source string) *Flags {
	f := &Flags{set: flag.NewFlagSet(name, flag.ContinueOnError), manual: manual(source)}
	f.set.SetOutput(io.Discard) // Main prints errors
	f.set.BoolVar(&f.version, "version", false, "print the program's version")
	for _, name := range []string{"h", "help"} {
		f.set.BoolFunc(name, "", func(string) error {
			f.wanted = name
			return flag.ErrHelp // ends the parsing
		})
	}
	return f
}

// Names returns the sorted names of all flags.
func (f *Flags) Names() []string {
	var names []string
	f.set.VisitAll(func(g *flag.Flag) { names = append(names, g.Name) })
	return names
}

// Bool defines a flag without a value.
func (f *Flags) Bool(name, usage string) *bool {
	p := new(bool)
	f.BoolVar(p, name, usage)
	return p
}

// BoolVar defines a flag without a value that sets *p.
func (f *Flags) BoolVar(p *bool, name, usage string) {
	f.listed = append(f.listed, name)
	f.set.BoolVar(p, name, *p, usage)
}

// Func defines a flag that passes its value to set. The error of set describes valid values.
func (f *Flags) Func(name, usage string, set func(string) error) {
	f.listed = append(f.listed, name)
	f.set.Func(name, usage, set)
}

// Unlisted is Func for a flag that the manual's section Flags does not list.
func (f *Flags) Unlisted(name string, set func(string) error) { f.set.Func(name, "", set) }

// Whole defines a flag whose value is a whole number from least to most.
func (f *Flags) Whole(name string, value, least, most int, usage string) *int {
	f.Func(name, usage, func(s string) error {
		n, err := strconv.Atoi(s)
		if err != nil || n < least || n > most {
			return fmt.Errorf("it must be a whole number from %d to %d", least, most)
		}
		value = n
		return nil
	})
	f.set.Lookup(name).DefValue = strconv.Itoa(value)
	return &value
}

// Path defines a flag whose value is the name of a file or folder. An empty name is an error:
// a shell script may have left a variable unset.
func (f *Flags) Path(name, value, usage string) *string {
	f.Func(name, usage, func(s string) error {
		if s == "" {
			return errors.New("it must not be empty")
		}
		value = s
		return nil
	})
	f.set.Lookup(name).DefValue = value
	return &value
}

// String defines a flag whose value is any text.
func (f *Flags) String(name, usage string) *string {
	value := new(string)
	f.Func(name, usage, func(s string) error {
		*value = s
		return nil
	})
	return value
}

// Jobs defines the flag -jobs, the number of products.
func (f *Flags) Jobs(usage string) *int { return f.Whole("jobs", 100, 1, file.MaxCount, usage) }

// First defines the flag -first, the index of the first of some numbered files.
func (f *Flags) First(usage string) *int { return f.Whole("first", 0, 0, file.MaxIndex, usage) }

// Default sets a flag to the value from a file, unless the flag was given.
func (f *Flags) Default(name string, value *int, fromFile int) {
	if !f.Given(name) {
		*value = fromFile
	}
}

// CheckAssumed returns an error of status Usage if there are more numbered files than count, the
// default of -jobs. A program that was given no number must not add 100 of 102 files and say
// nothing about the other two.
func (f *Flags) CheckAssumed(name string, first, count int) error {
	n := 0
	for exists(file.Indexed(name, first+count+n)) {
		n++
	}
	if n == 0 {
		return nil
	}
	last := file.Indexed(name, first+count-1)
	return status.UsageError(fmt.Errorf("%s: exists, but without -jobs the last one is %s", file.Indexed(name, first+count), last),
		fmt.Sprintf("-jobs %d takes all of them, -jobs %d leaves out the rest", count+n, count))
}

// exists reports whether a file of this name exists; of FILE.npz:NAME, whether FILE.npz does.
func exists(name string) bool {
	path, _, _ := file.SplitMember(name)
	_, err := os.Stat(path)
	return err == nil
}

// maxThreads is more than any machine needs, and keeps sizes far from overflow.
const maxThreads = 1024

// Threads defines the flag -threads. The default is [DefaultThreads].
func (f *Flags) Threads(usage string) *int {
	f.threads = f.Whole("threads", DefaultThreads(), 1, maxThreads, usage)
	f.set.Lookup("threads").DefValue = "the processors that may be used, at most OPENBLAS_NUM_THREADS or OMP_NUM_THREADS"
	return f.threads
}

// Component adds the line that describe returns to the output of -version, and "and what"
// to its usage.
func (f *Flags) Component(what string, describe func() (string, error)) {
	f.set.Lookup("version").Usage += " and " + what
	f.component = describe
}

// Parse parses the arguments and returns the operands. With -help or -version, it prints the
// manual or the version and returns done: the program then has nothing else to do.
func (f *Flags) Parse(args []string, stdout io.Writer) (operands []string, done bool, err error) {
	for {
		err := f.set.Parse(args)
		switch {
		case f.wanted == "h":
			_, err := io.WriteString(stdout, f.summary())
			return nil, true, err
		case f.wanted == "help":
			_, err := io.WriteString(stdout, f.help())
			return nil, true, err
		case err != nil:
			return nil, false, status.UsageError(err, f.hint(err))
		}
		rest := f.set.Args()
		if len(rest) == 0 {
			break
		}
		if ended := len(args) > len(rest) && args[len(args)-len(rest)-1] == "--"; ended {
			operands = append(operands, rest...)
			break
		}
		if err := checkDash(rest[0]); err != nil {
			return nil, false, err
		}
		operands, args = append(operands, rest[0]), rest[1:]
	}
	if !f.version && slices.Contains(operands, "") {
		return nil, false, f.Misused("an argument is empty: it must be a file name")
	}
	if f.threads != nil && *f.threads > runtime.GOMAXPROCS(0) {
		runtime.GOMAXPROCS(*f.threads)
	}
	if f.version {
		return nil, true, f.printVersion(stdout)
	}
	operands, err = expandWildcards(operands)
	return operands, false, err
}

// checkDash returns an error for an argument that begins with a look-alike of "-", as a flag
// pasted from a word processor does.
func checkDash(arg string) error {
	first, size := utf8.DecodeRuneInString(arg)
	dash := text.Dash(first)
	if dash == "" {
		return nil
	}
	return status.UsageError(fmt.Errorf("%s: begins with U+%04X, %s, but a flag begins with \"-\"", arg, first, dash),
		fmt.Sprintf("type -%s; if it is the name of a file, ./%s", arg[size:], arg))
}

// Given reports whether the flag is among the arguments.
func (f *Flags) Given(name string) bool {
	given := false
	f.set.Visit(func(g *flag.Flag) { given = given || g.Name == name })
	return given
}

// Misused returns an error of status Usage, for arguments that are invalid together.
func (f *Flags) Misused(format string, args ...any) error {
	return f.MisusedSo(f.seeHelp(), format, args...)
}

// MisusedSo is Misused with a hint on what to type instead.
func (f *Flags) MisusedSo(hint, format string, args ...any) error {
	return status.UsageError(fmt.Errorf(format, args...), hint)
}

// hint returns what helps with an error in the flags: for an unknown one, the most similar one.
func (f *Flags) hint(err error) string {
	name, unknown := strings.CutPrefix(err.Error(), "flag provided but not defined: -")
	if !unknown {
		return f.seeHelp()
	}
	all := f.set.Name() + " -help lists all flags"
	if nearest := text.Nearest(name, f.Names()); nearest != "" {
		return fmt.Sprintf("did you mean -%s? %s", nearest, all)
	}
	return all
}

func (f *Flags) seeHelp() string { return "see " + f.set.Name() + " -help" }

// DefaultThreads returns the number of threads that a program uses without -threads: one for
// each processor that affinity, the cgroup and GOMAXPROCS allow, but no more than the
// environment allows, as numpy's users expect.
//
// As in OpenBLAS, OPENBLAS_NUM_THREADS takes precedence over OMP_NUM_THREADS, and a value that
// does not begin with a number above 0 is ignored (blas_get_cpu_number in memory.c, and atoi).
func DefaultThreads() int {
	processors := runtime.GOMAXPROCS(0)
	for _, name := range []string{"OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"} {
		if n := leadingNumber(os.Getenv(name)); n > 0 {
			return min(n, processors)
		}
	}
	return processors
}

// leadingNumber returns the number at the beginning of a text, as C's atoi does, or 0.
// OMP_NUM_THREADS may be a list, with one number for each level of nested parallelism.
func leadingNumber(s string) int {
	s = strings.TrimPrefix(strings.TrimLeft(s, " \t"), "+")
	n, err := strconv.Atoi(s[:len(s)-len(strings.TrimLeft(s, "0123456789"))])
	if err != nil {
		return 0
	}
	return n
}
