package test

import (
	"os"
	"os/exec"
	"regexp"
	"testing"

	"matpool/test/programs"
)

// Every test that docs/SECURITY.md names exists.
func TestSecurityNamesTests(t *testing.T) {
	programs.ReadModule(t, "..")
	page, err := os.ReadFile("../docs/SECURITY.md")
	if err != nil {
		t.Fatal(err)
	}
	names := regexp.MustCompile("`((?:Test|Fuzz)\\w+)`").FindAllSubmatch(page, -1)
	if len(names) < 20 {
		t.Errorf("%d tests found: is the page still what this test expects?", len(names))
	}
	for _, name := range names {
		if err := exec.Command("grep", "-rqE", "--include=*_test.go", "^func "+string(name[1])+`\(`, "..").Run(); err != nil {
			t.Errorf("there is no %s", name[1])
		}
	}
}
