package condor

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
)

// A Version is a version of HTCondor, without its last number: 25.14 of 25.14.1.
type Version struct{ Major, Minor int }

// ParseVersion returns the first version that a text of HTCondor's has, as in "$CondorVersion: 25.14.1 2026-10-16 $".
func ParseVersion(text string) (v Version, ok bool) {
	_, rest, found := strings.Cut(text, "$CondorVersion: ")
	number, _, _ := strings.Cut(rest, " ")
	parts := strings.Split(number, ".")
	if !found || len(parts) != 3 {
		return Version{}, false
	}
	var errs [2]error
	v.Major, errs[0] = strconv.Atoi(parts[0])
	v.Minor, errs[1] = strconv.Atoi(parts[1])
	return v, errs == [2]error{}
}

// Compare orders versions.
func (v Version) Compare(other Version) int {
	return cmp.Or(cmp.Compare(v.Major, other.Major), cmp.Compare(v.Minor, other.Minor))
}

func (v Version) String() string { return fmt.Sprintf("%d.%d", v.Major, v.Minor) }
