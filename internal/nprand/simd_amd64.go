package nprand

import "golang.org/x/sys/cpu"

// With AVX2, which processors have had since 2013, eight words are computed at a time. The portable
// code, which takes them one by one and is several times slower, does the rest. Eight words of w are
// read before they are written; that is safe since m is at least 227 words away from w.

var wide = cpu.X86.HasAVX2

func twist(w, m []uint32) {
	n := 0
	if wide {
		n = (len(w) - 1) &^ 7
	}
	if n > 0 {
		m = m[:len(w)-1]
		twistAVX2(&w[0], &m[0], n)
	}
	twistGo(w[n:], m[n:])
}

func convert(dst []float64, words []uint32) {
	n := 0
	if wide {
		n = len(dst) &^ 3
	}
	if n > 0 {
		words = words[:2*len(dst)]
		convertAVX2(&dst[0], &words[0], n)
	}
	convertGo(dst[n:], words[2*n:])
}

// twistAVX2 is twistGo for n words, a positive multiple of 8; it reads w[:n+1] and m[:n].
//
//go:noescape
func twistAVX2(w, m *uint32, n int)

// convertAVX2 is convertGo for n doubles, a positive multiple of 4.
//
//go:noescape
func convertAVX2(dst *float64, words *uint32, n int)
