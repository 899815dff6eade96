package flow

import (
	"errors"
	"path/filepath"
	"strings"

	"golang.org/x/sys/windows"
)

// key returns what all ways to write a file's name have in common, without a look
// at the disk. Large and small letters are the same; Windows has rules of its own
// for letters that few languages have.
func key(name string) string { return strings.ToLower(filepath.Clean(name)) }

// impossible reports whether an error says that no file can have such a name, as
// *.npy: the shells of Windows leave that to the programs.
func impossible(err error) bool { return errors.Is(err, windows.ERROR_INVALID_NAME) }
