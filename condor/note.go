package condor

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"matpool/internal/base/file"
)

// A Note is the text that a submit description of package submitfile adds to each job's
// submit event in the log: "first=20 count=10 starts=4 jobs=10 from=run.sub outputs=c.npy".
// Older logs lack the fields from jobs on, or from sum on.
type Note struct {
	First, Count int    // the job's products
	Starts       int    // the limit on starts: after it, a hold that is a machine's fault is final
	Jobs         int    // the number of jobs submitted together; 0 if it is unknown
	Sum          bool   // the job returns the sum of its products instead of the products
	Unit         string // what is numbered: "" for products, or the word for another program's jobs
	Local        bool   // matsubmit ran the job itself: it is in no queue, and nothing will release it
	Random       string // from what its inputs are drawn; "" if they are files

	// Names of files, relative to the log's folder and escaped: the submit description, and the
	// job's outputs, separated by commas. Of products they are without an index.
	from, outputs string
}

// Returns adds the names of files to a note that [FormatNote] prints: those of the submit
// description, or "", and of the jobs' outputs, without an index. They are relative to the
// log's folder. A note that HTCondor would cut off stays without them.
func (n Note) Returns(description string, outputs []string) Note {
	const longest = 4000 // HTCondor cuts a note off after 8191 bytes (SubmitEvent::formatBody)
	var names []string
	for _, name := range outputs {
		if n.Sum { // it has the job's number, which HTCondor inserts
			name = file.InsertIndex(name, mark)
		}
		names = append(names, strings.ReplaceAll(escapeName.Replace(name), mark, "$(index)"))
	}
	if all := strings.Join(names, ","); len(all)+len(description) <= longest {
		n.from, n.outputs = escapeName.Replace(description), all
	}
	return n
}

// Subject names what the job computes: "product 7", "products 70 to 79".
func (n Note) Subject() string {
	unit := cmp.Or(n.Unit, "product")
	if n.Count == 1 {
		return fmt.Sprintf("%s %d", unit, n.First)
	}
	return fmt.Sprintf("%ss %d to %d", unit, n.First, n.First+n.Count-1)
}

// mark stands for an index until the rest of a name is escaped.
const mark = "\x00"

var (
	escapeName   = strings.NewReplacer("%", "%25", " ", "%20", "$", "%24", ",", "%2C", `"`, "%22", `\`, "%5C")
	unescapeName = strings.NewReplacer("%25", "%", "%20", " ", "%24", "$", "%2C", ",", "%22", `"`, "%5C", `\`)
)

// Description returns the name of the submit description, relative to the log's folder; "" if it
// is unknown.
func (n Note) Description() string { return unescapeName.Replace(n.from) }

// Outputs returns the names of the job's outputs, of each product in turn, relative to the log's
// folder; none if they are unknown.
func (n Note) Outputs() (names []string) {
	if n.outputs == "" {
		return nil
	}
	for name := range strings.SplitSeq(n.outputs, ",") {
		name = unescapeName.Replace(name)
		if n.Sum {
			names = append(names, name)
		} else {
			names = append(names, file.IndexedRange(name, n.First, n.Count)...)
		}
	}
	return names
}

// FormatNote returns the text of a note. First and count may be macros of the submit
// description, which HTCondor expands for each job; those of the note do not count.
func FormatNote(first, count string, n Note) string {
	s := fmt.Sprintf("first=%s count=%s starts=%d jobs=%d", first, count, n.Starts, n.Jobs)
	if n.Sum {
		s += " sum=yes"
	}
	if n.Unit != "" {
		s += " unit=" + n.Unit
	}
	if n.Local {
		s += " local=yes"
	}
	if n.Random != "" {
		s += " random=" + n.Random
	}
	if n.from != "" {
		s += " from=" + n.from
	}
	if n.outputs != "" {
		s += " outputs=" + n.outputs
	}
	return s
}

// ParseNote reads the text of a note. It returns false for any other text.
func ParseNote(text string) (n Note, ok bool) {
	rest := text
	field := func(name string) (value string, found bool) {
		if after, ok := strings.CutPrefix(rest, name+"="); ok {
			value, rest, _ = strings.Cut(after, " ")
			return value, true
		}
		return "", false
	}
	for i, f := range []struct {
		name string
		to   *int
	}{{"first", &n.First}, {"count", &n.Count}, {"starts", &n.Starts}, {"jobs", &n.Jobs}} {
		if i == 3 && rest == "" {
			break
		}
		digits, _ := field(f.name)
		value, err := strconv.ParseUint(digits, 10, 31)
		if err != nil {
			return Note{}, false
		}
		*f.to = int(value)
	}
	sum, summed := field("sum")
	n.Unit, _ = field("unit")
	local, here := field("local")
	n.Sum, n.Local = summed, here
	n.Random, _ = field("random")
	n.from, _ = field("from")
	n.outputs, _ = field("outputs")
	if summed && sum != "yes" || here && local != "yes" || rest != "" || strings.HasSuffix(text, " ") || n.First > 2*file.MaxIndex || n.Count > file.MaxIndex {
		return Note{}, false
	}
	return n, true
}
