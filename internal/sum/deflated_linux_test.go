package sum

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"matpool/internal/pair/pairtest"
	"matpool/internal/sum/ddsum"
	"matpool/npyio"
)

// A compressed array is decompressed once, by any number of threads, and a second time only to say of all files which are
// damaged.
func TestCompressedArraysAreReadOnce(t *testing.T) {
	const rows, cols, files = 4, ddsum.Block + 100, 5 // several blocks
	dir := t.TempDir()
	values := make([]float64, rows*cols)
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range values {
		values[i] = rng.Float64()
	}
	var names []string
	var size int64
	for i := range files {
		name := filepath.Join(dir, fmt.Sprintf("output%d.npz", i))
		var stored bytes.Buffer
		if err := npyio.WriteNpz(&stored, npyio.Array{Name: "arr_0", Shape: []int{rows, cols}, Values: values}); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, stored.Bytes(), 0o666); err != nil {
			t.Fatal(err)
		}
		deflate(t, name)
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		names, size = append(names, name), size+info.Size()
	}
	for threads := 1; threads <= 3; threads++ {
		before := bytesRead(t)
		if _, err := Combine(t.Context(), CombineOptions{Names: names, Threads: threads}, pairtest.Quietly); err != nil {
			t.Fatal(err)
		}
		if read := bytesRead(t) - before; read > size*11/10 {
			t.Errorf("%d threads: %d bytes were read of %d", threads, read, size)
		}
	}
	for _, at := range []int64{1, 3} { // two of them, one in the middle of its last block
		content, err := os.ReadFile(names[at])
		if err != nil {
			t.Fatal(err)
		}
		content[int64(len(content))*at/4] ^= 1
		if err := os.WriteFile(names[at], content, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	_, err := Combine(t.Context(), CombineOptions{Names: names, Threads: 2}, pairtest.Quietly)
	if err == nil || !strings.Contains(err.Error(), "output1.npz: arr_0: damaged") || !strings.Contains(err.Error(), "output3.npz: arr_0: damaged") {
		t.Errorf("%v", err)
	}
}

// bytesRead returns how many bytes this process has read.
func bytesRead(t *testing.T) (n int64) {
	content, err := os.ReadFile("/proc/self/io")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Sscanf(string(content), "rchar: %d", &n); err != nil {
		t.Fatal(err)
	}
	return n
}
