package text

import "strings"

// Nearest returns the one of some names, all in lower case, that is most like name: one that
// contains it, such as indexed_output_files for output_files, or else the one with the smallest
// edit distance. The distance is divided by the total length of both: at the same distance, the
// longer of two names has more in common with it. It is "" if no name is like it.
func Nearest(name string, names []string) string { return nearest(name, names, 0.6) }

// Similar is Nearest for names of files, of which a folder has many that are somewhat alike: it returns one only
// if a few characters differ.
func Similar(name string, names []string) string { return nearest(name, names, 0.25) }

func nearest(name string, names []string, most float64) string {
	name = strings.ToLower(name)
	best, least := "", 1+most
	if len(name) < 2 { // which is like everything
		return ""
	}
	for _, other := range names {
		d := float64(distance(name, other)) / float64(len(name)+len(other))
		if !strings.Contains(other, name) {
			d++
		}
		if d < least {
			best, least = other, d
		}
	}
	return best
}

// distance returns the edit distance between a and b: the number of bytes to insert, to
// delete or to swap with their neighbour. A replaced byte counts as deleted and inserted.
func distance(a, b string) int {
	secondLast, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		secondLast, last, row = last, row, secondLast
		row[0] = i
		for j := 1; j <= len(b); j++ {
			row[j] = min(last[j], row[j-1]) + 1
			if a[i-1] == b[j-1] {
				row[j] = min(row[j], last[j-1])
			}
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], secondLast[j-2]+1)
			}
		}
	}
	return row[len(b)]
}
