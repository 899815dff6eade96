package record

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"matpool/internal/base/hash"
)

// age waits until a file's last change is more than a tick ago: only then its hash is remembered.
func age(t testing.TB, name string) {
	t.Helper()
	for {
		stat, err := StatOf(name)
		if err != nil {
			t.Fatal(err)
		}
		if stat.changed == 0 {
			t.Skip("this file system has no time of change")
		}
		if !stat.racy(stat.taken, 0) {
			return
		}
		time.Sleep(time.Millisecond)
	}
}

// remember hashes a file with a fresh cache, and saves that.
func remember(t testing.TB, name string) {
	t.Helper()
	var c Cache
	if _, _, err := c.Hash(context.Background(), name); err != nil {
		t.Fatal(err)
	}
	c.Flush()
}

// known is what a later program knows of a file without reading it.
func known(name string) string {
	var c Cache
	h, ok := lookup(&c, name)
	if !ok {
		return "unknown"
	}
	return h.String()
}

// lookup looks up the hash of a file as it is now.
func lookup(c *Cache, name string) (hash.Hash, bool) {
	now, err := StatOf(name)
	if err != nil {
		return hash.Hash{}, false
	}
	return c.Lookup(name, now)
}

// A file's hash is remembered by later programs. The cache is a table, too.
func TestRemember(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "a b")
	write(t, name, "content")
	age(t, name)
	if got := known(name); got != "unknown" {
		t.Error(got)
	}
	remember(t, name)
	if got := known(name); got != hashOf("content").String() {
		t.Error(got)
	}
	text, err := os.ReadFile(filepath.Join(dir, CacheName))
	if err != nil || !strings.HasPrefix(string(text), cacheHeader+"\na b\t7\t") || !strings.HasSuffix(string(text), "\t"+hashOf("content").String()+"\n") {
		t.Errorf("%s, %v", text, err)
	}
	write(t, filepath.Join(dir, CacheName), "strange\n\x00\t\n"+string(text[:len(text)-1]))
	if got := known(name); got != "unknown" {
		t.Error("a line without its end is taken:", got)
	}
	remember(t, name)
	if got := known(name); got != hashOf("content").String() {
		t.Error("a line behind one without its end is not taken:", got)
	}
}

// A flipped bit is seen though the time of modification is restored, by Go's own means on every system.
func TestFlippedBit(t *testing.T) {
	name := filepath.Join(t.TempDir(), "x")
	write(t, name, "content")
	age(t, name)
	remember(t, name)
	before, err := os.Stat(name)
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteAt([]byte("b"), 0); err != nil {
		t.Fatal(err)
	}
	f.Close()
	if err := os.Chtimes(name, before.ModTime(), before.ModTime()); err != nil {
		t.Fatal(err)
	}
	if got := known(name); got != "unknown" {
		t.Error(got)
	}
}

// A file that was changed within the last tick is not remembered: another change in that tick would
// not be seen.
func TestRacyEntries(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "x")
	write(t, name, "content")
	stat, err := StatOf(name)
	if err != nil {
		t.Fatal(err)
	}
	tick := int64(20 * time.Millisecond)
	for _, test := range []struct {
		changed, readAt, skew int64
		racy                  bool
	}{
		{1001, 1001 + tick, 0, true},
		{1001, 1002 + tick, 0, false},
		{1001, 1002 + tick, 1, true}, // the file system's clock is behind: the change may have been later
		{1001, 0, 0, true},           // in the future
		{3e9, 3e9 + tick + 1, 0, true},
		{3e9, 5e9 + 1, 0, false}, // whole seconds: the clock may tick once in two
		{0, 1e18, 0, true},       // the file system does not know
	} {
		if got := (Stat{changed: test.changed}).racy(test.readAt, test.skew); got != test.racy {
			t.Errorf("%+v: %v", test, got)
		}
	}
	var c Cache
	stat.taken = stat.changed + 1 // read at once after its change
	c.put(name, entry{stat, hashOf("content"), stat.taken})
	age(t, name)
	if h, ok := lookup(&c, name); ok {
		t.Error("remembered by the same program:", h)
	}
	c.Flush()
	if got := known(name); got != "unknown" {
		t.Error("remembered by another program:", got)
	}
	if _, err := os.Stat(filepath.Join(dir, CacheName)); err == nil {
		t.Error("an empty cache was made")
	}
}

// A file is the same if its size, times and number are, whenever somebody looks.
func TestSameStat(t *testing.T) {
	s := Stat{size: 1, modified: 2, changed: 3, number: 4, taken: 5}
	for _, other := range []Stat{{0, 2, 3, 4, 5}, {1, 0, 3, 4, 5}, {1, 2, 0, 4, 5}, {1, 2, 3, 0, 5}} {
		if s.same(other) {
			t.Errorf("%+v is taken for %+v", other, s)
		}
	}
	if !s.same(Stat{1, 2, 3, 4, 0}) {
		t.Error("another look makes another file")
	}
	a, err := StatOf("cache.go")
	if err != nil {
		t.Fatal(err)
	}
	if b, err := StatOf("doc.go"); err != nil || a.number == b.number {
		t.Error("two files have one number", err)
	}
}

// Who writes a file knows its hash. It is saved once its last change is past.
func TestWrote(t *testing.T) {
	dir := t.TempDir()
	old, recent := filepath.Join(dir, "old"), filepath.Join(dir, "recent")
	var c Cache
	write(t, old, "content")
	c.Wrote(old, hashOf("content"))
	age(t, old)
	if h, ok := lookup(&c, old); !ok || h != hashOf("content") {
		t.Error(h, ok)
	}
	c.Flush()
	if got := known(old); got != hashOf("content").String() {
		t.Error(got)
	}
	write(t, recent, "content")
	c.Wrote(recent, hashOf("content"))
	c.Flush()
	stat, err := StatOf(recent)
	if err != nil {
		t.Fatal(err)
	}
	if got := known(recent); got != "unknown" && stat.racy(stat.taken, 0) {
		t.Error(got)
	}
}

// A file that changes while it is read is not remembered.
func TestPutOfChanged(t *testing.T) {
	name := filepath.Join(t.TempDir(), "x")
	content := strings.Repeat("content ", smallFile)
	write(t, name, content)
	age(t, name)
	before, err := StatOf(name)
	if err != nil {
		t.Fatal(err)
	}
	write(t, name, strings.ToUpper(content))
	age(t, name)
	var c Cache
	if c.PutLarge(context.Background(), name, hashOf(content), before) {
		t.Error("no change is seen")
	}
	if h, ok := lookup(&c, name); ok {
		t.Error(h)
	}
}

// What changes only a file's time of change while it is read is not a change if the file still is what was read: a new
// name is not, another content that has the old time of modification is, also if it has been changed back.
func TestChangedInSilence(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "x")
	content := strings.Repeat("content ", smallFile)
	other := strings.ToUpper(content)
	restore := func(text string, before Stat) {
		write(t, name, text)
		if err := os.Chtimes(name, time.Time{}, time.Unix(0, before.modified)); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct {
		what   string
		change func(before Stat)
		read   string
		want   bool
	}{
		{"nothing", func(Stat) {}, content, true},
		{"a new name", func(Stat) {
			if err := os.Link(name, name+"2"); err != nil {
				t.Skipf("this file system has no hard links: %v", err)
			}
		}, content, true},
		{"another content", func(before Stat) { restore(other, before) }, content, false},
		{"another content, and back", func(before Stat) { restore(other, before); restore(content, before) }, other, false},
	} {
		write(t, name, content)
		age(t, name)
		before, err := StatOf(name)
		if err != nil {
			t.Fatal(err)
		}
		test.change(before)
		age(t, name)
		if after, err := StatOf(name); err != nil || after.modified != before.modified {
			t.Fatal(err, after, before)
		}
		if got := new(Cache).PutLarge(context.Background(), name, hashOf(test.read), before); got != test.want {
			t.Errorf("%s: %t", test.what, got)
		}
	}
}

// Flush keeps what others have saved.
func TestFlushMerges(t *testing.T) {
	dir := t.TempDir()
	var names []string
	for i := range 6 {
		name := filepath.Join(dir, fmt.Sprint(i))
		write(t, name, name)
		names = append(names, name)
	}
	age(t, names[5])
	caches := make([]Cache, 6)
	var wait sync.WaitGroup
	for i := range caches {
		wait.Go(func() {
			if _, _, err := caches[i].Hash(context.Background(), names[i]); err != nil {
				t.Error(err)
			}
			caches[i].Flush()
		})
	}
	wait.Wait()
	for _, name := range names {
		if got := known(name); got != hashOf(name).String() && canReplaceOpen {
			t.Errorf("%s: %s", name, got)
		}
	}
	write(t, names[1], "other")
	age(t, names[1])
	remember(t, names[1])
	if got := known(names[1]); got != hashOf("other").String() {
		t.Errorf("changed, then hashed again: %s", got)
	}

	// When the file is not small any more, what is gone or superseded is left out.
	if err := os.Remove(names[0]); err != nil {
		t.Fatal(err)
	}
	cache := filepath.Join(dir, CacheName)
	text, err := os.ReadFile(cache)
	if err != nil {
		t.Fatal(err)
	}
	gone := strings.Repeat("gone\t7\t1\t1\t1\t"+hashOf("gone").String()+"\n", 2000)
	write(t, cache, (string(text) + gone)[:smallCache])
	write(t, names[2], "another")
	age(t, names[2])
	remember(t, names[2])
	text, err = os.ReadFile(cache)
	if err != nil || !strings.HasPrefix(string(text), cacheHeader+"\n1\t5\t") || strings.Count(string(text), "\n") != 6 {
		t.Errorf("%.500s, %v", text, err)
	}
	for i, content := range map[int]string{1: "other", 2: "another", 3: names[3], 4: names[4], 5: names[5]} {
		if got := known(names[i]); got != hashOf(content).String() && canReplaceOpen {
			t.Errorf("%s: %s", names[i], got)
		}
	}
}

// What proves racy by the file system's clock, which may be behind, is taken back.
func TestClockBehind(t *testing.T) {
	name := filepath.Join(t.TempDir(), CacheName)
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	const start, behind = 1e15, 1e9 + 1 // ns
	added := addedHashes{places: map[string]int32{}}
	added.put("old", entry{Stat{size: 1, changed: start - 10*behind}, hashOf("old"), 0})
	added.put("new", entry{Stat{size: 1, changed: start - behind}, hashOf("new"), 0})
	clock := func(*os.File) (Stat, error) { return Stat{changed: start - behind, taken: start}, nil }
	if err := appendSure(f, 0, &added, start, clock); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(name)
	if err != nil || !strings.HasPrefix(string(text), cacheHeader+"\nold\t1\t") || strings.Count(string(text), "\n") != 2 {
		t.Errorf("%q, %v", text, err)
	}
}

// Many goroutines share a cache.
func TestCacheIsShared(t *testing.T) {
	dir := t.TempDir()
	name := func(i int) string { return filepath.Join(dir, fmt.Sprint(i%7)) }
	for i := range 7 {
		write(t, name(i), name(i))
	}
	age(t, name(6))
	var c Cache
	var wait sync.WaitGroup
	for i := range 50 {
		wait.Go(func() {
			if h, _, err := c.Hash(context.Background(), name(i)); err != nil || h != hashOf(name(i)) {
				t.Error(h, err)
			}
			c.Flush()
		})
	}
	wait.Wait()
}

// A folder that cannot be written to, links, pipes and missing files are no problem.
func TestCacheWithoutAFile(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "x")
	write(t, name, "content")
	if err := os.Mkdir(filepath.Join(dir, CacheName), 0o777); err != nil { // as good as a read-only folder, also for root
		t.Fatal(err)
	}
	age(t, name)
	var c Cache
	if h, _, err := c.Hash(context.Background(), name); err != nil || h != hashOf("content") {
		t.Error(h, err)
	}
	c.Flush()
	if h, ok := lookup(&c, name); !ok || h != hashOf("content") {
		t.Error("not remembered by the same program", h, ok)
	}
	if _, _, err := c.Hash(context.Background(), dir); !errors.Is(err, errNotRegular) || !strings.HasPrefix(err.Error(), dir+": ") {
		t.Error(err)
	}
	if _, _, err := c.Hash(context.Background(), name+"1"); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
	c.PutLarge(context.Background(), name+"1", hash.Hash{}, Stat{})
	c.Wrote(name+"1", hash.Hash{})
}

func BenchmarkLookup(b *testing.B) {
	dir := b.TempDir()
	name := filepath.Join(dir, "x")
	write(b, name, "content")
	age(b, name)
	remember(b, name)
	var c Cache
	for b.Loop() {
		if _, ok := lookup(&c, name); !ok {
			b.Fatal("unknown")
		}
	}
}

// A cache of 100,000 entries is read once.
func BenchmarkReadCache(b *testing.B) {
	name := filepath.Join(b.TempDir(), CacheName)
	var text strings.Builder
	for i := range 100_000 {
		fmt.Fprintf(&text, "inputA%d.npy\t8000128\t1764489600123456789\t1764489600123456789\t123456\t%v\n", i, hashOf("x"))
	}
	write(b, name, text.String())
	for b.Loop() {
		if len(readSaved(name).lines) != 100_000 {
			b.Fatal("not read")
		}
	}
}
