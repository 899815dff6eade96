package random_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"matpool/internal/base/file"
	"matpool/internal/pair/pairtest"
	"matpool/internal/random"
	"matpool/internal/random/nprand"
	"matpool/internal/status"
)

// The random inputs are one stream, A then B for each product, row by row.
func TestInitIsOneStream(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "folder")
	const jobs, size = 3, 1100 // two pieces to a file
	in := random.Options{Dir: dir, A: "a.npy", B: "b", Jobs: jobs, Size: size, Numbers: pairtest.Seeded(42), Threads: 2}
	if err := random.Write(t.Context(), in, pairtest.Quietly); err != nil {
		t.Fatal(err)
	}
	source, want := nprand.New(42), make([]float64, size*size)
	for i := range jobs {
		for _, name := range []string{file.Indexed("a.npy", i), file.Indexed("b", i)} {
			source.Float64s(want)
			got := pairtest.Read(t, filepath.Join(dir, name))
			for k, x := range got.Data {
				if x != want[k] {
					t.Fatalf("%s: value %d is %v, want %v", name, k, x, want[k])
				}
			}
		}
	}
	if got := fmt.Sprint(pairtest.Names(t, dir)); got != "[a0.npy a1.npy a2.npy b0 b1 b2]" {
		t.Errorf("files %s", got)
	}
}

func TestInitRefuses(t *testing.T) {
	dir := t.TempDir()
	ok := random.Options{Dir: dir, A: "a.npy", B: "b.npy", Jobs: 11, Size: 2}
	if err := random.Write(t.Context(), ok, pairtest.Quietly); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		in     random.Options
		status int
		says   string
	}{
		{ok, status.Usage, "a0.npy: already exists (as do others, 22 in all)"},
		{random.Options{Dir: dir, A: "x.npy", B: "x.npy", Jobs: 1, Size: 2}, status.Usage, "x0.npy"},
		{random.Options{Dir: dir, A: "x.npy", B: "x1.npy", Jobs: 11, Size: 2}, status.Usage, "x10.npy"},
		{random.Options{Dir: dir, A: "x.npy", B: "y.npy", Jobs: 1000, Size: 1e7}, status.Failure, "1600000000.0 GB are needed"},
		{random.Options{Dir: filepath.Join(dir, "not", "yet"), A: "x.npy", B: "y.npy", Jobs: 1e5, Size: 1e7}, status.Failure, "GB are needed"},
	} {
		err := random.Write(t.Context(), test.in, pairtest.Quietly)
		if err == nil || status.Of(err) != test.status || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%+v: error %v, status %d; want %q, status %d", test.in, err, status.Of(err), test.says, test.status)
		}
	}
	if n := len(pairtest.Names(t, dir)); n != 22 {
		t.Errorf("%d files, want 22", n)
	}
	ok.Force = true
	if err := random.Write(t.Context(), ok, pairtest.Quietly); err != nil {
		t.Errorf("with Force: %v", err)
	}
}

// Several threads make files at the same time. If none can be made, the error names the first one, not that of the
// thread that was the first to fail; and no file is left.
func TestInitNamesTheFirstFileThatFails(t *testing.T) {
	long := strings.Repeat("x", 250) // a temporary file's name is longer, and too long
	for range 200 {
		dir := t.TempDir()
		in := random.Options{Dir: dir, A: "a" + long, B: "b" + long, Jobs: 3, Size: 1, Threads: 4}
		err := random.Write(t.Context(), in, pairtest.Quietly)
		if err == nil || !strings.Contains(err.Error(), "a"+long+"0: cannot be written") {
			t.Fatalf("error %v", err)
		}
		if left := pairtest.Names(t, dir); len(left) > 0 {
			t.Fatalf("left: %v", left)
		}
	}
}
