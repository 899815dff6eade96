package outputs

import (
	"errors"
	"os"
	"slices"
	"testing"
	"time"

	"matpool/internal/base/file/filetest"
)

// Files that are set aside have their old content when they are put back, and do not exist
// when they are discarded. Files that do not exist are skipped.
func TestSetAside(t *testing.T) {
	t.Chdir(t.TempDir())
	filetest.Touch(t, "out/c0.npy", "out/c1.npy", "c2.npy")
	kept, err := SetAside([]string{"out/c0.npy", "c2.npy", "c3.npy"}, false, time.Unix(1234, 5), 77)
	if want := []string{".c2.npy.aside-1234-77", "out/.c0.npy.aside-1234-77", "out/c1.npy"}; err != nil || !slices.Equal(filetest.Tree(t), want) {
		t.Fatalf("%v: %v, want %v", err, filetest.Tree(t), want)
	}
	if err := PutBack(kept); err != nil {
		t.Fatal(err)
	}
	if content, err := os.ReadFile("out/c0.npy"); string(content) != "out/c0.npy" {
		t.Errorf("%q, %v", content, err)
	}
	if kept, err = SetAside([]string{"out/c0.npy"}, false, time.Unix(1235, 0), -1); err != nil {
		t.Fatal(err)
	}
	if err := Discard(kept); err != nil {
		t.Fatal(err)
	}
	if want := []string{"c2.npy", "out/c1.npy"}; !slices.Equal(filetest.Tree(t), want) {
		t.Errorf("%v, want %v", filetest.Tree(t), want)
	}
}

// If one file cannot be set aside, none is.
func TestSetAsideAllOrNone(t *testing.T) {
	t.Chdir(t.TempDir())
	filetest.Touch(t, "c0.npy", "c1.npy/x")
	_, err := SetAside([]string{"c0.npy", "c1.npy"}, false, time.Now(), 0)
	if err == nil || err.Error() != "c1.npy: cannot be set aside: is a folder" {
		t.Error(err)
	}
	if want := []string{"c0.npy", "c1.npy/x"}; !slices.Equal(filetest.Tree(t), want) {
		t.Errorf("%v, want %v", filetest.Tree(t), want)
	}
	kept, err := SetAside([]string{"c0.npy", "c1.npy"}, true, time.Now(), 0) // of a program that makes folders
	if err = errors.Join(err, Discard(kept)); err != nil || len(filetest.Tree(t)) > 0 {
		t.Errorf("%v, %v", filetest.Tree(t), err)
	}
}
