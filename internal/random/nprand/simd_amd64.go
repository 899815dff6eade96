package nprand

import "golang.org/x/sys/cpu"

// With AVX-512 sixteen words are computed at a time, with AVX2, which processors have had since 2013, eight.
// The portable code, which takes them one by one and is several times slower, does the rest. The words of w
// are read before they are written; that is safe since m is at least 227 words away from w.

func twist(w, m []uint32) {
	m = m[:len(w)-1]
	n := 0
	switch {
	case len(m) == 0:
	case cpu.X86.HasAVX512:
		n = len(m)
		twistAVX512(&w[0], &m[0], n)
	case cpu.X86.HasAVX2 && len(m) >= 8:
		n = len(m) &^ 7
		twistAVX2(&w[0], &m[0], n)
	}
	twistGo(w[n:], m[n:])
}

func convert(dst []float64, words []uint32) {
	words = words[:2*len(dst)]
	n := 0
	switch {
	case cpu.X86.HasAVX512DQ && cpu.X86.HasAVX512 && len(dst) >= 8:
		n = len(dst) &^ 7
		convertAVX512(&dst[0], &words[0], n)
	case cpu.X86.HasAVX2 && len(dst) >= 4:
		n = len(dst) &^ 3
		convertAVX2(&dst[0], &words[0], n)
	}
	convertGo(dst[n:], words[2*n:])
}

// twistAVX512 is twistGo for n words; it reads w[:n+1] and m[:n].
//
//go:noescape
func twistAVX512(w, m *uint32, n int)

// twistAVX2 is twistAVX512 for a positive multiple of 8.
//
//go:noescape
func twistAVX2(w, m *uint32, n int)

// convertAVX512 is convertGo for n doubles, a positive multiple of 8.
//
//go:noescape
func convertAVX512(dst *float64, words *uint32, n int)

// convertAVX2 is convertGo for n doubles, a positive multiple of 4.
//
//go:noescape
func convertAVX2(dst *float64, words *uint32, n int)
