package flow

import (
	"context"
	"slices"

	"matpool/npyio"
)

// A RandomPair says which random matrices are the factors of a pair: A and B, Size×Size, drawn one
// after the other from the stream number Index of Random. In numpy they are
//
//	rng = np.random.default_rng([seed, index]); A = rng.random((size, size)); B = rng.random((size, size))
//
// or what another distribution draws, as [Init] writes them with Streams.
//
// Note: to numpy's seeding, [seed, index] is the 32-bit words of both numbers, and zeros at the end
// do not count. So pair 0 is that of default_rng(seed), and streams of two seeds differ, with one
// exception: pair 0 of seed 2³²·i+s is pair i of a seed s below 2³² (and so on for longer seeds).
type RandomPair struct {
	Random *Random
	Size   int
	Index  int
}

// beginDrawing makes the factors of a pair random matrices.
func (f *factors) beginDrawing(p *RandomPair) error {
	begin, err := p.Random.filler(p.Index)
	if err != nil {
		return err
	}
	h := p.Random.header(p.Size)
	f.a = Factor{name: "A", Header: h, draw: begin()}
	f.b = Factor{name: "B", Header: h, draw: begin()}
	return nil
}

// header returns the header of a size×size matrix.
func (r *Random) header(size int) npyio.Header {
	return npyio.Header{DType: npyio.DTypeOf(r.Type()), Shape: []int{size, size}}
}

// drawMatrix draws a matrix.
func (r *reader) drawMatrix(ctx context.Context, values []byte) error {
	for chunk := range slices.Chunk(values, 8*piece) {
		if err := ctx.Err(); err != nil {
			return err
		}
		r.draw(chunk)
	}
	r.values, r.first, r.n = values, 0, 1
	return nil
}
