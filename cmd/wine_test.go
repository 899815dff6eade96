package cmd_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// The same scripts test the Windows programs. If MATPOOL_BIN contains matprod.exe, …, the scripts
// run wrappers, which run these programs in Wine, in the same session of test/wine/session.sh as
// the tests. The few lines that make no sense there begin with [!wine]; scripts that are skipped
// say why.

// underWine reports whether the tested programs are those for Windows.
func underWine() bool {
	bin := os.Getenv("MATPOOL_BIN")
	_, err := os.Stat(filepath.Join(bin, "matprod.exe"))
	return bin != "" && err == nil
}

// wrappers is the folder of the wrappers, if there are any.
var wrappers string

// wrap makes wrappers around the programs for Windows in a folder.
func wrap(bin string) error {
	if os.Getenv("MATPOOL_WINE") == "" {
		return errors.New("programs for Windows are tested inside test/wine/session.sh")
	}
	run, err := filepath.Abs("../test/wine/run")
	if err != nil {
		return err
	}
	if wrappers, err = os.MkdirTemp("", "matpool-wine-"); err != nil {
		return err
	}
	names, err := filepath.Glob(filepath.Join(bin, "*.exe"))
	for _, program := range names {
		name := strings.TrimSuffix(filepath.Base(program), ".exe")
		text := fmt.Sprintf("#!/bin/sh\nexec '%s' '%s' \"$@\"\n", run, program)
		if err == nil {
			err = os.WriteFile(filepath.Join(wrappers, name), []byte(text), 0o777)
		}
	}
	return err
}

// session passes Wine's session on to the scripts' programs, and sets SYSTEM and EXE for the system of the programs.
func session(set func(name, value string)) {
	set("SYSTEM", "Linux")
	set("EXE", "")
	if underWine() {
		set("MATPOOL_WINE", os.Getenv("MATPOOL_WINE"))
		set("SYSTEM", "Windows")
		set("EXE", ".exe")
	}
}
