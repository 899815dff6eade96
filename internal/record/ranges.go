package record

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"matpool/internal/base/file"
)

// A Range is the numbers from First to Last.
type Range struct{ First, Last int }

// Ranges are numbers, as ranges in ascending order with gaps between them.
type Ranges []Range

// One returns the ranges of one number.
func One(n int) Ranges { return Ranges{{n, n}} }

// NewRanges returns the ranges of numbers that may be in any order and overlap.
func NewRanges(list ...Range) (r Ranges) {
	list = slices.Clone(list)
	slices.SortFunc(list, func(a, b Range) int { return a.First - b.First })
	for _, next := range list {
		if n := len(r); n > 0 && next.First <= r[n-1].Last+1 {
			r[n-1].Last = max(r[n-1].Last, next.Last)
		} else {
			r = append(r, next)
		}
	}
	return r
}

// String returns "0-9,20,30-39".
func (r Ranges) String() string { return r.join(",") }

func (r Ranges) join(separator string) string {
	words := make([]string, len(r))
	for i, part := range r {
		words[i] = part.String()
	}
	return strings.Join(words, separator)
}

func (r Range) String() string {
	if r.First == r.Last {
		return strconv.Itoa(r.First)
	}
	return fmt.Sprintf("%d-%d", r.First, r.Last)
}

// ParseRanges is the inverse of [Ranges.String].
func ParseRanges(s string) (r Ranges, err error) {
	if s == "" {
		return nil, nil
	}
	for word := range strings.SplitSeq(s, ",") {
		part, ok := parseRange(word)
		if !ok || len(r) > 0 && part.First <= r[len(r)-1].Last+1 {
			return nil, fmt.Errorf("%q is not a list of ranges in ascending order, such as 0-9,20-29", s)
		}
		r = append(r, part)
	}
	return r, nil
}

func parseRange(s string) (Range, bool) {
	first, last, two := strings.Cut(s, "-")
	if !two {
		last = first
	}
	a, okA := parseIndex(first)
	b, okB := parseIndex(last)
	return Range{a, b}, okA && okB && (a < b || !two)
}

// largestIndex bounds indices, so that sums of two do not overflow an int of 32 bits.
const largestIndex = file.MaxIndex + file.MaxCount

// parseIndex parses a whole number in its only form: no sign, no zeros before it.
func parseIndex(s string) (int, bool) {
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 || n > largestIndex || strconv.Itoa(n) != s {
		return 0, false
	}
	return n, true
}

// Count returns how many numbers there are.
func (r Ranges) Count() (n int) {
	for _, part := range r {
		n += part.Last - part.First + 1
	}
	return n
}

// Common returns the numbers that are in r and s.
func (r Ranges) Common(s Ranges) (common Ranges) {
	for len(r) > 0 && len(s) > 0 {
		if both := (Range{max(r[0].First, s[0].First), min(r[0].Last, s[0].Last)}); both.First <= both.Last {
			common = append(common, both)
		}
		if r[0].Last < s[0].Last {
			r = r[1:]
		} else {
			s = s[1:]
		}
	}
	return common
}

// Without returns the numbers of r that are not in s.
func (r Ranges) Without(s Ranges) (rest Ranges) {
	for _, part := range r {
		for _, taken := range Ranges.Common(Ranges{part}, s) {
			if part.First < taken.First {
				rest = append(rest, Range{part.First, taken.First - 1})
			}
			part.First = taken.Last + 1
		}
		if part.First <= part.Last {
			rest = append(rest, part)
		}
	}
	return rest
}
