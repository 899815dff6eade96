package pages

import "testing"

// 8 MB are allocated, touched for the first time, and given back: in huge pages as by [Buffer], and in small ones as
// Go's own heap has them.
func BenchmarkFirstTouch(b *testing.B) {
	const floats, pageOf = 1000 * 1000, 4096 / 8
	b.Run("pages=huge", func(b *testing.B) {
		b.SetBytes(8 * floats)
		for b.Loop() {
			var buffer Buffer
			x, err := buffer.Floats(floats)
			if err != nil {
				b.Fatal(err)
			}
			for i := 0; i < len(x); i += pageOf {
				x[i] = 1
			}
			if err := buffer.Free(); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("pages=small", func(b *testing.B) {
		b.SetBytes(8 * floats)
		for b.Loop() {
			// Pieces below the size of a huge page are left in small ones.
			for range 8 {
				var buffer Buffer
				x, err := buffer.Floats(floats / 8)
				if err != nil {
					b.Fatal(err)
				}
				for i := 0; i < len(x); i += pageOf {
					x[i] = 1
				}
				if err := buffer.Free(); err != nil {
					b.Fatal(err)
				}
			}
		}
	})
}
