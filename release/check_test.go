package main

import (
	"bytes"
	"encoding/binary"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// goProgram builds an empty program without cgo: it needs nothing on Linux, and kernel32.dll on Windows.
func goProgram(t *testing.T, x target) string {
	t.Helper()
	dir := t.TempDir()
	source, program := filepath.Join(dir, "main.go"), filepath.Join(dir, "program")
	if err := os.WriteFile(source, []byte("package main\n\nfunc main() {}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	build := exec.Command("go", "build", "-o", program, source)
	build.Env = append(os.Environ(), "GOOS="+x.os, "GOARCH="+x.arch, "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return program
}

// cProgram returns a program made by gcc, from the test data of Go's own packages.
func cProgram(t *testing.T, name string) string {
	t.Helper()
	goroot, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(strings.TrimSpace(string(goroot)), "src", "debug", filepath.FromSlash(name))
}

// wantError checks that an error contains all of the words; without words there must be no error.
func wantError(t *testing.T, err error, words ...string) {
	t.Helper()
	if err == nil {
		if len(words) > 0 {
			t.Errorf("no error; want one with %q", words)
		}
		return
	}
	if len(words) == 0 {
		t.Errorf("failed: %v", err)
	}
	for _, word := range words {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("%q does not contain %s", err, word)
		}
	}
}

func TestCheckStatic(t *testing.T) {
	wantError(t, checkStatic(goProgram(t, linux)))
	wantError(t, checkStatic(goProgram(t, linuxArm64)))
	wantError(t, checkStatic(cProgram(t, "elf/testdata/gcc-amd64-linux-exec")), "PT_INTERP", "libc.so.6", "DT_NEEDED")
	wantError(t, checkStatic(cProgram(t, "pe/testdata/gcc-amd64-mingw-exec")), "bad magic number")
}

func TestCheckImports(t *testing.T) {
	wantError(t, checkImports(goProgram(t, windows)))
	wantError(t, checkImports(cProgram(t, "pe/testdata/gcc-amd64-mingw-exec")))
	wantError(t, checkImports(cProgram(t, "pe/testdata/gcc-386-mingw-exec")), "64-bit")
}

func TestImports(t *testing.T) {
	got, err := imports(cProgram(t, "pe/testdata/gcc-amd64-mingw-exec"))
	if want := []string{"KERNEL32.dll", "msvcrt.dll"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("got %q, %v; want %q", got, err, want)
	}
}

func TestForeignImport(t *testing.T) {
	program := goProgram(t, windows)
	edit(t, program, func(data []byte) {
		copy(data[bytes.Index(data, []byte("kernel32.dll\x00")):], "winpthr.dll\x00")
	})
	wantError(t, checkImports(program), "winpthr.dll")
}

// An import directory that cannot be read is not one without imports.
func TestImportDirectoryOutOfTheFile(t *testing.T) {
	program := goProgram(t, windows)
	edit(t, program, func(data []byte) {
		// The second of the data directories, which follow 112 bytes of the optional header and 24 bytes of headers before it.
		header := binary.LittleEndian.Uint32(data[0x3c:])
		binary.LittleEndian.PutUint32(data[header+24+112+8:], 0xfffffff0)
	})
	wantError(t, checkImports(program), "points outside the file")
}

func edit(t *testing.T, program string, change func(data []byte)) {
	t.Helper()
	data, err := os.ReadFile(program)
	if err != nil {
		t.Fatal(err)
	}
	change(data)
	if err := os.WriteFile(program, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestCheckSize(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct {
		name string
		size int64
		says []string
	}{{"matprod", maxProgramSize, nil}, {"matprod", maxProgramSize + 1e5, []string{"10.1 MB"}}, {"matwatch", maxMatwatchSize, nil}, {"matwatch.exe", maxMatwatchSize + 1e5, []string{"16.1 MB"}}} {
		program := filepath.Join(dir, c.name)
		if err := os.WriteFile(program, nil, 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Truncate(program, c.size); err != nil {
			t.Fatal(err)
		}
		wantError(t, checkSize(program), c.says...)
	}
}

func TestCheckVersion(t *testing.T) {
	program := filepath.Join(t.TempDir(), "program")
	if err := os.WriteFile(program, []byte("\x7fELF\x00v1.2-3-gabcdef\x00"), 0o644); err != nil {
		t.Fatal(err)
	}
	wantError(t, checkVersion(program, "v1.2-3-gabcdef"))
	wantError(t, checkVersion(program, "v1.3"), "v1.3")
}
