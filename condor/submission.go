package condor

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
)

// A Submission is what somebody has decided to submit: one program for a list of
// jobs that differ in a number and in files.
type Submission struct {
	Comments  []string // lines at the top: where it comes from, what was chosen and why
	BatchName string
	Unit      string // what a job makes, for its messages: "product"
	Sum       bool   // a job returns the sum of its products

	// The program. With one system, its file. With several, the stem of its files,
	// which [Variant] names: they lie in the folder where condor_submit runs.
	Executable string
	Systems    []System
	Arguments  []Template

	Inputs []string // files that every job gets, besides its own
	// Outbox is an empty folder that every job gets, under the last part of its name. What
	// the program leaves in it comes back, and nothing else. With "", what is new in the
	// job's own folder does.
	Outbox              string
	Remaps              []RemapAll // outputs that go elsewhere than to a file of the same name
	Stdout, Stderr, Log Template

	Cpus         int
	Memory, Disk Request
	Requirements string // what else a machine must be; "" for nothing

	MaxRetries int           // a job that fails is run again so often
	RetryDelay time.Duration // … but by the same machine only after so long
	MaxRunTime time.Duration // a job is held when it has run so long
	MaxIdle    int           // so many jobs wait in the queue at a time; 0 for all

	Extra []Setting // lines for the end, word for word
	Rows  []Row     // the jobs
}

// A Request is memory or disk for a job, and why it is so much.
type Request struct {
	Bytes int64
	Why   string
}

// A Row is what is special to one job.
type Row struct {
	Index  int      // the job's number, $(index)
	First  int      // the number of its first product, $(first)
	Count  int      // the number of its products, $(count)
	Inputs []string // the files it gets; in its folder they lie under the last part of their names
	Remaps []Remap  // further outputs that go elsewhere, where their names cannot be made of the job's number
}

// A Remap says that a file which a job leaves in its folder goes to another place
// when it comes back. Folders are made as needed.
type Remap struct{ Name, To string }

// A RemapAll is the same for all jobs.
type RemapAll struct{ Name, To Template }

// Variant returns the name of the file for a system, where a submission has several.
// It is what "STEM.$$(OpSys).$$(Arch).exe" becomes on a machine: Linux does not mind
// the extension, and Windows needs one that it knows.
func Variant(stem string, s System) string { return fmt.Sprintf("%s.%s.%s.exe", stem, s, arch) }

// arch is the processor of the machines that are asked for, by HTCondor's name.
const arch = "X86_64"

// Ranges deals total products, numbered from first on, out to jobs of at most per
// products each. Where per is 1, a job has the number of its product; else jobs are
// numbered from 0 on.
func Ranges(first, total, per int) []Row {
	rows := make([]Row, 0, (total+per-1)/per)
	for done := 0; done < total; done += per {
		r := Row{Index: len(rows), First: first + done, Count: min(per, total-done)}
		if per == 1 {
			r.Index = r.First
		}
		rows = append(rows, r)
	}
	return rows
}

// ranged reports whether jobs have more to tell of their products than one number.
func (s *Submission) ranged() bool {
	for _, r := range s.Rows {
		if r.First != r.Index || r.Count != 1 {
			return true
		}
	}
	return false
}

// Check returns all that HTCondor cannot carry, or would take for something else,
// joined. What lies behind each error is a [*QuoteError] where a text is at fault.
func (s *Submission) Check() error {
	var errs []error
	fail := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if err := CheckName(s.BatchName, InBatchName); err != nil {
		fail("batch_name: %w", err)
	}
	if err := CheckName(s.Executable, InLog); err != nil {
		fail("executable: %w", err)
	}
	if strings.ContainsFunc(s.Unit, func(r rune) bool { return !unicode.IsLetter(r) }) || s.Unit == "" {
		fail("%q is no word for what a job makes", s.Unit)
	}
	if _, err := QuoteArguments(s.Arguments); err != nil {
		fail("arguments: %w", err)
	}
	for _, stream := range []struct {
		name string
		Template
		Place
	}{{"stdout", s.Stdout, InStream}, {"stderr", s.Stderr, InStream}, {"log", s.Log, InLog}} {
		if err := stream.Check(); err != nil {
			fail("%s: %w", stream.name, err)
		} else if err := CheckName(stream.Expand(0, 0, 1), stream.Place); err != nil {
			fail("%s: %w", stream.name, err)
		}
	}
	for _, text := range append([]Setting{{"requirements", s.Requirements}}, s.Extra...) {
		if err := CheckPrintable(text.Value); err != nil {
			fail("%s: %w", text.Name, err)
		} else if strings.HasSuffix(text.Value, `\`) {
			fail(`%s: a "\" at the end would join the next line to it`, text.Name)
		}
	}
	switch {
	case s.Systems == nil:
		fail("no operating system is named")
	case s.Rows == nil:
		fail("there are no jobs")
	case s.Cpus < 1 || s.Memory.Bytes < 1 || s.Disk.Bytes < 1:
		fail("a job needs a processor, memory and disk")
	case s.MaxRunTime < time.Second:
		fail("a job needs time to run")
	}
	if s.Outbox != "" {
		if err := s.checkFile(s.Outbox, InInputs); err != nil {
			fail("%w", err)
		}
	}
	for _, m := range s.Remaps {
		for _, t := range []Template{m.Name, m.To} {
			if err := t.Check(); err != nil {
				fail("output %s: %w", m.Name, err)
			} else if err := CheckName(t.Expand(0, 0, 1), InRemaps); err != nil {
				fail("output %s: %w", m.Name, err)
			}
		}
	}
	seen := make(map[int]bool, len(s.Rows))
	for i := range s.Rows {
		row := &s.Rows[i]
		if seen[row.Index] {
			fail("job %d: stands twice", row.Index)
		}
		seen[row.Index] = true
		if err := s.checkRow(row); err != nil {
			fail("job %d: %w", row.Index, err)
		}
	}
	return errors.Join(errs...)
}

func (s *Submission) checkRow(row *Row) error {
	// A field that is empty in some rows would keep the value of the row before.
	first := s.Rows[0]
	if (len(row.Inputs) > 0) != (len(first.Inputs) > 0) || (len(row.Remaps) > 0) != (len(first.Remaps) > 0) {
		return fmt.Errorf("has other kinds of files than job %d", first.Index)
	}
	for _, names := range [2][]string{row.Inputs, s.Inputs} {
		for _, name := range names {
			if err := s.checkFile(name, InInputs); err != nil {
				return err
			}
		}
	}
	// On Windows capitals make no other name.
	fold := slices.Contains(s.Systems, Windows)
	if a, b, clash := SameBase(fold, row.Inputs, s.Inputs, []string{s.Outbox}); clash {
		return fmt.Errorf("%s and %s would be one file in the job's folder", a, b)
	}
	var outputs []string
	for _, m := range s.Remaps {
		outputs = append(outputs, m.Name.Expand(row.Index, row.First, row.Count))
	}
	for _, m := range row.Remaps {
		if err := s.checkFile(m.Name, InRemaps); err != nil {
			return err
		}
		if m.Name != Base(m.Name) {
			return fmt.Errorf("%s: a job's outputs lie in its folder, not deeper", m.Name)
		}
		if err := CheckName(m.To, InRemaps); err != nil {
			return err
		}
		for _, name := range []string{m.Name, m.To} {
			if i := strings.IndexByte(name, ' '); i >= 0 && s.MaxIdle > 0 {
				return &QuoteError{name, i, "a blank in the name of one of several outputs does not go with max_idle"}
			}
		}
		outputs = append(outputs, m.Name)
	}
	if a, _, clash := SameBase(fold, outputs); clash {
		return fmt.Errorf("%s comes back to two places", a)
	}
	return nil
}

func (s *Submission) checkFile(name string, in Place) error {
	if err := CheckName(name, in); err != nil {
		return err
	}
	if slices.Contains(s.Systems, Windows) {
		return CheckWindows(name)
	}
	return nil
}
