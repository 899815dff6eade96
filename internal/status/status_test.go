package status

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"testing"
)

var (
	failed  = fs.ErrPermission
	usage   = UsageError(errors.New("two names"), "give three")
	data    = DataError(errors.New("truncated"), "")
	advised = WithHint(errors.New("disk full"), "use another")
)

// Submit descriptions and scripts depend on the numbers.
func TestNumbers(t *testing.T) {
	if got := fmt.Sprint(OK, Failure, Unfinished, Usage, Data); got != "0 1 3 64 65" {
		t.Errorf("OK, Failure, Unfinished, Usage, Data = %s", got)
	}
}

func TestOf(t *testing.T) {
	for _, test := range []struct {
		name string
		err  error
		want int
	}{
		{"no error", nil, OK},
		{"an error without a status", failed, Failure},
		{"a hint alone", advised, Failure},
		{"wrong usage", usage, Usage},
		{"bad input", data, Data},
		{"not all jobs are done", UnfinishedError(failed, ""), Unfinished},
		{"wrapped", fmt.Errorf("in the end: %w", data), Data},
		// Running again elsewhere would not help against one of them.
		{"joined", errors.Join(failed, data, advised), Data},
		{"joined, the other way round", errors.Join(data, failed), Data},
		{"joined, usage", errors.Join(failed, usage), Usage},
		{"joined twice", errors.Join(failed, errors.Join(failed, usage)), Usage},
		{"usage and data", errors.Join(data, usage), Data},
	} {
		if got := Of(test.err); got != test.want {
			t.Errorf("%s: %d, want %d", test.name, got, test.want)
		}
	}
}

// A status hides neither the wrapped error nor its text.
func TestErrorIsWhatItWraps(t *testing.T) {
	for _, err := range []error{UsageError(failed, "h"), DataError(failed, "h"), WithHint(failed, "h")} {
		if !errors.Is(err, fs.ErrPermission) {
			t.Errorf("%v is not the error that it wraps", err)
		}
		if err.Error() != failed.Error() {
			t.Errorf("text %q, want %q", err, failed)
		}
	}
}

func TestList(t *testing.T) {
	if got := List(failed); !slices.Equal(got, []error{failed}) {
		t.Errorf("one error: %v", got)
	}
	got := List(errors.Join(failed, errors.Join(usage, nil, data), advised))
	if !slices.Equal(got, []error{failed, usage, data, advised}) {
		t.Errorf("joined errors: %v, want them in order", got)
	}
}

func TestHint(t *testing.T) {
	for _, test := range []struct {
		err  error
		want string
	}{
		{failed, ""},
		{data, ""},
		{usage, "give three"},
		{fmt.Errorf("in the end: %w", advised), "use another"},
	} {
		if got := Hint(test.err); got != test.want {
			t.Errorf("Hint(%v) = %q, want %q", test.err, got, test.want)
		}
	}
}
