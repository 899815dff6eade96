//go:build pool

package condor

import (
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// condor_submit itself takes what is written, and understands it as it is meant. (What
// it leaves for the machine to expand is expanded by this test.)
func TestCondorSubmitUnderstands(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for n := range 100 {
		s := oddSubmission(random, n%2 == 1)
		file := filepath.Join(t.TempDir(), "x.sub")
		if err := os.WriteFile(file, []byte(describe(t, s)), 0o666); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command("condor_submit", "-dry-run", "-", file).CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s\n%s", err, out, describe(t, s))
		}
		jobs := readAds(string(out))
		if len(jobs) != len(s.Rows) {
			t.Fatalf("%d jobs, want %d:\n%s", len(jobs), len(s.Rows), out)
		}
		for i, ad := range jobs {
			var got []string
			for _, name := range []string{"Arguments", "TransferInput", "TransferOutputRemaps", "Out", "Err", "UserLog", "JobBatchName"} {
				got = append(got, byMachine(t, ad[name]))
			}
			got[0] = strings.Join(split(t, `"`+strings.ReplaceAll(got[0], `"`, `""`)+`"`), "|")
			got[5] = filepath.Base(got[5])
			want := s.meaning(i)
			want[1] = strings.ReplaceAll(want[1], ", ", ",")
			want[5] = filepath.Base(want[5])
			got[2] = strings.ReplaceAll(got[2], "; ", ";")
			if !slices.Equal(got, want) {
				t.Fatalf("job %d: %q\nwant %q\n%s", i, got, want, describe(t, s))
			}
		}
	}
}

// readAds reads what condor_submit -dry-run prints: for the first job all attributes,
// for the others those that differ.
func readAds(text string) []map[string]string {
	var jobs []map[string]string
	ad := map[string]string{}
	for line := range strings.Lines(text) {
		name, value, ok := strings.Cut(strings.TrimRight(line, "\n"), "=")
		if !ok || strings.ContainsAny(name, " ()") {
			continue
		}
		if name == "ProcId" {
			if len(jobs) > 0 {
				ad = maps.Clone(jobs[0])
			}
			jobs = append(jobs, ad)
		}
		if inner, ok := strings.CutPrefix(value, `"`); ok {
			value = strings.ReplaceAll(strings.TrimSuffix(inner, `"`), `\"`, `"`)
		}
		ad[name] = value
	}
	return jobs
}
