//go:build unix

package cli

import "matpool/internal/status"

// words returns what the user is told of an error, and the hint that comes with it.
func words(err error) (text, hint string) { return err.Error(), status.Hint(err) }
