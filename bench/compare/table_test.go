package main

import (
	"strings"
	"testing"
)

func TestMedian(t *testing.T) {
	for _, test := range []struct {
		x    []float64
		want float64
	}{
		{[]float64{5}, 5},
		{[]float64{4, 2}, 3},
		{[]float64{9, 1, 2}, 2},
		{[]float64{9, 1, 2, 4}, 3},
	} {
		before := append([]float64(nil), test.x...)
		if got := median(test.x); got != test.want {
			t.Errorf("median of %v is %v, want %v", test.x, got, test.want)
		}
		for i := range before {
			if test.x[i] != before[i] {
				t.Errorf("%v became %v", before, test.x)
			}
		}
	}
}

// Times in milliseconds, rates in GF/s; a ratio above 1 means that we are faster.
func TestTable(t *testing.T) {
	var got strings.Builder
	err := printTable(&got, []row{
		{name: "a task", seconds: [2][]float64{{0.003, 0.001, 0.002}, {0.2, 0.3, 0.1}}},
		{name: "dgemm", seconds: [2][]float64{{0.04}, {0.05, 0.04, 0.1}}, flops: 2e9},
	})
	want := `
                                                     ours                          numpy   ratio
a task                                 2.0 ms (1.0 – 3.0)       200.0 ms (100.0 – 300.0)  100.00
dgemm                             50.0 GF/s (50.0 – 50.0)        40.0 GF/s (20.0 – 50.0)    1.25

median (least – greatest); ratio: how many times as fast as numpy we are
`
	if err != nil || "\n"+got.String() != want {
		t.Errorf("error %v, table\n%swant%s", err, got.String(), want)
	}
}

func TestAgreement(t *testing.T) {
	for _, test := range []struct {
		x, y string
		want bool
	}{
		{"2492.085656986398", "2492.0856569863895", true},
		{"2492.085656986398", "2492.0856569864", true},
		{"2492.0856569864", "2492.0856569865", false},
		{"nan", "1.0", false},
		{"", "1.0", false},
	} {
		if agree(test.x, test.y) != test.want {
			t.Errorf("agree(%q, %q) is %v", test.x, test.y, !test.want)
		}
	}
}

// What a caller's environment says about threads and kernels does not reach what is timed.
func TestTuningIsRemoved(t *testing.T) {
	for variable, want := range map[string]bool{
		"OPENBLAS_CORETYPE=Haswell": true, "OPENBLAS_L2_SIZE=1": true, "OPENBLAS_NUM_THREADS=1": true, "OMP_NUM_THREADS=1": true,
		"GOTO_NUM_THREADS=1": true, "GOMAXPROCS=1": true, "GODEBUG=cpu.all=off": true,
		"PATH=/bin": false, "HOME=/OMP_NUM_THREADS=": false, "GOFLAGS=-mod=mod": false,
	} {
		if tuning.MatchString(variable) != want {
			t.Errorf("%s: removed is %v", variable, !want)
		}
	}
}
