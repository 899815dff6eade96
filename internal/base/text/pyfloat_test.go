package text

import (
	"math"
	"strconv"
	"testing"
)

// Each line is what Python 3.11 prints for the float, and numpy 1.24.2 for the numpy.float64.
func TestPythonFloat(t *testing.T) {
	for _, v := range []struct {
		x    float64
		want string
	}{
		// Integral values keep a point and a zero.
		{0, "0.0"},
		{math.Copysign(0, -1), "-0.0"},
		{1, "1.0"},
		{-2, "-2.0"},
		{1e15, "1000000000000000.0"},
		{1 << 53, "9007199254740992.0"},

		// Fractions are as short as they can be.
		{0.1, "0.1"},
		{0.30000000000000004, "0.30000000000000004"},
		{-1.0 / 3, "-0.3333333333333333"},
		{math.Pi, "3.141592653589793"},
		{2492.0856569863985, "2492.0856569863986"},
		{25000577.437021505, "25000577.437021505"},

		// Large: an exponent from 1e16 on.
		{9999999999999998, "9999999999999998.0"},
		{1e16, "1e+16"},
		{-1e16, "-1e+16"},
		{12345678901234567, "1.2345678901234568e+16"},
		{2e23, "2e+23"},
		{1e22, "1e+22"},
		{1e23, "1e+23"},
		{1e100, "1e+100"},
		{math.MaxFloat64, "1.7976931348623157e+308"},

		// Small: an exponent below 1e-4.
		{0.001, "0.001"},
		{0.0001, "0.0001"},
		{0.00012345, "0.00012345"},
		{0.00009999999999999999, "9.999999999999999e-05"},
		{0.00001, "1e-05"},
		{-1.5e-7, "-1.5e-07"},
		{1e-10, "1e-10"},
		{1e-100, "1e-100"},
		{0x1p-1022, "2.2250738585072014e-308"},
		{math.SmallestNonzeroFloat64, "5e-324"},

		{math.NaN(), "nan"},
		{math.Copysign(math.NaN(), -1), "nan"},
		{math.Inf(+1), "inf"},
		{math.Inf(-1), "-inf"},
	} {
		got := PythonFloat(v.x)
		if got != v.want {
			t.Errorf("PythonFloat(%x) = %s, Python prints %s", v.x, got, v.want)
		}
		if back, err := strconv.ParseFloat(got, 64); err != nil || back != v.x && !math.IsNaN(v.x) {
			t.Errorf("%s does not read back as %x", got, v.x)
		}
	}
}
