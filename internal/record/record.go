package record

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"matpool/internal/base/hash"
)

// A Record says what a file is and what it was made from.
type Record struct {
	Name    string // relative to the folder of the records, with /
	Size    int64
	Hash    hash.Hash
	Recipe  Recipe
	From    []Input   // the files that it was made from, as they were read
	By      string    // program, version and kernel: "matprod v1.2 avx512"
	Machine string    // its host name
	Time    time.Time // to the second; it decides nothing
}

// An Input is a file that another was made from. If its hash is not known, it is zero.
type Input struct {
	Name string
	Hash hash.Hash
}

// FileName is the name of the file of records in the folder of the files that it describes.
const FileName = "matpool.tsv"

// Kinds of lines.
const (
	kindOutput   = "output"
	kindRun      = "run"
	kindInput    = "input"
	kindBegun    = "begun"
	kindNorm     = "norm"
	kindVerified = "verified"
)

var columns = [...]string{"kind", "name", "size", "xxh128", "recipe", "from", "by", "machine", "time"}

// header is the first line of a file of records.
func header() string { return strings.Join(columns[:], "\t") }

// Line returns the record as a line of [FileName], without the line's end.
func (r Record) Line() string {
	return formatLine(kindOutput, r.Name, strconv.FormatInt(r.Size, 10), r.Hash, r.Recipe, r.From, r.By, r.Machine, r.Time)
}

func formatLine(kind, name, size string, h hash.Hash, recipe Recipe, from []Input, by, machine string, at time.Time) string {
	return strings.Join([]string{kind, escape(name, inCell), size, h.String(), recipe.String(), FormatInputs(from),
		escape(by, inCell), escape(machine, inCell), at.UTC().Format(time.RFC3339)}, "\t")
}

// ParseLine is the inverse of [Record.Line]. It takes no line that is cut short: the last column has a
// fixed form.
func ParseLine(line string) (Record, error) {
	kind, size, r, err := parseLine(line)
	if err != nil {
		return Record{}, err
	}
	if kind != kindOutput {
		return Record{}, fmt.Errorf("%q is not a line about an output", kind)
	}
	if r.Size, err = strconv.ParseInt(size, 10, 64); err != nil || r.Size < 0 || strconv.FormatInt(r.Size, 10) != size {
		return Record{}, fmt.Errorf("%q is not a size in bytes", size)
	}
	return r, nil
}

// parseLine parses the columns that all kinds of lines have alike.
func parseLine(line string) (kind, size string, r Record, err error) {
	var cells [len(columns)]string
	if !splitLine(line, cells[:]) {
		return "", "", r, fmt.Errorf("%d columns, not %d", strings.Count(line, "\t")+1, len(columns))
	}
	var errs [7]error
	r.Name, errs[0] = unescape(cells[1])
	r.Hash, errs[1] = hash.Parse(cells[3])
	r.Recipe, errs[2] = ParseRecipe(cells[4])
	r.From, errs[3] = ParseInputs(cells[5])
	r.By, errs[4] = unescape(cells[6])
	r.Machine, errs[5] = unescape(cells[7])
	r.Time, errs[6] = time.Parse(time.RFC3339, cells[8])
	if i := slices.IndexFunc(errs[:], func(err error) bool { return err != nil }); i >= 0 {
		return "", "", r, errs[i]
	}
	if r.Name == "" || r.Time.Format(time.RFC3339) != cells[8] || !strings.HasSuffix(cells[8], "Z") {
		return "", "", r, fmt.Errorf("no name, or %q is not a time in UTC", cells[8])
	}
	return cells[0], cells[2], r, nil
}

// splitLine splits a line into its cells. It returns false if there are not as many.
func splitLine(line string, cells []string) bool {
	last := len(cells) - 1
	for i := range cells[:last] {
		var more bool
		if cells[i], line, more = strings.Cut(line, "\t"); !more {
			return false
		}
	}
	cells[last] = line
	return !strings.Contains(line, "\t")
}

// FormatInputs returns "inputA7.npy=HASH,inputB7.npy=HASH".
func FormatInputs(list []Input) string {
	var b strings.Builder
	b.Grow(64 * len(list))
	for i, input := range list {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(escape(input.Name, inList))
		if !input.Hash.IsZero() {
			b.WriteByte('=')
			b.WriteString(input.Hash.String())
		}
	}
	return b.String()
}

// ParseInputs is the inverse of [FormatInputs].
func ParseInputs(s string) (list []Input, err error) {
	if s == "" {
		return nil, nil
	}
	for word := range strings.SplitSeq(s, ",") {
		var input Input
		name, digits, hashed := strings.Cut(word, "=")
		if input.Name, err = unescape(name); err == nil && hashed {
			input.Hash, err = hash.Parse(digits)
		}
		if err == nil && input.Name == "" {
			err = fmt.Errorf("%q has an input without a name", s)
		}
		if err != nil {
			return nil, err
		}
		list = append(list, input)
	}
	return list, nil
}
