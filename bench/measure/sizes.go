//go:build linux

package main

import (
	"context"
	"fmt"
	"os"
)

// measureSizes records the sizes of both builds' programs.
func (r *runner) measureSizes(context.Context) error {
	for _, name := range programNames {
		for _, build := range []string{shipped, goBuild} {
			info, err := os.Stat(r.program(build, name))
			if err != nil {
				return err
			}
			if err := r.record(build, benchmarkLine("Size/program="+name+"/os=linux", fmt.Sprintf("%d B", info.Size()))); err != nil {
				return err
			}
		}
	}
	return nil
}
