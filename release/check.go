package main

import (
	"bytes"
	"debug/elf"
	"debug/pe"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Every Windows has these. (What Go itself loads while it runs, such as bcryptprimitives.dll, is not imported.)
var windowsLibraries = []string{"kernel32.dll", "msvcrt.dll"}

// A program is copied to the machines for each job; but for matwatch, which draws with fonts of its own.
const (
	maxProgramSize  = 10e6
	maxMatwatchSize = 16e6
)

// checkStatic finds out whether a Linux program needs nothing of the machine: no loader and no library.
func checkStatic(program string) error {
	f, err := elf.Open(program)
	if err != nil {
		return err
	}
	defer f.Close()
	for _, segment := range f.Progs {
		if segment.Type == elf.PT_INTERP {
			err = errors.New("it is not static, it asks for a loader (PT_INTERP): was -static dropped from -extldflags?")
		}
	}
	libraries, err2 := f.ImportedLibraries()
	if err2 == nil && len(libraries) > 0 {
		err2 = fmt.Errorf("it is not static, it needs %s (DT_NEEDED)", strings.Join(libraries, ", "))
	}
	return errors.Join(err, err2)
}

// checkImports finds out whether a Windows program needs only what every Windows has.
func checkImports(program string) error {
	libraries, err := imports(program)
	if err != nil {
		return err
	}
	foreign := slices.DeleteFunc(libraries, func(name string) bool {
		return slices.Contains(windowsLibraries, strings.ToLower(name))
	})
	if len(foreign) > 0 {
		return fmt.Errorf("it imports %s, which not every Windows has: link it statically, or do without",
			strings.Join(foreign, ", "))
	}
	return nil
}

// imports returns the libraries that a Windows program names in its import directory, in their order there.
//
// Note: debug/pe's ImportedLibraries returns nothing, and its ImportedSymbols leaves out a library whose functions
// are imported by number.
func imports(program string) ([]string, error) {
	f, err := pe.Open(program)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	header, ok := f.OptionalHeader.(*pe.OptionalHeader64)
	if !ok {
		return nil, errors.New("it is not a 64-bit Windows program")
	}
	// Microsoft, "PE Format", section "Import Directory Table": entries of 20 bytes, the last is zero; the address
	// of the library's name is at 12.
	const size, nameAt = 20, 12
	table, err := memory(f, header.DataDirectory[pe.IMAGE_DIRECTORY_ENTRY_IMPORT].VirtualAddress)
	if err != nil {
		return nil, err
	}
	var libraries []string
	for ; len(table) >= size; table = table[size:] {
		address := binary.LittleEndian.Uint32(table[nameAt:])
		if address == 0 {
			return libraries, nil
		}
		name, err := memory(f, address)
		if err != nil {
			return nil, err
		}
		name, _, _ = bytes.Cut(name, []byte{0})
		libraries = append(libraries, string(name))
	}
	return nil, errors.New("its import directory has no end")
}

// memory returns what lies at an address of the program when it is loaded, to the end of the section.
func memory(f *pe.File, address uint32) ([]byte, error) {
	for _, s := range f.Sections {
		if address < s.VirtualAddress || address-s.VirtualAddress >= s.Size {
			continue
		}
		data, err := s.Data()
		if err != nil {
			return nil, err
		}
		return data[address-s.VirtualAddress:], nil
	}
	return nil, fmt.Errorf("its import directory points out of the file, at %#x", address)
}

func checkSize(program string) error {
	info, err := os.Stat(program)
	if err != nil {
		return err
	}
	most := maxProgramSize
	if name := filepath.Base(program); name == "matwatch" || name == "matwatch.exe" {
		most = maxMatwatchSize
	}
	if float64(info.Size()) > most {
		return fmt.Errorf("it has %.1f MB, and at most %.0f are wanted: is it stripped, and what does it import?",
			float64(info.Size())/1e6, most/1e6)
	}
	return nil
}

// checkVersion finds out whether -version can print the version: the linker sets a variable that is not there without
// a word.
func checkVersion(program, version string) error {
	data, err := os.ReadFile(program)
	if err != nil {
		return err
	}
	if !bytes.Contains(data, []byte(version)) {
		return fmt.Errorf("the version %s is not in it: is it still matpool/internal/cli that has the variable version?", version)
	}
	return nil
}
