package nprand

// Eight words are computed at a time, and four doubles. The portable code does the rest. The words of w are read
// before they are written; that is safe since m is at least 227 words away from w.

func twist(w, m []uint32) {
	m = m[:len(w)-1]
	n := len(m) &^ 7
	if n > 0 {
		twistNEON(&w[0], &m[0], n)
	}
	twistGo(w[n:], m[n:])
}

func convert(dst []float64, words []uint32) {
	words = words[:2*len(dst)]
	n := len(dst) &^ 3
	if n > 0 {
		convertNEON(&dst[0], &words[0], n)
	}
	convertGo(dst[n:], words[2*n:])
}

// twistNEON is twistGo for n words, a positive multiple of 8; it reads w[:n+1] and m[:n].
//
//go:noescape
func twistNEON(w, m *uint32, n int)

// convertNEON is convertGo for n doubles, a positive multiple of 4.
//
//go:noescape
func convertNEON(dst *float64, words *uint32, n int)
