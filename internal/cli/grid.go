package cli

import (
	"fmt"
	"strconv"
	"strings"

	"matpool/internal/file"
)

// ParseGrid parses the sizes of a grid, RxC: 2x3 has 2 rows and 3 columns.
func ParseGrid(s string) (rows, cols int, err error) {
	before, after, _ := strings.Cut(s, "x")
	rows, errRows := strconv.Atoi(before)
	cols, errCols := strconv.Atoi(after)
	if errRows != nil || errCols != nil || min(rows, cols) < 1 || max(rows, cols) > file.MaxIndex || rows*cols > file.MaxIndex {
		return 0, 0, fmt.Errorf("it must be two whole numbers, as in 2x3, with a product of at most %d", file.MaxIndex)
	}
	return rows, cols, nil
}
