package cli

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"matpool/internal/base/file"
	"matpool/internal/base/text"
	"matpool/internal/status"
)

// A series is a sequence of numbered files of which some are missing.
type series struct {
	before, after string // what stands before and after the number, with the folder
	numbers       []int  // of the missing files, sorted
	err           error  // the first one
}

// mergeMissing replaces the errors for numbered files that do not exist by a line for those with the same
// numbers, which says what is there, with a hint on the likely reason. A single file keeps its line.
func mergeMissing(program string, errs []error) (merged []error) {
	var all []*series
	of := map[string]*series{}
	for _, err := range errs {
		var missing *file.MissingError
		if !errors.As(err, &missing) {
			continue
		}
		name, _, _ := file.SplitMember(missing.Name)
		before, digits, after := cutNumber(name)
		s := of[before+"\x00"+after]
		if s == nil {
			s = &series{before: before, after: after, err: err}
			of[before+"\x00"+after], all = s, append(all, s)
		} else if status.Hint(s.err) == "" {
			s.err = err
		}
		if n, err := strconv.Atoi(digits); err == nil {
			s.numbers = append(s.numbers, n)
		}
	}
	alike := true // all lack the same numbers
	for _, s := range all {
		slices.Sort(s.numbers)
		s.numbers = slices.Compact(s.numbers)
		alike = alike && slices.Equal(s.numbers, all[0].numbers)
	}
	printed := map[*series]bool{}
	for _, err := range errs {
		var missing *file.MissingError
		if !errors.As(err, &missing) {
			merged = append(merged, err)
			continue
		}
		name, _, _ := file.SplitMember(missing.Name)
		before, _, after := cutNumber(name)
		s := of[before+"\x00"+after]
		if printed[s] {
			continue
		}
		var names []string
		there, count := s.there(), 0
		for _, other := range all {
			if !slices.Equal(other.numbers, s.numbers) {
				continue
			}
			printed[other] = true
			names, count = append(names, other.ranges()), count+max(1, len(other.numbers))
			if other != s {
				its := other.there()
				there = slices.DeleteFunc(there, func(n int) bool { return !slices.Contains(its, n) })
			}
		}
		if count == 1 {
			merged = append(merged, &status.Error{Status: status.Of(err), Err: err, Hint: s.reason(program, there, alike)})
			continue
		}
		line := fmt.Errorf("%s are missing", strings.Join(names, " and "))
		if len(s.numbers) > 0 {
			line = fmt.Errorf("%w; %s", line, present(there))
		}
		merged = append(merged, &status.Error{Status: status.Of(s.err), Err: line, Hint: s.reason(program, there, alike)})
	}
	return merged
}

// numbered matches a path with a number, without zeros before it: the last one before the extension.
var numbered = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(|.*?[^\d]|.*?0)(0|[1-9]\d*)(\D*?(?:\.\w*)?)$`)
})

// cutNumber splits a path around its number, which is "" if it has none.
func cutNumber(name string) (before, digits, after string) {
	m := numbered().FindStringSubmatch(name)
	if m == nil {
		ext := path.Ext(name)
		return strings.TrimSuffix(name, ext), "", ext
	}
	return m[1], m[2], m[3]
}

func (s *series) name(number string) string { return s.before + number + s.after }

// there returns the sorted numbers of the files of the series that exist.
func (s *series) there() (numbers []int) {
	escape := strings.NewReplacer("[", "[[]", "*", "[*]", "?", "[?]").Replace
	names, _ := filepath.Glob(escape(s.before) + "*" + escape(s.after))
	for _, name := range names {
		digits := strings.TrimSuffix(strings.TrimPrefix(filepath.ToSlash(name), filepath.ToSlash(s.before)), s.after)
		if n, err := strconv.Atoi(digits); err == nil && strconv.Itoa(n) == digits {
			numbers = append(numbers, n)
		}
	}
	slices.Sort(numbers)
	return numbers
}

// spans returns the ranges of consecutive numbers.
func spans(numbers []int) (ranges [][2]int) {
	for _, n := range numbers {
		if last := len(ranges) - 1; last >= 0 && ranges[last][1] == n-1 {
			ranges[last][1] = n
		} else {
			ranges = append(ranges, [2]int{n, n})
		}
	}
	return ranges
}

const mostSpans = 3

// ranges names the missing files.
func (s *series) ranges() string {
	if len(s.numbers) == 0 {
		return s.name("")
	}
	var names []string
	left := len(s.numbers)
	for _, span := range spans(s.numbers) {
		if len(names) == mostSpans {
			return strings.Join(names, ", ") + fmt.Sprintf(" and %s more", text.Number(left))
		}
		name := s.name(strconv.Itoa(span[0]))
		switch {
		case span[1] == span[0]+1:
			name += ", " + s.name(strconv.Itoa(span[1]))
		case span[1] > span[0]:
			name += " … " + s.name(strconv.Itoa(span[1]))
		}
		names, left = append(names, name), left-(span[1]-span[0]+1)
	}
	return strings.Join(names, ", ")
}

// present says which numbers are there.
func present(there []int) string {
	var parts []string
	for i, span := range spans(there) {
		if i == mostSpans {
			parts = append(parts, "…")
			break
		}
		if part := strconv.Itoa(span[0]); span[0] == span[1] {
			parts = append(parts, part)
		} else {
			parts = append(parts, fmt.Sprintf("%s to %d", part, span[1]))
		}
	}
	switch {
	case len(there) == 0:
		return "none is there"
	case len(there) == 1:
		return parts[0] + " is there"
	}
	return strings.Join(parts, ", ") + " are there"
}

// reason returns a hint on why files are missing, or "".
func (s *series) reason(program string, there []int, alike bool) string {
	if hint := status.Hint(s.err); hint != "" {
		return hint
	}
	if len(s.numbers) == 0 {
		if there := s.there(); program == "matprod" && len(there) > 0 {
			return fmt.Sprintf("there are numbered files: matprod -first %d -count %d", there[0], len(there))
		}
		return didYouMean(s.name(""))
	}
	if before, ok := strings.CutSuffix(s.before, "0"); ok && exists(s.name("")) {
		return fmt.Sprintf("an index is added to each name: write %s, not %s", before+s.after, s.name(""))
	}
	first, count := "-first %d", map[string]string{"matprod": "-count %d (with -serial: -jobs %[1]d)"}[program]
	if program == "matsubmit" {
		first, count = "first_index = %d", "total_jobs = %d"
	}
	count = cmp.Or(count, "-jobs %d")
	if spans := spans(there); len(spans) == 1 && alike && s.numbers[0] <= spans[0][1]+1 { // with a gap, others were asked for
		from, to := spans[0][0], spans[0][1]
		below, above := s.numbers[0] < from, s.numbers[len(s.numbers)-1] > to
		number := func(format string, n int) string { return fmt.Sprintf(format, n) }
		if program == "matcombine" && above {
			return "matsubmit -resubmit submits what is missing; for the sum of what is there: " + number(count, len(there))
		}
		switch {
		case below && !above && len(s.numbers) < len(there):
			return fmt.Sprintf("the first number is %d: ", from) + number(first, from)
		case below, above: // the first number that was asked for is not known here
			return "for those that are there: " + number(first, from) + ", " + number(count, len(there))
		}
	}
	if len(there) > 0 {
		return ""
	}
	first = strconv.Itoa(s.numbers[0])
	return cmp.Or(s.elsewhere(first), didYouMean(s.name(first)), map[string]string{
		"matprod":    "matinit makes them; others are named, as in matprod A.npy B.npy C.npy",
		"matsubmit":  "matinit makes them; indexed_input_files = NAME, NAME names others",
		"matcombine": "the jobs make them: first matsubmit, or matprod; others are named, as in matcombine -jobs 100 C.npy",
	}[program])
}

// didYouMean returns a hint with the name of a file that is like that of one which does not exist, or "".
func didYouMean(name string) string {
	if like := SimilarFile(name); like != "" {
		return fmt.Sprintf("did you mean %s?", like)
	}
	return ""
}

// SimilarFile returns the name of the file that is most like that of one which does not exist, in the same
// folder, or "" if there is none.
func SimilarFile(name string) string {
	if slashes := strings.ReplaceAll(name, `\`, "/"); slashes != name && exists(slashes) {
		return slashes
	}
	dir, base := filepath.Split(name)
	entries, _ := os.ReadDir(cmp.Or(dir, "."))
	lower, named := make([]string, 0, len(entries)), map[string]string{}
	for _, e := range entries {
		if key := strings.ToLower(e.Name()); !e.IsDir() && !strings.HasPrefix(key, ".") {
			lower, named[key] = append(lower, key), e.Name()
		}
	}
	if like := text.Similar(base, lower); like != "" {
		return dir + named[like]
	}
	return ""
}

// placeholder matches what a name has in the place of its index in other programs' notation.
var placeholder = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`[*?#]+|%0?\d*[dis]|\$\w+|\$\{\w*\}|\{\w*\}|<\w*>|\[\w*\]`)
})

// elsewhere looks for a file of the series by a similar name, or in a folder nearby.
func (s *series) elsewhere(digits string) string {
	if name := s.name(""); placeholder().MatchString(path.Base(name)) {
		return fmt.Sprintf("the number goes before the extension: write %s", placeholder().ReplaceAllString(name, ""))
	}
	found := func(pattern string) string {
		names, _ := filepath.Glob(pattern)
		return append(names, "")[0]
	}
	name := s.name(digits)
	other := map[string]string{".npy": ".npz", ".npz": ".npy"}[s.after]
	if like := s.before + digits + other; other != "" && found(like) != "" {
		return fmt.Sprintf("there is %s: write %s", like, s.before+other)
	}
	if pair := s.before[:max(len(s.before)-1, 0)]; s.after == ".npy" && found(pair+digits+".npz") != "" {
		return fmt.Sprintf("there is %s%s.npz: if it holds both factors, write %[1]s.npz", pair, digits)
	}
	for _, pattern := range []string{filepath.Join(path.Dir(s.before), "*", path.Base(name)), filepath.Join(path.Dir(s.before), "..", path.Base(name)), path.Base(name)} {
		if like := found(pattern); like != "" && like != name {
			like = filepath.ToSlash(like)
			return fmt.Sprintf("there is %s: write %s", like, path.Join(path.Dir(like), path.Base(s.before)+s.after))
		}
	}
	return ""
}
