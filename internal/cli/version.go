package cli

import (
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
)

// version is set by the Makefile, from git. With go build alone it is empty, and the version
// in Go's build information counts.
var version string

// printVersion prints the program's version, Go's, and that of the program's component,
// if any.
func (f *Flags) printVersion(stdout io.Writer) error {
	v := version
	if v == "" {
		v = "(unknown)"
		if info, ok := debug.ReadBuildInfo(); ok {
			v = info.Main.Version
		}
	}
	text := fmt.Sprintf("%s %s\n%s %s/%s\n", f.set.Name(), v, runtime.Version(), runtime.GOOS, runtime.GOARCH)
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
