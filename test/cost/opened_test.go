//go:build linux

package cost

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"

	"matpool/test/programs"
)

// Matprod opens each input once, from the check of all headers to the product: also if it resumes, adds up, or has a
// factor in common. Only if it may not have so many files open, later pairs are opened a second time.
func TestInputsAreOpenedOnce(t *testing.T) {
	if testing.Short() {
		t.Skip("go test -short does without strace")
	}
	bin := programs.Dir(t)
	t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
	dir := t.TempDir()
	program := func(argv ...string) {
		t.Helper()
		cmd := exec.Command(argv[0], argv[1:]...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v (test/setup.sh installs strace): %v\n%s", argv, err, out)
		}
	}
	program("matinit", "-quiet", "-jobs", "20", "-size", "30", "-seed", "1")
	program("matinit", "-quiet", "-jobs", "20", "-size", "30", "-seed", "1", "-npz")
	opened := regexp.MustCompile(`openat\(.*"(?:\./)?(input\w*\.np[yz])", O_RDONLY`)
	for _, test := range []struct {
		command string
		inputs  int
		twice   bool // some may be opened twice
	}{
		{"matprod inputA0.npy inputB0.npy output.npy", 2, false},
		{"matprod -count 20", 40, false},
		{"matprod -count 20 -resume .", 40, true},            // all are there; their inputs are hashed
		{"matprod -count 20 input.npz output.npz", 20, true}, // an archive is hashed as a whole
		{"matprod -count 20 -sum sum.npz -resume .", 40, false},
		{"matprod -serial -jobs 20", 40, false},
		{"matprod -serial -jobs 20 -gram inputA.npy", 20, false},
		{"matprod -count 20 -fixed a inputA0.npy inputB.npy fixed.npy", 21, false},
		{"ulimit -n 40; matprod -count 20", 40, true},
	} {
		log := filepath.Join(t.TempDir(), "calls")
		program("strace", "-f", "-o", log, "-e", "trace=openat,open", "sh", "-c", test.command)
		calls, err := os.ReadFile(log)
		if err != nil {
			t.Fatal(err)
		}
		times := map[string]int{}
		for _, call := range opened.FindAllStringSubmatch(string(calls), -1) {
			times[call[1]]++
		}
		again := 0
		for name, n := range times {
			if n > 1 {
				again++
			}
			if n > 2 || n > 1 && !test.twice {
				t.Errorf("%s: %s is opened %d times", test.command, name, n)
			}
		}
		if fmt.Sprint(len(times), again > 0) != fmt.Sprint(test.inputs, test.twice) {
			t.Errorf("%s: %d inputs are opened, %d of them again; want %d", test.command, len(times), again, test.inputs)
		}
	}
}
