//go:build unix

package cli

import "matpool/internal/status"

// words returns the text of an error for the user, and the hint that comes with it.
func words(err error) (text, hint string) { return err.Error(), status.Hint(err) }
