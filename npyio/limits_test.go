package npyio

import (
	"io"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"matpool/elem"
)

// zeros returns the checksum of a number of zero bytes.
func zeros(n int64) Checksum {
	if n == 0 {
		return Checksum{}
	}
	sum := zeros(n / 2)
	if sum = sum.Then(sum); n%2 != 0 {
		sum = sum.Then(ChecksumOf([]byte{0}))
	}
	return sum
}

// writeSparse writes an archive of an array with n zeros, which are left out of the file, and of the value 42.
func writeSparse(t *testing.T, n int64) *NpzLayout {
	path := filepath.Join(t.TempDir(), "x.npz")
	layout := layoutOf(n)
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	end := []byte{42}
	if _, err := file.WriteAt(end, layout.Values(1)); err != nil {
		t.Fatal(err)
	}
	if err := layout.Finish(func(offset int64) io.Writer { return io.NewOffsetWriter(file, offset) }, zeros(n), ChecksumOf(end)); err != nil {
		t.Fatal(err)
	}
	wide := make([]byte, len(locator64Signature))
	if _, err := file.ReadAt(wide, layout.Size()-endLength-locator64Length); err != nil || (string(wide) == locator64Signature) != (layout.end > 1<<31-1) {
		t.Errorf("%d zeros: zipfile has a directory of 64 bits from an offset of 2³¹ on, not from %d, %v", n, layout.end, err)
	}
	arrays, err := OpenNpz(path, "big", "end")
	if err != nil {
		t.Errorf("%d zeros: %v", n, err)
		return layout
	}
	defer arrays[0].Close()
	var got [1]byte
	if err := arrays[0].Read(got[:], n-1); err != nil || got[0] != 0 {
		t.Errorf("%d zeros: the last is %d, %v", n, got[0], err)
	}
	if err := arrays[1].Read(got[:], 0); err != nil || got[0] != 42 || arrays[1].Verify() != nil {
		t.Errorf("behind %d zeros: %d, %v", n, got[0], err)
	}
	if info, err := arrays[0].Stat(); err != nil || info.Size() != layout.Size() {
		t.Errorf("%d zeros: the size is not %d, %v", n, layout.Size(), err)
	}
	return layout
}

func layoutOf(n int64) *NpzLayout {
	d := DTypeOf(elem.Uint8)
	return NewNpzLayout(NpzMember{"big", Header{DType: d, Shape: []int{int(n)}}}, NpzMember{"end", Header{DType: d}})
}

// What is written is read, on both sides of each size at which the format of zip archives changes: of a
// member's size, of its place, and of the directory's place.
func TestNpzsAtTheLimits(t *testing.T) {
	for _, limit := range []int64{1 << 31, 1 << 32} {
		for off := int64(-2); off <= 2; off++ {
			for what, measure := range map[string]func(l *NpzLayout) int64{
				"size":      func(l *NpzLayout) int64 { return l.size(0) },
				"place":     func(l *NpzLayout) int64 { return l.offsets[1] },
				"directory": func(l *NpzLayout) int64 { return l.end },
			} {
				n := limit + off - (measure(layoutOf(limit)) - limit)
				if got := measure(writeSparse(t, n)); got != limit+off {
					t.Fatalf("%s %d is not tested, but %d", what, limit+off, got)
				}
			}
		}
	}
}

// So it is on both sides of 65,535 members.
func TestNpzsOfManyArrays(t *testing.T) {
	for _, count := range []int{1<<16 - 2, 1<<16 - 1, 1 << 16, 1<<16 + 1} {
		var arrays []Array
		for i := range count {
			arrays = append(arrays, Array{Name: strconv.Itoa(i), DType: DTypeOf(elem.Uint8), Data: []byte{byte(i)}})
		}
		a, err := OpenArchive(save(t, npz(t, arrays...)))
		if err != nil {
			t.Errorf("%d arrays: %v", count, err)
			continue
		}
		var got [1]byte
		last := count - 1
		f, err := a.Open(strconv.Itoa(last))
		if err == nil {
			err = f.Read(got[:], 0)
		}
		if err != nil || got[0] != byte(last) || len(a.entries) != count {
			t.Errorf("%d arrays: %d, the last is %d, %v", count, len(a.entries), got[0], err)
		}
		a.Close()
	}
}
