package nprand

// Four words at a time with SSE2, which every amd64 processor has; the portable code takes them one
// by one, which is several times slower, and does what is left over here. Four words of w are read
// before they are written; that is safe since m is at least 227 words away from w.

func twist(w, m []uint32) {
	n := (len(w) - 1) &^ 3
	if n > 0 {
		m = m[:len(w)-1]
		twistSSE2(&w[0], &m[0], n)
	}
	twistGo(w[n:], m[n:])
}

func convert(dst []float64, words []uint32) {
	n := len(dst) &^ 1
	if n > 0 {
		words = words[:2*len(dst)]
		convertSSE2(&dst[0], &words[0], n)
	}
	convertGo(dst[n:], words[2*n:])
}

// twistSSE2 is twistGo for n words, a positive multiple of 4; it reads w[:n+1] and m[:n].
//
//go:noescape
func twistSSE2(w, m *uint32, n int)

// convertSSE2 is convertGo for n doubles, a positive multiple of 2.
//
//go:noescape
func convertSSE2(dst *float64, words *uint32, n int)
