package cli

import (
	"os"
	"syscall"

	"matpool/internal/status"
)

// Go's runtime reports Ctrl-C and Ctrl-Break as os.Interrupt, and closing the console,
// logging off and shutting down as SIGTERM.
var endingSignals = []os.Signal{os.Interrupt, syscall.SIGTERM}

// dieBy ends the process: on Windows, processes do not die by signals.
func dieBy(os.Signal) { os.Exit(status.Failure) }
