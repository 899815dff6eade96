// Probe is a Windows program that prints what it receives; the tests of test/wine run it.
package main

import (
	"fmt"
	"io"
	"os"
	"os/signal"
	"strconv"
	"time"
)

func main() {
	switch os.Args[1] {
	case "exit": // exit N
		n, _ := strconv.Atoi(os.Args[2])
		os.Exit(n)
	case "args":
		fmt.Printf("%q\n", os.Args[2:])
	case "cat": // to both streams
		text, _ := io.ReadAll(os.Stdin)
		fmt.Printf("out %s", text)
		fmt.Fprintf(os.Stderr, "err %s", text)
	case "folder":
		dir, _ := os.Getwd()
		fmt.Println(dir)
	case "write": // write FILE TEXT
		if err := os.WriteFile(os.Args[2], []byte(os.Args[3]), 0o666); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	case "environment":
		for _, line := range os.Environ() {
			fmt.Println(line)
		}
	case "sleep":
		interrupt := make(chan os.Signal, 1)
		signal.Notify(interrupt, os.Interrupt)
		fmt.Println("sleeping")
		select {
		case <-interrupt:
			fmt.Println("Ctrl-C")
			os.Exit(5)
		case <-time.After(time.Minute):
		}
	}
}
