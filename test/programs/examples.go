package programs

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// An Example is a submission file in examples/, with the commands in its comment that make its inputs and run it.
type Example struct {
	Name  string
	Steps [][]string // each is a command and its arguments
}

// Examples copies a folder of examples to another folder, and returns those with commands.
func Examples(t testing.TB, from, to string) (all []Example) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(from, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if info.IsDir() {
			continue
		}
		text, err := os.ReadFile(name)
		if err == nil {
			err = os.WriteFile(filepath.Join(to, info.Name()), text, 0o666)
		}
		if err != nil {
			t.Fatal(err)
		}
		x := Example{Name: info.Name()}
		for line := range strings.Lines(string(text)) {
			if step, ok := strings.CutPrefix(line, "#     "); ok {
				x.Steps = append(x.Steps, strings.Fields(step))
			}
		}
		if x.Steps != nil {
			all = append(all, x)
		}
	}
	return all
}
