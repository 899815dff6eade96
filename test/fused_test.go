package test

import (
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"matpool/test/programs"
)

// exact are the packages whose results are the same on every processor.
var exact = []string{"./blas", "./condor/jobfile", "./internal/sum/ddsum", "./elem", "./internal/blocks", "./internal/product", "./internal/random", "./internal/random/nprand", "./internal/sum", "./npyio"}

// Go's compiler may round x*y + z once, with one instruction, and does so on arm64: other bits than on amd64. In these
// packages only math.FMA becomes such an instruction, once for each time it is written. Elsewhere float64(x*y) + z
// forbids it (The Go Programming Language Specification, "Floating-point operators").
func TestNothingIsFusedButFMA(t *testing.T) {
	programs.ReadModule(t, "..")
	build := exec.Command("go", append([]string{"build", "-gcflags=-S"}, exact...)...)
	build.Dir = ".."
	build.Env = append(os.Environ(), "GOARCH=arm64", "CGO_ENABLED=0")
	listing, err := build.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, listing)
	}
	// An instruction, in a line such as "0x0024 00036 (/src/blas/kernel.go:54)	FMADDD	F1, F0, F2, F0".
	fused := regexp.MustCompile(`\((/[^()]+\.go):(\d+)\)\s+FN?M(ADD|SUB)[DS]\s`)
	instructions := map[string]int{}
	for _, found := range fused.FindAllStringSubmatch(string(listing), -1) {
		instructions[found[1]+":"+found[2]]++
	}
	written := 0
	for at, n := range instructions {
		calls := strings.Count(lineOf(t, at), "math.FMA(")
		if written += calls; n > calls {
			t.Errorf("%s: %d fused instructions, %d calls of math.FMA", at, n, calls)
		}
	}
	if written < 20 {
		t.Errorf("%d calls of math.FMA found: is the listing still what this test expects?", written)
	}
}

// lineOf returns a line of a file, FILE:NUMBER.
func lineOf(t *testing.T, at string) string {
	t.Helper()
	file, number, _ := strings.Cut(at, ":")
	n, err := strconv.Atoi(number)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(string(text), "\n")[n-1]
}
