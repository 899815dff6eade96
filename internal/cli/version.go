package cli

import (
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
)

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
