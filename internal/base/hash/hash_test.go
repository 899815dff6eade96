package hash

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"reflect"
	"strings"
	"testing"

	"github.com/zeebo/xxh3"
)

// The hashes are those that xxh128sum 0.8.1 prints.
func TestHash(t *testing.T) {
	for text, want := range map[string]string{
		"":                             "99aa06d3014798d86001c324468d497f",
		"hello":                        "b5e9c1ad071b3e7fc779cfaa5e523818",
		strings.Repeat("matpool", 500): "42504fb87d47c749983c636ce7ec31cc",
	} {
		if got := Of([]byte(text)).String(); got != want {
			t.Errorf("%.10q: %s, want %s", text, got, want)
		}
	}
}

// In whatever pieces a file is hashed, small or large, the hash is that of the whole.
func TestHasher(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 1000 {
		data := make([]byte, random.IntN(40_000))
		for i := range data {
			data[i] = byte(random.Uint32())
		}
		var h Hasher
		for rest, largest := data, 1+random.IntN(10_000); len(rest) > 0; {
			n := min(len(rest), 1+random.IntN(largest))
			h.Write(rest[:n])
			rest = rest[n:]
			if done := data[:len(data)-len(rest)]; h.Sum() != Of(done) {
				t.Fatalf("%d bytes: %v in pieces, %v at once", len(done), h.Sum(), Of(done))
			}
		}
	}
}

// The field that Write changes is the one that counts the bytes in the library's own block.
func TestState(t *testing.T) {
	state := reflect.TypeFor[xxh3.Hasher]()
	count, ok := state.FieldByName("len")
	if !ok || count.Offset != offsetOfLen || count.Type.Kind() != reflect.Uint64 {
		t.Errorf("the library's state has another layout: %v", state)
	}
	if own, ok := state.FieldByName("buf"); !ok || own.Type.Size() != block+stripe {
		t.Errorf("the library keeps other blocks: %v", state)
	}
}

func TestParse(t *testing.T) {
	h := Of([]byte("x"))
	if got, err := Parse(h.String()); err != nil || got != h {
		t.Error(got, err)
	}
	for _, bad := range []string{"", "b5e9", h.String() + "0", strings.Repeat("g", 32), strings.ToUpper(h.String())} {
		if _, err := Parse(bad); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}

// What is read is hashed to its end, until the context is done.
func TestReader(t *testing.T) {
	data := make([]byte, 2*chunk+17)
	rand.NewChaCha8([32]byte{}).Read(data)
	got, err := Reader(t.Context(), bytes.NewReader(data))
	if err != nil || got != Of(data) {
		t.Error(got, err)
	}
	xxh := exec.Command("xxh128sum")
	xxh.Stdin = bytes.NewReader(data)
	if out, err := xxh.Output(); err == nil && !strings.HasPrefix(string(out), got.String()) {
		t.Errorf("%v, but xxh128sum: %s", got, out)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Reader(ctx, bytes.NewReader(data)); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func BenchmarkHasher(b *testing.B) {
	data := make([]byte, 8<<20)
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		var h Hasher
		h.Write(data[:128]) // as long as a header
		for rest := data; len(rest) > 0; rest = rest[chunk:] {
			h.Write(rest[:chunk])
		}
		h.Sum()
	}
}

func BenchmarkReader(b *testing.B) {
	data := make([]byte, 8<<20)
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if _, err := Reader(b.Context(), bytes.NewReader(data)); err != nil {
			b.Fatal(err)
		}
	}
}

func ExampleHash() {
	fmt.Println(Of([]byte("hello")))
	// Output: b5e9c1ad071b3e7fc779cfaa5e523818
}

func BenchmarkOf(b *testing.B) {
	data := make([]byte, 8<<20)
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		Of(data)
	}
}
