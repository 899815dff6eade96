//go:build linux

// Files reads and writes a program's files without computing anything.
//
// Usage:
//
//	files [-threads N] [-write FORMAT -count N -size BYTES] [FILE...]
//
// It reads each FILE, and writes N files named by FORMAT, such as output%d.npy. Each thread handles
// one file at a time. It copies small pieces, which stay in the core's cache, to and from the page
// cache: a program that copies the values of these files takes at least as long.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
)

const piece = 256 << 10

func main() {
	threads := flag.Int("threads", 1, "the number of threads")
	write := flag.String("write", "", "the names of the files to write, a `format`")
	count := flag.Int("count", 1, "how many files to write")
	size := flag.Int("size", 0, "how many bytes to write to each")
	flag.Parse()
	var work []func(buffer []byte) error
	for _, name := range flag.Args() {
		work = append(work, func(buffer []byte) error { return readFile(name, buffer) })
	}
	for i := range *count {
		if *write != "" {
			work = append(work, func(buffer []byte) error { return writeFile(fmt.Sprintf(*write, i), *size, buffer) })
		}
	}
	var next atomic.Int64
	var wg sync.WaitGroup
	for range *threads {
		wg.Go(func() {
			buffer := make([]byte, piece)
			for i := next.Add(1) - 1; i < int64(len(work)); i = next.Add(1) - 1 {
				if err := work[i](buffer); err != nil {
					fail(err)
				}
			}
		})
	}
	wg.Wait()
}

func readFile(name string, buffer []byte) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	for {
		if _, err := f.Read(buffer); err != nil {
			if err == io.EOF {
				return nil
			}
			return err
		}
	}
}

// writeFile reserves the space beforehand, as our programs do.
func writeFile(name string, size int, buffer []byte) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := syscall.Fallocate(int(f.Fd()), 0, 0, int64(size)); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	for ; size > 0; size -= len(buffer) {
		buffer = buffer[:min(size, len(buffer))]
		if _, err := f.Write(buffer); err != nil {
			return err
		}
	}
	return f.Close()
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "files:", err)
	os.Exit(1)
}
