package blas

import (
	"context"
	"encoding/binary"
	"iter"

	"matpool/internal/base/each"
)

// Products of booleans: c[i,j] is true if a term is, a[i,k] and b[k,j]. Terms are looked at 64 at a time, as the bits of a
// word, and none behind the first that is true. B is packed as a whole, an eighth of its size, and a row of A a piece at a time,
// as long as an element of C is open.
const (
	boolPiece = 256 // values of a row of A that are packed at a time
	boolRows  = 64  // a unit of work
)

// multiplyBooleans computes C = A·B, a byte for each element, row by row.
func (m *tiled) multiplyBooleans(ctx context.Context, c []byte, a, b Factor, progress func(int64)) error {
	threads := m.threads
	if float64(a.Rows)*float64(a.Cols)*float64(b.Cols) < smallProduct {
		threads = 1
	}
	w := watch(ctx, a, b)
	defer w.end()
	words := ceilDiv(a.Cols, boolPiece) * (boolPiece / 64) // of a column
	columns := make([]uint64, words*b.Cols)
	w.read(func() { packColumns(columns, b, words) })
	each.Worker(threads, ceilDiv(a.Rows, boolRows), func(_ int, mine iter.Seq[int]) {
		w.read(func() {
			for unit := range mine {
				if w.Err() != nil {
					return
				}
				first := unit * boolRows
				rows := min(boolRows, a.Rows-first)
				for i := first; i < first+rows; i++ {
					orRow(c[i*b.Cols:][:b.Cols], a, i, columns)
				}
				if progress != nil {
					progress(int64(rows) * int64(a.Cols) * int64(b.Cols))
				}
			}
		})
	})
	return context.Cause(w)
}

// orRow computes row i of C.
func orRow(c []byte, a Factor, i int, columns []uint64) {
	clear(c)
	var row [boolPiece / 64]uint64
	words := len(columns) / max(len(c), 1)
	open := len(c)
	for k := 0; k < a.Cols && open > 0; k += boolPiece {
		packLine(row[:], a, i, k, min(boolPiece, a.Cols-k))
		if row == [len(row)]uint64{} {
			continue
		}
		at := k / 64
		for j := range c {
			if c[j] != 0 {
				continue
			}
			column := (*[len(row)]uint64)(columns[at+j*words:])
			if row[0]&column[0]|row[1]&column[1]|row[2]&column[2]|row[3]&column[3] != 0 {
				c[j] = 1
				open--
			}
		}
	}
}

// packColumns packs the columns of b, so many words for each.
func packColumns(dst []uint64, b Factor, words int) {
	if b.Trans || b.Cols == 1 && b.Stride == 1 {
		for j := range b.Cols {
			packLine(dst[j*words:][:words], b.T(), j, 0, b.Rows)
		}
		return
	}
	for k := range b.Rows {
		bit := uint64(1) << (k % 64)
		for j, v := range b.Data[k*b.Stride:][:b.Cols] {
			if v != 0 {
				dst[j*words+k/64] |= bit
			}
		}
	}
}

// packLine packs n values of row i of f, from column k on: value k+x is bit x%64 of word x/64. The rest of dst becomes 0.
func packLine(dst []uint64, f Factor, i, k, n int) {
	clear(dst)
	if f.Trans && f.Stride != 1 {
		for x := range n {
			if f.Data[(k+x)*f.Stride+i] != 0 {
				dst[x/64] |= 1 << (x % 64)
			}
		}
		return
	}
	line := f.Data[i*f.Stride+k:]
	if f.Trans { // of one column
		line = f.Data[k+i:]
	}
	line = line[:n]
	for x := 0; x+8 <= n; x += 8 {
		dst[x/64] |= eightBits(binary.LittleEndian.Uint64(line[x:])) << (x % 64)
	}
	for x := n &^ 7; x < n; x++ {
		if line[x] != 0 {
			dst[x/64] |= 1 << (x % 64)
		}
	}
}

// eightBits returns a bit for each byte that is not 0.
func eightBits(bytes uint64) uint64 {
	const low, high = 0x7f7f7f7f7f7f7f7f, 0x8080808080808080
	set := ((bytes&low + low) | bytes) & high >> 7 // 1 in each byte that is not 0
	return set * 0x0102040810204080 >> 56          // byte x, times 2⁵⁶⁻⁷ˣ, gives bit 56+x
}
