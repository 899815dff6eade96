package cli

import (
	"os"
	"syscall"

	"matpool/internal/status"
)

// Go's runtime turns Ctrl-C and Ctrl-Break into the first, and closing the
// console, logging off and shutting down into the second.
var endingSignals = []os.Signal{os.Interrupt, syscall.SIGTERM}

// dieBy ends the process: Windows knows no death by a signal.
func dieBy(os.Signal) { os.Exit(status.Failure) }
