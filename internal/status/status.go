// Package status defines the programs' exit statuses, and errors that carry them.
//
// Usage and Data are numbers from BSD's sysexits.h. Submit descriptions depend on them: a job
// that ends with Usage or Data would fail on any machine, so HTCondor holds it.
// Any other failure may be the machine's fault, and the job runs again on another machine.
// That includes Failure, Go's own 2 (a panic, or out of memory), and death by a signal.
package status

import "errors"

const (
	OK      = 0
	Failure = 1  // the machine failed us: I/O, memory, a full disk
	Usage   = 64 // EX_USAGE: the command line is wrong, or would overwrite something
	Data    = 65 // EX_DATAERR: an input is missing or bad

	Unfinished = 3 // matwatch, matsubmit -local, -try and -run: not all jobs are done
)

// An Error is an error with an exit status, and a hint on what to do.
type Error struct {
	Status int
	Err    error
	Hint   string // a sentence without a full stop; "" for none
}

func (e *Error) Error() string { return e.Err.Error() }
func (e *Error) Unwrap() error { return e.Err }

// UsageError returns err with status Usage.
func UsageError(err error, hint string) error { return &Error{Usage, err, hint} }

// DataError returns err with status Data.
func DataError(err error, hint string) error { return &Error{Data, err, hint} }

// UnfinishedError returns err with status Unfinished: jobs are held or removed, or not done in time.
func UnfinishedError(err error, hint string) error { return &Error{Unfinished, err, hint} }

// WithHint returns err with status Failure and a hint.
func WithHint(err error, hint string) error { return &Error{Failure, err, hint} }

// Of returns the exit status for err. If several errors are joined, a status other than
// Failure decides: running again elsewhere would not help.
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

// List returns the errors that [errors.Join] joined.
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

// Map applies change to each of the errors that [errors.Join] joined.
func Map(err error, change func(error) error) error {
	var errs []error
	for _, err := range List(err) {
		errs = append(errs, change(err))
	}
	return errors.Join(errs...)
}

// Hint returns the hint of err, or "".
func Hint(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Hint
	}
	return ""
}
