package submitfile

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"matpool/condor"
)

// Check returns an error that joins everything that HTCondor cannot represent or would
// misinterpret. An error about a text wraps a [*condor.QuoteError].
func (d *Description) Check() error {
	var errs []error
	fail := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if err := condor.CheckName(d.BatchName, condor.InBatchName); err != nil {
		fail("batch_name: %w", err)
	}
	if err := condor.CheckName(d.Executable, condor.InLog); err != nil {
		fail("executable: %w", err)
	}
	if strings.ContainsFunc(d.Unit, func(r rune) bool { return !unicode.IsLetter(r) }) || d.Unit == "" {
		fail("the unit %q is not a word", d.Unit)
	}
	if _, err := condor.QuoteArguments(d.Arguments); err != nil {
		fail("arguments: %w", err)
	}
	for _, stream := range []struct {
		name string
		condor.Template
		condor.Place
	}{{"stdout", d.Stdout, condor.InStream}, {"stderr", d.Stderr, condor.InStream}, {"log", d.Log, condor.InLog}} {
		if err := checkTemplate(stream.Template, stream.Place); err != nil {
			fail("%s: %w", stream.name, err)
		}
	}
	for _, s := range append([]condor.Setting{{Name: "requirements", Value: d.Requirements}}, d.Extra...) {
		if err := condor.CheckPrintable(s.Value); err != nil {
			fail("%s: %w", s.Name, err)
		} else if strings.HasSuffix(s.Value, `\`) {
			fail(`%s: a "\" at the end would continue the line`, s.Name)
		}
	}
	switch {
	case d.Systems == nil:
		fail("no operating system")
	case d.Jobs == nil:
		fail("no jobs")
	case d.Cpus < 1 || d.Memory.Bytes < 1 || d.Disk.Bytes < 1:
		fail("a job needs a processor, memory and disk")
	case d.MaxRunTime < time.Second:
		fail("a job needs time to run")
	}
	switch named := d.namesOutputs(); {
	case named && d.Outbox != "":
		fail("outputs cannot be named if there is an outbox")
	case named && d.Folder != "":
		fail("outputs cannot be named if there is a folder for all of them")
	case d.Folder != "" && (strings.HasPrefix(string(d.Folder), "/") || slices.Contains(strings.Split(string(d.Folder), "/"), "..")):
		fail("the folder %s is not inside the current one", d.Folder)
	case len(d.InputRemaps) > 0 && d.ignoresCase():
		fail("machines with Windows do not rename inputs")
	case d.Shared && (d.Folder != "" || d.MaxIdle > 0 || len(d.Inputs) == 0 || slices.ContainsFunc(d.Inputs, func(name string) bool { return !CanShare(name) })):
		fail("the inputs cannot be shared")
	}
	for _, j := range d.Jobs {
		for _, name := range append([]string{j.NotUnder}, j.Avoid...) {
			if !isHostName(name) {
				fail("%q is no name of a machine or an operating system", name)
			}
		}
	}
	if d.Folder != "" {
		if err := checkTemplate(d.Folder, condor.InLog); err != nil {
			fail("the folder for outputs: %w", err)
		}
	}
	common := d.commonFiles()
	for _, name := range common {
		if err := d.checkFile(name, condor.InInputs); err != nil {
			fail("%w", err)
		}
	}
	if a, b, clash := condor.ClashInJob(d.ignoresCase(), d.program(), nil, common); clash {
		fail("%s and %s would have the same name in each job's folder", a, b)
		common = nil
	}
	for _, t := range d.Outputs {
		if err := checkTemplate(t, condor.InInputs); err != nil {
			fail("output %s: %w", t, err)
		} else if err := d.checkFile(t.Expand(0, 0, 1), condor.InInputs); err != nil {
			fail("output %s: %w", t, err)
		}
	}
	for _, list := range []struct {
		of     string
		remaps []RemapTemplate
	}{{"input", d.InputRemaps}, {"output", d.Remaps}} {
		for _, m := range list.remaps {
			for _, t := range []condor.Template{m.Name, m.To} {
				if err := checkTemplate(t, condor.InRemaps); err != nil {
					fail("%s %s: %w", list.of, m.Name, err)
				}
			}
		}
	}
	seen := make(map[int]bool, len(d.Jobs))
	for i := range d.Jobs {
		j := &d.Jobs[i]
		if seen[j.Index] {
			fail("job %d: the index is not unique", j.Index)
		}
		seen[j.Index] = true
		if err := d.checkJob(j, common); err != nil {
			fail("job %d: %w", j.Index, err)
		}
	}
	return errors.Join(errs...)
}

// checkTemplate checks a template for names, and the name that it gives for job 0.
func checkTemplate(t condor.Template, in condor.Place) error {
	if err := t.Check(); err != nil {
		return err
	}
	return condor.CheckName(t.Expand(0, 0, 1), in)
}

// commonFiles returns the files that HTCondor sends with every job, besides the program.
func (d *Description) commonFiles() []string {
	if d.Outbox == "" {
		return d.Inputs
	}
	return append(slices.Clone(d.Inputs), d.Outbox)
}

// program returns the program's file, or "" if its name differs between systems: then it has a
// system in it, as no other file has.
func (d *Description) program() string {
	if len(d.Systems) == 1 {
		return d.Executable
	}
	return ""
}

// ignoresCase reports whether some of the machines ignore case in file names.
func (d *Description) ignoresCase() bool { return slices.Contains(d.Systems, condor.Windows) }

// checkJob checks one job, given the files that are common to all jobs.
func (d *Description) checkJob(j *Job, common []string) error {
	// In the queue statement, an empty field keeps the value of the job before.
	first := d.Jobs[0]
	if (len(j.Inputs) > 0) != (len(first.Inputs) > 0) || (len(j.Remaps) > 0) != (len(first.Remaps) > 0) ||
		(len(j.Outputs) > 0) != (len(first.Outputs) > 0) {
		return fmt.Errorf("does not have the same kinds of files as job %d", first.Index)
	}
	for _, name := range j.Inputs {
		if err := d.checkFile(name, condor.InInputs); err != nil {
			return err
		}
	}
	if a, b, clash := condor.ClashInJob(d.ignoresCase(), d.program(), j.Inputs, common); clash {
		return fmt.Errorf("%s and %s would have the same name in the job's folder", a, b)
	}
	if len(d.InputRemaps) > 0 {
		if a, b, clash := condor.ClashInJob(d.ignoresCase(), d.program(), d.InputNames(j), common); clash {
			return fmt.Errorf("two inputs would be %s and %s in the job's folder", condor.Base(a), condor.Base(b))
		}
	}
	for _, name := range j.Outputs {
		if err := d.checkOutput(name, len(j.Outputs)); err != nil {
			return err
		}
	}
	var outputs []string
	for _, m := range d.Remaps {
		if len(d.Remaps)+len(j.Remaps) == 1 {
			break // the usual case
		}
		outputs = append(outputs, m.Name.Expand(j.Index, j.First, j.Count))
	}
	for _, m := range j.Remaps {
		if err := d.checkRemap(m); err != nil {
			return err
		}
		outputs = append(outputs, m.Name)
	}
	if a, _, clash := condor.ClashInJob(d.ignoresCase(), "", outputs, nil); clash {
		return fmt.Errorf("%s would come back under two names", a)
	}
	return nil
}

// checkOutput checks one of several named outputs of a job.
func (d *Description) checkOutput(name string, count int) error {
	if err := d.checkFile(name, condor.InInputs); err != nil {
		return err
	}
	if d.MaxIdle > 0 && (count > 1 || strings.Contains(name, " ")) { // see writeSeparators
		return &condor.QuoteError{Text: name, ByteOffset: 0, Message: "with max_idle, a job with several products of another program cannot name several outputs, or one with a blank"}
	}
	return nil
}

func (d *Description) checkRemap(m Remap) error {
	if err := d.checkFile(m.Name, condor.InRemaps); err != nil {
		return err
	}
	if m.Name != condor.Base(m.Name) {
		return fmt.Errorf("%s: an output must be in the job's folder, not in a subfolder", m.Name)
	}
	if err := condor.CheckName(m.To, condor.InRemaps); err != nil {
		return err
	}
	for _, name := range []string{m.Name, m.To} {
		if i := strings.IndexByte(name, ' '); i >= 0 && d.MaxIdle > 0 { // see writeSeparators
			return &condor.QuoteError{Text: name, ByteOffset: i, Message: "with max_idle, the name of one of several outputs cannot have a blank"}
		}
	}
	return nil
}

func (d *Description) checkFile(name string, in condor.Place) error {
	if err := condor.CheckName(name, in); err != nil {
		return err
	}
	if d.ignoresCase() {
		return condor.CheckWindows(name)
	}
	return nil
}

// isHostName reports whether a text has only characters of machines' names.
func isHostName(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool {
		return (r < 'a' || 'z' < r) && (r < 'A' || 'Z' < r) && (r < '0' || '9' < r) && !strings.ContainsRune("-._:", r)
	})
}
