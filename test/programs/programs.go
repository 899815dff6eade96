// Package programs gives the programs to tests that run them, and keeps such tests' cached results true.
//
// The go command runs a package's tests again if the test's binary has changed, or a file or folder of the module that
// the tests have opened. It does not see what a command that they start reads, such as go build. So the tests open the
// folders that the programs are built from, and Read others.
package programs

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// temp is the folder that the programs are built in, if they are.
var temp string

// Main runs a package's tests, and then removes the programs that Dir has built.
func Main(m *testing.M) int {
	defer func() {
		if temp != "" {
			os.RemoveAll(temp)
		}
	}()
	return m.Run()
}

// Dir returns the folder with the tested programs: MATPOOL_BIN, or one in which they are built when they are first asked
// for. The go command sees only files of the module, so tests of programs in another folder need -count=1.
func Dir(t testing.TB) string {
	t.Helper()
	if bin := os.Getenv("MATPOOL_BIN"); bin != "" {
		if !filepath.IsAbs(bin) {
			t.Fatalf("MATPOOL_BIN is %q; it must be an absolute path", bin)
		}
		Read(t, bin)
		return bin
	}
	bin, err := all()
	if err != nil {
		t.Fatal(err)
	}
	return bin
}

var all = sync.OnceValues(func() (bin string, err error) {
	if temp, err = os.MkdirTemp("", "matpool-bin-"); err != nil {
		return "", err
	}
	return temp, build(temp, "matpool/cmd/...")
})

// Build builds a program of the module in a folder.
func Build(t testing.TB, dir, pkg string) {
	t.Helper()
	if err := build(dir, pkg); err != nil {
		t.Fatal(err)
	}
}

func build(dir, pkg string) error {
	const folders = `{{with .Module}}{{if .Main}}{{$.Dir}}{{end}}{{end}}`
	for _, args := range [][]string{
		{"list", "-deps", "-f", folders, pkg},
		{"build", "-trimpath", "-o", dir + string(filepath.Separator), pkg},
	} {
		cmd := exec.Command("go", args...)
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		out, err := cmd.CombinedOutput()
		if err != nil {
			return fmt.Errorf("%v: %v\n%s", cmd, err, out)
		}
		if args[0] == "list" {
			if err := read(strings.Fields(string(out))); err != nil {
				return err
			}
		}
	}
	return nil
}

// Numpy has the go command notice another numpy: test/run.sh and test/numpy/test.sh put its version into MATPOOL_NUMPY.
func Numpy() { os.Getenv("MATPOOL_NUMPY") }

// Read opens folders that commands of a test read, so that its cached result is not used after they have changed.
func Read(t testing.TB, dirs ...string) {
	t.Helper()
	if err := read(dirs); err != nil {
		t.Fatal(err)
	}
}

// ReadModule is Read for all folders of the module, which is in the folder root.
func ReadModule(t testing.TB, root string) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.IsDir() && entry.Name() == ".git" {
			return fs.SkipDir
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func read(dirs []string) error {
	for _, dir := range dirs {
		if _, err := os.ReadDir(dir); err != nil {
			return err
		}
	}
	return nil
}
