// Badprod is a matprod that computes wrongly on one machine: the file bad names the machine and an output, in which one bit is
// flipped. Its record has the hash of what it made. The file real is the true matprod.
package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"matpool/internal/base/hash"
)

func main() {
	var machine, output string
	bad, err := os.ReadFile("bad")
	if err == nil {
		_, err = fmt.Sscan(string(bad), &machine, &output)
	}
	if err == nil {
		err = os.Chmod("real", 0o755)
	}
	if err != nil {
		panic(err)
	}
	real := exec.Command("./real", os.Args[1:]...)
	real.Stderr = os.Stderr
	stdout, err := real.Output()
	if here, _ := os.Hostname(); here == machine && err == nil {
		stdout = flip(stdout, filepath.Join("matprod.outbox", output))
	}
	os.Stdout.Write(stdout)
	if err != nil {
		os.Exit(max(real.ProcessState.ExitCode(), 1))
	}
}

// flip flips a bit of a file, if it is there, and changes its hash in a text.
func flip(stdout []byte, name string) []byte {
	content, err := os.ReadFile(name)
	if err != nil {
		return stdout
	}
	before := hash.Of(content).String()
	content[len(content)-3] ^= 1
	if err := os.WriteFile(name, content, 0o666); err != nil {
		panic(err)
	}
	return bytes.ReplaceAll(stdout, []byte(before), []byte(hash.Of(content).String()))
}
