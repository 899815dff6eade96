package request

import (
	"slices"
	"strings"

	"matpool/condor"
	"matpool/condor/jobfile"
	"matpool/internal/cli"
)

// DefineOverrides defines a flag for each attribute of a simplified submission file, for each
// argument such as -condor.rank=1 or -+Owner=2, whose name HTCondor defines, and for each word
// of another program's files, unless the program has a flag of that name. The flags append their values to
// the overrides, in the order of the arguments.
func DefineOverrides(flags *cli.Flags, args []string, overrides *[]condor.Setting) {
	known := flags.Names()
	var names []string
	for _, arg := range args {
		name, ok := strings.CutPrefix(arg, "-")
		name, _, _ = strings.Cut(strings.TrimPrefix(name, "-"), "=")
		if ok && !slices.Contains(known, name) {
			names = append(names, name)
		}
	}
	if names == nil { // as in jobs, which have no time for the table of attributes
		return
	}
	define := func(name string) {
		if slices.Contains(known, name) {
			return
		}
		known = append(known, name)
		flags.Unlisted(name, func(value string) error {
			*overrides = append(*overrides, condor.Setting{Name: name, Value: value})
			return nil
		})
	}
	for _, a := range jobfile.Attributes() {
		define(a.Name)
	}
	for _, name := range names {
		if jobfile.PassedOn(name) || jobfile.Foreign(name) {
			define(name)
		}
	}
}
