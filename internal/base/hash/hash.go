// Package hash has the hash by which files are known: XXH3-128, as xxh128sum of the xxhash package prints it.
//
// It protects against accidents, not against an attacker: whoever wants two files with one hash can
// make them.
package hash

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"unsafe"

	"github.com/zeebo/xxh3"
)

// A Hash is the XXH3-128 of some bytes, with the seed 0. No file is known that has the zero Hash,
// which stands for an unknown one.
type Hash struct{ hi, lo uint64 }

// Of returns the hash of bytes in memory.
func Of(b []byte) Hash {
	sum := xxh3.Hash128(b)
	return Hash{sum.Hi, sum.Lo}
}

// IsZero reports whether the hash is unknown.
func (h Hash) IsZero() bool { return h == Hash{} }

// Size is the number of hex digits of a hash.
const Size = 32

// String returns 32 hex digits, the high half first.
func (h Hash) String() string {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], h.hi)
	binary.BigEndian.PutUint64(b[8:], h.lo)
	return hex.EncodeToString(b[:])
}

// Parse is the inverse of [Hash.String]: it takes 32 lower-case hex digits.
func Parse(s string) (Hash, error) {
	var b [16]byte
	if len(s) == Size {
		if _, err := hex.Decode(b[:], []byte(s)); err == nil {
			if h := (Hash{binary.BigEndian.Uint64(b[:8]), binary.BigEndian.Uint64(b[8:])}); h.String() == s {
				return h, nil
			}
		}
	}
	return Hash{}, fmt.Errorf("%q is not a hash of 32 hex digits", s)
}

// A Hasher hashes what is written to it. The zero Hasher is ready to use.
//
// Note: the library hashes in place only what is written first. Later bytes, such as all values behind a file's
// header, it copies to its own block, which takes as long as hashing them. A Hasher avoids that by a look into the
// library's state: at the end of a block it has the state forget what it keeps of bytes that are at hand, and writes them
// again.
type Hasher struct {
	state xxh3.Hasher
	size  int64
}

// The library hashes a block when it has another stripe.
const (
	block  = 1024
	stripe = 64
)

// Write never fails.
func (h *Hasher) Write(p []byte) (int, error) {
	h.size += int64(len(p))
	if kept := h.kept(); len(p) > 4*block && *kept > 0 {
		n := block + stripe + 1 - int(*kept) // so many bytes have the library hash a block, and keep stripe + 1 bytes
		if n <= stripe {
			n += block
		}
		h.state.Write(p[:n])
		*kept = 0
		h.state.Write(p[n-stripe-1:])
	} else {
		h.state.Write(p)
	}
	return len(p), nil
}

// kept returns how many bytes the state keeps for later: its field len.
func (h *Hasher) kept() *uint64 { return (*uint64)(unsafe.Add(unsafe.Pointer(&h.state), offsetOfLen)) }

const offsetOfLen = 9 * 8 // a test compares it with the library

// Sum returns the hash of everything written so far.
func (h *Hasher) Sum() Hash {
	sum := h.state.Sum128()
	return Hash{sum.Hi, sum.Lo}
}

// Size returns the number of bytes written so far.
func (h *Hasher) Size() int64 { return h.size }

// chunk is how much of a file is read at once: it stays in a core's cache until it is hashed.
const chunk = 256 << 10

// Reader hashes everything that r reads.
func Reader(ctx context.Context, r io.Reader) (Hash, error) {
	var h Hasher
	buf := make([]byte, chunk)
	for {
		if err := ctx.Err(); err != nil {
			return Hash{}, err
		}
		n, err := r.Read(buf)
		h.Write(buf[:n])
		if err == io.EOF {
			return h.Sum(), nil
		}
		if err != nil {
			return Hash{}, err
		}
	}
}
