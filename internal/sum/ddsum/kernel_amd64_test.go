package ddsum

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// GODEBUG is read when a program starts, so this test runs itself once more with it.
func TestGODEBUGChoosesTheKernel(t *testing.T) {
	const printOnly = "DDSUM_TEST_PRINT_KERNEL"
	if os.Getenv(printOnly) != "" {
		os.Stdout.WriteString("kernel=" + inUse.name + "\n")
		return
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for godebug, hidden := range map[string]string{
		"":                            "",
		"cpu.avx512=off":              "avx512",
		"cpu.avx512=off,cpu.avx2=off": "avx512 avx2",
		"cpu.avx512=off,cpu.fma=off":  "avx512 avx2",
		"cpu.all=off":                 "avx512 avx2",
	} {
		want := ""
		for _, k := range available() {
			if !strings.Contains(hidden, k.name) {
				want = k.name
				break
			}
		}
		cmd := exec.Command(exe, "-test.run=^"+t.Name()+"$")
		cmd.Env = append(os.Environ(), printOnly+"=1", "GODEBUG="+os.Getenv("GODEBUG")+","+godebug)
		out, err := cmd.CombinedOutput()
		if err != nil || !strings.Contains(string(out), "kernel="+want+"\n") {
			t.Errorf("GODEBUG=%s: want kernel %s, got %v\n%s", godebug, want, err, out)
		}
	}
}
