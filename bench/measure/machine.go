//go:build linux

package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// describeMachine begins the archive with the output of machine.sh and the version of the programs.
func (r *runner) describeMachine(ctx context.Context) error {
	baseline, err := r.prepareBaseline(ctx)
	if err != nil {
		return err
	}
	machine, err := r.output(ctx, r.root, r.baseline, filepath.Join(r.root, "bench", "measure", "machine.sh"))
	if err != nil {
		return err
	}
	programs, err := r.output(ctx, r.dir, nil, r.program(shipped, "matprod"), "-version")
	if err != nil {
		return err
	}
	programs = strings.TrimPrefix(programs[strings.LastIndex(programs, "\n")+1:], "dgemm: ")
	return appendTo(r.archive, machineFile, fmt.Sprintf("%s\n%sprograms: %s\ncommand: %s\n", machine, baseline, programs, r.command))
}

// folderName returns the name of an archive made today on this processor: 2026-01-31-amd-epyc-9000.
func folderName() string {
	cpuinfo, _ := os.ReadFile("/proc/cpuinfo")
	name := ""
	if m := regexp.MustCompile(`model name\s*: (.*)`).FindSubmatch(cpuinfo); m != nil {
		name = strings.ToLower(string(m[1]))
	}
	name = regexp.MustCompile(`\((r|tm)\)|\bcpu\b|\bprocessor\b|@.*|\d+-core`).ReplaceAllString(name, " ")
	return time.Now().UTC().Format(time.DateOnly) + strings.TrimRight(regexp.MustCompile(`[^a-z0-9]+`).ReplaceAllString("-"+name, "-"), "-")
}

// ticks are the clock ticks of the processors since the machine was started: all of them, and those that the hypervisor
// gave to other machines (proc_stat(5), steal).
type ticks struct{ total, stolen float64 }

func readTicks() (t ticks) {
	stat, _ := os.ReadFile("/proc/stat")
	var n [8]float64
	fmt.Sscanf(string(stat), "cpu %f %f %f %f %f %f %f %f", &n[0], &n[1], &n[2], &n[3], &n[4], &n[5], &n[6], &n[7])
	for _, x := range n {
		t.total += x
	}
	t.stolen = n[7]
	return t
}
