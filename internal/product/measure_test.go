package product

import (
	"context"
	"strings"
	"testing"
	"time"

	"matpool/blas"
	"matpool/internal/status"
)

// Speed is near that of a larger product, and known after a moment. Other programs may run.
func TestSpeed(t *testing.T) {
	m, err := NewMultiplier("", 1)
	if err != nil {
		t.Fatal(err)
	}
	begin := time.Now()
	speed, err := Speed(context.Background(), m)
	if took := time.Since(begin); err != nil || took > 2*time.Second {
		t.Fatalf("it took %v: %v", took, err)
	}
	const n = 500
	a, c := blas.Dense(n, n, make([]float64, n*n)), blas.Dense(n, n, make([]float64, n*n))
	const products = 20 // a coarse clock sees only several
	begin = time.Now()
	for range products {
		if err := m.Mul(context.Background(), c, a.Factor(), a.Factor(), nil); err != nil {
			t.Fatal(err)
		}
	}
	took := time.Since(begin)
	if is := products * 2 * n * n * n / took.Seconds(); speed < is/2 || speed > 10*is { // the machine may be busy
		t.Errorf("%.3g operations a second, but a product of %d×%[2]d matrices has %.3g", speed, n, is)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if speed, err := Speed(ctx, m); err == nil {
		t.Errorf("interrupted: %v", speed)
	}
}

func TestUnknownKernelIsWrongUsage(t *testing.T) {
	_, err := NewMultiplier("none", 1)
	if status.Of(err) != status.Usage || !strings.HasPrefix(err.Error(), "flag -kernel: ") {
		t.Errorf("status %d, %v", status.Of(err), err)
	}
}
