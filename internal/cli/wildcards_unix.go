//go:build unix

package cli

// expandWildcards returns the arguments unchanged: the shell has expanded wildcards.
func expandWildcards(args []string) ([]string, error) { return args, nil }
