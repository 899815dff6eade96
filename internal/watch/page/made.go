package page

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"matpool/internal/base/file"
	"matpool/internal/base/hash"
	"matpool/internal/base/text"
	"matpool/internal/outputs"
	"matpool/internal/record"
	"matpool/internal/watch/report"
)

// mostRead is how many bytes of outputs are read to compare them with their records. What is larger than the rest of it,
// and whose hash nobody remembers, is compared by its size.
const mostRead = 256 << 20

// A made is what is known of the run besides its log.
type made struct {
	submission string     // the submission file; "" if unknown
	run        record.Run // zero if it is not recorded
	family     record.Recipe
	unknown    string // why nothing is known of the outputs; "" otherwise

	files    int            // outputs that are there
	recorded int            // those of them that have a record that describes them
	bySize   int            // and of these, those that were compared by their size
	checked  int            // and those whose program checked what it computed
	by       map[string]int // programs, versions and kernels
	wrong    []string       // outputs that are not what their records say

	norm, normFile string      // what the file of the norm says; "" if there is none
	stale          bool        // the outputs are others than when it was written
	recordedNorm   record.Norm // of exactly the outputs that are there; zero if it is not recorded
	hashes         []hash.Hash // of the outputs
}

// look looks for what is recorded of a run. Errors are as good as no records: the reader is told what is unknown.
func look(r *report.Report) (m made) {
	o := r.Run.Outputs
	dir := filepath.Dir(r.Names[0])
	if o != nil && o.Submission != "" {
		m.submission, dir = o.Submission, filepath.Dir(o.Submission)
	}
	cache := &record.Cache{}
	records := outputs.NewRecords(dir, cache)
	if runs, err := records.Runs(); err == nil {
		m.findRun(r, runs.Runs())
	}
	if m.run.File != "" {
		m.submission = filepath.Join(dir, filepath.FromSlash(m.run.File))
	}
	var there []string
	if o != nil && o.Unknown == "" {
		for _, f := range o.Files {
			there = append(there, f.Name)
		}
	}
	m.readNorm(there)
	switch {
	case o == nil || len(o.Files) == 0:
		m.unknown = "the log names no outputs of jobs that are done"
		return m
	case o.Unknown != "":
		m.unknown = "there is only the log, and " + o.Unknown
		return m
	}
	m.by = map[string]int{}
	budget := int64(mostRead)
	for _, f := range o.Files {
		if f.State == outputs.Valid {
			m.files++
			known, _ := records.Of(filepath.ToSlash(file.From(dir, f.Name)))
			m.compare(f.Name, known, cache, dir, &budget)
		}
	}
	if folder, err := record.Load(filepath.Dir(o.Files[0].Name)); err == nil && len(m.hashes) == len(o.Files) {
		m.recordedNorm, _ = folder.NormOf(m.hashes)
	}
	m.stale = m.stale || len(m.wrong) > 0
	return m
}

// findRun finds the run with the identity in the jobs' notes, or the only one.
func (m *made) findRun(r *report.Report, runs []record.Run) {
	id := ""
	for _, j := range r.Run.Jobs {
		note, _ := j.Note()
		id = cmp.Or(note.ID, id)
	}
	for _, run := range slices.Backward(runs) {
		if id != "" && run.ID.String() == id {
			m.run, m.family = run, run.Family
			return
		}
	}
}

// compare compares an output with its records.
func (m *made) compare(name string, known []record.Record, cache *record.Cache, dir string, budget *int64) {
	if len(known) == 0 {
		return
	}
	remembered := func(name string) (hash.Hash, bool) { // it reads no file
		stat, err := record.StatOf(name)
		if err != nil {
			return hash.Hash{}, false
		}
		return cache.Lookup(name, stat)
	}
	want := record.Expected{Input: func(name string) (hash.Hash, bool) {
		if name = filepath.FromSlash(name); !filepath.IsAbs(name) {
			name = filepath.Join(dir, name)
		}
		return remembered(name)
	}}
	info, err := os.Stat(name)
	if err != nil {
		return
	}
	size := info.Size()
	h, byHash := remembered(name)
	if !byHash && size <= *budget {
		*budget -= size
		if h, size, err = cache.Hash(context.Background(), name); err != nil {
			return
		}
		byHash = true
	}
	var found record.Finding
	if byHash {
		found = record.Judge(name, size, h, known, want)
	} else if found, err = cache.Quick(name, known, want); err != nil {
		return
	}
	if found.Outcome != record.Valid {
		m.wrong = append(m.wrong, text.Plain(found.String()))
		return
	}
	i := slices.IndexFunc(known, func(rec record.Record) bool { return rec.Size == size && (!byHash || rec.Hash == h) })
	if i < 0 {
		return
	}
	rec := known[i]
	m.recorded++
	m.hashes = append(m.hashes, rec.Hash)
	if !byHash {
		m.bySize++
	}
	program, checked := strings.CutSuffix(rec.By, ", checked")
	if checked {
		m.checked++
	}
	m.by[text.Plain(program)]++
	if m.family.IsZero() {
		m.family = rec.Recipe.Family()
	}
}

// readNorm reads the file that the last node of a DAG writes, after the outputs.
func (m *made) readNorm(outputs []string) {
	if m.submission == "" {
		return
	}
	m.normFile = m.submission + ".norm"
	info, err := os.Stat(m.normFile)
	if err != nil || !info.Mode().IsRegular() {
		return
	}
	for _, name := range outputs {
		if made, err := os.Stat(name); err == nil && made.ModTime().After(info.ModTime()) {
			m.stale = true
		}
	}
	f, err := os.Open(m.normFile)
	if err != nil {
		return
	}
	defer f.Close()
	const most = 4096
	content, err := io.ReadAll(io.LimitReader(f, most))
	if err != nil {
		return
	}
	for line := range strings.Lines(string(content)) {
		if line = strings.TrimSpace(line); line != "" && !record.IsStdoutLine(line) {
			m.norm = text.Plain(line)
			return
		}
	}
}

// programs lists who made the outputs: "matprod v1.2 avx512 (11 files)".
func (m *made) programs() string {
	names := slices.Sorted(maps.Keys(m.by))
	if len(names) == 1 {
		return names[0]
	}
	for i, name := range names {
		names[i] = fmt.Sprintf("%s (%s)", name, text.Count(m.by[name], "file"))
	}
	return text.First(names, "; ")
}
