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
	os, arch  string     // as in GOOS and GOARCH
	name      string     // for people
	cc        string     // none: without OpenBLAS
	libraries []clibrary // what cc links in
	check     func(program string) error
	suffix    string // of the archive
	write     func(w io.Writer, files []file, date time.Time) error
}

// targets are all that a release is for.
var targets = []target{linux, linuxArm64, windows}

var linux = target{
	os:        "linux",
	arch:      "amd64",
	name:      "Linux on x86-64",
	cc:        "gcc",
	libraries: []clibrary{{"libc.a", "glibc", "LGPL-2.1"}, {"libgcc.a", "libgcc", "GPL-3"}},
	check:     checkStatic,
	suffix:    ".tar.gz",
	write:     writeTarGz,
}

// OpenBLAS is built for amd64 only; for arm64 the programs are Go and its assembly.
var linuxArm64 = target{
	os:     "linux",
	arch:   "arm64",
	name:   "Linux on arm64",
	check:  checkStatic,
	suffix: ".tar.gz",
	write:  writeTarGz,
}

var windows = target{
	os:        "windows",
	arch:      "amd64",
	name:      "Windows on x86-64",
	cc:        "x86_64-w64-mingw32-gcc",
	libraries: []clibrary{{"libmsvcrt.a", "mingw-w64", ""}, {"libgcc.a", "libgcc", "GPL-3"}},
	check:     checkImports,
	suffix:    ".zip",
	write:     writeZip,
}

// hasOpenBLAS reports whether matprod contains OpenBLAS.
func (t target) hasOpenBLAS() bool { return t.cc != "" }

// tags returns the build tags of matprod. With netgo and osusergo, a program that looks up a host or a user does so in Go:
// glibc's functions load libraries at run time even in a static program.
func (t target) tags() string {
	if !t.hasOpenBLAS() {
		return ""
	}
	return "openblas,netgo,osusergo"
}

// openblas returns the folder of the library, and builds it first if necessary. The script also finds or installs the
// compilers.
func (t target) openblas() (string, error) {
	build := exec.Command("third_party/openblas/build.sh", t.os)
	build.Stderr = os.Stderr
	out, err := build.Output()
	if err != nil {
		return "", fmt.Errorf("third_party/openblas/build.sh failed (%w): its output is above", err)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	return lines[len(lines)-1], nil
}

// buildInto builds the programs and puts them into a folder, which may contain other files.
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

// build builds all programs of cmd in an empty folder, checks them, and returns their names. Only matprod contains
// OpenBLAS: the others do not multiply, and without it are a third of the size.
func (t target) build(dir, version string) ([]string, error) {
	// No identifiers: among other things, they depend on the path of OpenBLAS. Go's linker writes no time stamp into a
	// .exe.
	ldflags := "-s -w -buildid= -B none -X matpool/internal/cli.version=" + version
	all := t.command("go", "build", "-trimpath", "-buildvcs=false", "-ldflags", ldflags, "-o", dir, "./cmd/...")
	all.Env = append(all.Env, "CGO_ENABLED=0")
	builds := []*exec.Cmd{all}
	if t.hasOpenBLAS() {
		builds = append(builds, t.command("third_party/openblas/go.sh", t.os, "build", "-trimpath", "-buildvcs=false", "-tags", t.tags(),
			"-ldflags", ldflags+` -linkmode external -extldflags "-static"`, "-o", dir, "./cmd/matprod"))
	}
	for _, build := range builds {
		if err := build.Run(); err != nil {
			return nil, fmt.Errorf("go build failed (%w): its output is above", err)
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

// command prepares a command for the target. It overrides variables that the user may have set, such as GOAMD64=v3 or
// CGO_CPPFLAGS=-march=native, since they would make programs that do not run everywhere.
func (t target) command(name string, args ...string) *exec.Cmd {
	cgo := "0"
	if t.hasOpenBLAS() {
		cgo = "1"
	}
	cmd := exec.Command(name, args...)
	cmd.Env = append(os.Environ(),
		"GOOS="+t.os, "GOARCH="+t.arch, "GOAMD64=v1", "GOARM64=v8.0", "GOEXPERIMENT=", "GOFLAGS=",
		"CGO_ENABLED="+cgo, "CC="+t.cc, "CGO_CPPFLAGS=")
	cmd.Stderr = os.Stderr
	return cmd
}
