package file

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// write writes a file as the programs do.
func write(name, text string) error {
	f, err := Create(name)
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := io.WriteString(f, text); err != nil {
		return err
	}
	return f.Commit(false)
}

func mustWrite(t *testing.T, name, text string) {
	t.Helper()
	if err := write(name, text); err != nil {
		t.Fatal(err)
	}
}

// want makes sure that a file holds a text.
func want(t *testing.T, name, text string) {
	t.Helper()
	if got, err := os.ReadFile(name); err != nil || string(got) != text {
		t.Errorf("%s holds %q, %v; want %q", name, got, err, text)
	}
}

// wantOnly makes sure that a folder has these files and no temporary ones.
func wantOnly(t *testing.T, dir string, names ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, entry := range entries {
		got = append(got, entry.Name())
	}
	if !slices.Equal(got, names) {
		t.Errorf("the folder holds %q, want %q", got, names)
	}
}

func TestTheNameAppearsWithCommit(t *testing.T) {
	for _, sync := range []bool{false, true} {
		dir := t.TempDir()
		name := filepath.Join(dir, "x")
		f, err := Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(f, "whole"); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(name); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("before Commit: %v, want no such file", err)
		}
		if err := f.Commit(sync); err != nil {
			t.Fatal(err)
		}
		want(t, name, "whole")
		wantOnly(t, dir, "x")
		if err := f.Close(); err != nil {
			t.Errorf("Close after Commit: %v", err)
		}
		want(t, name, "whole")
	}
}

func TestCloseWithoutCommitLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "x")
	f, err := Create(name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(f, "half"); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}
	wantOnly(t, dir)
}

func TestCloseWithoutCommitLeavesTheOldFile(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "x")
	mustWrite(t, name, "old")
	f, err := Create(name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(f, "half"); err != nil {
		t.Fatal(err)
	}
	want(t, name, "old")
	f.Close()
	want(t, name, "old")
	wantOnly(t, dir, "x")
}

func TestCloseOfNoFile(t *testing.T) {
	var f *Output
	if err := f.Close(); err != nil {
		t.Error(err)
	}
}

// A new file has the permissions of any other new file.
func TestModeOfANewFile(t *testing.T) {
	dir := t.TempDir()
	fresh := filepath.Join(dir, "fresh")
	mustWrite(t, fresh, "")
	ordinary, err := os.Create(filepath.Join(dir, "ordinary"))
	if err != nil {
		t.Fatal(err)
	}
	ordinary.Close()
	if got, want := mode(t, fresh), mode(t, ordinary.Name()); got != want {
		t.Errorf("a new file has mode %v, want %v", got, want)
	}
}

func mode(t *testing.T, name string) fs.FileMode {
	t.Helper()
	info, err := os.Stat(name)
	if err != nil {
		t.Fatal(err)
	}
	return info.Mode()
}

func TestFoldersAreNotReplaced(t *testing.T) {
	dir := t.TempDir()
	_, err := Create(dir)
	var target *TargetError
	if !errors.As(err, &target) || *target != (TargetError{dir, "a folder"}) {
		t.Errorf("%v", err)
	}
	wantOnly(t, dir)
}

// Errors have the name that the caller passed.
func TestErrorsNameTheFile(t *testing.T) {
	dir := t.TempDir()
	absent := filepath.Join(dir, "absent", "x")
	_, err := Create(absent)
	checkError(t, "Create", err, absent, fs.ErrNotExist)

	name := filepath.Join(dir, "x")
	for what, fail := range map[string]func(f *Output) error{
		"Write":   func(f *Output) error { f.File.Close(); _, err := f.Write([]byte("x")); return err },
		"At":      func(f *Output) error { f.File.Close(); _, err := f.At(10).Write([]byte("x")); return err },
		"Commit":  func(f *Output) error { f.File.Close(); return f.Commit(false) },
		"Sync":    func(f *Output) error { f.File.Close(); return f.Commit(true) },
		"Reserve": func(f *Output) error { return f.Reserve(1 << 62) },
		"Rename":  func(f *Output) error { os.Mkdir(name, 0o777); defer os.Remove(name); return f.Commit(false) },
		"Close":   func(f *Output) error { f.File.Close(); os.Remove(f.File.Name()); return f.Close() },
	} {
		if what == "Reserve" && os.Getenv("MATPOOL_WINE") != "" {
			continue // Wine reserves nothing
		}
		f, err := Create(name)
		if err != nil {
			t.Fatal(err)
		}
		checkError(t, what, fail(f), name, nil)
		f.Close()
		wantOnly(t, dir)
	}
}

func checkError(t *testing.T, what string, err error, name string, cause error) {
	t.Helper()
	if err == nil || !strings.HasPrefix(err.Error(), name+": cannot be written: ") || strings.Contains(err.Error(), ".tmp-") {
		t.Errorf("%s: %v", what, err)
	}
	if cause != nil && !errors.Is(err, cause) {
		t.Errorf("%s: %v is not %v", what, err, cause)
	}
}

// A full disk is an error before the work; reserving does not write.
func TestReserve(t *testing.T) {
	name := filepath.Join(t.TempDir(), "x")
	f, err := Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := f.Reserve(1 << 20); err != nil {
		t.Fatal(err)
	}
	if err := f.Reserve(0); err != nil {
		t.Error(err)
	}
	if _, err := io.WriteString(f, "short"); err != nil {
		t.Fatal(err)
	}
	if err := f.Commit(false); err != nil {
		t.Fatal(err)
	}
	want(t, name, "short")
}

func TestAtWritesInParallel(t *testing.T) {
	name := filepath.Join(t.TempDir(), "x")
	f, err := Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	const parts, size = 20, 1000
	var text []byte
	var wg sync.WaitGroup
	for i := range parts {
		part := bytes.Repeat([]byte{byte('a' + i)}, size)
		text = append(text, part...)
		wg.Go(func() {
			w := f.At(int64(i * size))
			for _, half := range [][]byte{part[:300], part[300:]} {
				if _, err := w.Write(half); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if err := f.Commit(false); err != nil {
		t.Fatal(err)
	}
	want(t, name, string(text))
}

// Several goroutines may write the same name at the same time: the file is one of theirs.
func TestConcurrentWriters(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "x")
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			if err := write(name, strings.Repeat(fmt.Sprint(i%10), 10_000)); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	text, err := os.ReadFile(name)
	if err != nil || len(text) != 10_000 || len(slices.Compact(text)) != 1 {
		t.Errorf("a mixture of %d bytes, %v", len(text), err)
	}
	wantOnly(t, dir, "x")
}

// A temporary file that a crash left does not matter.
func TestLeftoversAreNoObstacle(t *testing.T) {
	dir := t.TempDir()
	leftover := fmt.Sprintf(".x.tmp-%d-0", os.Getpid())
	if err := os.WriteFile(filepath.Join(dir, leftover), []byte("left"), 0o666); err != nil {
		t.Fatal(err)
	}
	mustWrite(t, filepath.Join(dir, "x"), "new")
	want(t, filepath.Join(dir, "x"), "new")
	wantOnly(t, dir, leftover, "x")
}
