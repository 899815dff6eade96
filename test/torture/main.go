// Torture runs the long form of the tests that make faults, each beside its expected end, and writes a report of them.
//
//	go run ./test/torture [-run PATTERN] [-o FILE]
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"strings"
	"time"
)

func main() {
	pattern := flag.String("run", ".", "only faults that match a `PATTERN`")
	output := flag.String("o", "test/runs/"+time.Now().Format("2006-01-02")+"-torture.txt", "the report's `FILE`")
	flag.Parse()
	file, err := os.Create(*output)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	defer file.Close()
	if !report(io.MultiWriter(os.Stdout, file), regexp.MustCompile(*pattern)) {
		os.Exit(1)
	}
}

// report runs the rows that match a pattern, and reports whether all have ended as expected.
func report(w io.Writer, pattern *regexp.Regexp) bool {
	fmt.Fprintf(w, "%s, %s, %d processors, %s, %s\n", time.Now().Format(time.RFC3339), said("uname", "-srm"), runtime.NumCPU(), runtime.Version(), said("git", "describe", "--tags", "--always", "--dirty"))
	fine := true
	for _, r := range rows {
		if !pattern.MatchString(r.fault) {
			continue
		}
		began := time.Now()
		out, err := r.command().CombinedOutput()
		end := "as expected"
		switch {
		case err != nil:
			end, fine = "FAILED", false
		case strings.Contains(string(out), "no tests to run"):
			end, fine = "NO TESTS", false
		case strings.Contains(string(out), "\n--- SKIP"):
			end = "left out"
		}
		fmt.Fprintf(w, "\n%s\n    expected: %s\n    %s in %.0f s: %s %s %s\n", r.fault, r.end, end, time.Since(began).Seconds(), r.pkg, r.test, r.flags)
		if err != nil {
			fmt.Fprintf(w, "%v\n%s\n", err, out)
		}
	}
	fmt.Fprintf(w, "\nKnown, and open:\n")
	for _, o := range open {
		fmt.Fprintf(w, "    %s: %s\n", o[0], o[1])
	}
	fmt.Fprintf(w, "\nNot tried:\n")
	for _, u := range untried {
		fmt.Fprintf(w, "    %s: %s\n", u[0], u[1])
	}
	return fine
}

func (r row) command() *exec.Cmd {
	if r.pkg == "./test/pool" {
		cmd := exec.Command("test/pool/test.sh")
		cmd.Env = append(os.Environ(), "GOFLAGS=-run="+r.test+" -v", "POOL_FLAGS="+r.flags)
		return cmd
	}
	args := append([]string{"test", "-count=1", "-v", "-timeout=60m", "-run", r.test, r.pkg}, strings.Fields(r.flags)...)
	return exec.Command("go", args...)
}

func said(name string, args ...string) string {
	out, err := exec.Command(name, args...).Output()
	if err != nil {
		return err.Error()
	}
	return strings.TrimSpace(string(out))
}
