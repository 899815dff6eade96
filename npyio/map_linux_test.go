package npyio

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// saved returns a file of n values of one byte, that has been written to the disk.
func saved(t *testing.T, n int) *File {
	t.Helper()
	h := Header{DType: DType{'|', 'u', 1}, Shape: []int{n}}
	path := filepath.Join(t.TempDir(), "x.npy")
	if err := os.WriteFile(path, append(h.Append(nil), bytes.Repeat([]byte("value"), n/5)...), 0o666); err != nil {
		t.Fatal(err)
	}
	f := open(t, path)
	if err := unix.Fsync(int(f.file.Fd())); err != nil {
		t.Fatal(err)
	}
	return f
}

// mapOf returns a file's mapping, or nil where nothing says what is in memory: tmpfs, overlay, QEMU.
func mapOf(t *testing.T, f *File) *Mapping {
	t.Helper()
	m := f.Map(0, 100000)
	_, err := unix.Preadv2(int(f.file.Fd()), [][]byte{make([]byte, 1)}, 0, unix.RWF_NOWAIT)
	if says := !errors.Is(err, unix.EOPNOTSUPP) && !errors.Is(err, unix.ENOSYS); (m != nil) != says {
		t.Fatalf("mapped: %v; does the file system say what is in memory: %v (%v)", m != nil, says, err)
	}
	return m
}

// What is mapped is what is read.
func TestMappedValues(t *testing.T) {
	f := saved(t, 100000)
	m := mapOf(t, f)
	if m == nil {
		return
	}
	want := make([]byte, 100000)
	if err := f.Read(want, 0); err != nil || !bytes.Equal(m.Values, want) {
		t.Errorf("%d mapped values are not the %d that are read, %v", len(m.Values), len(want), err)
	}
	if err := m.Unmap(); err != nil {
		t.Error(err)
	}
}

// To read values of a file that was truncated is a fault, and Lost says why. If the end of a
// page was cut off, they are zeros, and Unmap says that something has changed.
func TestMappedFileThatShrinks(t *testing.T) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	for _, size := range []int64{0, 300, 100127} {
		f := saved(t, 100000)
		m := mapOf(t, f)
		if m == nil {
			return
		}
		if err := os.Truncate(f.path, size); err != nil {
			t.Fatal(err)
		}
		fault := func() (fault any) {
			defer func() { fault = recover() }()
			bytes.Count(m.Values, []byte("v"))
			return nil
		}()
		if faults := size < 100000; (fault != nil) != faults {
			t.Errorf("cut to %d bytes: fault %v", size, fault)
		}
		for what, err := range map[string]error{"Lost": m.Lost(), "Unmap": m.Unmap()} {
			if err == nil || !strings.HasPrefix(err.Error(), f.path+": was changed while it was being read") || errors.Is(err, ErrFormat) {
				t.Errorf("cut to %d bytes: %s: %v", size, what, err)
			}
		}
	}
}

// A file that was written to is noticed, too.
func TestMappedFileThatChanges(t *testing.T) {
	f := saved(t, 100000)
	m := mapOf(t, f)
	if m == nil {
		return
	}
	if err := os.Chtimes(f.path, time.Time{}, time.Unix(1, 0)); err != nil {
		t.Fatal(err)
	}
	if err := m.Unmap(); err == nil || err.Error() != f.path+": was changed while it was being read" {
		t.Errorf("error %v", err)
	}
}

// Values are read that are not in memory, have a checksum, or lie at odd places.
func TestWhatIsNotMapped(t *testing.T) {
	f := saved(t, 100000)
	if err := unix.Fadvise(int(f.file.Fd()), 0, 0, unix.FADV_DONTNEED); err != nil {
		t.Fatal(err)
	}
	if f.Map(0, 100000) != nil {
		t.Error("a file that is not in memory was mapped")
	}
	member, err := OpenMember(save(t, npz(t, Array{Name: "x", Shape: []int{1000}, Values: make([]float64, 1000)})), "x")
	if err != nil {
		t.Fatal(err)
	}
	defer member.Close()
	if member.Map(0, 1000) != nil {
		t.Error("a member of an archive was mapped")
	}
	odd := dict("'<f8'", "False", "(1,)")
	for (10+len(odd))%8 != 4 {
		odd = " " + odd
	}
	if open(t, save(t, []byte(npy(1, odd, 8)))).Map(0, 1) != nil {
		t.Error("a value was mapped that does not lie at a multiple of 8 bytes")
	}
}

// All values of a file are looked at, in blocks: where they lie, and in memory that they are read into.
func BenchmarkMap(b *testing.B) {
	name, x := matrix(b)
	f, err := Open(name)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	look := func(values []byte) (sum byte) {
		for i := 0; i < len(values); i += 64 {
			sum += values[i]
		}
		return sum
	}
	for _, block := range []int{1 << 15, len(x)} {
		each := func(b *testing.B, values func(first, count int64)) {
			b.SetBytes(int64(8 * len(x)))
			for b.Loop() {
				for first := 0; first < len(x); first += block {
					values(int64(first), int64(min(block, len(x)-first)))
				}
			}
		}
		b.Run(fmt.Sprintf("mapped/block=%d", block), func(b *testing.B) {
			each(b, func(first, count int64) {
				m := f.Map(first, count)
				look(m.Values)
				if err := m.Unmap(); err != nil {
					b.Fatal(err)
				}
			})
		})
		b.Run(fmt.Sprintf("read/block=%d", block), func(b *testing.B) {
			each(b, func(first, count int64) {
				values := asBytes(x[:count])
				if err := f.Read(values, first); err != nil {
					b.Fatal(err)
				}
				look(values)
			})
		})
	}
}
