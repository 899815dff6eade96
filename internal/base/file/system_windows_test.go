package file

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"
)

// openBriefly opens a file as numpy does, for a while.
func openBriefly(t *testing.T, name string, while time.Duration) {
	t.Helper()
	r, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	closed := make(chan struct{})
	time.AfterFunc(while, func() { r.Close(); close(closed) })
	t.Cleanup(func() { <-closed })
}

func TestAReaderIsWaitedFor(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "x")
	mustWrite(t, name, "old")
	openBriefly(t, name, retryTime/4)
	mustWrite(t, name, "new")
	want(t, name, "new")
	wantOnly(t, dir, "x")
}

func TestAReaderThatStaysIsAnError(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "x")
	mustWrite(t, name, "old")
	reader, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	start := time.Now()
	err = write(name, "new")
	if took := time.Since(start); !errors.Is(err, windows.ERROR_SHARING_VIOLATION) || took < retryTime {
		t.Errorf("after %v: %v", took, err)
	}
	checkError(t, "Commit", err, name, nil)
	want(t, name, "old")
	wantOnly(t, dir, "x")
}

// A scanner may look at the temporary file, too.
func TestAReaderOfTheTemporaryFileIsWaitedFor(t *testing.T) {
	for _, commit := range []bool{true, false} {
		dir := t.TempDir()
		name := filepath.Join(dir, "x")
		f, err := Create(name)
		if err != nil {
			t.Fatal(err)
		}
		openBriefly(t, f.File.Name(), retryTime/4)
		if commit {
			err = f.Commit(true)
		}
		if err := errors.Join(err, f.Close()); err != nil {
			t.Error(err)
		}
		if commit {
			wantOnly(t, dir, "x")
		} else {
			wantOnly(t, dir)
		}
	}
}

func TestReadOnlyFilesAreNotReplaced(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "x")
	mustWrite(t, name, "old")
	if err := os.Chmod(name, 0o444); err != nil {
		t.Fatal(err)
	}
	_, err := Create(name)
	var target *TargetError
	if !errors.As(err, &target) || *target != (TargetError{name, "read-only"}) {
		t.Errorf("%v", err)
	}
	wantOnly(t, dir, "x")
}

func TestImpossibleNames(t *testing.T) {
	dir := t.TempDir()
	for base, why := range map[string]string{
		"x*.npy":     `does not allow '*'`,
		"what?":      `does not allow '?'`,
		"file:2":     `does not allow ':'`, // would be a stream of the file "file"
		`"x".npy`:    `does not allow '"'`,
		"a<b":        `does not allow '<'`,
		"tab\t":      `does not allow '\t'`,
		"aux":        "a device",
		"COM1":       "a device",
		"nul.txt ":   "a device",
		"auxiliary":  "",
		"x.aux":      "",
		"größe×2":    "",
		".hidden":    "",
		"two  words": "",
	} {
		f, err := Create(filepath.Join(dir, base))
		var impossible *NameError
		switch {
		case why == "a device" && errors.As(err, new(*TargetError)): // the error of some versions of Windows
		case why == "" && err != nil, why != "" && (!errors.As(err, &impossible) || !strings.Contains(impossible.Why, why)):
			t.Errorf("%s: %v, want %q", base, err, why)
		}
		f.Close()
		if got := forbidden(base); (got == "") != (why == "") || !strings.Contains(got, why) {
			t.Errorf("%s is forbidden because of %q, want %q", base, got, why)
		}
	}
	wantOnly(t, dir)
}

// Paths are as long as they need to be, not 260 characters.
func TestLongPaths(t *testing.T) {
	dir := filepath.Join(t.TempDir(), strings.Repeat("long", 40), strings.Repeat("longer", 40))
	if err := os.MkdirAll(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(dir, "x")
	for _, text := range []string{"made", "replaced"} {
		mustWrite(t, name, text)
		want(t, name, text)
	}
	wantOnly(t, dir, "x")

	t.Chdir(dir)
	mustWrite(t, "y", "in this folder")
	want(t, name[:len(name)-1]+"y", "in this folder")
}

func TestBackslashesAndSlashes(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	if err := os.Mkdir("sub", 0o777); err != nil {
		t.Fatal(err)
	}
	mustWrite(t, `sub\x`, "back")
	want(t, "sub/x", "back")
	mustWrite(t, "sub/x", "forward")
	want(t, `sub\x`, "forward")
	wantOnly(t, "sub", "x")
}

// Reserve changes the file's allocation size.
func TestReserveAllots(t *testing.T) {
	f, err := Create(filepath.Join(t.TempDir(), "x"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	const size = 10 << 20
	if err := f.Reserve(size); err != nil {
		t.Fatal(err)
	}
	var info struct {
		AllocationSize, EndOfFile int64
		NumberOfLinks             uint32
		DeletePending, Directory  bool
	}
	if err := windows.GetFileInformationByHandleEx(windows.Handle(f.Fd()), windows.FileStandardInfo,
		(*byte)(unsafe.Pointer(&info)), uint32(unsafe.Sizeof(info))); err != nil {
		t.Fatal(err)
	}
	if info.AllocationSize < size || info.EndOfFile != 0 {
		t.Errorf("%d bytes are allotted, the file ends at %d", info.AllocationSize, info.EndOfFile)
	}
	if _, err := io.WriteString(f, "x"); err != nil {
		t.Error(err)
	}
}
