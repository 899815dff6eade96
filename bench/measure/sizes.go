//go:build linux

package main

import (
	"context"
	"os"

	"golang.org/x/perf/benchfmt"
)

// measureSizes records the sizes of both builds' programs.
func (r *runner) measureSizes(context.Context) error {
	for _, name := range programNames {
		for _, build := range []string{openblas, goBuild} {
			info, err := os.Stat(r.program(build, name))
			if err != nil {
				return err
			}
			size := benchfmt.Value{Value: float64(info.Size()), Unit: "B"}
			if err := r.record(build, benchmarkLine("Size/program="+name+"/os=linux", size)); err != nil {
				return err
			}
		}
	}
	return nil
}
