// Package cli is what the programs' command lines have in common: flags, manuals, versions, signals, exit statuses.
package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"

	"matpool/condor/chirp"
	"matpool/internal/status"
	"matpool/internal/text"
)

// A Command is a program: it reads its arguments and does its work until that is
// done or ctx is cancelled. What it returns is told to the user by [Main], nobody else.
type Command func(ctx context.Context, args []string, stdout, stderr io.Writer) error

// Main runs a program and ends the process with the exit status of package status.
//
// Each error is one line on stderr, "matprod: inputA.npy: truncated: …", with a
// hint on a line of its own where there is one. At the first signal that asks the
// program to end, ctx is cancelled; when the command has cleaned up and returned,
// the process dies by that signal, so that whoever waits for it can see why. A
// second signal kills at once.
//
// In a job of HTCondor, the error is the job's message, too.
func Main(name string, run Command) {
	job := chirp.Find()
	ctx, signals := cancelOnSignal()
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	if err != nil && ctx.Err() != nil {
		sig := <-signals
		fmt.Fprintf(os.Stderr, "%s: stopped by a signal (%v)\n", name, sig)
		dieBy(sig)
	}
	report(os.Stderr, name, err)
	if err != nil {
		job.Say(summary(err))
	}
	os.Exit(status.Of(err))
}

// cancelOnSignal returns a context that the first signal cancels, and the channel
// where that signal can then be had.
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

// summary returns the first of the lines that report prints, without the program's name.
func summary(err error) string {
	errs := status.List(err)
	line, _ := words(errs[0])
	line = text.Plain(line)
	if more := len(errs) - 1; more > 0 {
		line = fmt.Sprintf("%s (and %d more)", line, more)
	}
	return line
}

// told is how many errors are told. Of 100,000 inputs that are missing, the first ones
// show what is wrong.
const told = 50

// report prints a line for each error, the first ones of many, and under them the hints,
// each once.
func report(w io.Writer, name string, err error) {
	if err == nil {
		return
	}
	var lines, hints []string
	seen := map[string]bool{"": true}
	for _, err := range status.List(err) {
		message, hint := words(err)
		if !seen[message] {
			lines = append(lines, message)
		}
		if !seen[hint] {
			hints = append(hints, hint)
		}
		seen[message], seen[hint] = true, true
	}
	if more := len(lines) - told; more > 1 {
		lines = append(lines[:told], "… and "+text.Number(more)+" more")
	}
	for _, line := range lines {
		fmt.Fprintf(w, "%s: %s\n", name, text.Plain(line))
	}
	for _, hint := range hints {
		fmt.Fprintf(w, "%s: hint: %s\n", name, text.Plain(hint))
	}
}
