package submit

import (
	"slices"
	"strings"
	"time"

	"matpool/condor"
)

// resumes reports whether a job continues with what it had made when its machine was taken
// away: a job of matprod with more than one product.
//
// HTCondor puts the files into the job's top folder, where the inputs are. So a job does not
// resume if an output could have the name of one of these.
func resumes(t task, perJob int) bool {
	if !t.Matprod || perJob == 1 {
		return false
	}
	taken := map[string]bool{}
	for _, name := range slices.Concat(t.IndexedInputFiles(), t.Inputs) {
		taken[nameWithoutDigits(name)] = true
	}
	return !slices.ContainsFunc(t.outputs.names, func(name string) bool { return taken[nameWithoutDigits(name)] })
}

// nameWithoutDigits returns what two files' names in a job have in common if they differ in
// numbers, or for Windows, in case only.
func nameWithoutDigits(name string) string {
	return strings.ToLower(strings.Map(func(r rune) rune {
		if '0' <= r && r <= '9' {
			return -1
		}
		return r
	}, condor.Base(name)))
}

// evictPerSecond is a low guess of the bytes that a machine sends in a second.
const evictPerSecond = 20e6

// vacateTime returns how long a job may take to leave a machine. It sends all its outputs; a
// sum is saved first.
func vacateTime(t task, s survey, batches []batch) time.Duration {
	_, out := filesOf(t, s, batches)
	return 10*time.Second + time.Duration(float64(out)/evictPerSecond)*time.Second
}
