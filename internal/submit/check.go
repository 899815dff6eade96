package submit

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"matpool/condor"
	"matpool/internal/arrayfile"
	"matpool/internal/base/file"
	"matpool/internal/status"
)

// checkNames makes sure that no output has the name of an input: neither in a job's folder,
// where files have the last part of their names, nor here, where input1.npy with index 0 is
// input.npy with index 10.
func checkNames(t task, systems []condor.System) error {
	var errs []error
	fail := func(hint, format string, args ...any) {
		errs = append(errs, status.DataError(fmt.Errorf("%s: indexed_output_files: "+format, append([]any{t.File}, args...)...), hint))
	}
	if t.Matprod {
		for _, name := range t.files.Names {
			if err := arrayfile.CheckName(name); err != nil {
				fail(status.Hint(err), "%v", err)
			}
		}
	}
	if t.outbox() == "" { // where outputs are apart from inputs
		var outputs, inputs []string // with their names in a job, in their folders here
		for _, name := range t.files.Names {
			outputs = append(outputs, strings.TrimSuffix(name, condor.Base(name))+t.kind.inJob(t.work, name).Expand(t.FirstIndex, t.FirstIndex, 1))
		}
		for _, name := range t.IndexedInputFiles() {
			inputs = append(inputs, strings.TrimSuffix(name, condor.Base(name))+t.kind.inJob(t.work, name).Expand(t.FirstIndex, t.FirstIndex, 1))
		}
		if output, input, clash := condor.ClashInJob(slices.Contains(systems, condor.Windows), "", append(outputs, inputs...), t.Inputs); clash {
			fail("give the outputs different names, as in indexed_output_files = results/output.npy",
				"%s and %s would have the same name in a job's folder", output, input)
		}
	}
	for _, output := range t.files.Names {
		for _, input := range t.Inputs {
			if index, clash := clashAt(output, input, false, t.FirstIndex, t.TotalJobs); clash {
				fail("choose another name for the outputs", "%s is also in input_files", file.Indexed(output, index))
			}
		}
		for _, input := range t.IndexedInputFiles() {
			if index, clash := clashAt(output, input, true, t.FirstIndex, t.TotalJobs); clash {
				fail("choose a name that differs from the inputs' by more than an index", "%s is also an input", file.Indexed(output, index))
			}
		}
	}
	return errors.Join(errs...)
}

// clashAt finds an index for which a name equals another, with any index if that is numbered too. It lists names
// only if the two have more in common than usual.
func clashAt(name, other string, numbered bool, first, count int) (index int, clash bool) {
	if withoutIndex(name) != withoutIndex(other) {
		return 0, false
	}
	others := []string{other}
	if numbered {
		others = file.IndexedRange(other, first, count)
	}
	taken := map[string]bool{}
	for _, name := range others {
		taken[filepath.Clean(name)] = true
	}
	for i, indexed := range file.IndexedRange(name, first, count) {
		if taken[filepath.Clean(indexed)] {
			return first + i, true
		}
	}
	return 0, false
}

// withoutIndex removes the index and all digits from a name.
func withoutIndex(name string) string {
	return withoutDigits(filepath.Clean(file.InsertIndex(name, "")))
}

func withoutDigits(name string) string {
	return strings.Map(func(r rune) rune {
		if '0' <= r && r <= '9' {
			return -1
		}
		return r
	}, name)
}
