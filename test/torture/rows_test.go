package main

import (
	"os/exec"
	"regexp"
	"testing"

	"matpool/test/programs"
)

// Every test of a row exists.
func TestRowsNameTests(t *testing.T) {
	programs.ReadModule(t, "../..")
	for _, r := range rows {
		for _, name := range regexp.MustCompile(`\b(?:Test|Fuzz)\w+`).FindAllString(r.test, -1) {
			if err := exec.Command("grep", "-rqE", "^func "+name, "../../"+r.pkg).Run(); err != nil {
				t.Errorf("%s: there is no %s in %s", r.fault, name, r.pkg)
			}
		}
		if r.command() == nil || r.end == "" {
			t.Errorf("%s: no end", r.fault)
		}
	}
	if len(untried) == 0 {
		t.Error("all has been tried?")
	}
}
