package numpy

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"matpool/elem"
	"matpool/npyio"
)

// Random pairs of arrays, of all types, orders and shapes, those too that have no product:
// what matprod makes of them has the type and shape of np.matmul's, integers and booleans
// are the same to the byte, floats are as near to the exact product as package blas says,
// and what np.matmul refuses is refused. MATPOOL_MATMUL_CASES is their number: with 20000, the
// long form, the test takes two minutes.
func TestProductsAreMatmuls(t *testing.T) {
	count := 1000
	if text := os.Getenv("MATPOOL_MATMUL_CASES"); text != "" {
		var err error
		if count, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
	}
	dir := t.TempDir()
	here, err := filepath.Abs("matmul.py")
	if err != nil {
		t.Fatal(err)
	}
	const seed = 1
	out := run(t, dir, python, here, dir, strconv.Itoa(seed), strconv.Itoa(count))
	var cases []struct {
		Refused, What string
		Float         bool
	}
	if err := json.Unmarshal([]byte(out), &cases); err != nil || len(cases) != count {
		t.Fatal(len(cases), err)
	}
	types := map[string]int{}
	refused := 0
	for first := 0; first < count; {
		if cases[first].Refused != "" {
			refused++
			name := func(kind string) string { return fmt.Sprintf("bad%s%d.npy", kind, first) }
			if _, stderr, status := exits(t, dir, matprod, name("A"), name("B"), "bad.npy"); status != 65 || strings.Count(stderr, "\nmatprod: ") > 1 {
				t.Errorf("case %d: status %d, %q; numpy says %s", first, status, stderr, cases[first].Refused)
			}
			first++
			continue
		}
		end := first
		for end < count && cases[end].Refused == "" {
			end++
		}
		run(t, dir, matprod, "-first", strconv.Itoa(first), "-count", strconv.Itoa(end-first), "-threads", strconv.Itoa(1+first%2))
		for ; first < end; first++ {
			c := cases[first]
			_, result, _ := strings.Cut(c.What, " = ")
			types[strings.SplitN(result, "(", 2)[0]]++
			if what := differs(t, dir, first, c.Float); what != "" {
				t.Errorf("case %d, %s: %s", first, c.What, what)
			}
		}
	}
	t.Logf("%d refused; results by type: %v", refused, types)
	if refused < count/50 || len(types) != len(elem.Types()) {
		t.Errorf("%d of %d cases are refused, %d types are results: the cases are not what they should be", refused, count, len(types))
	}
	if _, err := os.Stat(filepath.Join(dir, "bad.npy")); !os.IsNotExist(err) {
		t.Error("a product was made of what has none")
	}
}

// differs returns in what a product differs from numpy's by more than it may.
func differs(t *testing.T, dir string, i int, isFloat bool) string {
	name := func(kind string) string { return filepath.Join(dir, fmt.Sprintf("%s%d.npy", kind, i)) }
	ours, theirs := readFile(t, name("output")), readFile(t, name("numpy"))
	if !isFloat {
		if !bytes.Equal(ours, theirs) {
			return "the files differ"
		}
		return ""
	}
	h, got := readAsFloats(t, name("output"))
	want, _ := readAsFloats(t, name("numpy"))
	if h.DType != want.DType || !slices.Equal(h.Shape, want.Shape) || h.Fortran {
		return fmt.Sprintf("is %v %v", h.DType, h.Shape)
	}
	_, exact := readAsFloats(t, name("exact"))
	_, bound := readAsFloats(t, name("bound"))
	for k := range exact {
		if !(math.Abs(got[k]-exact[k]) <= bound[k]) {
			return fmt.Sprintf("value %d is %v, exactly %v, off by more than %g", k, got[k], exact[k], bound[k])
		}
	}
	if len(got) != len(exact) {
		return "another number of values"
	}
	return ""
}

func readAsFloats(t *testing.T, name string) (npyio.Header, []float64) {
	t.Helper()
	f, err := npyio.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	typ, _ := f.DType.Elem()
	count, _ := f.Len()
	data := make([]byte, int(count)*typ.Size())
	if err := f.Read(data, 0); err != nil {
		t.Fatal(err)
	}
	values := make([]float64, int(count)*typ.Parts())
	elem.ToFloat64(values, data, typ, f.DType.Swapped())
	return f.Header, values
}
