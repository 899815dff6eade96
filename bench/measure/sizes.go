//go:build linux

package main

import (
	"context"
	"os"
	"path/filepath"
)

// measureSizes measures the programs that are shipped, for Linux and, where OpenBLAS has been built for it, for Windows.
func (s *session) measureSizes(ctx context.Context) error {
	for _, program := range s.programNames() {
		for _, side := range []string{openblas, goBuild} {
			if err := s.addSize(side, "linux", s.program(side, program), program); err != nil {
				return err
			}
		}
	}
	return s.measureWindows(ctx)
}

func (s *session) addSize(side, system, path, program string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	return s.results.add(side, programs, "Size/program="+program+"/os="+system, value{float64(info.Size()), "B"})
}

// measureWindows builds the Go build's programs for Windows.
func (s *session) measureWindows(ctx context.Context) error {
	dir := filepath.Join(s.dir, "bin", "windows")
	if _, err := s.output(ctx, s.root, []string{"CGO_ENABLED=0", "GOOS=windows"}, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", dir+"/", "./cmd/..."); err != nil {
		return err
	}
	for _, program := range s.programNames() {
		if err := s.addSize(goBuild, "windows", filepath.Join(dir, program+".exe"), program); err != nil {
			return err
		}
	}
	return nil
}
