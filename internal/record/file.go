package record

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/bits"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"matpool/internal/base/file"
	"matpool/internal/base/hash"
)

// Append adds records to a folder's file, which is made if it is missing. Their files are complete
// and have their names already: a record never claims what is not there.
//
// All lines are written at once, under a lock. Where the file system cannot lock, lines that two
// machines write at the same time may damage each other; then they are not read.
func Append(dir string, records ...Record) error {
	lines := make([]string, len(records))
	for i, r := range records {
		lines[i] = r.Line()
	}
	return appendLines(dir, lines)
}

// AppendRun adds a run to a folder's file.
func AppendRun(dir string, r Run) error { return appendLines(dir, []string{r.Line()}) }

func appendLines(dir string, lines []string) error {
	name := filepath.Join(dir, FileName)
	if err := file.Check(name); err != nil { // a folder, a pipe, another user's link
		return err
	}
	if err := appendTo(name, lines); err != nil {
		return fmt.Errorf("%s: cannot be written: %w", name, file.Cause(err))
	}
	return nil
}

func appendTo(name string, lines []string) error {
	f, locked, err := file.OpenLocked(name, os.O_RDWR|os.O_CREATE|os.O_APPEND)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	before := info.Size()
	text := header() + "\n"
	if before > 0 {
		text = beginningOfLine(f, before)
	}
	if len(lines) > 0 {
		text += strings.Join(lines, "\n") + "\n"
	}
	after := before + int64(len(text))
	if _, err := f.WriteString(text); err != nil {
		return err
	}
	if locked && compactAt(before, after) {
		compact(name) // it is only a matter of space
	}
	return nil
}

// beginningOfLine returns what makes the end of a file of some size the beginning of a line, if the last line was cut
// short.
func beginningOfLine(f *os.File, size int64) string {
	var last [1]byte
	if _, err := f.ReadAt(last[:], size-1); err == nil && last[0] != '\n' {
		return "\n"
	}
	return ""
}

// smallest is the size from which on it is worth while to remove old lines.
const smallest = 1 << 20

// compactAt reports whether a file has grown beyond a power of two, which is when old lines are
// counted, so that an addition takes no longer in a large file than in a small one.
//
// Where a file that is open cannot be replaced, old lines stay.
func compactAt(before, after int64) bool {
	return after >= smallest && bits.Len64(uint64(before)) != bits.Len64(uint64(after)) && canReplaceOpen
}

// compact replaces a file by one without the lines that later ones supersede, if they are most of it.
// The caller has locked the file.
func compact(name string) error {
	old, err := read(name)
	if err != nil || 2*old.live > len(old.text) {
		return err
	}
	out, err := file.Create(name)
	if err != nil {
		return err
	}
	defer out.Close()
	var at []int
	for _, lines := range old.lines {
		for _, begin := range lines {
			at = append(at, int(begin))
		}
	}
	slices.Sort(at)
	var b strings.Builder
	b.WriteString(header() + "\n")
	for _, begin := range at {
		b.WriteString(old.line(begin) + "\n")
	}
	if _, err := io.WriteString(out, b.String()); err != nil {
		return err
	}
	return out.Commit(false)
}

// A Folder is the records of a folder's files. Several goroutines may use it.
//
// It holds the file's text and takes a line apart when somebody asks for it: 100,000 records need
// some 50 MB.
type Folder struct {
	Dir string

	text  string
	lines map[about]map[string]uint32 // where the last line about a name begins
	live  int                         // bytes of these lines
	runs  []*runIndex                 // in the order of their lines
}

// A later line about the same name supersedes an earlier one if also its kind is the same, and the run. Runs of
// one submission file that made something else are kept, since their outputs may still be there, and so are
// the inputs that they were given.
type about struct{ kind, run string }

// Load reads the records of a folder, none if it has none. Lines that are damaged, cut short or of an
// unknown kind are passed over.
func Load(dir string) (*Folder, error) {
	name := filepath.Join(dir, FileName)
	f, err := read(name)
	if errors.Is(err, fs.ErrNotExist) {
		return &Folder{Dir: dir}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, file.Cause(err))
	}
	f.Dir = dir
	return f, nil
}

// IsEmpty reports whether the folder has no records at all.
func (f *Folder) IsEmpty() bool { return len(f.lines) == 0 }

// largest is the size of a file of records that is read.
const largest = 1 << 30

// read reads a file of records.
func read(name string) (*Folder, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > largest {
		return nil, fmt.Errorf("is not a file of records of at most %d bytes", largest)
	}
	in, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	var text strings.Builder
	text.Grow(int(info.Size()))
	if _, err := io.Copy(&text, io.LimitReader(in, info.Size())); err != nil {
		return nil, err
	}
	return parse(text.String()), nil
}

// parse finds the lines that count.
func parse(text string) *Folder {
	f := &Folder{text: text, lines: map[about]map[string]uint32{}}
	for begin := 0; ; {
		length := strings.IndexByte(f.text[begin:], '\n')
		if length < 0 { // also of a line that is being written
			break
		}
		if key, name, ok := keyOf(f.line(begin)); ok {
			lines := f.lines[key]
			if lines == nil {
				lines = map[string]uint32{}
				f.lines[key] = lines
			}
			if old, known := lines[name]; known {
				f.live -= len(f.line(int(old))) + 1
			}
			lines[name] = uint32(begin)
			f.live += len(f.line(begin)) + 1
		}
		begin += length + 1
	}
	for _, begin := range f.ofKind(kindRun) {
		if run, err := ParseRun(f.line(begin)); err == nil {
			f.runs = append(f.runs, run.index())
		}
	}
	return f
}

// ofKind returns where the lines of a kind begin, in their order.
func (f *Folder) ofKind(kind string) (begins []int) {
	for key, lines := range f.lines {
		if key.kind != kind {
			continue
		}
		for _, begin := range lines {
			begins = append(begins, int(begin))
		}
	}
	slices.Sort(begins)
	return begins
}

// line returns the line that begins somewhere.
func (f *Folder) line(begin int) string {
	line, _, _ := strings.Cut(f.text[begin:], "\n")
	return strings.TrimSuffix(line, "\r") // an editor's
}

// lineAbout returns the line of a kind about a name, and of a run unless that is "".
func (f *Folder) lineAbout(kind, name, run string) (line string, ok bool) {
	begin, ok := f.lines[about{kind, run}][escape(name, inCell)]
	if !ok {
		return "", false
	}
	return f.line(int(begin)), true
}

// keyOf returns what a line is about, if it is a whole line. Its cells are looked at later.
func keyOf(line string) (key about, name string, ok bool) {
	key.kind, line, _ = strings.Cut(line, "\t")
	name, line, _ = strings.Cut(line, "\t")
	_, line, _ = strings.Cut(line, "\t")
	id, line, _ := strings.Cut(line, "\t")
	switch key.kind {
	case kindRun:
		key.run = id
	case kindInput:
		key.run, _, _ = strings.Cut(line, "\t") // the recipe
	case kindVerified: // by each machine
		cells := strings.Split(line, "\t")
		key.run = id + "\t" + cells[0]
		if len(cells) == len(columns)-4 {
			key.run += "\t" + cells[3]
		}
	case kindOutput, kindBegun, kindNorm:
	default:
		return key, name, false
	}
	const end = "2006-01-02T15:04:05Z"
	at := strings.LastIndexByte(line, '\t')
	whole := strings.Count(line, "\t") == len(columns)-5 && len(line)-at-1 == len(end) && strings.HasSuffix(line, "Z")
	return key, name, whole && len(id) == hash.Size
}

// Of returns the records of a file, whose name is relative to the folder, with /: the last one in the
// folder's file, and those in the stdout of the jobs that made it. Which one describes the file, its
// hash says: several jobs may have made it, and somebody by hand, and clocks differ.
func (f *Folder) Of(name string) (list []Record) {
	list = f.Kept(name)
	for _, run := range slices.Backward(f.runs) {
		list = append(list, run.records(f.Dir, name)...)
	}
	return list
}

// Kept returns the record that the folder's file has of a file, if any.
func (f *Folder) Kept(name string) []Record {
	line, ok := f.lineAbout(kindOutput, name, "")
	if !ok {
		return nil
	}
	r, err := ParseLine(line)
	if err != nil {
		return nil
	}
	return []Record{r}
}

// Begun reports whether a program was about to write a file, whose name is relative to the folder, that was not there.
func (f *Folder) Begun(name string) bool {
	_, ok := f.lineAbout(kindBegun, name, "")
	return ok
}

// Names returns the names of all files that have a record, sorted.
func (f *Folder) Names() (names []string) {
	for _, begin := range f.lines[about{kind: kindOutput}] {
		if r, err := ParseLine(f.line(int(begin))); err == nil {
			names = append(names, r.Name)
		}
	}
	for _, run := range f.runs {
		for _, job := range run.Jobs {
			for _, rec := range run.recordsOf(f.Dir, job) {
				names = append(names, rec.Name)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Runs returns the runs, in the order in which they were added.
func (f *Folder) Runs() (runs []Run) {
	for _, run := range f.runs {
		runs = append(runs, run.Run)
	}
	return runs
}

// Latest returns the last run of a submission file, whose name is relative to the folder, with /.
func (f *Folder) Latest(submission string) (Run, bool) {
	for _, run := range slices.Backward(f.runs) {
		if run.File == submission {
			return run.Run, true
		}
	}
	return Run{}, false
}

// canReplaceOpen is whether a file that is open, and locked, can be replaced.
const canReplaceOpen = runtime.GOOS != "windows"
