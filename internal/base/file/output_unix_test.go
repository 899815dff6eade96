//go:build unix

package file

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// A pipe stands for everything that is neither a file nor a folder. It must not be one of the
// system's devices: a fault in this package, tested by root, would replace it.
func TestPipesAndDevicesAreNotReplaced(t *testing.T) {
	dir := t.TempDir()
	pipe := filepath.Join(dir, "pipe")
	if err := syscall.Mkfifo(pipe, 0o666); err != nil {
		t.Fatal(err)
	}
	_, err := Create(pipe)
	var target *TargetError
	if !errors.As(err, &target) || *target != (TargetError{pipe, "not a regular file"}) {
		t.Errorf("%v", err)
	}
	wantOnly(t, dir, "pipe")
}

// A reader that has the old file open still reads all of it.
func TestReadersKeepTheOldFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "x")
	mustWrite(t, name, "old")
	r, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	mustWrite(t, name, "new, and longer")
	if got, err := io.ReadAll(r); err != nil || string(got) != "old" {
		t.Errorf("the reader has %q, %v", got, err)
	}
	want(t, name, "new, and longer")
}

// A file that is replaced keeps its permissions.
func TestModeIsKept(t *testing.T) {
	name := filepath.Join(t.TempDir(), "x")
	for _, want := range []fs.FileMode{0o600, 0o640, 0o444, 0o777} {
		os.Remove(name)
		mustWrite(t, name, "old")
		if err := os.Chmod(name, want); err != nil {
			t.Fatal(err)
		}
		mustWrite(t, name, "new")
		if got := mode(t, name); got != want {
			t.Errorf("mode %v became %v", want, got)
		}
	}
}

// An output replaces the file that a link leads to, and the link stays, so that a user can have
// the outputs on a larger disk.
func TestLinksAreFollowed(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	for _, folder := range []string{"far/away", "near"} {
		if err := os.MkdirAll(folder, 0o777); err != nil {
			t.Fatal(err)
		}
	}
	for link, target := range map[string]string{
		"x":             "near/middle",                        // relative to the link's folder
		"near/middle":   filepath.Join(dir, "far/away/final"), // absolute
		"shortcut":      "far/away",
		"near/through":  "../shortcut/../up", // that is far/up
		"near/nowhere":  "../none/x",
		"near/circle":   "circle",
		"near/circle-a": "circle-b",
		"near/circle-b": "circle-a",
	} {
		if err := os.Symlink(target, link); err != nil {
			t.Fatal(err)
		}
	}
	for _, text := range []string{"made", "replaced"} {
		mustWrite(t, "x", text)
		want(t, "far/away/final", text)
		mustWrite(t, "near/through", text)
		want(t, "far/up", text)
		mustWrite(t, "shortcut/../up2", text)
		want(t, "far/up2", text)
	}
	for _, link := range []string{"x", "near/middle", "near/through"} {
		if info, err := os.Lstat(link); err != nil || info.Mode()&fs.ModeSymlink == 0 {
			t.Errorf("%s is no link any more: %v, %v", link, info.Mode(), err)
		}
	}
	wantOnly(t, "far", "away", "up", "up2")
	wantOnly(t, "far/away", "final")

	if err := write("near/nowhere", ""); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a link that leads nowhere: %v", err)
	}
	for _, link := range []string{"near/circle", "near/circle-a"} {
		if err := write(link, ""); err == nil {
			t.Errorf("%s: no error", link)
		}
	}
	wantOnly(t, "near", "circle", "circle-a", "circle-b", "middle", "nowhere", "through")
}

func TestLinksToFoldersAreNotReplaced(t *testing.T) {
	dir := t.TempDir()
	link := filepath.Join(dir, "link")
	if err := os.Symlink(dir, link); err != nil {
		t.Fatal(err)
	}
	_, err := Create(link)
	var target *TargetError
	if !errors.As(err, &target) || *target != (TargetError{link, "a folder"}) {
		t.Errorf("%v", err)
	}
	wantOnly(t, dir, "link")
}
