//go:build linux

package cost

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"

	"matpool/test/programs"
)

// inits matches what the Go runtime reports of the beginning of one of our packages.
var inits = regexp.MustCompile(`(?m)^init (matpool/\S+) @.* clock, (\d+) bytes, (\d+) allocs$`)

// Before main, our packages make next to nothing: no regular expression, and no table that most runs do not need. A job
// with small matrices takes little longer than the start of its program.
func TestStartsMakeLittle(t *testing.T) {
	bin := programs.Dir(t)
	for _, name := range []string{"matcombine", "matinit", "matprod", "matsubmit", "matwatch"} {
		cmd := exec.Command(filepath.Join(bin, name), "-version")
		cmd.Env = append(os.Environ(), "GODEBUG=inittrace=1")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %v\n%s", cmd, err, out)
		}
		packages := inits.FindAllStringSubmatch(string(out), -1)
		if packages == nil {
			t.Errorf("%s: the runtime reports none of our packages:\n%s", name, out)
		}
		objects, bytes := 0, 0
		for _, p := range packages {
			b, _ := strconv.Atoi(p[2])
			n, _ := strconv.Atoi(p[3])
			objects, bytes = objects+n, bytes+b
		}
		t.Logf("%s: %d objects, %d bytes", name, objects, bytes)
		if objects > 50 || bytes > 10<<10 {
			t.Errorf("%s: its packages made %d objects of %d bytes before main; at most 50 of 10 KiB are allowed:\n%s", name, objects, bytes, out)
		}
	}
}
