package record

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"matpool/internal/base/hash"
)

// A Verified says what a machine found when it made a file again: whether its bits are those of the file.
type Verified struct {
	Name    string    // of the file, relative to the folder, with /
	Hash    hash.Hash // of the file
	Maker   string    // the machine that made it
	Found   hash.Hash // of what was made again
	Machine string    // where
	By      string    // program, version, kernel
	Time    time.Time
}

// Line returns what was found as a line of [FileName].
func (v Verified) Line() string {
	return formatLine(kindVerified, v.Name, "", v.Hash, New(kindVerified, "found", v.Found.String(), "maker", v.Maker), nil, v.By, v.Machine, v.Time)
}

// ParseVerified is the inverse of [Verified.Line].
func ParseVerified(line string) (Verified, error) {
	kind, size, rec, err := parseLine(line)
	if err != nil {
		return Verified{}, err
	}
	found, err := hash.Parse(rec.Recipe.Get("found"))
	maker := rec.Recipe.Get("maker")
	if kind != kindVerified || size != "" || rec.Recipe.op != kindVerified || err != nil || maker == "" || rec.Machine == "" {
		return Verified{}, fmt.Errorf("%q is not a line about what was verified", kind)
	}
	return Verified{rec.Name, rec.Hash, maker, found, rec.Machine, rec.By, rec.Time}, nil
}

// AppendVerified adds what machines found to a folder's file.
func AppendVerified(dir string, list ...Verified) error {
	lines := make([]string, len(list))
	for i, v := range list {
		lines[i] = v.Line()
	}
	return appendLines(dir, lines)
}

// Verified returns what machines found, in the order of the lines.
func (f *Folder) Verified() (list []Verified) {
	for _, begin := range f.ofKind(kindVerified) {
		if v, err := ParseVerified(f.line(begin)); err == nil {
			list = append(list, v)
		}
	}
	return list
}

// A Vote is which machines made which bits of a file: the one that made it, and those that made it again.
type Vote map[hash.Hash][]string

// VoteOn returns the vote on a file with a hash. It is empty if no other machine made the file again.
func VoteOn(list []Verified, name string, h hash.Hash) Vote {
	vote := Vote{}
	for _, v := range list {
		if v.Name == name && v.Hash == h && v.Machine != v.Maker {
			vote.add(v.Hash, v.Maker)
			vote.add(v.Found, v.Machine)
		}
	}
	return vote
}

func (v Vote) add(h hash.Hash, machine string) {
	if !slices.Contains(v[h], machine) {
		v[h] = append(v[h], machine)
	}
}

// Decided returns the bits that at least two machines made, and more than any others; false if there are none.
func (v Vote) Decided() (h hash.Hash, ok bool) {
	most := 1
	for bits, machines := range v {
		switch n := len(machines); {
		case n > most:
			h, ok, most = bits, true, n
		case n == most:
			ok = false
		}
	}
	return h, ok
}

// Machines returns the machines that have voted, sorted.
func (v Vote) Machines() (names []string) {
	for _, machines := range v {
		names = append(names, machines...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// A Standing is what others found of the files that a machine made, or made again.
type Standing struct{ Confirmed, Contradicted, Open int }

// String returns "confirmed (5)", "contradicted (1 of 5)", or "not confirmed (2)" if it is not decided which machine is right.
func (s Standing) String() string {
	all := s.Confirmed + s.Contradicted + s.Open
	switch {
	case all == 0:
		return ""
	case s.Contradicted > 0:
		return fmt.Sprintf("contradicted (%d of %d)", s.Contradicted, all)
	case s.Open > 0:
		return fmt.Sprintf("not confirmed (%d of %d)", s.Open, all)
	}
	return fmt.Sprintf("confirmed (%d)", all)
}

// Standings returns the standing of each machine.
func Standings(list []Verified) map[string]Standing {
	type file struct {
		name string
		hash hash.Hash
	}
	byFile := map[file][]Verified{}
	for _, v := range list {
		byFile[file{v.Name, v.Hash}] = append(byFile[file{v.Name, v.Hash}], v)
	}
	standings := map[string]Standing{}
	for f, found := range byFile {
		vote := VoteOn(found, f.name, f.hash)
		right, decided := vote.Decided()
		for bits, machines := range vote {
			for _, machine := range machines {
				s := standings[machine]
				switch {
				case !decided:
					s.Open++
				case bits == right:
					s.Confirmed++
				default:
					s.Contradicted++
				}
				standings[machine] = s
			}
		}
	}
	return standings
}

// Contradicted returns the machines that others contradicted, sorted.
func Contradicted(list []Verified) (machines []string) {
	for machine, s := range Standings(list) {
		if s.Contradicted > 0 {
			machines = append(machines, machine)
		}
	}
	slices.Sort(machines)
	return machines
}

// SameMachine reports whether two names are those of one machine, with its domain or without.
func SameMachine(a, b string) bool {
	host := func(s string) string { s, _, _ = strings.Cut(s, "."); return strings.ToLower(s) }
	return cmp.Or(a, b) != "" && host(a) == host(b)
}

// Without returns the machines that made other bits than these, sorted.
func (v Vote) Without(h hash.Hash) (machines []string) {
	for bits, names := range v {
		if bits != h {
			machines = append(machines, names...)
		}
	}
	slices.Sort(machines)
	return machines
}
