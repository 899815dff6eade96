package flow

// mayOpen returns how many files this process may have open at a time. Windows has no
// limit but memory.
func mayOpen() int { return 1 << 16 }
