package submit

// What one may do with a file, or with a folder.
const (
	write = 1 << iota
	enter
)

// access returns nil: Windows does not tell before one tries.
func access(string, uint32) error { return nil }
