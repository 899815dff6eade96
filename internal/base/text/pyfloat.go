package text

import (
	"math"
	"strconv"
	"strings"
)

// PythonFloat returns a float64 as Python's print prints a float or a numpy.float64: the
// shortest decimal that parses as x, and among these the nearest to x (float.__repr__, format
// code 'r'). With x = d.ddd × 10ᵉ, it is positional if -4 <= e < 16, with at least one digit
// after the point, and otherwise d.ddde±ee, with at least two digits of exponent. The other
// values are nan, without a sign, inf and -inf.
func PythonFloat(x float64) string {
	switch {
	case math.IsNaN(x):
		return "nan"
	case math.IsInf(x, +1):
		return "inf"
	case math.IsInf(x, -1):
		return "-inf"
	}
	scientific := strconv.FormatFloat(x, 'e', -1, 64) // Go and Python write exponents alike
	_, exponent, _ := strings.Cut(scientific, "e")
	if e, _ := strconv.Atoi(exponent); e < -4 || e >= 16 {
		return scientific
	}
	positional := strconv.FormatFloat(x, 'f', -1, 64)
	if !strings.Contains(positional, ".") {
		positional += ".0"
	}
	return positional
}
