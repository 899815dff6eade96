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

// Every Windows has these. (Libraries that Go loads at run time, such as bcryptprimitives.dll, are not imported.)
var windowsLibraries = []string{"kernel32.dll", "msvcrt.dll"}

// Programs must be small, since they are copied to the machines for each job. matwatch, which contains fonts, is not.
const (
	maxProgramSize  = 10e6
	maxMatwatchSize = 16e6
)

// checkStatic checks that a Linux program needs neither a loader nor a library from the machine.
func checkStatic(program string) error {
	f, err := elf.Open(program)
	if err != nil {
		return err
	}
	defer f.Close()
	for _, segment := range f.Progs {
		if segment.Type == elf.PT_INTERP {
			err = errors.New("it is not static, it needs a loader (PT_INTERP): was -static dropped from -extldflags?")
		}
	}
	libraries, err2 := f.ImportedLibraries()
	if err2 == nil && len(libraries) > 0 {
		err2 = fmt.Errorf("it is not static, it needs %s (DT_NEEDED)", strings.Join(libraries, ", "))
	}
	return errors.Join(err, err2)
}

// checkImports checks that a Windows program imports only libraries that every Windows has.
func checkImports(program string) error {
	libraries, err := imports(program)
	if err != nil {
		return err
	}
	foreign := slices.DeleteFunc(libraries, func(name string) bool {
		return slices.Contains(windowsLibraries, strings.ToLower(name))
	})
	if len(foreign) > 0 {
		return fmt.Errorf("it imports %s, which not every Windows has: link it statically, or avoid it",
			strings.Join(foreign, ", "))
	}
	return nil
}

// imports returns the libraries in the import directory of a Windows program, in their order.
//
// Note: debug/pe's ImportedLibraries always returns nothing, and its ImportedSymbols leaves out libraries whose functions
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
	// Microsoft, "PE Format", section "Import Directory Table": entries of 20 bytes, the last of which is zero; the
	// address of the library's name is at offset 12.
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

// memory returns the bytes from an address of the loaded program to the end of the section.
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
	return nil, fmt.Errorf("its import directory points outside the file, to %#x", address)
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
		return fmt.Errorf("its size is %.1f MB, and must be at most %.0f MB: is it stripped, and what does it import?",
			float64(info.Size())/1e6, most/1e6)
	}
	return nil
}

// checkVersion checks that -version can print the version: the linker does not complain if the variable that it is to
// set does not exist.
func checkVersion(program, version string) error {
	data, err := os.ReadFile(program)
	if err != nil {
		return err
	}
	if !bytes.Contains(data, []byte(version)) {
		return fmt.Errorf("the version %s is not in it: is the variable version still in matpool/internal/cli?", version)
	}
	return nil
}
