//go:build pool

package submitfile

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"matpool/condor/condortest"
)

// dryRun returns the job ClassAds that condor_submit makes.
func dryRun(t *testing.T, description string) string {
	t.Helper()
	if os.Getenv("MATPOOL_POOL") == "" { // Go's cache notices another one
		t.Fatal("test/pool/test.sh runs these tests, beside a pool")
	}
	file := filepath.Join(t.TempDir(), "x.sub")
	if err := os.WriteFile(file, []byte(description), 0o666); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("condor_submit", "-dry-run", "-", file).CombinedOutput()
	if err != nil || strings.Contains(string(out), "WARNING") {
		t.Fatalf("%v\n%s\n%s", err, out, description)
	}
	return string(out)
}

// condor_submit itself accepts the descriptions and makes the expected jobs. (This test
// expands what condor_submit leaves to be expanded for the machine.)
func TestCondorSubmitUnderstands(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for n := range 200 {
		batch := n%2 == 1
		d := oddDescription(random, batch)
		if n%5 == 0 {
			d = example() // whose program need not be there
		}
		d.MaxRetries = random.IntN(13)
		d.RetryDelay = time.Duration(random.IntN(3)) * time.Minute
		d.Requirements = []string{"", `Machine != "pc \"1\"" || KFlops > 1024`}[random.IntN(2)]
		if !batch {
			d.MaxIdle = random.IntN(2) * 5
		}
		description := describe(t, d)
		out := dryRun(t, description)
		jobs := readAds(out)
		if d.MaxIdle > 0 { // only the first is printed
			if jobs[0]["JobMaterializeMaxIdle"] != "5" || !strings.Contains(out, fmt.Sprintf("\n%d job(s) dry-run", len(d.Jobs))) {
				t.Fatalf("%s\n%s", out, description)
			}
		} else if len(jobs) != len(d.Jobs) {
			t.Fatalf("%d jobs, want %d:\n%s", len(jobs), len(d.Jobs), out)
		}
		for i, ad := range jobs {
			var got []string
			for _, name := range []string{"Arguments", "TransferInput", "TransferOutput", "TransferOutputRemaps", "Out", "Err", "UserLog", "JobBatchName"} {
				got = append(got, condortest.ExpandOnMachine(t, ad[name]))
			}
			got[0] = strings.Join(condortest.SplitArguments(t, `"`+strings.ReplaceAll(got[0], `"`, `""`)+`"`), "|")
			got[6] = filepath.Base(got[6])
			want := meaning(d, i)
			want[1] = strings.ReplaceAll(want[1], ", ", ",")
			want[6] = filepath.Base(want[6])
			got[3] = strings.ReplaceAll(got[3], "; ", ";")
			if !slices.Equal(got, want) {
				t.Fatalf("job %d: %q\nwant %q\n%s", i, got, want, description)
			}
		}
	}
}

// readAds parses the output of condor_submit -dry-run: all attributes of the first job, and
// those of the others that differ.
func readAds(text string) []map[string]string {
	var jobs []map[string]string
	ad := map[string]string{}
	for line := range strings.Lines(text) {
		name, value, ok := strings.Cut(strings.TrimRight(line, "\n"), "=")
		if !ok || strings.ContainsAny(name, " ()") {
			continue
		}
		switch {
		case name == "ClusterId":
			jobs = append(jobs, ad)
		case name == "ProcId" && value != "0":
			ad = maps.Clone(jobs[0])
			jobs = append(jobs, ad)
		}
		if inner, ok := strings.CutPrefix(value, `"`); ok {
			value = strings.ReplaceAll(strings.TrimSuffix(inner, `"`), `\"`, `"`)
		}
		ad[name] = value
	}
	return jobs
}
