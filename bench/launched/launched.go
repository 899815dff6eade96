//go:build linux

// Package launched runs programs with bench/launch, and returns what they used.
package launched

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// Run runs a command line that begins with the file of bench/launch. It returns what the program printed, and the resources
// that it used in Go's benchmark format: "123 ns/op	456 peak-B	7 faults	89 cpu-ns".
func Run(cmd *exec.Cmd) (printed, used string, err error) {
	report, write, err := os.Pipe()
	if err != nil {
		return "", "", err
	}
	defer report.Close()
	cmd.ExtraFiles = []*os.File{write}
	out, err := cmd.Output()
	write.Close()
	if err != nil {
		return "", "", fmt.Errorf("%v: %w", cmd.Args[1:], err)
	}
	var ns, kib, faults, cpu int64
	if _, err := fmt.Fscan(report, &ns, &kib, &faults, &cpu); err != nil {
		return "", "", fmt.Errorf("%v: launch reported no figures: %w", cmd.Args[1:], err)
	}
	return strings.TrimSpace(string(out)), fmt.Sprintf("%d ns/op\t%d peak-B\t%d faults\t%d cpu-ns", ns, 1024*kib, faults, cpu), nil
}
