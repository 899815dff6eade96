package product

import (
	"context"
	"strings"
	"testing"
	"time"

	"matpool/blas"
	"matpool/internal/status"
)

// Speed is near that of a larger product. On a busy machine each is often slowed down, so several attempts are made, of
// which the fastest count. The larger product is small, to end before another program has its turn on the processor.
func TestSpeed(t *testing.T) {
	m, err := NewMultiplier("", 1)
	if err != nil {
		t.Fatal(err)
	}
	const n = 300
	a, c := blas.Dense(n, n, make([]float64, n*n)), blas.Dense(n, n, make([]float64, n*n))
	speed, is := 0.0, 0.0
	for start := time.Now(); ; {
		measured, err := Speed(context.Background(), m)
		if err != nil {
			t.Fatal(err)
		}
		speed = max(speed, measured)
		for range 20 {
			begin, took, products := time.Now(), time.Duration(0), 0
			for ; took == 0; products++ { // a coarse clock sees only several
				if err := m.Mul(context.Background(), c, a.Factor(), a.Factor(), nil); err != nil {
					t.Fatal(err)
				}
				took = time.Since(begin)
			}
			is = max(is, float64(products)*2*n*n*n/took.Seconds())
		}
		if speed >= is/2 && speed <= 2*is {
			break
		}
		t.Logf("%.3g operations a second, but a product of %d×%[2]d matrices has %.3g", speed, n, is)
		if time.Since(start) > 5*time.Minute {
			t.Fatal("so it was for five minutes")
		}
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

// On a busy machine no product may be finished, or even begun, in the time that it has. The rate is measured all the same:
// 0 would say that nothing is known.
func TestRateIsNeverZero(t *testing.T) {
	m, err := NewMultiplier("generic", 1)
	if err != nil {
		t.Fatal(err)
	}
	if rate, err := fastest(context.Background(), m, 256, time.Nanosecond); err != nil || rate <= 0 {
		t.Errorf("rate %v, %v", rate, err)
	}
}

func TestDecimal(t *testing.T) {
	for x, want := range map[float64]string{68.04: "68.0", 1: "1.0", 0.95: "0.95", 0.5: "0.50", 0.1: "0.10", 0.043: "0.043", 0.00012: "0.00012"} {
		if got := decimal(x); got != want {
			t.Errorf("%v: %s, want %s", x, got, want)
		}
	}
}
