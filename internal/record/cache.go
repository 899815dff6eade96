package record

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
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
	saved map[string]entry // those of the folder's file
	mu    sync.Mutex
	added map[string]entry
	dirty bool // something was added since the last Flush
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
		f = &cacheFolder{added: map[string]entry{}}
		c.folders[dir] = f
	}
	c.mu.Unlock()
	f.once.Do(func() { f.saved = readCache(dir + CacheName) })
	return f, base
}

// Lookup returns the hash of a file that has this [Stat] now, if it is known.
func (c *Cache) Lookup(path string, now Stat) (hash.Hash, bool) {
	f, base := c.folder(path)
	if e, ok := f.saved[base]; ok && e.stat.same(now) {
		return e.hash, true
	}
	f.mu.Lock()
	e, ok := f.added[base]
	f.mu.Unlock()
	if ok && e.stat.same(now) && !e.racy(now.taken, 0) {
		return e.hash, true
	}
	return hash.Hash{}, false
}

// Put remembers the hash of a file that the caller has read whole. before is its Stat from before its
// first byte was read. If the file has changed since, Put does nothing.
func (c *Cache) Put(path string, h hash.Hash, before Stat) {
	if now, err := StatOf(path); err == nil && now.same(before) {
		c.put(path, entry{before, h, before.taken})
	}
}

// smallFile is the size below which a program that has read, or written, a file hashes it again rather than
// have its hash saved.
const smallFile = 256 << 10

// PutLarge is [Cache.Put] for a file that is not small. It returns false if the file's content was changed, or
// may have been, since before. A new name of the file (a hard link) changes only the time of change.
func (c *Cache) PutLarge(path string, h hash.Hash, before Stat) bool {
	now, err := StatOf(path)
	if err != nil {
		return true // the file that was read has no name any more
	}
	if now.same(before) && now.size >= smallFile {
		c.put(path, entry{before, h, before.taken})
	}
	return now.size == before.size && now.modified == before.modified && now.number == before.number
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
	f.added[base], f.dirty = e, true
	f.mu.Unlock()
}

// A ChangedError reports a file that somebody changes while it is read.
type ChangedError struct{ Name string }

func (e *ChangedError) Error() string { return e.Name + ": changes while it is read" }

// littleFile is the size below which a file is read at once.
const littleFile = 16 << 10

// Hash returns a file's hash and size. It reads the file if the hash is not known.
func (c *Cache) Hash(ctx context.Context, path string) (h hash.Hash, size int64, err error) {
	now, err := StatOf(path)
	if err != nil {
		return h, 0, fmt.Errorf("%s: %w", path, file.Cause(err))
	}
	if h, ok := c.Lookup(path, now); ok {
		return h, now.size, nil
	}
	in, err := os.Open(path)
	if err != nil {
		return h, 0, fmt.Errorf("%s: %w", path, file.Cause(err))
	}
	defer in.Close()
	before, err := StatFile(in)
	switch {
	case err != nil:
	case before.size < littleFile: // of which there may be many: no large buffer
		var content []byte
		content, err = io.ReadAll(in)
		h = hash.Of(content)
	default:
		h, err = hash.Reader(ctx, in)
	}
	if err != nil {
		return h, 0, fmt.Errorf("%s: %w", path, file.Cause(err))
	}
	if after, err := StatFile(in); err != nil || !after.same(before) {
		return h, 0, &ChangedError{path}
	}
	c.Put(path, h, before)
	return h, before.size, nil
}

// Flush saves what is new, for each folder in one replacement of its file. Entries of files that are
// gone are dropped. Folders that cannot be written to are passed over: it is only a cache.
func (c *Cache) Flush() {
	c.mu.Lock()
	folders := maps.Clone(c.folders)
	c.mu.Unlock()
	for dir, f := range folders {
		f.mu.Lock()
		if f.dirty {
			f.dirty = flush(dir, f.added) != nil
		}
		f.mu.Unlock()
	}
}

// sameClock is how far a file's time is behind at most if the file system uses this machine's clock:
// the tick of a kernel with 100 a second.
const sameClock = int64(10 * time.Millisecond)

// flush merges entries into the cache of a folder.
func flush(dir string, added map[string]entry) error {
	name := dir + CacheName
	if !slices.ContainsFunc(slices.Collect(maps.Values(added)), func(e entry) bool { return !e.racy(time.Now().UnixNano(), 0) }) {
		return nil
	}
	lock, locked, err := file.OpenLocked(name, os.O_RDWR|os.O_CREATE)
	if err != nil {
		return err
	}
	defer func() { lock.Close() }()
	start := time.Now().UnixNano()
	out, err := file.Create(name)
	if err != nil {
		return err
	}
	defer out.Close()
	made, err := StatFile(out.File) // its time is by the file system's clock
	if err != nil {
		return err
	}
	skew := made.taken - made.changed
	if made.changed+sameClock > start {
		skew = 0
	}
	merged := readCache(name)
	if merged == nil {
		merged = map[string]entry{}
	}
	for base, e := range added {
		if !e.racy(made.taken, skew) {
			merged[base] = e
		}
	}
	there, err := namesIn(dir)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	b.WriteString(cacheHeader + "\n")
	for _, base := range slices.Sorted(maps.Keys(merged)) {
		if e := merged[base]; there[base] {
			fmt.Fprintf(&b, "%s\t%d\t%d\t%d\t%d\t%v\n", escape(base, inCell), e.stat.size, e.stat.modified, e.stat.changed, e.stat.number, e.hash)
		}
	}
	if _, err := out.Write(b.Bytes()); err != nil {
		return err
	}
	if !locked || !canReplaceOpen {
		lock.Close() // two that do this at once lose one's entries, which are only hashed again
	}
	return out.Commit(false)
}

func namesIn(dir string) (map[string]bool, error) {
	if dir == "" {
		dir = "."
	}
	d, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	names, err := d.Readdirnames(-1)
	there := make(map[string]bool, len(names))
	for _, name := range names {
		there[name] = true
	}
	return there, err
}

const cacheHeader = "name\tsize\tmtime\tctime\tfile\txxh128"

// readCache reads a folder's entries, none if there is no file. Lines that it does not understand are
// passed over.
func readCache(name string) map[string]entry {
	info, err := os.Stat(name)
	if err != nil || !info.Mode().IsRegular() || info.Size() > largest {
		return nil
	}
	in, err := os.Open(name)
	if err != nil {
		return nil
	}
	defer in.Close()
	var text strings.Builder
	text.Grow(int(info.Size()))
	if _, err := io.Copy(&text, io.LimitReader(in, info.Size())); err != nil {
		return nil
	}
	entries := make(map[string]entry, strings.Count(text.String(), "\n"))
	for line := range strings.Lines(text.String()) {
		if base, e, ok := parseEntry(line); ok {
			entries[base] = e
		}
	}
	return entries
}

func parseEntry(line string) (base string, e entry, ok bool) {
	line, ok = strings.CutSuffix(line, "\n")
	cells := strings.Split(line, "\t")
	if !ok || len(cells) != 6 {
		return "", e, false
	}
	var errs [6]error
	base, errs[0] = unescape(cells[0])
	e.stat.size, errs[1] = strconv.ParseInt(cells[1], 10, 64)
	e.stat.modified, errs[2] = strconv.ParseInt(cells[2], 10, 64)
	e.stat.changed, errs[3] = strconv.ParseInt(cells[3], 10, 64)
	e.stat.number, errs[4] = strconv.ParseUint(cells[4], 10, 64)
	e.hash, errs[5] = hash.Parse(cells[5])
	return base, e, errors.Join(errs[:]...) == nil && base != ""
}
