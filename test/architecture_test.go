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

// The invariants of ARCHITECTURE.md that imports can break.
func TestImports(t *testing.T) {
	for _, rule := range []struct{ pkg, mustNot string }{
		{"matpool/npyio", `^matpool/(blas|condor|cmd|internal)`},
		{"matpool/condor", `^matpool/(npyio|blas|cmd|internal)`},
		{"matpool/blas", `^matpool/(npyio|condor|cmd|internal/(flow|cli))`},
		{"matpool/internal/cli", `^matpool/(npyio|blas|condor)`},
		{"matpool/cmd/matprod", `^net$`},
	} {
		for _, dep := range goList(t, "-deps", rule.pkg) {
			if regexp.MustCompile(rule.mustNot).MatchString(dep) {
				t.Errorf("%s imports %s", rule.pkg, dep)
			}
		}
	}
	for _, imported := range goList(t, "-f", `{{join .Imports "\n"}}`, "matpool/cmd/...") {
		if imported == "matpool/npyio" || imported == "matpool/blas" {
			t.Errorf("a program imports %s: it would compute", imported)
		}
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
