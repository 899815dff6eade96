// Package test checks which packages import which. Its subfolders hold the tests that need more than Go.
package test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"matpool/test/programs"
)

// goList returns the words that go list prints.
func goList(t *testing.T, args ...string) []string {
	t.Helper()
	programs.ReadModule(t, "..")
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

// allowed lists, for each package, the packages of the project that it may import.
var allowed = map[string]string{
	// Public packages. The rooms of condor share only condor, which knows none of them.
	"npyio":                  "elem internal/base/file internal/base/text",
	"blas":                   "blas/internal/openblas elem internal/base/each internal/base/pages",
	"blas/internal/openblas": "",
	"condor":                 "internal/base/file internal/base/text",
	"condor/jobfile":         "condor internal/base/file internal/base/text",
	"condor/submitfile":      "condor condor/chirp internal/base/text",
	"condor/eventlog":        "condor internal/base/text",
	"condor/pool":            "condor",
	"condor/queue":           "condor internal/base/text",
	"condor/chirp":           "",

	// What the programs share.
	"internal/cli":           "internal/base/file internal/status internal/base/text",
	"internal/sum/ddsum":     "",
	"elem":                   "",
	"internal/base/each":     "",
	"internal/base/file":     "",
	"internal/random/nprand": "",
	"internal/base/pages":    "",
	"internal/progress":      "",
	"internal/status":        "",
	"internal/base/text":     "",
	"internal/base/hash":     "",
	"internal/record":        "condor internal/base/file internal/base/hash internal/base/text",

	// What they do.
	"internal/arrayfile":      "elem npyio internal/base/file internal/base/text internal/status internal/base/hash internal/record",
	"internal/blocks":         "blas condor/jobfile elem npyio internal/arrayfile internal/base/file internal/base/hash internal/base/pages internal/base/text internal/record internal/pair internal/product internal/progress internal/status internal/sum internal/sum/ddsum",
	"internal/pair":           "condor/jobfile internal/arrayfile internal/base/file internal/random internal/record",
	"internal/product":        "blas elem npyio internal/arrayfile internal/base/each internal/base/file internal/base/pages internal/pair internal/progress internal/status internal/base/hash internal/record",
	"internal/random":         "elem npyio internal/arrayfile internal/base/file internal/base/pages internal/progress internal/random/nprand internal/status internal/base/hash internal/record",
	"internal/sum":            "blas elem npyio internal/arrayfile internal/base/each internal/base/file internal/base/pages internal/base/text internal/pair internal/product internal/progress internal/status internal/sum/ddsum internal/base/hash internal/record",
	"internal/submit":         "condor condor/eventlog condor/jobfile condor/pool condor/queue condor/submitfile npyio internal/arrayfile internal/base/each internal/base/file internal/base/hash internal/base/text internal/blocks internal/forecast internal/joblog internal/local internal/outputs internal/pair internal/product internal/record internal/sum internal/progress internal/request internal/status internal/verify",
	"internal/forecast":       "condor condor/eventlog condor/pool internal/base/text internal/product",
	"internal/outputs":        "condor/jobfile internal/base/each internal/base/file internal/status internal/record",
	"internal/combine":        "condor condor/jobfile internal/base/file internal/base/hash internal/base/text internal/blocks internal/outputs internal/pair internal/progress internal/record internal/request internal/status internal/sum",
	"internal/verify":         "blas condor internal/base/hash internal/base/text internal/combine internal/outputs internal/pair internal/product internal/progress internal/record internal/request internal/status internal/sum",
	"internal/complete":       "internal/base/text internal/cli internal/combine internal/forecast internal/product internal/progress internal/record internal/request internal/status internal/submit internal/sum internal/verify internal/watch",
	"internal/local":          "condor condor/eventlog condor/submitfile internal/base/file internal/progress internal/status internal/base/text",
	"internal/request":        "condor condor/jobfile internal/base/file internal/base/text internal/cli internal/pair internal/record internal/status",
	"internal/joblog":         "condor condor/eventlog condor/queue internal/base/file internal/base/text internal/outputs internal/status internal/record",
	"internal/watch":          "condor condor/eventlog condor/queue internal/base/file internal/record internal/joblog internal/progress internal/status internal/base/text internal/watch/report",
	"internal/watch/report":   "condor condor/eventlog internal/joblog internal/base/text",
	"internal/watch/timeline": "condor/eventlog internal/base/file internal/joblog internal/status internal/base/text internal/watch/report",
	"internal/watch/page":     "condor condor/eventlog internal/base/file internal/base/hash internal/base/text internal/joblog internal/outputs internal/record internal/watch/report internal/watch/timeline",

	"cmd/matinit":    "condor/jobfile internal/blocks internal/cli internal/base/file internal/base/text internal/pair internal/progress internal/random internal/record",
	"cmd/matprod":    "condor condor/chirp condor/jobfile internal/cli internal/base/file internal/base/text internal/pair internal/product internal/progress internal/random internal/request internal/sum internal/record internal/verify",
	"cmd/matcombine": "condor condor/jobfile internal/cli internal/base/file internal/combine internal/record internal/request internal/sum",
	"cmd/matsubmit":  "condor/jobfile internal/cli internal/complete internal/request internal/submit internal/verify",
	"cmd/matwatch":   "condor internal/cli internal/request internal/watch internal/watch/page internal/watch/timeline",

	// For tests.
	"condor/chirp/chirptest":       "",
	"condor/condortest":            "",
	"internal/base/file/filetest":  "",
	"internal/watch/page/pagetest": "condor condor/eventlog internal/base/file internal/base/hash internal/record",
	"internal/verify/verifytest":   "",
	"internal/pair/pairtest":       "blas elem npyio internal/arrayfile internal/base/file internal/pair internal/random internal/random/nprand",
	"cmd":                          "",
}

// Each package imports only the project's packages that the list allows, with and without the
// tag openblas, and the list allows nothing that the package does not import.
func TestImports(t *testing.T) {
	const format = `{{range .Imports}}{{$.ImportPath}}:{{.}} {{end}}`
	outside := regexp.MustCompile(`^(bench|release|test)\b`) // may import anything
	used := map[string]bool{}
	for _, tags := range []string{"", "openblas"} {
		for _, pair := range goList(t, "-tags", tags, "-f", format, "matpool/...") {
			pkg, imported, _ := strings.Cut(pair, ":")
			pkg = strings.TrimPrefix(pkg, "matpool/")
			imported, ours := strings.CutPrefix(imported, "matpool/")
			if !ours || outside.MatchString(pkg) {
				continue
			}
			if !slices.Contains(strings.Fields(allowed[pkg]), imported) {
				t.Errorf("%s imports %s", pkg, imported)
			}
			used[pkg+":"+imported] = true
		}
	}
	for pkg, list := range allowed {
		for _, imported := range strings.Fields(list) {
			if !used[pkg+":"+imported] {
				t.Errorf("%s does not import %s: remove it from the list", pkg, imported)
			}
		}
	}
	for _, pkg := range goList(t, "matpool/...") {
		pkg = strings.TrimPrefix(pkg, "matpool/")
		if _, listed := allowed[pkg]; !listed && !outside.MatchString(pkg) {
			t.Errorf("%s is not in the list", pkg)
		}
	}
}

// Packages that read logs depend neither on matrix kernels nor on numpy's files.
func TestLogsAreReadWithoutKernels(t *testing.T) {
	for _, pkg := range goList(t, "-deps", "matpool/internal/watch/...", "matpool/condor/...") {
		if pkg == "matpool/blas" || pkg == "matpool/npyio" {
			t.Errorf("reading a log needs %s", pkg)
		}
	}
}

// Package net would add 0.6 MB to the program that is sent to the machines for each job.
func TestMatprodDoesWithoutNet(t *testing.T) {
	if slices.Contains(goList(t, "-deps", "matpool/cmd/matprod"), "net") {
		t.Error("matprod imports net")
	}
}

// The libraries that draw, and that write pages, would double a program's size.
func TestOnlyMatwatchDraws(t *testing.T) {
	for _, dep := range goList(t, "-deps", "matpool/cmd/matinit", "matpool/cmd/matprod", "matpool/cmd/matcombine", "matpool/cmd/matsubmit") {
		if strings.HasPrefix(dep, "gonum.org/v1/plot") || dep == "html/template" {
			t.Errorf("a program other than matwatch needs %s", dep)
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
	line := regexp.MustCompile(`(?m)^func main\(\) \{ cli\.Main\("\w+", run(, chirp\.Find\(\)\.Report)?\) \}$`)
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
