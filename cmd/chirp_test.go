package cmd_test

import (
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"matpool/condor/chirp/chirptest"
)

// In an HTCondor job, matprod's error also becomes the job's message. Whatever HTCondor does, the
// program's output and its exit status stay the same.
func TestErrorsReachHTCondor(t *testing.T) {
	starter, refusing := chirptest.Start(t, "127.0.0.1"), chirptest.Start(t, "127.0.0.1")
	refusing.Refuses = true
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	_, port, err := net.SplitHostPort(silent.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	for _, where := range []string{"no job", "a job", "a job that may not say anything", "a job that is not answered"} {
		dir := t.TempDir()
		switch where {
		case "a job":
			starter.WriteConfig(t, dir)
		case "a job that may not say anything":
			refusing.WriteConfig(t, dir)
		case "a job that is not answered":
			if err := os.WriteFile(filepath.Join(dir, ".chirp.config"), []byte("127.0.0.1 "+port+" cookie\n"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		for _, test := range []struct {
			command string
			lines   []string
			message string
		}{
			{"matinit -quiet -seed 1 -jobs 2 -size 3", nil, ""},
			{"matprod -count 3", []string{"matprod: inputA2.npy and inputB2.npy are missing; 0 to 1 are there", "matprod: hint: for those that are there: -first 0, -count 2 (with -serial: -jobs 2)"},
				"inputA2.npy: no such file or directory (and 1 more)"},
			{"matprod -count 2", nil, ""},
			{"matprod -conut 2", []string{"matprod: flag provided but not defined: -conut", "matprod: hint: did you mean -count? matprod -help lists all flags"},
				"flag provided but not defined: -conut"},
		} {
			start, before := time.Now(), len(starter.Values())
			_, stderr, err := run(t, dir, strings.Fields(test.command)...)
			// A program waits for a second, in which a busy machine may not have told what it says.
			heard := func() bool {
				return test.message == "" || slices.Contains(starter.Values()[before:], `"`+test.message+`"`)
			}
			for try := 1; where == "a job" && !heard() && try < 10; try++ {
				start, before = time.Now(), len(starter.Values())
				_, stderr, err = run(t, dir, strings.Fields(test.command)...)
			}
			want := ""
			if test.lines != nil {
				want = strings.Join(test.lines, "\n") + "\n"
			}
			if stderr != want || (err == nil) != (want == "") || time.Since(start) > limit {
				t.Errorf("in %s, %s: %v, %v, stderr\n%swant\n%s", where, test.command, err, time.Since(start), stderr, want)
			}
			said := starter.Values()[before:]
			if where == "a job" && test.message != "" {
				// A program that succeeds clears an earlier message, but does not wait for the answer.
				want := []string{`""`, `"` + test.message + `"`}
				if !slices.Equal(said[max(0, len(said)-2):], want) {
					t.Errorf("in %s, %s: said %q, want %q", where, test.command, said, want)
				}
			} else if slices.ContainsFunc(said, func(value string) bool { return value != `""` }) {
				t.Errorf("in %s, %s: said %q", where, test.command, said)
			}
		}
	}
}
