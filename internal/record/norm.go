package record

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"matpool/internal/base/file"
	"matpool/internal/base/hash"
)

// A Norm is the norm of the sum of some files, or of the matrix that they are the tiles of.
type Norm struct {
	First string    // the name of the first of the files, relative to the folder, with /
	Of    hash.Hash // the files that it is the norm of, from [HashOf]
	Files int       // their number
	Value string    // as it was printed

	By, Machine string
	Time        time.Time
}

// HashOf returns the hash of files, given theirs in any order.
func HashOf(files []hash.Hash) hash.Hash {
	files = slices.Clone(files)
	slices.SortFunc(files, func(a, b hash.Hash) int { return cmp.Compare(a.String(), b.String()) })
	var text strings.Builder
	for _, h := range files {
		text.WriteString(h.String())
	}
	return hash.Of([]byte(text.String()))
}

// Line returns the norm as a line of [FileName].
func (n Norm) Line() string {
	return formatLine(kindNorm, n.First, "", n.Of, New(kindNorm, "files", strconv.Itoa(n.Files), "value", n.Value), nil, n.By, n.Machine, n.Time)
}

// ParseNorm is the inverse of [Norm.Line].
func ParseNorm(line string) (Norm, error) {
	kind, size, rec, err := parseLine(line)
	if err != nil {
		return Norm{}, err
	}
	files, err := strconv.Atoi(rec.Recipe.Get("files"))
	value := rec.Recipe.Get("value")
	if kind != kindNorm || size != "" || rec.Recipe.op != kindNorm || err != nil || value == "" {
		return Norm{}, fmt.Errorf("%q is not a line about a norm", kind)
	}
	return Norm{rec.Name, rec.Hash, files, value, rec.By, rec.Machine, rec.Time}, nil
}

// Norm records the norm of files in the folder of the first. Nothing depends on it, so it is left out where it cannot be
// written.
func (r *Recorder) Norm(files []string, hashes []hash.Hash, value string) {
	if r == nil || r.print != nil || len(files) == 0 || len(hashes) != len(files) {
		return
	}
	first, _, _ := file.SplitMember(files[0])
	dir, base := filepath.Split(first)
	n := Norm{First: base, Of: HashOf(hashes), Files: len(files), Value: value, By: r.by, Machine: r.machine, Time: time.Now()}
	_ = appendLines(filepath.Clean(dir), []string{n.Line()})
}

// NormOf returns the norm of files with these hashes, if it is recorded.
func (f *Folder) NormOf(hashes []hash.Hash) (Norm, bool) {
	of := HashOf(hashes)
	for _, begin := range f.lines[about{kind: kindNorm}] {
		if n, err := ParseNorm(f.line(int(begin))); err == nil && n.Of == of && n.Files == len(hashes) {
			return n, true
		}
	}
	return Norm{}, false
}
