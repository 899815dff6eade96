package outputs

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"matpool/internal/base/each"
	"matpool/internal/base/file"
	"matpool/internal/record"
)

// An Output is one file that a run returns, and what tells it from another file of this name. If there
// are records of it, they decide.
type Output struct {
	Name string

	Records  []record.Record
	Expected record.Expected // of the record that describes the file
	Hashes   *record.Cache   // of the files

	// Since is the time when the output's job was submitted, or when one of its inputs changed, if that is
	// later. Fractions of a second count: see [Submitted].
	Since time.Time
	// Any is whether an empty file, or a folder, may be what the run makes: another program than matprod
	// made it, ended with 0, and HTCondor brought it back.
	Any bool
	// Content reports whether the file's content is what the run makes, such as a matrix of the right
	// shape. It is nil if any content will do.
	Content func(name string) (bool, error)
}

// Submitted returns the time of a job's submission for [Output.Since]: most logs have whole seconds, and
// some file systems do.
func Submitted(t time.Time) time.Time { return t.Truncate(time.Second) }

// A State says whether an output came back and is what the run makes.
type State int

const (
	Missing  State = iota
	Empty          // HTCondor creates an empty file before it sends an output
	NotFile        // a folder, or another thing that is no regular file
	Outdated       // older than its job or its inputs, or made from others
	Foreign        // it is not what the run makes
	Changed        // it is not what its record says
	Doubtful       // it was made on a machine whose outputs others contradict
	Valid
)

// States is the number of states.
const States = Valid + 1

// Why describes what is wrong with an output that exists, for a message that names it: "empty".
func (s State) Why() string {
	return [...]string{Missing: "", Empty: "empty", NotFile: "not a file", Outdated: "older", Foreign: "of another run", Changed: "changed since", Doubtful: "doubtful", Valid: ""}[s]
}

// A Found is what is found for an output.
type Found struct {
	State State
	// Reason is what a record says is wrong with it, as the rest of a sentence that begins with its name: "was
	// made with …"; "" if there is no record.
	Reason string
	Err    error
}

func (o Output) Look(ctx context.Context) Found {
	info, err := os.Stat(o.Name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return Found{State: Missing}
	case err != nil:
		return Found{Err: fmt.Errorf("%s: %w", o.Name, file.Cause(err))}
	case !info.Mode().IsRegular() && !(o.Any && info.IsDir()):
		return Found{State: NotFile}
	case info.Size() == 0 && !o.Any:
		return Found{State: Empty}
	}
	if len(o.Records) > 0 {
		return o.judge(ctx)
	}
	switch {
	case info.ModTime().Before(o.Since):
		return Found{State: Outdated}
	case o.Content == nil:
		return Found{State: Valid}
	}
	ok, err := o.Content(o.Name)
	if err != nil {
		return Found{State: Foreign, Err: err}
	}
	if !ok {
		return Found{State: Foreign}
	}
	return Found{State: Valid}
}

// judge compares the file with its records.
func (o Output) judge(ctx context.Context) Found {
	f, err := o.Hashes.Check(ctx, o.Name, o.Records, o.Expected)
	if err != nil {
		return Found{Err: err}
	}
	states := map[record.Outcome]State{record.Valid: Valid, record.Changed: Changed, record.Outdated: Outdated, record.Foreign: Foreign}
	return Found{State: states[f.Outcome], Reason: f.Reason}
}

// LookAll looks at all outputs, several at a time.
func LookAll(ctx context.Context, list []Output) []Found {
	found := make([]Found, len(list))
	each.Number(workers(), len(list), func(i int) { found[i] = list[i].Look(ctx) })
	return found
}
