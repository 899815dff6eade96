package record

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"matpool/internal/base/hash"
	"matpool/internal/base/text"
)

// An Outcome is what a check of a file against its record finds.
type Outcome int

const (
	Valid    Outcome = iota
	NoRecord         // nothing is known of the file
	Changed          // it is not what its record says
	Outdated         // it was made from an input that has changed since
	Missing          // there is no file
	Foreign          // it was made in another way than expected
	Doubled          // it has what another file has
)

// A Finding is the outcome for a file, with the reason as the rest of a sentence that begins with the
// file's name.
type Finding struct {
	File    string // as the caller names it
	Outcome Outcome
	Reason  string
}

func (f Finding) String() string { return f.File + ": " + f.Reason }

// What is expected of a file, besides that it is what its record says.
type Expected struct {
	Recipe Recipe // the zero Recipe: any
	// Input returns the hash of an input as it is now, by its name in the record; false if it is
	// not known. If it is nil, inputs do not matter.
	Input func(name string) (hash.Hash, bool)
}

// Judge compares a file with what is recorded of it and what is expected. Size and h are the file's;
// its records are those of [Folder.Of].
func Judge(name string, size int64, h hash.Hash, records []Record, want Expected) Finding {
	if len(records) == 0 {
		return Finding{name, NoRecord, "has no record in " + FileName}
	}
	var found *Finding
	for _, r := range records {
		if r.Size != size || r.Hash != h {
			continue
		}
		f := judge(name, r, want)
		if f.Outcome == Valid {
			return f
		}
		if found == nil {
			found = &f
		}
	}
	if found != nil {
		return *found
	}
	r := records[0]
	if r.Size != size {
		return Finding{name, Changed, fmt.Sprintf("has changed since %s wrote it: it has %s, its record in %s says %s", maker(r), text.Count(int(size), "byte"), FileName, text.Count(int(r.Size), "byte"))}
	}
	return Finding{name, Changed, fmt.Sprintf("has changed since %s wrote it (its record in %s has another hash)", maker(r), FileName)}
}

// judge compares what is recorded of a file with what is expected.
func judge(name string, r Record, want Expected) Finding {
	if !want.Recipe.IsZero() {
		if diffs := Diff(r.Recipe, want.Recipe); len(diffs) > 0 {
			return Finding{name, Foreign, "was made with " + strings.Join(diffs, ", ")}
		}
	}
	if want.Input != nil {
		for _, input := range r.From {
			if now, ok := want.Input(input.Name); ok && !input.Hash.IsZero() && now != input.Hash {
				return Finding{name, Outdated, fmt.Sprintf("was made from another %s than the one that is there now", input.Name)}
			}
		}
	}
	return Finding{File: name}
}

// maker returns the program that made a file, without its version.
func maker(r Record) string {
	program, _, _ := strings.Cut(r.By, " ")
	if program == "" {
		return "a program"
	}
	return program
}

// Check is [Judge] for a file on the disk: it reads the file if its hash is not known. An error is one
// of the system, or a [*ChangedError].
func (c *Cache) Check(ctx context.Context, path string, records []Record, want Expected) (Finding, error) {
	if len(records) == 0 { // no need to read it
		switch _, err := StatOf(path); {
		case errors.Is(err, fs.ErrNotExist):
			return missing(path), nil
		default:
			return Judge(path, 0, hash.Hash{}, nil, want), nil
		}
	}
	h, size, err := c.Hash(ctx, path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return missing(path), nil
	case err != nil:
		return Finding{File: path}, err
	}
	return Judge(path, size, h, records, want), nil
}

func missing(path string) Finding { return Finding{path, Missing, "is missing"} }

// Quick is [Cache.Check] that reads no file: where the hash is not known, the size decides.
func (c *Cache) Quick(path string, records []Record, want Expected) (Finding, error) {
	stat, err := StatOf(path)
	if errors.Is(err, fs.ErrNotExist) {
		return missing(path), nil
	}
	if err != nil {
		return Finding{File: path}, err
	}
	h, known := c.Lookup(path, stat)
	if known || len(records) == 0 {
		return Judge(path, stat.size, h, records, want), nil
	}
	var found Finding
	for i, r := range records {
		f := Judge(path, stat.size, r.Hash, records[i:i+1], want)
		if f.Outcome == Valid {
			return f, nil
		}
		if i == 0 || found.Outcome == Changed {
			found = f
		}
	}
	return found, nil
}

// OtherInput returns the name of an input that was another one, if any. Records may have different folders in the names.
func OtherInput(was, now []Input) string {
	hashes := map[string]hash.Hash{}
	for _, input := range was {
		hashes[path.Base(input.Name)] = input.Hash
	}
	for _, input := range now {
		if h := hashes[path.Base(input.Name)]; !h.IsZero() && h != input.Hash {
			return input.Name
		}
	}
	return ""
}
