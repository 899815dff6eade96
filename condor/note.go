package condor

import (
	"fmt"
	"strconv"
	"strings"

	"matpool/internal/file"
)

// A Note is the text that a submit description of package submitfile adds to each job's
// submit event in the log: "first=20 count=10 starts=4 jobs=10 sum=yes".
type Note struct {
	First, Count int  // the job's products
	Starts       int  // the limit on starts: after it, a hold that is a machine's fault is final
	Jobs         int  // the number of jobs submitted together; 0 in older logs, which lack it
	Sum          bool // the job returns the sum of its products instead of the products
	Local        bool // matsubmit ran the job itself: it is in no queue, and nothing will release it
}

func (n Note) String() string {
	s := FormatNote(strconv.Itoa(n.First), strconv.Itoa(n.Count), n.Starts, n.Jobs, n.Sum)
	if n.Local {
		s += " local=yes"
	}
	return s
}

// FormatNote returns the note's text. First and count may be macros of the submit
// description, which HTCondor expands for each job.
func FormatNote(first, count string, starts, jobs int, sum bool) string {
	s := fmt.Sprintf("first=%s count=%s starts=%d jobs=%d", first, count, starts, jobs)
	if sum {
		s += " sum=yes"
	}
	return s
}

// ParseNote reads the text of a note. It returns false for any other text.
func ParseNote(text string) (n Note, ok bool) {
	rest := text
	for i, field := range []struct {
		name string
		to   *int
	}{{"first=", &n.First}, {"count=", &n.Count}, {"starts=", &n.Starts}, {"jobs=", &n.Jobs}} {
		if name := field.name; i == 3 && rest == "" {
			break
		} else if rest, ok = strings.CutPrefix(rest, name); !ok {
			return Note{}, false
		}
		var digits string
		digits, rest, _ = strings.Cut(rest, " ")
		value, err := strconv.ParseUint(digits, 10, 31)
		if err != nil {
			return Note{}, false
		}
		*field.to = int(value)
	}
	for _, word := range []struct {
		text string
		to   *bool
	}{{"sum=yes", &n.Sum}, {"local=yes", &n.Local}} {
		if first, after, _ := strings.Cut(rest, " "); first == word.text {
			*word.to, rest = true, after
		}
	}
	if rest != "" || strings.HasSuffix(text, " ") || n.First > 2*file.MaxIndex || n.Count > file.MaxIndex {
		return Note{}, false
	}
	return n, true
}
