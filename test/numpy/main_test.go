// Package numpy compares our programs and file format with the real numpy.
//
// Where the two must agree exactly, the tests compare files byte by byte. Where numpy's bits
// differ from machine to machine, the bounds are those in the manuals. numpy makes the arrays: a
// test gives them as Python expressions, which can use the names that arrays.py defines.
//
// The tests build the programs, or take them from the folder MATPOOL_BIN. Without numpy the tests
// fail; go test -short skips them. The script test.sh runs them with numpy 2.
package numpy

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"matpool/test/programs"
)

const (
	python  = "/usr/bin/python3" // as in test/setup.sh
	scripts = "../../bench/numpy"
)

// The programs.
const matinit, matprod, matcombine = "matinit", "matprod", "matcombine"

var update = flag.Bool("update", false, "write the tables of docs/FORMAT.md")

func TestMain(m *testing.M) {
	if peer := os.Getenv(peerVariable); peer != "" {
		if err := runPeer(peer); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	code, err := testMain(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func testMain(m *testing.M) (int, error) {
	if flag.Parse(); testing.Short() {
		fmt.Println("go test -short does without numpy")
		return 0, nil
	}
	if out, err := exec.Command(python, "-c", "import numpy").CombinedOutput(); err != nil {
		return 0, fmt.Errorf("these tests need numpy; run test/setup.sh\n%v: %s", err, out)
	}
	return programs.Main(m), nil
}

func path(t *testing.T, program string) string {
	t.Helper()
	programs.Numpy()
	if filepath.IsAbs(program) {
		return program
	}
	return filepath.Join(programs.Dir(t), program)
}

// exits runs a program in a folder, and returns its output and its exit status.
func exits(t *testing.T, dir, program string, args ...string) (stdout, stderr string, status int) {
	t.Helper()
	var out, errs bytes.Buffer
	cmd := exec.Command(path(t, program), args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &out, &errs
	if err := cmd.Run(); err != nil && !errors.As(err, new(*exec.ExitError)) {
		t.Fatal(err)
	}
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}

// run runs a program that must succeed, and returns its standard output without the newline.
func run(t *testing.T, dir, program string, args ...string) string {
	t.Helper()
	stdout, stderr, status := exits(t, dir, program, args...)
	if status != 0 {
		t.Fatalf("%s %s: exit status %d\n%s", filepath.Base(program), strings.Join(args, " "), status, stderr)
	}
	return strings.TrimSuffix(stdout, "\n")
}

// runScript runs one of the scripts of the Python flow.
func runScript(t *testing.T, dir, script string, args ...any) string {
	t.Helper()
	programs.Read(t, scripts)
	path, err := filepath.Abs(filepath.Join(scripts, script))
	if err != nil {
		t.Fatal(err)
	}
	argv := []string{path}
	for _, arg := range args {
		argv = append(argv, fmt.Sprint(arg))
	}
	return run(t, dir, python, argv...)
}

// ask sends questions for one function to oracle.py, and returns the answers, of type A.
func ask[A any](t *testing.T, command string, questions ...question) []A {
	t.Helper()
	programs.Numpy()
	programs.Read(t, ".") // oracle.py
	text, err := json.Marshal(questions)
	if err != nil {
		t.Fatal(err)
	}
	var errs bytes.Buffer
	cmd := exec.Command(python, "-B", "oracle.py", command) // -B: no folder __pycache__
	cmd.Stdin, cmd.Stderr = bytes.NewReader(text), &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("oracle.py %s: %v\n%s", command, err, &errs)
	}
	var answers []A
	if err := json.Unmarshal(out, &answers); err != nil {
		t.Fatal(err)
	}
	if len(answers) != len(questions) {
		t.Fatalf("oracle.py %s: %d answers to %d questions", command, len(answers), len(questions))
	}
	return answers
}

// A versions is what numpy is, and the C library under it.
type versions struct{ Numpy, C string }

func library(t *testing.T) versions {
	t.Helper()
	return ask[versions](t, "versions", question{})[0]
}

// A question contains the arguments of a function of oracle.py.
type question map[string]any

func sameFiles(t *testing.T, got, want string) {
	t.Helper()
	x, y := readFile(t, got), readFile(t, want)
	if bytes.Equal(x, y) {
		return
	}
	i := 0
	for i < min(len(x), len(y)) && x[i] == y[i] {
		i++
	}
	t.Errorf("%s (%d bytes) is not the same as %s (%d bytes): they differ from byte %d on", got, len(x), want, len(y), i)
}

func readFile(t *testing.T, name string) []byte {
	t.Helper()
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return content
}
