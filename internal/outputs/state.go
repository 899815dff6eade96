package outputs

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"matpool/internal/base/each"
	"matpool/internal/base/file"
)

// An Output is one file that a run returns, and what tells it from another file of this name.
type Output struct {
	Name string
	// Since is the time when the output's job was submitted, or when one of its inputs changed, if that is
	// later. Fractions of a second count: see [Submitted].
	Since time.Time
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
	Outdated       // older than its job or its inputs
	Foreign        // its content is not what the run makes
	Valid
)

// States is the number of states.
const States = Valid + 1

// State looks at the file.
func (o Output) State() (State, error) {
	info, err := os.Stat(o.Name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return Missing, nil
	case err != nil:
		return Missing, fmt.Errorf("%s: %w", o.Name, file.Cause(err))
	case !info.Mode().IsRegular():
		return NotFile, nil
	case info.Size() == 0:
		return Empty, nil
	case info.ModTime().Before(o.Since):
		return Outdated, nil
	case o.Content == nil:
		return Valid, nil
	}
	ok, err := o.Content(o.Name)
	if err != nil || !ok {
		return Foreign, err
	}
	return Valid, nil
}

// Why describes what is wrong with an output that exists, for a message that names it: "empty".
func (s State) Why() string {
	return [...]string{Missing: "", Empty: "empty", NotFile: "not a file", Outdated: "older", Foreign: "of another run", Valid: ""}[s]
}

// A Found is what [LookAll] finds for an output.
type Found struct {
	State State
	Err   error
}

// LookAll looks at all outputs, several at a time.
func LookAll(list []Output) []Found {
	found := make([]Found, len(list))
	each.Number(workers(), len(list), func(i int) { found[i].State, found[i].Err = list[i].State() })
	return found
}
