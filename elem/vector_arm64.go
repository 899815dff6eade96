package elem

// hasVectors reports whether this processor has what the functions in assembly need: every one has.
func hasVectors() bool { return true }
