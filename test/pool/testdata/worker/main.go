// Worker is a job's program that executes the steps in a file, one per line. It fails in the ways
// that programs fail, so that the tests can see what happens to the job.
package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"
)

func main() {
	script, err := os.Open(os.Args[1])
	if err != nil {
		panic(err)
	}
	lines := bufio.NewScanner(script)
	for lines.Scan() {
		step, rest, _ := strings.Cut(lines.Text(), " ")
		do(step, rest)
	}
}

var memory []byte // what is filled

func do(step, rest string) {
	switch step {
	case "say":
		fmt.Fprintln(os.Stderr, rest)
	case "show": // on stdout
		show(rest)
	case "copy": // FROM TO
		from, to, _ := strings.Cut(rest, " ")
		text, err := os.ReadFile(from)
		if err == nil {
			err = os.WriteFile(to, text, 0o666)
		}
		if err != nil {
			panic(err)
		}
	case "mkdir":
		if err := os.MkdirAll(rest, 0o777); err != nil {
			panic(err)
		}
	case "write":
		name, text, _ := strings.Cut(rest, " ")
		if quoted, ok := strings.CutPrefix(rest, `"`); ok {
			name, text, _ = strings.Cut(quoted, `" `)
		}
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			panic(err)
		}
	case "fill": // so many MB of memory
		memory = bytes.Repeat([]byte{1}, number(rest)<<20)
	case "grow": // FILE to so many MB
		name, size, _ := strings.Cut(rest, " ")
		if err := os.WriteFile(name, bytes.Repeat([]byte{1}, number(size)<<20), 0o666); err != nil {
			panic(err)
		}
	case "sleep":
		time.Sleep(time.Duration(number(rest)) * time.Second)
	case "exit":
		os.Exit(number(rest))
	case "kill": // itself
		self, err := os.FindProcess(os.Getpid())
		if err == nil {
			err = self.Kill()
		}
		panic(err)
	case "until": // … this run of the job, do a step
		run, rest, _ := strings.Cut(rest, " ")
		if attribute(".job.ad", "NumShadowStarts") < run {
			step, rest, _ := strings.Cut(rest, " ")
			do(step, rest)
		}
	default:
		panic(step)
	}
}

// show prints what a job finds: the files in its folder, its arguments, its input, or a variable.
func show(what string) {
	switch what {
	case "files":
		entries, err := os.ReadDir(".")
		if err != nil {
			panic(err)
		}
		for _, e := range entries {
			if !strings.HasPrefix(e.Name(), ".") && !strings.HasPrefix(e.Name(), "_") { // HTCondor's own
				fmt.Printf("%v %s\n", e.Type(), e.Name())
			}
		}
	case "arguments":
		fmt.Printf("%q\n", os.Args[1:])
	case "input":
		text, err := io.ReadAll(os.Stdin)
		fmt.Printf("%q %v\n", text, err)
	default:
		value, ok := os.LookupEnv(what)
		fmt.Printf("%s=%q %t\n", what, value, ok)
	}
}

func number(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		panic(err)
	}
	return n
}

// attribute returns an attribute of the job or the machine, from the file that HTCondor
// puts beside the job.
func attribute(file, name string) string {
	text, err := os.ReadFile(file)
	if err != nil {
		panic(err)
	}
	for line := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(line, name+" = "); ok {
			return strings.TrimSpace(value)
		}
	}
	return ""
}
