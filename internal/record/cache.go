package record

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"

	"matpool/internal/base/file"
	"matpool/internal/base/hash"
)

// CacheName is the name of the file in each folder that remembers the hashes of its files. It may be
// deleted at any time.
const CacheName = ".matpool.hashes"

var errNotRegular = errors.New("is not a regular file")

// A Cache knows the hashes of files whose [Stat] has not changed since somebody read, or wrote, them
// whole. It may be used by several goroutines. The zero Cache is ready to use.
//
// An entry counts only if the file was read more than a tick of the file system's clock after its
// last change: what changed within the same tick has the same times. So files changed just now are
// hashed again, and nothing waits.
//
// Note: what the system does not put into a file's times is not seen: bytes that rot on the disk, and
// those that a program changes in memory that it has mapped, until they are written back.
type Cache struct {
	mu      sync.Mutex
	folders map[string]*cacheFolder
}

// A cacheFolder is the entries of a folder.
type cacheFolder struct {
	once  sync.Once
	saved savedHashes // those of the folder's file
	mu    sync.Mutex
	added addedHashes
	dirty bool // something was added since the last Flush
}

// addedHashes are entries by their files' names. They lie in blocks outside of the map, which is never full.
type addedHashes struct {
	places map[string]int32
	blocks [][]entry
}

const perBlock = 1024

func (a *addedHashes) find(base string) (e entry, ok bool) {
	i, ok := a.places[base]
	if !ok {
		return e, false
	}
	return a.blocks[i/perBlock][i%perBlock], true
}

func (a *addedHashes) put(base string, e entry) {
	if i, ok := a.places[base]; ok {
		a.blocks[i/perBlock][i%perBlock] = e
		return
	}
	i := len(a.places)
	if i%perBlock == 0 {
		a.blocks = append(a.blocks, nil)
	}
	a.blocks[i/perBlock] = append(a.blocks[i/perBlock], e)
	a.places[base] = int32(i)
}

// An entry is a file's hash, and when it was known by this machine's clock; 0 for a file that was
// written rather than read, of which it suffices that its last change is past when that is saved.
type entry struct {
	stat   Stat
	hash   hash.Hash
	readAt int64
}

// racy reports whether the file could have another content by now, which has the same [Stat].
func (e entry) racy(now, skew int64) bool {
	if e.readAt != 0 {
		now = e.readAt
	}
	return e.stat.racy(now, skew)
}

func (c *Cache) folder(path string) (f *cacheFolder, base string) {
	dir, base := filepath.Split(path)
	c.mu.Lock()
	f = c.folders[dir]
	if f == nil {
		if c.folders == nil {
			c.folders = map[string]*cacheFolder{}
		}
		f = &cacheFolder{added: addedHashes{places: map[string]int32{}}}
		c.folders[dir] = f
	}
	c.mu.Unlock()
	f.once.Do(func() { f.saved = readSaved(dir + CacheName) })
	return f, base
}

// Lookup returns the hash of a file that has this [Stat] now, if it is known.
func (c *Cache) Lookup(path string, now Stat) (hash.Hash, bool) {
	f, base := c.folder(path)
	if e, ok := parseEntry(f.saved.line(escape(base, inCell))); ok && e.stat.same(now) {
		return e.hash, true
	}
	f.mu.Lock()
	e, ok := f.added.find(base)
	f.mu.Unlock()
	if ok && e.stat.same(now) && !e.racy(now.taken, 0) {
		return e.hash, true
	}
	return hash.Hash{}, false
}

// smallFile is the size below which a program that has read, or written, a file hashes it again rather than
// have its hash saved.
const smallFile = 256 << 10

// PutLarge remembers the hash of a file that the caller has read whole, unless it is small. before is its Stat from before
// its first byte was read. It returns false if the file's content was changed, or may have been, since.
//
// If only the time of change is another, the file is read again: it may have got a new name (a hard link, as -local makes
// for each job), or another content and its old time of modification.
func (c *Cache) PutLarge(ctx context.Context, path string, h hash.Hash, before Stat) bool {
	now, err := StatOf(path)
	switch {
	case err != nil:
		return true // the file that was read has no name any more
	case now.same(before):
		if now.size >= smallFile {
			c.put(path, entry{before, h, before.taken})
		}
		return true
	case now.size != before.size || now.modified != before.modified || now.number != before.number:
		return false
	}
	again, _, err := readHash(ctx, path, now.size)
	return err != nil || again == h
}

// Wrote remembers the hash of a file that the caller has written and given its name.
func (c *Cache) Wrote(path string, h hash.Hash) {
	if now, err := StatOf(path); err == nil {
		c.put(path, entry{now, h, 0})
	}
}

func (c *Cache) put(path string, e entry) {
	f, base := c.folder(path)
	f.mu.Lock()
	f.added.put(base, e)
	f.dirty = true
	f.mu.Unlock()
}

// A ChangedError reports a file that somebody changes while it is read.
type ChangedError struct{ Name string }

func (e *ChangedError) Error() string { return e.Name + ": changes while it is read" }

// littleFile is the size below which a file is read at once.
const littleFile = 16 << 10

// Hash returns a file's hash and size. It reads the file if the hash is not known.
func (c *Cache) Hash(ctx context.Context, path string) (h hash.Hash, size int64, err error) {
	before, err := StatOf(path)
	if err != nil {
		return h, 0, fmt.Errorf("%s: %w", path, file.Cause(err))
	}
	if h, ok := c.Lookup(path, before); ok {
		return h, before.size, nil
	}
	h, after, err := readHash(ctx, path, before.size)
	switch {
	case err != nil:
		return h, 0, fmt.Errorf("%s: %w", path, file.Cause(err))
	case after.number != before.number: // its name went to another file meanwhile
		return c.Hash(ctx, path)
	case !after.same(before):
		return h, 0, &ChangedError{path}
	}
	c.put(path, entry{before, h, before.taken})
	return h, before.size, nil
}

// readHash reads a file of a size, and returns its hash and its Stat from after that. Of small files there may be
// 100,000s: every system call counts.
func readHash(ctx context.Context, path string, size int64) (h hash.Hash, after Stat, err error) {
	in, err := file.OpenNow(path)
	if err != nil {
		return h, after, err
	}
	defer in.Close()
	if size < littleFile {
		content := make([]byte, size)
		if _, err := io.ReadFull(in, content); err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
			return h, after, err
		}
		h = hash.Of(content)
	} else if h, err = hash.Reader(ctx, in); err != nil {
		return h, after, err
	}
	after, err = StatFile(in)
	return h, after, err
}

// Flush saves what is new, for each folder at the end of its file, or in one replacement of a large file. Folders that
// cannot be written to are passed over: it is only a cache.
func (c *Cache) Flush() {
	c.mu.Lock()
	folders := maps.Clone(c.folders)
	c.mu.Unlock()
	for dir, f := range folders {
		f.mu.Lock()
		if f.dirty {
			f.dirty = flush(dir, &f.added) != nil
		}
		f.mu.Unlock()
	}
}

// sameClock is how far a file's time is behind at most if the file system uses this machine's clock:
// the tick of a kernel with 100 a second.
const sameClock = int64(10 * time.Millisecond)

// skewOf returns how far the clock of a file system is behind, given the Stat of a file that was written there since
// start.
func skewOf(written Stat, start int64) int64 {
	if written.changed+sameClock > start {
		return 0
	}
	return written.taken - written.changed
}

// smallCache is the size up to which the cache of a folder grows by lines at its end. To replace a file takes as long as
// to hash 20 MB, since the system writes to the disk at once.
const smallCache = 64 << 10

// flush adds entries to the cache of a folder.
func flush(dir string, added *addedHashes) error {
	start := time.Now().UnixNano()
	if !slices.ContainsFunc(added.blocks, func(block []entry) bool {
		return slices.ContainsFunc(block, func(e entry) bool { return !e.racy(start, 0) })
	}) {
		return nil
	}
	f, locked, err := file.OpenLocked(dir+CacheName, os.O_RDWR|os.O_CREATE)
	if err != nil {
		return err
	}
	defer func() { f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if locked && len(added.places) < smallCache/100 && info.Size() < smallCache {
		return appendSure(f, info.Size(), added, start, StatFile)
	}
	return replaceCache(dir, added, func() {
		if !locked || !canReplaceOpen {
			f.Close() // two that do this at once lose one's entries, which are only hashed again
		}
	})
}

// appendSure adds entries at the end of a file of some size, which is locked. What its time then shows to be racy it takes
// back.
func appendSure(f *os.File, size int64, added *addedHashes, start int64, stat func(*os.File) (Stat, error)) error {
	beginning := cacheHeader + "\n"
	if size > 0 {
		beginning = beginningOfLine(f, size)
	}
	names := slices.Sorted(maps.Keys(added.places))
	sure := func(now, skew int64) []byte {
		b := []byte(beginning)
		for _, base := range names {
			if e, _ := added.find(base); !e.racy(now, skew) {
				b = e.appendLine(b, escape(base, inCell))
			}
		}
		return b
	}
	lines := sure(start, 0)
	if _, err := f.WriteAt(lines, size); err != nil {
		return err
	}
	written, err := stat(f) // its time is by the file system's clock
	if err != nil {
		return err
	}
	fewer := sure(written.taken, skewOf(written, start))
	if len(fewer) >= len(lines) {
		return nil
	}
	if err := f.Truncate(size); err != nil {
		return err
	}
	_, err = f.WriteAt(fewer, size)
	return err
}

// replaceCache replaces the cache of a folder by one with added entries, and without old lines and those of files that are
// gone. It calls ready before that.
func replaceCache(dir string, added *addedHashes, ready func()) error {
	name := dir + CacheName
	start := time.Now().UnixNano()
	out, err := file.Create(name)
	if err != nil {
		return err
	}
	defer out.Close()
	made, err := StatFile(out.File)
	if err != nil {
		return err
	}
	skew := skewOf(made, start)
	old := readSaved(name)
	names := slices.Collect(maps.Keys(added.places))
	if len(old.lines) > 0 {
		if names, err = namesIn(dir); err != nil {
			return err
		}
	}
	slices.Sort(names)
	w := bufio.NewWriterSize(out, 64<<10)
	w.WriteString(cacheHeader + "\n")
	for _, base := range names {
		name := escape(base, inCell)
		if e, ok := added.find(base); ok && !e.racy(made.taken, skew) {
			w.Write(e.appendLine(w.AvailableBuffer(), name))
		} else if line := old.line(name); line != "" {
			w.WriteString(line + "\n")
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	ready()
	return out.Commit(false)
}

func namesIn(dir string) ([]string, error) {
	if dir == "" {
		dir = "."
	}
	d, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	return d.Readdirnames(-1)
}

const cacheHeader = "name\tsize\tmtime\tctime\tfile\txxh128"

// savedHashes are the entries of a folder's file: its text, and where the lines begin, in the order of their names. A map of
// 300,000 entries would take three times the memory, and longer to make.
type savedHashes struct {
	text  string
	lines []uint32
}

// readSaved reads a folder's entries, none if there is no file. A later line supersedes an earlier one of the same name.
func readSaved(name string) (s savedHashes) {
	info, err := os.Stat(name)
	if err != nil || !info.Mode().IsRegular() || info.Size() > largest {
		return s
	}
	in, err := os.Open(name)
	if err != nil {
		return s
	}
	defer in.Close()
	var text strings.Builder
	text.Grow(int(info.Size()))
	if _, err := io.Copy(&text, io.LimitReader(in, info.Size())); err != nil {
		return s
	}
	s.text = strings.TrimPrefix(text.String(), cacheHeader+"\n")
	s.lines = make([]uint32, 0, strings.Count(s.text, "\n"))
	for begin := 0; begin < len(s.text); {
		length := strings.IndexByte(s.text[begin:], '\n')
		if length < 0 { // it is cut short
			break
		}
		s.lines = append(s.lines, uint32(begin))
		begin += length + 1
	}
	byName := func(a, b uint32) int { return strings.Compare(s.nameAt(a), s.nameAt(b)) }
	if !slices.IsSortedFunc(s.lines, byName) { // as long as it grows at its end, or a name has odd characters
		slices.SortStableFunc(s.lines, byName)
	}
	return s
}

// nameAt returns the name in the line that begins somewhere.
func (s savedHashes) nameAt(begin uint32) string {
	line := s.text[begin:]
	return line[:max(0, strings.IndexByte(line, '\t'))]
}

// line returns the last line about a file by its name in the text, "" if there is none.
func (s savedHashes) line(name string) string {
	i := sort.Search(len(s.lines), func(i int) bool { return s.nameAt(s.lines[i]) > name }) - 1
	if i < 0 || s.nameAt(s.lines[i]) != name {
		return ""
	}
	line, _, _ := strings.Cut(s.text[s.lines[i]:], "\n")
	return line
}

// appendLine appends the line about a file.
func (e entry) appendLine(b []byte, name string) []byte {
	b = append(append(b, name...), '\t')
	for _, n := range []int64{e.stat.size, e.stat.modified, e.stat.changed} {
		b = append(strconv.AppendInt(b, n, 10), '\t')
	}
	b = append(strconv.AppendUint(b, e.stat.number, 10), '\t')
	return append(append(b, e.hash.String()...), '\n')
}

// parseEntry parses a line without its end.
func parseEntry(line string) (e entry, ok bool) {
	var cells [6]string
	if !splitLine(line, cells[:]) {
		return e, false
	}
	var errs [5]error
	e.stat.size, errs[0] = strconv.ParseInt(cells[1], 10, 64)
	e.stat.modified, errs[1] = strconv.ParseInt(cells[2], 10, 64)
	e.stat.changed, errs[2] = strconv.ParseInt(cells[3], 10, 64)
	e.stat.number, errs[3] = strconv.ParseUint(cells[4], 10, 64)
	e.hash, errs[4] = hash.Parse(cells[5])
	return e, errs == [5]error{}
}
