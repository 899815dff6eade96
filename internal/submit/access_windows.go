package submit

// writable returns nil: Windows does not tell before one tries.
func writable(string) error { return nil }
