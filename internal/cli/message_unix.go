//go:build unix

package cli

import "matpool/internal/status"

// message returns the text of an error for the user, and its hint.
func message(err error) (text, hint string) { return err.Error(), status.Hint(err) }
