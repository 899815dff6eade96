package numpy

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unsafe"

	"matpool/elem"
	"matpool/npyio"
)

// The type of a result is numpy's, for every pair of types.
func TestResultTypesAreNumpys(t *testing.T) {
	var questions []question
	var got []string
	for _, a := range elem.Types() {
		for _, b := range elem.Types() {
			questions = append(questions, question{"a": a.String(), "b": b.String()})
			got = append(got, elem.Result(a, b).String())
		}
	}
	for i, want := range ask[string](t, "result_type", questions...) {
		if got[i] != want {
			t.Errorf("%v: %s, numpy says %s", questions[i], got[i], want)
		}
	}
}

// What we make of a descr in a header is what np.dtype makes of it. The table is that of
// npyio's own test; its last column is numpy's 2 where that differs.
func TestSpellingsAreNumpys(t *testing.T) {
	lines := strings.Split(strings.TrimSpace(string(readFile(t, "../../npyio/testdata/spellings.txt"))), "\n")[1:]
	var questions []question
	var table []string
	column := 1
	if !strings.HasPrefix(library(t).Numpy, "1.") {
		column = 2
	}
	for _, line := range lines {
		columns := strings.Split(line, "\t")
		var descr string
		if err := json.Unmarshal([]byte(columns[0]), &descr); err != nil {
			t.Fatal(err)
		}
		questions = append(questions, question{"descr": descr})
		table = append(table, columns[min(column, len(columns)-1)])
	}
	for i, want := range ask[string](t, "spelled", questions...) {
		if table[i] != want {
			t.Errorf("%v: %s, numpy says %s", questions[i], table[i], want)
		}
	}
}

func fromHex(t *testing.T, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Values become float64s as by astype, and float64s values. Of NaNs only that they are ones
// is the same.
func TestConversionsAreNumpys(t *testing.T) {
	var questions []question
	for _, typ := range elem.Types() {
		questions = append(questions, question{"dtype": typ.String()})
	}
	type answer struct{ Values, Wide, X, Narrow string }
	for i, a := range ask[answer](t, "convert", questions...) {
		typ := elem.Type(i)
		values, narrow := fromHex(t, a.Values), fromHex(t, a.Narrow)
		want, x := float64s(fromHex(t, a.Wide)), float64s(fromHex(t, a.X))
		got := make([]float64, len(want))
		elem.ToFloat64(got, values, typ, false)
		checkFloats(t, typ.String()+" to float64", got, want)
		swapped := bytes.Clone(values)
		elem.SwapBytes(swapped, typ)
		elem.ToFloat64(got, swapped, typ, true)
		checkFloats(t, typ.String()+", swapped, to float64", got, want)

		back := make([]byte, len(narrow))
		elem.FromFloat64(back, x, typ)
		if part := typ.Part(); part.IsFloat() {
			got, want := make([]float64, len(x)), make([]float64, len(x))
			elem.ToFloat64(got, back, part, false)
			elem.ToFloat64(want, narrow, part, false)
			checkFloats(t, "float64 to "+typ.String(), got, want)
		} else if !bytes.Equal(back, narrow) {
			t.Errorf("float64 to %v differs", typ)
		}
	}
}

func float64s(b []byte) []float64 {
	x := make([]float64, len(b)/8)
	copy(unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(x))), len(b)), b)
	return x
}

func checkFloats(t *testing.T, what string, got, want []float64) {
	t.Helper()
	for i := range want {
		if math.Float64bits(got[i]) != math.Float64bits(want[i]) && !(math.IsNaN(got[i]) && math.IsNaN(want[i])) {
			t.Errorf("%s: value %d is %v, numpy has %v", what, i, got[i], want[i])
			return
		}
	}
}

// A raw array is what numpy says of it, with its bytes in the order of memory.
type raw struct {
	DType   string
	Shape   []int
	Fortran bool
	Bytes   string
}

func (r raw) same(other raw) bool { return fmt.Sprint(r) == fmt.Sprint(other) }

func readRaw(t *testing.T, f *npyio.File) raw {
	t.Helper()
	count, _ := f.Len()
	values := make([]byte, int(count)*f.DType.Size)
	if err := f.Read(values, 0); err != nil {
		t.Fatal(err)
	}
	if err := f.Verify(); err != nil {
		t.Error(err)
	}
	return raw{f.DType.String(), f.Shape, f.Fortran, hex.EncodeToString(values)}
}

// rawArrays are arrays of a type, in all forms in which they come to a file.
func rawArrays(typ elem.Type) (arrays []string) {
	for _, order := range []string{"<", ">"} {
		for _, form := range []string{"", "5", "0", "1", "2, 3", "1, 7", "7, 1", "0, 3", "2, 3, 5"} {
			array := fmt.Sprintf("np.frombuffer(bytes(range(1, 241)) * 2, %q)[:int(np.prod((%s,)))].reshape(%s)", order+string(typ.Kind())+fmt.Sprint(typ.Size()), form, "("+form+")")
			if typ == elem.Bool {
				array = fmt.Sprintf("(np.arange(np.prod((%s,))) %% 2 == 0).reshape(%s)", form, "("+form+")")
			}
			if form == "" {
				array = strings.Replace(array, "(,)", "()", 1)
			}
			arrays = append(arrays, array, "fortran("+array+")")
		}
	}
	return arrays
}

// Whatever numpy saves is read with the same bytes, in all versions; and what we write of it is
// np.save's file, byte for byte.
func TestArraysOfAllTypes(t *testing.T) {
	dir := t.TempDir()
	var questions, loads []question
	for _, typ := range elem.Types() {
		for _, array := range rawArrays(typ) {
			for version := 1; version <= 3; version++ {
				questions = append(questions, question{"array": array, "version": []int{version, 0},
					"file": filepath.Join(dir, fmt.Sprintf("%d.npy", len(questions)))})
			}
		}
	}
	var all []raw
	for i, want := range ask[raw](t, "save_raw", questions...) {
		f, err := npyio.Open(questions[i]["file"].(string))
		if err != nil {
			t.Errorf("%v: %v", questions[i], err)
			continue
		}
		got := readRaw(t, f)
		if !got.same(want) {
			t.Errorf("%v:\n%v\nnumpy says\n%v", questions[i], got, want)
		}
		ours := filepath.Join(dir, fmt.Sprintf("ours%d.npy", i))
		file := append(npyio.Header{DType: f.DType, Fortran: f.Fortran, Shape: f.Shape}.Append(nil), fromHex(t, got.Bytes)...)
		if err := os.WriteFile(ours, file, 0o666); err != nil {
			t.Fatal(err)
		}
		f.Close()
		all = append(all, want)
		loads = append(loads, question{"file": ours, "copy": ours + ".copy.npy"})
	}
	for i, back := range ask[raw](t, "load_raw", loads...) {
		if !back.same(all[i]) {
			t.Errorf("numpy reads %v, not %v", back, all[i])
		}
		sameFiles(t, loads[i]["file"].(string), loads[i]["copy"].(string))
	}
}
