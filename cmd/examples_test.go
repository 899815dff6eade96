package cmd_test

import (
	"os"
	"regexp"
	"testing"

	"matpool/test/programs"
)

// The commands in each example's comment lead to a norm, without HTCondor here; the serial check prints the same norm.
// test/pool runs them on a pool.
func TestExamples(t *testing.T) {
	findPrograms(t)
	notSerial := map[string]bool{"run_tiles": true, "run_program": true} // tiles are not added, and only matprod has a serial check
	seen := 0
	for _, x := range programs.Examples(t, examples, t.TempDir()) {
		t.Run(x.Name, func(t *testing.T) {
			if underWine() && x.Name == "run_program" {
				return // a Python script, for Linux
			}
			t.Parallel()
			dir := t.TempDir()
			programs.Examples(t, examples, dir)
			var printed string
			for _, step := range x.Steps {
				stdout, stderr, err := run(t, dir, step...)
				if err != nil {
					t.Fatalf("%q: %v\n%s%s", step, err, stdout, stderr)
				}
				printed = stdout
			}
			norm := regexp.MustCompile(`(?m)^norm of the .*: (\S+)$`).FindStringSubmatch(printed)
			if norm == nil {
				t.Fatalf("no norm:\n%s", printed)
			}
			if notSerial[x.Name] {
				return
			}
			if stdout, stderr, err := run(t, dir, "matprod", "-serial", "-quiet", x.Name); err != nil || stdout != norm[1]+"\n" {
				t.Errorf("the serial check: %v\n%s%swant %s", err, stdout, stderr, norm[1])
			}
		})
		seen++
	}
	if seen < 7 {
		t.Errorf("%d examples", seen)
	}
}

// The finished run in examples can be looked at and added up.
func TestFinishedExample(t *testing.T) {
	findPrograms(t)
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(examples+"/finished")); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		command []string
		want    string
	}{
		{[]string{"matwatch", "log.txt"}, `12 jobs: 12 done, 0 running, 0 idle, 0 held\n$`},
		{[]string{"matwatch", "-report", "log.txt"}, `(?m)^winpc +windows `},
		{[]string{"matcombine", "run_random"}, `^norm of the sum of 12 files: [\d.]+\n$`},
	} {
		stdout, stderr, err := run(t, dir, test.command...)
		if err != nil || stderr != "" || !regexp.MustCompile(test.want).MatchString(stdout) {
			t.Errorf("%q: %v\n%s%swant %s", test.command, err, stdout, stderr, test.want)
		}
	}
}
