package pool

import (
	"bytes"

	"matpool/condor"
)

// ScheddCommand returns the command line that asks the schedd to which condor_submit would submit for its version. It may
// have another one than the installed programs: it may be on another machine, or have been started before an update.
func ScheddCommand() []string { return []string{"condor_ping", "-type", "schedd", "-verbose", "READ"} }

// ParseSchedd reads the schedd's version from the output of [ScheddCommand].
func ParseSchedd(output []byte) (condor.Version, bool) {
	for line := range bytes.Lines(output) {
		if version, is := bytes.CutPrefix(line, []byte("Remote Version:")); is {
			return condor.ParseVersion(string(version))
		}
	}
	return condor.Version{}, false
}
