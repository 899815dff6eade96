package main

import (
	"errors"
	"slices"
	"strings"

	"matpool/condor"
	"matpool/condor/jobfile"
	"matpool/internal/cli"
	"matpool/internal/status"
)

// attributeFlags defines a flag for each attribute of a simplified submission file, for each
// argument such as -condor.rank=1 or -+Owner=2, whose name HTCondor defines, and for each word
// of another program's files. The flags append their values to the overrides, in the order of
// the arguments.
func attributeFlags(flags *cli.Flags, args []string, overrides *[]condor.Setting) {
	define := func(name string) {
		flags.Unlisted(name, func(value string) error {
			*overrides = append(*overrides, condor.Setting{Name: name, Value: value})
			return nil
		})
	}
	flags.Section("Attributes", jobfile.AttributesHelp())
	for _, a := range jobfile.Attributes() {
		define(a.Name)
	}
	known := flags.Names()
	for _, arg := range args {
		name, ok := strings.CutPrefix(arg, "-")
		name, _, _ = strings.Cut(strings.TrimPrefix(name, "-"), "=")
		if ok && (jobfile.PassedOn(name) || jobfile.Foreign(name)) && !slices.Contains(known, name) {
			define(name)
			known = append(known, name)
		}
	}
}

// withNearest adds a hint on the nearest flag to the error for an unknown one.
func withNearest(flags *cli.Flags, err error) error {
	if err == nil {
		return nil
	}
	name, unknown := strings.CutPrefix(err.Error(), "flag provided but not defined: -")
	if !unknown {
		return err
	}
	near := jobfile.Nearest(name, flags.Names())
	return status.UsageError(errors.New(err.Error()), "did you mean -"+near+"? matsubmit -help lists all flags")
}
