//go:build unix

package cli

import (
	"os"
	"syscall"

	"matpool/internal/status"
)

var endingSignals = []os.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP}

// dieBy kills the process with a signal, which must no longer be caught.
func dieBy(sig os.Signal) {
	if sig, ok := sig.(syscall.Signal); ok && syscall.Kill(os.Getpid(), sig) == nil {
		select {} // the signal is on its way
	}
	os.Exit(status.Failure)
}

// message returns the text of an error for the user, and its hint.
func message(err error) (text, hint string) { return err.Error(), status.Hint(err) }

// expandWildcards returns the arguments unchanged: the shell has expanded wildcards.
func expandWildcards(args []string) ([]string, error) { return args, nil }
