// Package test holds what needs more than Go: the cross-check with numpy, the set-up of the tests, the demo.
package test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// goList returns what `go list` prints for the packages, one word each.
func goList(t *testing.T, args ...string) []string {
	t.Helper()
	cmd := exec.Command("go", append([]string{"list"}, args...)...)
	cgo := "CGO_ENABLED=0"
	if slices.Contains(args, "-tags") {
		cgo = "CGO_ENABLED=1"
	}
	cmd.Env = append(os.Environ(), cgo)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list %v: %v", args, err)
	}
	return strings.Fields(string(out))
}

// allowed lists the packages of the project that each package may import.
var allowed = map[string]string{
	"npyio":                  "internal/file internal/text",
	"blas":                   "blas/internal/openblas internal/pages",
	"blas/internal/openblas": "",
	"condor":                 "condor/chirp internal/file internal/status internal/text",
	"condor/chirp":           "",
	"condor/chirp/chirptest": "",
	"internal/text":          "",
	"internal/file":          "",
	"internal/status":        "",
	"internal/pages":         "",
	"internal/ddsum":         "",
	"internal/nprand":        "",
	"internal/progress":      "",
	"internal/cli":           "internal/file internal/status internal/text",
	"internal/flow": "blas npyio internal/ddsum internal/file internal/nprand internal/pages internal/progress internal/status " +
		"internal/text",
	"internal/joblog":   "condor internal/file internal/status internal/text",
	"internal/submit":   "condor npyio internal/file internal/flow internal/joblog internal/progress internal/status internal/text",
	"internal/report":   "condor internal/joblog internal/text",
	"internal/timeline": "condor internal/file internal/joblog internal/report internal/status internal/text",
	"internal/watch":    "condor internal/joblog internal/progress internal/status internal/text",
	"cmd":               "",
	"cmd/matinit":       "internal/cli internal/flow internal/progress internal/text",
	"cmd/matprod":       "condor/chirp internal/cli internal/file internal/flow internal/progress internal/text",
	"cmd/matcombine":    "internal/cli internal/file internal/flow internal/progress internal/text",
	"cmd/matsubmit":     "condor internal/cli internal/status internal/submit",
	"cmd/matwatch":      "internal/cli internal/report internal/timeline internal/watch",
}

// A package imports no other of the project than the list allows, with either tag.
func TestImports(t *testing.T) {
	const format = `{{$p := .ImportPath}}{{$p}}:{{$p}} {{range .Imports}}{{$p}}:{{.}} {{end}}`
	for _, tags := range []string{"", "openblas"} {
		for _, pair := range goList(t, "-tags", tags, "-f", format, "matpool/...") {
			pkg, imported, _ := strings.Cut(strings.ReplaceAll(pair, "matpool/", ""), ":")
			if regexp.MustCompile(`^(bench|release|test)\b`).MatchString(pkg) || !strings.Contains(pair, ":matpool/") {
				continue
			}
			list, ok := allowed[pkg]
			switch {
			case !ok:
				t.Errorf("%s is not in the list of what each package may import", pkg)
			case imported != pkg && !slices.Contains(strings.Fields(list), imported):
				t.Errorf("%s imports %s", pkg, imported)
			}
		}
	}
}

// Package net would add 0.6 MB to the program that is sent to the machines for each job.
func TestMatprodDoesWithoutNet(t *testing.T) {
	if slices.Contains(goList(t, "-deps", "matpool/cmd/matprod"), "net") {
		t.Error("matprod imports net")
	}
}

func TestProgramsNeedNoCgo(t *testing.T) {
	for _, dep := range goList(t, "-deps", "matpool/cmd/...") {
		if dep == "runtime/cgo" || strings.HasPrefix(dep, "gonum.org/v1/netlib") {
			t.Errorf("without the tag openblas, a program needs %s", dep)
		}
	}
}

func TestOnlyOnePackageUsesNetlib(t *testing.T) {
	const one = "matpool/blas/internal/openblas"
	format := `{{$p := .ImportPath}}{{range .Imports}}{{$p}}:{{.}} {{end}}`
	found := false
	for _, pair := range goList(t, "-tags", "openblas", "-f", format, "matpool/...") {
		pkg, imported, _ := strings.Cut(pair, ":")
		if strings.HasPrefix(imported, "gonum.org/v1/netlib") || imported == "C" {
			found = found || pkg == one
			if pkg != one {
				t.Errorf("%s imports %s", pkg, imported)
			}
		}
	}
	if !found {
		t.Errorf("%s does not import netlib: this test tests nothing", one)
	}
}

func TestMainsAreOneLine(t *testing.T) {
	mains, err := filepath.Glob("../cmd/*/main.go")
	if err != nil || len(mains) == 0 {
		t.Fatal("no main.go found", err)
	}
	line := regexp.MustCompile(`(?m)^func main\(\) \{ cli\.Main\("\w+", run(, chirp\.Find\(\)\.Say)?\) \}$`)
	for _, name := range mains {
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if len(line.FindAll(source, -1)) != 1 {
			t.Errorf("%s: main is not one line", name)
		}
	}
}
