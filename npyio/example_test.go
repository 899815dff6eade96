package npyio_test

import (
	"bytes"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"matpool/elem"
	"matpool/npyio"
)

// A 2×3 matrix is written as np.save writes it, and read again.
func Example() {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "x.npy")
	out := bytes.NewBuffer(npyio.Header{DType: npyio.Float64, Shape: []int{2, 3}}.Append(nil))
	if err := npyio.WriteFloat64s(out, []float64{1, 2, 3, 4, 5, 6}); err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile(path, out.Bytes(), 0o666); err != nil {
		log.Fatal(err)
	}

	f, err := npyio.Open(path)
	if err != nil {
		log.Fatal(err)
	}
	defer f.Close()
	count, _ := f.Len()
	data := make([]byte, int(count)*f.DType.Size)
	if err := f.Read(data, 0); err != nil {
		log.Fatal(err)
	}
	t, _ := f.DType.Elem()
	values := make([]float64, int(count)*t.Parts())
	elem.ToFloat64(values, data, t, f.DType.Swapped())
	fmt.Println(f.ShapeString(), f.DType, values)
	// Output: 2×3 <f8 [1 2 3 4 5 6]
}

// What is wrong with a file, and what can be done about it.
func ExampleHint() {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "x.npz")
	out, err := os.Create(path)
	if err != nil {
		log.Fatal(err)
	}
	if err := npyio.WriteNpz(out, npyio.Array{Name: "A", Shape: []int{2}, Values: []float64{1, 2}}); err != nil {
		log.Fatal(err)
	}
	out.Close()

	a, err := npyio.OpenArchive(path)
	if err != nil {
		log.Fatal(err)
	}
	defer a.Close()
	_, err = a.Open("B")
	fmt.Println(filepath.Base(err.Error()))
	fmt.Println("hint:", npyio.Hint(err))
	// Output:
	// x.npz: holds no array "B"
	// hint: it holds "A"
}
