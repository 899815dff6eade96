package record

import (
	"strconv"
	"time"

	"matpool/internal/base/hash"
)

// A Given is an input that matsubmit found when it submitted a run of another program than matprod:
// its jobs print no records, so this is what is known of the files that they got.
type Given struct {
	Name string    // relative to the folder of the records, with /
	Run  hash.Hash // the run's identity
	Size int64
	Hash hash.Hash

	By, Machine string
	Time        time.Time
}

// Line returns what was given as a line of [FileName]. Its recipe is "input run=" with the run's
// identity: two runs may have got different contents of one file.
func (g Given) Line() string {
	return formatLine(kindInput, g.Name, strconv.FormatInt(g.Size, 10), g.Hash, New(kindInput, "run", g.Run.String()), nil, g.By, g.Machine, g.Time)
}

// GivenTo returns the hash that an input had when a run's jobs that read it were submitted last; false if
// that is not recorded.
func (f *Folder) GivenTo(run hash.Hash, name string) (hash.Hash, bool) {
	line, ok := f.lineAbout(kindInput, name, kindInput+" run="+run.String())
	var cells [len(columns)]string
	if !ok || !splitLine(line, cells[:]) {
		return hash.Hash{}, false
	}
	h, err := hash.Parse(cells[3])
	return h, err == nil
}

// AppendGiven adds inputs to a folder's file.
func AppendGiven(dir string, list ...Given) error {
	lines := make([]string, len(list))
	for i, g := range list {
		lines[i] = g.Line()
	}
	return appendLines(dir, lines)
}
