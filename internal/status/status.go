// Package status says with which exit status a program ends, and holds the errors that decide it.
//
// The numbers of the two refusals are those of BSD's sysexits.h. HTCondor acts on
// them: a job that ends with Usage or Data is held for a person to look at, since
// it would fail anywhere; any other failure is this machine's, and the job is run
// again on another. Failure stands for all of those, Go's own 2 (a panic, or
// memory that ran out) and death by a signal among them.
package status

import "errors"

const (
	OK      = 0
	Failure = 1  // the machine failed us: I/O, memory, a full disk
	Usage   = 64 // EX_USAGE: the command line is wrong, or would destroy something
	Data    = 65 // EX_DATAERR: an input is missing or bad

	Unfinished = 3 // of matwatch alone: not all jobs are done
)

// An Error is an error with its exit status, and a hint of what to do.
type Error struct {
	Status int
	Err    error
	Hint   string // a sentence without a full stop, or nothing
}

func (e *Error) Error() string { return e.Err.Error() }
func (e *Error) Unwrap() error { return e.Err }

// UsageError makes err a fault of the command line.
func UsageError(err error, hint string) error { return &Error{Usage, err, hint} }

// DataError makes err a fault of the input.
func DataError(err error, hint string) error { return &Error{Data, err, hint} }

// UnfinishedError says that jobs are held, gone or not done in time.
func UnfinishedError(err error, hint string) error { return &Error{Unfinished, err, hint} }

// WithHint leaves err a failure of the machine, and adds a hint.
func WithHint(err error, hint string) error { return &Error{Failure, err, hint} }

// Of returns the exit status for err. Of several errors joined, the one decides
// that a person must see to: running again elsewhere would not mend it.
func Of(err error) int {
	if err == nil {
		return OK
	}
	code := Failure
	for _, err := range List(err) {
		var e *Error
		if errors.As(err, &e) {
			code = max(code, e.Status)
		}
	}
	return code
}

// List takes apart what [errors.Join] joined.
func List(err error) []error {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return []error{err}
	}
	var list []error
	for _, err := range joined.Unwrap() {
		list = append(list, List(err)...)
	}
	return list
}

// Hint returns the hint that comes with err, or nothing.
func Hint(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Hint
	}
	return ""
}
