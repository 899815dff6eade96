package cmd_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// The Windows programs are tested by the same scripts: where MATPOOL_BIN holds
// matprod.exe, …, the scripts' programs are wrappers that run them in Wine, in the
// session of test/wine/session.sh where the tests are. The few lines that make no
// sense there begin with [!wine], and whole scripts say why they are left out.

// underWine reports whether the programs are those for Windows.
func underWine() bool {
	bin := os.Getenv("MATPOOL_BIN")
	_, err := os.Stat(filepath.Join(bin, "matprod.exe"))
	return bin != "" && err == nil
}

// wrap makes a folder of wrappers around the programs for Windows.
func wrap(bin string) (wrappers string, remove func(), err error) {
	if os.Getenv("MATPOOL_WINE") == "" {
		return "", nil, errors.New("programs for Windows are tested inside test/wine/session.sh")
	}
	run, err := filepath.Abs("../test/wine/run")
	if err != nil {
		return "", nil, err
	}
	if wrappers, err = os.MkdirTemp("", "matpool-wine-"); err != nil {
		return "", nil, err
	}
	programs, err := filepath.Glob(filepath.Join(bin, "*.exe"))
	for _, program := range programs {
		name := filepath.Base(program)
		text := fmt.Sprintf("#!/bin/sh\nexec '%s' '%s' \"$@\"\n", run, program)
		if err == nil {
			err = os.WriteFile(filepath.Join(wrappers, name[:len(name)-len(".exe")]), []byte(text), 0o777)
		}
	}
	return wrappers, func() { os.RemoveAll(wrappers) }, err
}

// session hands Wine's session on to the scripts' programs. A script may print SYSTEM and EXE, which are of the
// programs' system.
func session(set func(name, value string)) {
	set("SYSTEM", "Linux")
	set("EXE", "")
	if underWine() {
		set("MATPOOL_WINE", os.Getenv("MATPOOL_WINE"))
		set("SYSTEM", "Windows")
		set("EXE", ".exe")
	}
}
