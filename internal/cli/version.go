package cli

import (
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
)

// version is set by the Makefile, from git. (go build alone leaves it to what Go
// itself writes into the program.)
var version string

// printVersion prints the program's version, Go's, and what computes the products
// on this processor.
func (f *Flags) printVersion(stdout io.Writer) error {
	v := version
	if v == "" {
		v = "(unknown)"
		if info, ok := debug.ReadBuildInfo(); ok {
			v = info.Main.Version
		}
	}
	m, err := newMultiplier(f.kernel, 1)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(stdout, "%s %s\n%s %s/%s\ndgemm: %s\n", f.Name(), v, runtime.Version(), runtime.GOOS, runtime.GOARCH, m.Kernel())
	return err
}
