// Equality computes the products listed in golden.txt, and prints a line for each: sizes, form, checksum.
//
// Usage:
//
//	equality [-kernel K] [-threads N]
//	equality -define >golden.txt
//
// A line without types is a float64 product. A checksum is the SHA-256 of the product's values,
// row by row in little endian, with all NaNs replaced by the same one: floats as float64s,
// integers and booleans as 64 bits. The golden file was computed with the definition,
// [blas.Define], and with loops over integers. Every implementation, processor, operating system
// and number of threads must print the same lines.
package main

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"strings"

	"matpool/blas"
	"matpool/internal/random/nprand"
)

func main() {
	kernel := flag.String("kernel", "", "compute with this kernel")
	threads := flag.Int("threads", 1, "compute with `N` threads")
	define := flag.Bool("define", false, "compute by the definition, which takes a minute")
	flag.Parse()
	if err := run(os.Stdout, *kernel, *threads, *define); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// A testCase is a product that golden.txt lists.
type testCase interface {
	fmt.Stringer
	// checksum computes the product with m, or by the definition if m is nil.
	checksum(m blas.Multiplier) string
	multiplications() int
}

// cases returns the products of float64s, those of all types, Gram matrices, and batches of random products.
func cases() (all []testCase) {
	for _, p := range products() {
		all = append(all, p)
	}
	for _, p := range typedProducts() {
		all = append(all, p)
	}
	for _, p := range grams() {
		all = append(all, p)
	}
	for _, b := range batches() {
		all = append(all, b)
	}
	return all
}

func run(w io.Writer, kernel string, threads int, define bool) error {
	var m blas.Multiplier
	var err error
	if define {
		_, err = fmt.Fprintln(w, "# The products' checksums by the definition: go run ./test/equality -define >test/equality/golden.txt")
	} else {
		m, err = blas.New(kernel, threads)
	}
	if err != nil {
		return err
	}
	for _, p := range cases() {
		if _, err := fmt.Fprintln(w, p, p.checksum(m)); err != nil {
			return err
		}
	}
	return nil
}

// The sizes, rows×k×columns: 1, near the tiles of the kernels (4, 8, 12, 24), the panel
// (256) and the blocks (120, 128, 1008), slim matrices, and common sizes.
const sizes = `
1×1×1 1×2×1 2×1×3 3×3×3 4×4×4 5×7×3 7×5×9 8×8×8 4×3×12 5×4×13 8×8×24 9×9×25 12×12×12 13×17×11 16×16×16
17×33×5 1×128×1 1×129×1 1×1000×1 23×129×25 24×128×24 25×127×23 31×64×33 32×256×32 33×65×31
1×1×1000 1000×1×1 1×300×1000 1000×300×1 40×1×40 48×127×48 48×128×48 48×129×48 48×255×48 48×256×48 48×257×48 48×511×48 48×512×48 48×513×48
63×63×63 64×64×64 65×65×65 95×96×97 100×100×100 119×130×121 120×128×120 121×128×119 127×127×127 128×128×128
129×129×129 150×384×150 151×385×149 199×200×201 240×100×480 241×101×479 255×255×255 256×256×256 257×257×257
300×700×20 20×700×300 333×111×222 500×10×500 511×3×513 16×130×2040 17×131×2039 1000×129×8 8×129×1000
7×1100×1100 1100×1100×9 777×200×333 600×256×600 1008×128×1008 640×640×640 777×777×777 1000×1000×1000 1100×1100×1100`

// A product is a case, C = AB, where any of the three may be a transposed view.
type product struct {
	rows, depth, cols      int
	transC, transA, transB bool
	seed                   uint32
	special                bool // some values are special
}

// products returns the cases: each size without transposed views, and in two of the seven
// forms with such views; the largest sizes in only one of them.
func products() []product {
	var all []product
	for i, size := range strings.Fields(sizes) {
		p := product{special: i%3 == 1}
		if _, err := fmt.Sscanf(size, "%d×%d×%d", &p.rows, &p.depth, &p.cols); err != nil {
			panic(err)
		}
		forms := []int{0, 1 + (i%14/2+3)%7, 1 + i%14/2}
		if p.rows*p.depth*p.cols > 100e6 {
			forms = forms[2:]
		}
		for _, f := range forms {
			p.transC, p.transA, p.transB = f&1 != 0, f&2 != 0, f&4 != 0
			p.seed = uint32(len(all))
			all = append(all, p)
		}
	}
	return all
}

func (p product) String() string {
	t := map[bool]string{true: "ᵀ"}
	return fmt.Sprintf("%d×%d×%d C%s=A%sB%s", p.rows, p.depth, p.cols, t[p.transC], t[p.transA], t[p.transB])
}

func (p product) multiplications() int { return p.rows * p.depth * p.cols }

// checksum computes the product with m, or with the definition if m is nil.
func (p product) checksum(m blas.Multiplier) string {
	source := nprand.New(p.seed)
	a := p.matrix(source, p.rows, p.depth, p.transA)
	b := p.matrix(source, p.depth, p.cols, p.transB)
	c := p.matrix(source, p.rows, p.cols, p.transC) // its content must not matter
	if m == nil {
		blas.Define(c, a.Factor(), b.Factor())
	} else if err := m.Mul(context.Background(), c, a.Factor(), b.Factor(), nil); err != nil {
		panic(err) // the context is never cancelled
	}
	return checksumOf(c)
}

// checksumOf returns the checksum of a product's values.
func checksumOf(c blas.Matrix) string {
	hash := sha256.New()
	row := make([]byte, 0, 8*c.Cols)
	for i := range c.Rows {
		row = row[:0]
		for j := range c.Cols {
			x := c.At(i, j)
			if math.IsNaN(x) {
				x = math.NaN()
			}
			row = binary.LittleEndian.AppendUint64(row, math.Float64bits(x))
		}
		hash.Write(row)
	}
	return fmt.Sprintf("%x", hash.Sum(nil))
}

// matrix returns a matrix of numbers from −½ to ½, and special values.
func (p product) matrix(source *nprand.Source, rows, cols int, trans bool) blas.Matrix {
	x := make([]float64, rows*cols)
	source.Float64s(x)
	for i := range x {
		x[i] -= 0.5
	}
	if p.special {
		sprinkle(x)
	}
	if trans {
		return blas.Dense(cols, rows, x).T()
	}
	return blas.Dense(rows, cols, x)
}

// sprinkle scatters special values over x: zeros, subnormal and large numbers, factors whose
// products are subnormal or vanish, and a very few values that are or become NaN.
func sprinkle(x []float64) {
	finite := []float64{0, math.Copysign(0, -1), 5e-324, -1e-310, 3e-162, -7e-155, 1e155, -1e16}
	for i := 3; i < len(x); i += 5 {
		x[i] = finite[i/5%len(finite)]
	}
	for i, special := range []float64{math.Inf(1), math.NaN(), math.Inf(-1), math.MaxFloat64} {
		if at := (i + 1) * 1009; at < len(x) {
			x[at] = special
		}
	}
}
