//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
)

// measurePool runs bench/poolflow on an HTCondor pool on this machine, and records its output.
func (r *runner) measurePool(ctx context.Context) error {
	if r.poolRuns == 0 {
		return nil
	}
	session := filepath.Join(r.root, "test", "pool", "session.sh")
	if err := r.cmd(ctx, r.root, nil, session, "--check").Run(); err != nil {
		fmt.Fprintln(r.progress, "no pool: this machine forbids namespaces to ordinary users; root may have them")
		return nil
	}
	if err := r.makePairs(ctx, r.dir, r.products, size); err != nil {
		return err
	}
	printed, err := r.output(ctx, r.dir, nil, session, r.program("tools", "poolflow"), "-bin", r.program(shipped, ""),
		"-bench", filepath.Join(r.root, "bench"), "-launch", r.program("tools", "launch"), "-products", strconv.Itoa(r.products), "-runs", strconv.Itoa(r.poolRuns))
	for line := range strings.Lines(printed) { // even if it failed later
		if implementation, result, ok := strings.Cut(line, "\t"); ok {
			err = errors.Join(err, r.record(implementation, "pkg: "+programs+"\n"+strings.TrimSpace(result)+"\n"))
		}
	}
	return err
}
