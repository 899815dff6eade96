package verify

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"matpool/blas"
	"matpool/internal/pair"
	"matpool/internal/pair/pairtest"
	"matpool/internal/product"
	"matpool/internal/record"
	"matpool/internal/status"
	"matpool/internal/verify/verifytest"
)

func TestParseSample(t *testing.T) {
	for text, want := range map[string]string{
		"1": "1 1 1", "5": "1 5 5", "3%": "1 1 3", "2.5%": "1 1 3", "100%": "1 10 100", "1000000": "1 10 100",
		"0": "", "-1": "", "0%": "", "101%": "", "NaN%": "", "%": "", "": "", "3 %": "", "1.5": "", "x": "",
	} {
		sample, err := ParseSample(text)
		got := ""
		if err == nil {
			got = fmt.Sprint(sample.Of(1), sample.Of(10), sample.Of(100))
		}
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// A sample is of different things, in order, the same ones for the same seed. Each is as likely as another.
func TestChoose(t *testing.T) {
	const n, seeds = 20, 3000
	var all, count [n]int
	for i := range all {
		all[i] = i
	}
	for seed := range seeds {
		chosen := Choose(5, all[:], strconv.Itoa(seed))
		if len(slices.Compact(slices.Clone(chosen))) != 5 || !slices.IsSorted(chosen) || !slices.Equal(chosen, Choose(5, all[:], strconv.Itoa(seed))) {
			t.Fatalf("seed %d: %v", seed, chosen)
		}
		for _, i := range chosen {
			count[i]++
		}
	}
	for i, times := range count { // 750 ± 5·23.7
		if times < 630 || times > 870 {
			t.Errorf("%d is in %d of %d samples", i, times, seeds)
		}
	}
}

// A faulty Multiplier computes one element wrongly.
type faulty struct{ blas.Multiplier }

func (m faulty) Mul(ctx context.Context, c blas.Matrix, a, b blas.Factor, progress func(int64)) error {
	err := m.Multiplier.Mul(ctx, c, a, b, progress)
	c.Data[1]++
	return err
}

func (m faulty) String() string { return "a faulty one" }

func (m faulty) Split(int) ([]blas.Multiplier, error) { return []blas.Multiplier{m}, nil }

// An output is contradicted if two kernels make the same other bits of it. If they make different ones, this machine is
// named and not the one that made the output.
func TestContradictions(t *testing.T) {
	t.Chdir(t.TempDir())
	p := pairtest.Make(t, ".", [][3]int{{40, 50, 60}})[0]
	good := pairtest.Multiplier(t, 1)
	recorded := func(m blas.Multiplier, machine string) (was record.Record) {
		recorder := record.NewRecorder("matprod v1, "+m.String(), nil)
		if err := product.Again(t.Context(), []pair.Pair{p}, m, recorder, pairtest.Quietly, func(_ int, made record.Record) error {
			was = made
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		was.Machine = machine
		return was
	}
	here, _ := os.Hostname()
	a, b, wrong := kernel{"a", good}, kernel{"b", good}, kernel{"wrong", faulty{good}}
	for _, test := range []struct {
		was     record.Record
		kernels []kernel
		by      string
		want    state
		status  int
		says    string
	}{
		{recorded(good, "pc1"), []kernel{a, b}, "a", confirmed, 0, ""},
		{recorded(good, "pc1"), []kernel{a, wrong}, "wrong a", disputed, status.Failure, "this machine, " + here + ", "},
		{recorded(faulty{good}, "pc1"), []kernel{a, b}, "a b", contradicted, status.Data, "made on pc1"},
		{recorded(faulty{good}, "pc1"), []kernel{wrong, a, b}, "a b", contradicted, status.Data, "made on pc1"},
		{recorded(faulty{good}, "pc1"), []kernel{a}, "a a", contradicted, status.Data, "made on pc1"},
	} {
		v := verifier{kernels: test.kernels, stderr: io.Discard}
		d := []verdict{{output: output{name: p.C}, pairs: []pair.Pair{p}, was: test.was}}
		if err := v.compare(t.Context(), d); err != nil {
			t.Fatal(err)
		}
		err := v.conclude(d, nil)
		if by := strings.Join(d[0].by, " "); by != test.by || d[0].state != test.want {
			t.Errorf("%v: state %d by %s; want %d by %s", test.kernels, d[0].state, by, test.want, test.by)
		}
		if err == nil != (test.status == 0) || err != nil && (status.Of(err) != test.status || !strings.Contains(err.Error(), test.says)) {
			t.Errorf("%v: %v, status %d; want %q, %d", test.kernels, err, status.Of(err), test.says, test.status)
		}
	}
}

// One of 20 outputs is wrong. Samples of n find it as often as n/20 says: the number in 200 samples is in the range that a
// binomial distribution leaves with a probability of less than 10⁻⁵.
func TestFoundAsOftenAsTheSampleSays(t *testing.T) {
	const outputs, wrong, samples = 20, 7, 200
	var all [outputs]int
	for i := range all {
		all[i] = i
	}
	for _, n := range []int{1, 3, 5, 10, 19, 20} {
		found := 0
		for seed := range samples {
			if slices.Contains(Choose(n, all[:], strconv.Itoa(seed)), wrong) {
				found++
			}
		}
		least, most := verifytest.Binomial(samples, float64(n)/outputs, 0.5e-5)
		t.Logf("%2d of %d: found in %3d of %d samples; %5.1f are expected, from %d to %d allowed", n, outputs, found, samples, float64(samples*n)/outputs, least, most)
		if found < least || found > most {
			t.Errorf("a sample of %d found it %d times, not %d to %d", n, found, least, most)
		}
	}
}
