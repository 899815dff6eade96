// Package cli holds what the programs' command lines share: flags, manuals, versions, signals, exit statuses.
package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"

	"matpool/internal/base/text"
	"matpool/internal/status"
)

// A Command is a program. It parses its arguments and works until it is done or ctx is
// cancelled. It returns errors for [Main] to print.
type Command func(ctx context.Context, args []string, stdout, stderr io.Writer) error

// Main runs a program and ends the process with the exit status of package status.
//
// Each error is one line on stderr, "matprod: inputA.npy: truncated: …"; hints follow on
// separate lines. The first signal that asks the program to end cancels ctx. When the command
// has cleaned up and returned, the process kills itself with that signal, so that its parent
// sees the cause. A second signal kills it at once.
//
// Before the process ends with an error, Main calls each onFailure with the first line that it
// printed, without the program's name.
func Main(name string, run Command, onFailure ...func(line string)) {
	ctx, signals := cancelOnSignal()
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	if err != nil && ctx.Err() != nil {
		sig := <-signals
		fmt.Fprintf(os.Stderr, "%s: stopped by a signal (%v)\n", name, sig)
		dieBy(sig)
	}
	report(os.Stderr, name, err)
	if err != nil {
		for _, call := range onFailure {
			call(summary(err))
		}
	}
	os.Exit(status.Of(err))
}

// ManyFiles prepares a program for what it is to know of 100,000 files: much is kept, and little is garbage, so that
// the collector may begin earlier than usual.
func ManyFiles() { debug.SetGCPercent(40) }

// cancelOnSignal returns a context that the first signal cancels, and a channel that then
// receives that signal.
func cancelOnSignal() (context.Context, <-chan os.Signal) {
	ctx, cancel := context.WithCancel(context.Background())
	arrived, first := make(chan os.Signal, 1), make(chan os.Signal, 1)
	for _, sig := range endingSignals {
		if !signal.Ignored(sig) { // as after nohup
			signal.Notify(arrived, sig)
		}
	}
	go func() {
		first <- <-arrived
		signal.Reset()
		cancel()
	}()
	return ctx, first
}

// summary returns the first line that report prints, without the program's name.
func summary(err error) string {
	errs := status.List(err)
	line, _ := message(errs[0])
	line = text.Plain(line)
	if more := len(errs) - 1; more > 0 {
		line = fmt.Sprintf("%s (and %d more)", line, more)
	}
	return line
}

// maxErrors limits the errors that are printed. If 100,000 inputs are missing, the first ones
// show what is wrong.
const maxErrors = 50

// report prints a line for each error, up to maxErrors, and then each hint once.
func report(w io.Writer, name string, err error) {
	if err == nil {
		return
	}
	var lines, hints []string
	seen := map[string]bool{"": true}
	for _, err := range mergeMissing(name, status.List(err)) {
		line, hint := message(err)
		if !seen[line] {
			lines = append(lines, line)
		}
		if !seen[hint] {
			hints = append(hints, hint)
		}
		seen[line], seen[hint] = true, true
	}
	if more := len(lines) - maxErrors; more > 1 {
		lines = append(lines[:maxErrors], "… and "+text.Number(more)+" more")
	}
	for _, line := range lines {
		fmt.Fprintf(w, "%s: %s\n", name, text.Plain(line))
	}
	for _, hint := range hints {
		fmt.Fprintf(w, "%s: hint: %s\n", name, text.Plain(hint))
	}
}

// version is set by the Makefile, from git. A plain go build leaves it empty; then the version in
// Go's build information is printed.
var version string

// Version returns the program's version.
func Version() string {
	if version != "" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		return info.Main.Version
	}
	return "(unknown)"
}

// printVersion prints the version of the program, of Go, and of the program's component, if any.
func (f *Flags) printVersion(stdout io.Writer) error {
	text := fmt.Sprintf("%s %s\n%s %s/%s\n", f.set.Name(), Version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	if f.component != nil {
		line, err := f.component()
		if err != nil {
			return err
		}
		text += line + "\n"
	}
	_, err := io.WriteString(stdout, text)
	return err
}
