//go:build linux

package main

import (
	"archive/zip"
	"context"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// measureSizes measures the programs: those of both builds for this machine, and, since OpenBLAS for Windows takes ten
// minutes the first time, only where there is time those of make release for Windows.
func (s *session) measureSizes(ctx context.Context) error {
	for _, program := range s.programNames() {
		for _, side := range []string{openblas, goBuild} {
			info, err := os.Stat(s.program(side, program))
			if err != nil {
				return err
			}
			if err := s.addSize(side, program, "linux", info.Size()); err != nil {
				return err
			}
		}
	}
	if !s.slow {
		return nil
	}
	dist := filepath.Join(s.dir, "dist")
	if _, err := s.output(ctx, s.root, nil, "go", "run", "./release", "-version", version, "-o", dist); err != nil {
		return err
	}
	archives, err := filepath.Glob(filepath.Join(dist, "*windows*.zip"))
	if err != nil {
		return err
	}
	for _, name := range archives {
		archive, err := zip.OpenReader(name)
		if err != nil {
			return err
		}
		for _, f := range archive.File {
			if program, isProgram := strings.CutSuffix(path.Base(f.Name), ".exe"); isProgram {
				if err := s.addSize(openblas, program, "windows", int64(f.UncompressedSize64)); err != nil {
					return err
				}
			}
		}
		archive.Close()
	}
	return nil
}

func (s *session) addSize(side, program, system string, bytes int64) error {
	return s.results.add(side, programs, "Size/program="+program+"/os="+system, value{float64(bytes), "B"})
}
