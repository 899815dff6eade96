package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// A target is a kind of machine that programs are shipped for.
type target struct {
	os        string // as in GOOS
	cc        string
	libraries []clibrary // what cc links in
	check     func(program string) error
	suffix    string // of the archive
	write     func(w io.Writer, files []file, date time.Time) error
}

// OpenBLAS is built for this architecture only; for others the programs are plain Go.
const arch = "amd64"

var linux = target{
	os:        "linux",
	cc:        "gcc",
	libraries: []clibrary{{"libc.a", "glibc", "LGPL-2.1"}, {"libgcc.a", "libgcc", "GPL-3"}},
	check:     checkStatic,
	suffix:    ".tar.gz",
	write:     writeTarGz,
}

var windows = target{
	os:        "windows",
	cc:        "x86_64-w64-mingw32-gcc",
	libraries: []clibrary{{"libmsvcrt.a", "mingw-w64", ""}, {"libgcc.a", "libgcc", "GPL-3"}},
	check:     checkImports,
	suffix:    ".zip",
	write:     writeZip,
}

// With netgo and osusergo a program that once asks for a host or a user does so in Go: glibc's way needs libraries at
// run time even in a static program.
const tags = "openblas,netgo,osusergo"

// openblas returns the folder of the library, which is built where that has not been done.
// The script finds or installs the compilers too.
func (t target) openblas() (string, error) {
	build := exec.Command("third_party/openblas/build.sh", t.os)
	build.Stderr = os.Stderr
	out, err := build.Output()
	if err != nil {
		return "", fmt.Errorf("third_party/openblas/build.sh failed (%w): what it said is above", err)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	return lines[len(lines)-1], nil
}

// buildInto makes the programs and puts them in a folder, where others may lie.
func (t target) buildInto(dir, version string) error {
	if _, err := t.openblas(); err != nil {
		return fmt.Errorf("%w; make build BLAS=go needs neither OpenBLAS nor a C compiler", err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	unchecked, err := os.MkdirTemp(dir, ".build-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(unchecked)
	programs, err := t.build(unchecked, version)
	if err != nil {
		return err
	}
	for _, program := range programs {
		if err := os.Rename(program, filepath.Join(dir, filepath.Base(program))); err != nil {
			return err
		}
	}
	return nil
}

// build makes the programs, all that lie in cmd, in an empty folder, and checks them. It returns their names. Only
// matprod has OpenBLAS: the others do not multiply, and are a third of the size without it.
func (t target) build(dir, version string) ([]string, error) {
	// The linker's identifiers are hashes over, among others, where OpenBLAS lies; and Go's linker asks for no time
	// stamp in a .exe.
	ldflags := "-s -w -buildid= -B none -X matpool/internal/cli.version=" + version
	others := t.command("go", "build", "-trimpath", "-buildvcs=false", "-ldflags", ldflags, "-o", dir, "./cmd/...")
	others.Env = append(others.Env, "CGO_ENABLED=0")
	matprod := t.command("third_party/openblas/go.sh", t.os, "build", "-trimpath", "-buildvcs=false", "-tags", tags,
		"-ldflags", ldflags+` -linkmode external -extldflags "-static"`, "-o", dir, "./cmd/matprod")
	for _, build := range []*exec.Cmd{others, matprod} {
		if err := build.Run(); err != nil {
			return nil, fmt.Errorf("go build failed (%w): what it said is above", err)
		}
	}

	programs, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		return nil, err
	}
	for _, program := range programs {
		err := errors.Join(t.check(program), checkSize(program), checkVersion(program, version))
		if err != nil {
			return nil, fmt.Errorf("%s must not be shipped:\n%w", filepath.Base(program), err)
		}
	}
	return programs, nil
}

// command prepares a command for the target. What a person may have set in the environment, such as GOAMD64=v3 or
// CGO_CPPFLAGS=-march=native, makes programs that do not run everywhere: it is set here.
func (t target) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.Env = append(os.Environ(),
		"GOOS="+t.os, "GOARCH="+arch, "GOAMD64=v1", "GOEXPERIMENT=", "GOFLAGS=",
		"CGO_ENABLED=1", "CC="+t.cc, "CGO_CPPFLAGS=")
	cmd.Stderr = os.Stderr
	return cmd
}
