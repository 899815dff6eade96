package npyio

import (
	"errors"
	"fmt"
)

// ErrFormat is matched by every error about what a file holds, and by no error
// of reading it.
var ErrFormat = errors.New("not a usable .npy or .npz file")

// Hint returns what can be done about an error of this package, or nothing if that is
// not known. Where it is Python, name stands for the file's name, and np for numpy.
func Hint(err error) string {
	var e interface{ hint() string }
	if errors.As(err, &e) {
		return e.hint()
	}
	return ""
}

// A HeaderError is a file that does not begin as a .npy file does: another kind
// of file, an unknown version, or a header that cannot be understood.
type HeaderError struct{ What, Hint string }

func (e *HeaderError) Error() string        { return e.What }
func (e *HeaderError) Is(target error) bool { return target == ErrFormat }
func (e *HeaderError) hint() string         { return e.Hint }

// An ArchiveError is a .npz file that is not a sound zip archive with the wanted arrays.
type ArchiveError struct{ What, Hint string }

func (e *ArchiveError) Error() string        { return e.What }
func (e *ArchiveError) Is(target error) bool { return target == ErrFormat }
func (e *ArchiveError) hint() string         { return e.Hint }

// A PickleError is a file whose values are Python objects. To read them is to run
// the program that they contain, so it is never done.
type PickleError struct{ Descr string }

func (e *PickleError) Error() string {
	return fmt.Sprintf("holds Python objects (descr %s), which are never unpickled", e.Descr)
}
func (e *PickleError) Is(target error) bool { return target == ErrFormat }
func (e *PickleError) hint() string {
	return "where the array x is made, save it as numbers: np.save(name, x.astype(np.float64)), or another numeric type"
}

// A TypeError is a sound file with values of a type that is not read.
type TypeError struct {
	Descr string // as in the header
	What  string
	Hint  string // how to go on with the same data
}

func (e *TypeError) Error() string        { return e.What }
func (e *TypeError) Is(target error) bool { return target == ErrFormat }
func (e *TypeError) hint() string         { return e.Hint }

// A SizeError is a file that is longer or shorter than its header promises, both
// counted in bytes behind the header. Promised is -1 where it is more than can be
// counted.
type SizeError struct{ Promised, Held int64 }

func (e *SizeError) Error() string {
	switch {
	case e.Promised < 0:
		return fmt.Sprintf("truncated: header promises more data than can be addressed, file holds %d", e.Held)
	case e.Held < e.Promised:
		return fmt.Sprintf("truncated: header promises %d bytes of data, file holds %d", e.Promised, e.Held)
	}
	return fmt.Sprintf("too long: header promises %d bytes of data, file holds %d", e.Promised, e.Held)
}
func (e *SizeError) Is(target error) bool { return target == ErrFormat }
