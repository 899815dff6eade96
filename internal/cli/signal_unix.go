//go:build unix

package cli

import (
	"os"
	"syscall"

	"matpool/internal/status"
)

var endingSignals = []os.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP}

// dieBy ends the process by a signal that is not caught any more.
func dieBy(sig os.Signal) {
	if sig, ok := sig.(syscall.Signal); ok && syscall.Kill(os.Getpid(), sig) == nil {
		select {} // the signal is on its way
	}
	os.Exit(status.Failure)
}
