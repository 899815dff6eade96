//go:build !amd64 && !arm64

package nprand

func twist(w, m []uint32) { twistGo(w, m) }

func convert(dst []float64, words []uint32) { convertGo(dst, words) }
