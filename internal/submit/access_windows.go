package submit

// The kinds of access to a file or a folder.
const (
	write = 1 << iota
	enter
)

// access returns nil: on Windows only an attempt shows what is allowed.
func access(string, uint32) error { return nil }

// isExecutable returns true: on Windows the name decides.
func isExecutable(string) bool { return true }
