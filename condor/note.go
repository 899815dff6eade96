package condor

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"matpool/internal/base/file"
)

// A Note is the line that a submit description of package submitfile adds to each job's submit
// event in the log: "first=20 count=10 starts=4 jobs=10 from=run.sub outputs=c.npy".
type Note struct {
	First, Count int    // the job's products
	Starts       int    // the limit on starts: after it, a hold that is a machine's fault is final
	Jobs         int    // the number of jobs submitted together
	Sum          bool   // the job returns the sum of its products instead of the products
	Unit         string // what is numbered: "" for products, or the word for another program's jobs
	Local        bool   // matsubmit ran the job itself: it is in no queue, and nothing will release it
	Hold         bool   // the job was submitted on hold, which no event in the log says
	Random       string // from what its inputs are drawn; "" if they are files
	ID           string // the identity of its run: jobs that have another make something else; "" in old logs

	// Names of files, relative to the log's folder; none if they are unknown.
	Description string   // the submit description; the submission file if the job is Local
	Outputs     []string // the job's outputs: of products without an index, of a sum with the job's
}

// Subject names what the job computes: "product 7", "products 70 to 79".
func (n Note) Subject() string {
	unit := cmp.Or(n.Unit, "product")
	if n.Count == 1 {
		return fmt.Sprintf("%s %d", unit, n.First)
	}
	return fmt.Sprintf("%ss %d to %d", unit, n.First, n.First+n.Count-1)
}

// OutputNames returns the names of the job's outputs, those of each product in turn, relative to
// the log's folder.
func (n Note) OutputNames() []string {
	if n.Sum {
		return n.Outputs
	}
	var names []string
	for _, name := range n.Outputs {
		names = append(names, file.IndexedRange(name, n.First, n.Count)...)
	}
	return names
}

// String returns the text of the note, which [ParseNote] reads.
func (n Note) String() string { return n.format(strconv.Itoa(n.First), strconv.Itoa(n.Count)) }

// mark stands for an index until the rest of a name is escaped.
const mark = "\x00"

// Template returns the text of the notes of all jobs: HTCondor inserts each job's first product
// and their number, which are macros, and the job's number into the name of a sum. Names that
// would make the text too long are left out.
func (n Note) Template(first, count string) Template {
	const longest = 4000 // HTCondor cuts a note off after 8191 bytes (SubmitEvent::formatBody)
	if n.Sum {
		n.Outputs = slices.Clone(n.Outputs)
		for i, name := range n.Outputs {
			n.Outputs[i] = file.InsertIndex(name, mark)
		}
	}
	if len(n.Description)+len(strings.Join(n.Outputs, ",")) > longest {
		n.Description, n.Outputs = "", nil
	}
	return Template(strings.ReplaceAll(n.format(first, count), mark, "$(index)"))
}

var (
	escapeName   = strings.NewReplacer("%", "%25", " ", "%20", "$", "%24", ",", "%2C", `"`, "%22", `\`, "%5C")
	unescapeName = strings.NewReplacer("%25", "%", "%20", " ", "%24", "$", "%2C", ",", "%22", `"`, "%5C", `\`)
)

func (n Note) format(first, count string) string {
	s := make([]byte, 0, 256)
	s = append(append(append(append(s, "first="...), first...), " count="...), count...)
	s = strconv.AppendInt(append(s, " starts="...), int64(n.Starts), 10)
	s = strconv.AppendInt(append(s, " jobs="...), int64(n.Jobs), 10)
	add := func(field, value string) {
		if value != "" {
			s = append(append(append(append(s, ' '), field...), '='), value...)
		}
	}
	if n.Sum {
		add("sum", "yes")
	}
	add("unit", n.Unit)
	if n.Local {
		add("local", "yes")
	}
	if n.Hold {
		add("hold", "yes")
	}
	add("random", n.Random)
	add("id", n.ID)
	add("from", escapeName.Replace(n.Description))
	var outputs []string
	for _, name := range n.Outputs {
		outputs = append(outputs, escapeName.Replace(name))
	}
	add("outputs", strings.Join(outputs, ","))
	return string(s)
}

// ParseNote reads what [Note.String] returns. It returns false for any other text.
func ParseNote(text string) (n Note, ok bool) {
	if !strings.HasPrefix(text, "first=") { // most texts of other programs
		return Note{}, false
	}
	for field := range strings.SplitSeq(text, " ") {
		name, value, _ := strings.Cut(field, "=")
		switch name { // a number that is none makes another text below
		case "first":
			n.First, _ = strconv.Atoi(value)
		case "count":
			n.Count, _ = strconv.Atoi(value)
		case "starts":
			n.Starts, _ = strconv.Atoi(value)
		case "jobs":
			n.Jobs, _ = strconv.Atoi(value)
		case "sum":
			n.Sum = true
		case "unit":
			n.Unit = value
		case "local":
			n.Local = true
		case "hold":
			n.Hold = true
		case "random":
			n.Random = value
		case "id":
			n.ID = value
		case "from":
			n.Description = unescapeName.Replace(value)
		case "outputs":
			for name := range strings.SplitSeq(value, ",") {
				n.Outputs = append(n.Outputs, unescapeName.Replace(name))
			}
		}
	}
	if n.First < 0 || n.First > 2*file.MaxIndex || n.Count < 0 || n.Count > file.MaxCount || n.Starts < 0 || n.Jobs < 0 || n.String() != text {
		return Note{}, false
	}
	return n, true
}
