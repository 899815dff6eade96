package text

import (
	"fmt"
	"strconv"
	"strings"
)

// ParseGrid parses the sizes of a grid with at most a number of tiles: 2x3 has 2 rows and 3 columns.
func ParseGrid(s string, most int) (rows, cols int, err error) {
	before, after, _ := strings.Cut(s, "x")
	rows, errRows := strconv.Atoi(before)
	cols, errCols := strconv.Atoi(after)
	if errRows != nil || errCols != nil || min(rows, cols) < 1 || rows > most/cols {
		return 0, 0, fmt.Errorf("it must be two whole numbers, as in 2x3, with a product of at most %d", most)
	}
	return rows, cols, nil
}
