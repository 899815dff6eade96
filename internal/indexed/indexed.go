// Package indexed makes the names of numbered files: inputA.npy, 7 → inputA7.npy.
package indexed

import (
	"path/filepath"
	"strconv"
	"strings"
)

// Name puts the index before the extension of the name's last part, or at the
// end where there is none: inputA7.npy, pipe7, logs.d/out7. As in Python's
// os.path.splitext, dots that begin a name do not begin an extension.
func Name(name string, index int) string {
	base := filepath.Base(name)
	stem := strings.TrimLeft(base, ".")
	ext := filepath.Ext(stem)
	return strings.TrimSuffix(name, ext) + strconv.Itoa(index) + ext
}

// Names returns the names for count indices from first on.
func Names(name string, first, count int) []string {
	names := make([]string, count)
	for i := range names {
		names[i] = Name(name, first+i)
	}
	return names
}
