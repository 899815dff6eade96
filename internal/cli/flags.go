package cli

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"matpool/blas"
	"matpool/internal/file"
	"matpool/internal/status"
)

// Flags are a program's flags. They may stand before, between and behind the
// operands, with one dash or two; "--" ends them.
type Flags struct {
	*flag.FlagSet
	manual     string
	version    bool
	threads    *int
	multiplier func() (*blas.Multiplier, error) // nil unless the program multiplies
}

// NewFlags returns the flags that every program has, -help and -version, for the
// program whose manual is the package comment of source.
func NewFlags(name, source string) *Flags {
	f := &Flags{FlagSet: flag.NewFlagSet(name, flag.ContinueOnError), manual: manual(source)}
	f.SetOutput(io.Discard) // what is wrong is told by Main
	f.BoolVar(&f.version, "version", false, "")
	return f
}

// manual returns the text of the comment that source begins with. A program's
// manual is its package comment, so that there is one.
func manual(source string) string {
	_, source, _ = strings.Cut(source, "/*\n")
	text, _, _ := strings.Cut(source, "*/")
	return text
}

// Whole defines a flag for a whole number from least to most.
func (f *Flags) Whole(name string, value, least, most int) *int {
	f.Func(name, "", func(s string) error {
		n, err := strconv.Atoi(s)
		if err != nil || n < least || n > most {
			return fmt.Errorf("it must be a whole number from %d to %d", least, most)
		}
		value = n
		return nil
	})
	return &value
}

// Path defines a flag for the name of a file or a folder. An empty one is refused:
// it comes of a variable that a shell script has not set.
func (f *Flags) Path(name, value string) *string {
	f.Func(name, "", func(s string) error {
		if s == "" {
			return errors.New("it must not be empty")
		}
		value = s
		return nil
	})
	return &value
}

// Limits that no sensible use reaches: they keep sizes and indices far from overflow.
const (
	maxThreads = 1024
)

// Jobs defines the flag -jobs, the number of products.
func (f *Flags) Jobs() *int { return f.Whole("jobs", 100, 1, file.MaxIndex) }

// Threads defines the flag -threads. The default is the number of processors that
// the program may use, by affinity, cgroup or GOMAXPROCS.
func (f *Flags) Threads() *int {
	f.threads = f.Whole("threads", runtime.GOMAXPROCS(0), 1, maxThreads)
	return f.threads
}

// Multiplier defines the flags -threads and -kernel, and returns a function that
// makes what they ask for.
func (f *Flags) Multiplier() func() (*blas.Multiplier, error) {
	threads, kernel := f.Threads(), f.String("kernel", "", "")
	f.multiplier = func() (*blas.Multiplier, error) {
		m, err := blas.New(*kernel, *threads)
		if errors.Is(err, blas.ErrKernel) {
			return nil, status.UsageError(fmt.Errorf("flag -kernel: %w", err), "")
		}
		return m, err
	}
	return f.multiplier
}

// Parse reads the arguments and returns the operands. If the arguments ask for the
// manual or the version, it prints that and returns done, and there is no more to do.
func (f *Flags) Parse(args []string, stdout io.Writer) (operands []string, done bool, err error) {
	for {
		err := f.FlagSet.Parse(args)
		if errors.Is(err, flag.ErrHelp) {
			_, err := io.WriteString(stdout, f.manual)
			return nil, true, err
		}
		if err != nil {
			return nil, false, status.UsageError(err, f.seeHelp())
		}
		rest := f.Args()
		if len(rest) == 0 {
			break
		}
		if ended := len(args) > len(rest) && args[len(args)-len(rest)-1] == "--"; ended {
			operands = append(operands, rest...)
			break
		}
		operands, args = append(operands, rest[0]), rest[1:]
	}
	if !f.version && slices.Contains(operands, "") {
		return nil, false, f.Misused("an argument is empty, where a file should be named")
	}
	if f.threads != nil && *f.threads > runtime.GOMAXPROCS(0) {
		runtime.GOMAXPROCS(*f.threads)
	}
	if f.version {
		return nil, true, f.printVersion(stdout)
	}
	return operands, false, nil
}

// Given reports whether the flag stands among the arguments.
func (f *Flags) Given(name string) bool {
	given := false
	f.Visit(func(g *flag.Flag) { given = given || g.Name == name })
	return given
}

// Misused returns the error for arguments that do not go together.
func (f *Flags) Misused(format string, args ...any) error {
	return status.UsageError(fmt.Errorf(format, args...), f.seeHelp())
}

func (f *Flags) seeHelp() string { return f.Name() + " -help shows how it is used" }
