package flow

import (
	"strings"
	"testing"
)

// Several threads make files at the same time. If none can be made, the error names the first one, not that of the
// thread that was the first to fail; and no file is left.
func TestInitNamesTheFirstFileThatFails(t *testing.T) {
	long := strings.Repeat("x", 250) // a temporary file's name is longer, and too long
	for range 200 {
		dir := t.TempDir()
		in := InitOptions{Dir: dir, A: "a" + long, B: "b" + long, Jobs: 3, Size: 1, Threads: 4}
		err := Init(t.Context(), in, quietly)
		if err == nil || !strings.Contains(err.Error(), "a"+long+"0: cannot be written") {
			t.Fatalf("error %v", err)
		}
		if left := names(t, dir); len(left) > 0 {
			t.Fatalf("left: %v", left)
		}
	}
}
