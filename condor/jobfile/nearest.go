package jobfile

import "strings"

// Nearest returns that one among some names, in lower case, whose edit distance from name
// is least, divided by the length of both: of two at the same distance, the longer one has
// more in common with it.
func Nearest(name string, among []string) string {
	best, least := "", 2.0
	for _, other := range among {
		far := float64(distance(strings.ToLower(name), other)) / float64(len(name)+len(other))
		if far < least {
			best, least = other, far
		}
	}
	return best
}

// distance returns the edit distance between a and b, in bytes: how many are inserted,
// deleted (one that is replaced is both), or exchanged with their neighbour to turn a into b.
func distance(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		before, last, row = last, row, before
		row[0] = i
		for j := 1; j <= len(b); j++ {
			row[j] = min(last[j], row[j-1]) + 1
			if a[i-1] == b[j-1] {
				row[j] = min(row[j], last[j-1])
			}
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
	}
	return row[len(b)]
}
