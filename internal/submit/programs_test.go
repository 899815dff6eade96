package submit

import (
	"os"
	"testing"

	"matpool/internal/base/file/filetest"
)

// The copy of a program is executable, whatever mode an older copy had.
func TestCopyProgram(t *testing.T) {
	t.Chdir(t.TempDir())
	filetest.Touch(t, "from")
	for what, prepare := range map[string]func() error{
		"no copy":                        func() error { return os.RemoveAll("to") },
		"a copy that is not executable":  func() error { return os.Chmod("to", 0o644) },
		"another that is not executable": func() error { return os.WriteFile("to", []byte("other"), 0o600) },
	} {
		if _, err := os.Stat("to"); err != nil {
			filetest.Touch(t, "to")
		}
		if err := prepare(); err != nil {
			t.Fatal(err)
		}
		if err := copyProgram("to", "from", os.Stderr); err != nil {
			t.Fatal(err)
		}
		content, err := os.ReadFile("to")
		if err != nil || string(content) != "from" || !isExecutable("to") {
			t.Errorf("%s: the copy is %q, executable: %v, %v", what, content, isExecutable("to"), err)
		}
	}
}
