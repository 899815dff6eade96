//go:build pool

package submitfile

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"matpool/condor"
)

// HTCondor gives jobs the machines of their systems, and no others; condor_submit adds no
// condition of its own on the processor.
func TestCondorSubmitChoosesPlatforms(t *testing.T) {
	var machines strings.Builder
	for _, opsys := range []string{"LINUX", "WINDOWS", "macOS"} {
		for _, arch := range []string{"X86_64", "aarch64", "ppc64le"} {
			fmt.Fprintf(&machines, "MyType = \"Machine\"\nName = \"%s.%s\"\nOpSys = %q\nArch = %q\n\n", opsys, arch, opsys, arch)
		}
	}
	ads := filepath.Join(t.TempDir(), "ads")
	if err := os.WriteFile(ads, []byte(machines.String()), 0o666); err != nil {
		t.Fatal(err)
	}
	all := condor.Systems()
	for set := 1; set < 1<<len(all); set++ {
		d := example()
		d.Executable, d.Systems = "/bin/true", nil
		var want []string
		for i, s := range all {
			if set>>i&1 != 0 {
				d.Systems = append(d.Systems, s)
				want = append(want, s.OpSys()+"."+s.Arch())
			}
		}
		arch, opsys := Platforms(d.Systems)
		out, err := exec.Command("condor_status", "-ads", ads, "-constraint", fmt.Sprintf("(%s) && (%s)", arch, opsys), "-af", "Name").Output()
		if got := strings.Fields(string(out)); err != nil || !slices.Equal(got, want) {
			t.Errorf("%v: machines %q (%v), want %q", d.Systems, got, err, want)
		}
		if ad := readAds(dryRun(t, describe(t, d)))[0]; strings.Contains(ad["Requirements"], "TARGET.Arch") {
			t.Errorf("%v: requirements %s", d.Systems, ad["Requirements"])
		}
	}
}
