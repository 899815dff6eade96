package file

import (
	"os"
	"path/filepath"
	"testing"
)

// A link is the same file under another name, and replaces what has that name, but for a file
// that cannot be replaced. No temporary file is left.
func TestLink(t *testing.T) {
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	if !CanLink(dir) || CanLink(in("missing")) {
		t.Error("CanLink is wrong")
	}
	for name, content := range map[string]string{"a": "new", "b": "old"} {
		if err := os.WriteFile(in(name), []byte(content), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"b", "c", "b"} { // the last one is a link to a already
		if err := Link(in("a"), in(name), true); err != nil {
			t.Fatal(err)
		}
		if !Same(in("a"), in(name)) {
			t.Errorf("%s is another file", name)
		}
	}
	if err := os.Mkdir(in("folder"), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := Link(in("a"), in("folder"), false); err == nil {
		t.Error("a folder was replaced")
	}
	if err := Link(in("missing"), in("d"), false); err == nil {
		t.Error("a link to nothing was made")
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 4 {
		t.Errorf("%v, %v", entries, err)
	}
}
