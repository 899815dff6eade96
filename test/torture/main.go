// Torture runs the long form of the tests that make faults, each beside its expected end, and writes a report of them.
//
//	go run ./test/torture [-run PATTERN] [-o FILE] [-append]
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"
)

func main() {
	pattern := flag.String("run", ".", "only faults that match a `PATTERN`")
	output := flag.String("o", "test/runs/"+time.Now().Format("2006-01-02")+"-torture.txt", "the report's `FILE`")
	more := flag.Bool("append", false, "keep the report that is there: some faults are tried again")
	flag.Parse()
	where := heading() // the report itself is a change of what git has
	how := os.O_TRUNC
	if *more {
		how = os.O_APPEND
		where = "\nAgain: " + where
	}
	file, err := os.OpenFile(*output, os.O_WRONLY|os.O_CREATE|how, 0o666)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	defer file.Close()
	w := io.MultiWriter(os.Stdout, file)
	fmt.Fprintln(w, where)
	right := report(w, regexp.MustCompile(*pattern))
	if !*more {
		list(w, "Known, and open", open)
		list(w, "Not tried", untried)
	}
	if !right {
		os.Exit(1)
	}
}

// heading says what is tested, where and when.
func heading() string {
	return fmt.Sprintf("%s, %s, %d processors, %s, %s", time.Now().Format(time.RFC3339), said("uname", "-srm"), runtime.NumCPU(), runtime.Version(),
		said("git", "describe", "--tags", "--always", "--dirty"))
}

// report runs the rows that match a pattern, and reports whether all have ended as expected. Those of a pool, whose jobs mostly
// wait, run beside the others.
func report(w io.Writer, pattern *regexp.Regexp) bool {
	tried, right := 0, 0
	var mu sync.Mutex
	var lanes sync.WaitGroup
	for _, pool := range []bool{true, false} {
		lanes.Go(func() {
			for _, r := range rows {
				if r.onPool() != pool || !pattern.MatchString(r.fault) {
					continue
				}
				text, expected := r.run()
				mu.Lock()
				fmt.Fprint(w, text)
				tried++
				if expected {
					right++
				}
				mu.Unlock()
			}
		})
	}
	lanes.Wait()
	fmt.Fprintf(w, "\n%d of %d as expected, at %s\n", right, tried, time.Now().Format(time.RFC3339))
	return right == tried
}

func list(w io.Writer, title string, faults [][2]string) {
	fmt.Fprintf(w, "\n%s:\n", title)
	for _, f := range faults {
		fmt.Fprintf(w, "    %s: %s\n", f[0], f[1])
	}
}

// run makes a fault, and reports what came of it.
func (r row) run() (text string, expected bool) {
	began := time.Now()
	output, err := r.command().CombinedOutput()
	out, end := string(output), "as expected"
	switch {
	case err != nil:
		end = "FAILED"
	case strings.Contains(out, "no tests to run"):
		end = "NO TESTS"
	case strings.Contains(out, "\n--- SKIP"):
		end = "left out"
	default:
		expected = true
	}
	text = fmt.Sprintf("\n%s\n    expected: %s\n    %s in %.0f s, load %s: %s %s %s\n", r.fault, r.end, end, time.Since(began).Seconds(), load(), r.pkg, r.test, r.flags)
	for _, line := range logged(out) {
		text += "    " + line + "\n"
	}
	if err != nil {
		text += fmt.Sprintf("%v\n%s\n", err, out)
	}
	return text, expected
}

func (r row) onPool() bool { return r.pkg == "./test/pool" }

func (r row) command() *exec.Cmd {
	if r.onPool() {
		cmd := exec.Command("test/pool/test.sh")
		cmd.Env = append(os.Environ(), "GOFLAGS=-count=1 -v -run="+r.test, "POOL_FLAGS="+r.flags)
		return cmd
	}
	args := append([]string{"test", "-count=1", "-v", "-timeout=60m", "-run", r.test, r.pkg}, strings.Fields(r.flags)...)
	return exec.Command("go", args...)
}

var (
	logLine = regexp.MustCompile(`(?m)^ +\w+_test\.go:\d+: (.*)$`)
	passed  = regexp.MustCompile(`(?m)^ *--- PASS`)
	skipped = regexp.MustCompile(`(?m)^ *--- SKIP`)
	word    = regexp.MustCompile(`[\w.:]+`)
)

// logged returns how many tests there were, and what they logged. Lines that differ only in their numbers become one, with
// the sums of these.
func logged(out string) []string {
	const most = 20
	lines := []string{fmt.Sprintf("%d tests passed, %d left out", len(passed.FindAllString(out, -1)), len(skipped.FindAllString(out, -1)))}
	sums, forms := map[string][]int{}, []string(nil)
	for _, match := range logLine.FindAllStringSubmatch(out, -1) {
		var numbers []int
		form := word.ReplaceAllStringFunc(strings.ReplaceAll(match[1], "%", "%%"), func(w string) string {
			n, err := strconv.Atoi(w)
			if err != nil {
				return w
			}
			numbers = append(numbers, n)
			return "%d"
		})
		if _, ok := sums[form]; !ok {
			sums[form] = make([]int, len(numbers))
			forms = append(forms, form)
		}
		for i, n := range numbers {
			sums[form][i] += n
		}
	}
	for i, form := range forms {
		if i == most {
			return append(lines, fmt.Sprintf("… and %d more lines", len(forms)-most))
		}
		var args []any
		for _, sum := range sums[form] {
			args = append(args, sum)
		}
		lines = append(lines, fmt.Sprintf(form, args...))
	}
	return lines
}

// load returns the machine's load of the last minute: a row that fails on a busy machine may pass alone.
func load() string {
	text, _ := os.ReadFile("/proc/loadavg")
	first, _, _ := strings.Cut(string(text), " ")
	return first
}

func said(name string, args ...string) string {
	out, err := exec.Command(name, args...).Output()
	if err != nil {
		return err.Error()
	}
	return strings.TrimSpace(string(out))
}
