package sum

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unsafe"

	"matpool/elem"
	"matpool/internal/arrayfile"
	"matpool/internal/base/pages"
	"matpool/internal/product"
	"matpool/internal/sum/ddsum"
	"matpool/npyio"
)

// oddElements are the first elements that are inf or nan in some blocks of a sum. The zero one is ready to use, also by
// several goroutines.
type oddElements struct {
	mu     sync.Mutex
	first  map[int]int // by the number of the block, among its float64s
	ofTerm []int       // the blocks in which a term has one
}

// look looks at a block of the sum, if its squares show that it is worth while.
func (o *oddElements) look(squares ddsum.Squares, block []float64, number int, ofTerm bool) {
	if finite(squares.Hi) {
		return
	}
	if i := FirstOdd(pages.Bytes(block), elem.Float64); i >= 0 {
		o.mu.Lock()
		defer o.mu.Unlock()
		if o.first == nil {
			o.first = map[int]int{}
		}
		o.first[number] = i
		if ofTerm {
			o.ofTerm = append(o.ofTerm, number)
		}
	}
}

// find says which is the first term with an element that is inf or nan, and where: "output3.npy has nan at [5, 2]". It
// reads the blocks again in which a term has one.
func (o *oddElements) find(ctx context.Context, t *Terms) (string, error) {
	if len(o.first) == 0 {
		return "", nil
	}
	memory, err := newAddMemory()
	if err != nil {
		return "", err
	}
	read := func(_ int, array *npyio.File, values []byte, from int64) error {
		return arrayfile.InputError(array.Read(values, from))
	}
	count := t.floats()
	blocks := slices.Sorted(slices.Values(o.ofTerm))
	for i, term := range t.terms {
		for _, block := range blocks {
			if err := ctx.Err(); err != nil {
				return "", err
			}
			first := int64(block) * ddsum.Block
			sum := memory.zero(min(ddsum.Block, count-first))
			if err := t.add(sum, memory, i, first, read); err != nil {
				return "", err
			}
			if at := FirstOdd(pages.Bytes(sum.Hi), elem.Float64); at >= 0 {
				return OddAt(term.name, t.Header, sum.Hi[at], int(first)+at), nil
			}
		}
	}
	at, _ := o.least()
	return onlySum(t.Header, at), nil
}

// least returns the number of the first float64 of the sum that is inf or nan, if there is one.
func (o *oddElements) least() (at int, ok bool) {
	if len(o.first) == 0 {
		return 0, false
	}
	block := slices.Min(slices.Collect(maps.Keys(o.first)))
	return block*ddsum.Block + o.first[block], true
}

// An oddProduct is the first of some products that has an element that is inf or nan. The zero one is ready to use, also
// by several goroutines.
type oddProduct struct {
	mu     sync.Mutex
	number int
	what   string // what it has, and where; "" if all are finite so far
}

// look looks at values of a product, from the value numbered first on.
func (o *oddProduct) look(number int, p product.Checked, values []byte, first int) {
	t := arrayfile.Type(p.Product)
	at := FirstOdd(values, t.Part())
	if at < 0 {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.what == "" || number < o.number {
		var value [1]float64
		elem.ToFloat64(value[:], values[at*t.Part().Size():][:t.Part().Size()], t.Part(), false)
		o.number, o.what = number, OddAt(p.Name(), p.Product, value[0], first*t.Parts()+at)
	}
}

// onlySum is for a sum that has an element beyond the largest float64, though no term has.
func onlySum(h npyio.Header, at int) string {
	return fmt.Sprintf("the sum is beyond 1.8e308 at %s, though no term has inf or nan", indexOf(h, at))
}

// OddAt says that an array has an element that is inf or nan, the float64 numbered at in the order of its file.
func OddAt(name string, h npyio.Header, value float64, at int) string {
	what := "nan"
	if !math.IsNaN(value) {
		what = strings.TrimPrefix(strings.ToLower(strconv.FormatFloat(value, 'g', -1, 64)), "+")
	}
	return fmt.Sprintf("%s has %s at %s", name, what, indexOf(h, at))
}

// indexOf returns the index of an element as numpy prints it, from the number of a float64 in the order of the file.
func indexOf(h npyio.Header, at int) string {
	t, _ := h.DType.Elem()
	at /= t.Parts()
	index := make([]string, len(h.Shape))
	for k := range h.Shape {
		axis := len(h.Shape) - 1 - k
		if h.FortranOrder() {
			axis = k
		}
		index[axis] = strconv.Itoa(at % h.Shape[axis])
		at /= h.Shape[axis]
	}
	return "[" + strings.Join(index, ", ") + "]"
}

// FirstOdd returns the number of the first inf or nan among real numbers of a type, the parts of complex ones too, or
// −1. Integers have none.
func FirstOdd(values []byte, part elem.Type) int {
	switch part {
	case elem.Float64:
		return firstOdd(unsafe.Slice((*uint64)(unsafe.Pointer(unsafe.SliceData(values))), len(values)/8), 1<<63, 1<<52)
	case elem.Float32:
		return firstOdd(unsafe.Slice((*uint32)(unsafe.Pointer(unsafe.SliceData(values))), len(values)/4), 1<<31, 1<<23)
	case elem.Float16:
		return firstOdd(unsafe.Slice((*uint16)(unsafe.Pointer(unsafe.SliceData(values))), len(values)/2), 1<<15, 1<<10)
	}
	return -1
}

// firstOdd is FirstOdd for the bits of the numbers: where all bits of an exponent are set, one more sets the sign.
func firstOdd[T uint16 | uint32 | uint64](bits []T, sign, exponent T) int {
	const unrolled = 8
	i := 0
	for ; i+unrolled <= len(bits); i += unrolled {
		b := bits[i:][:unrolled:unrolled]
		all := (b[0]&^sign + exponent) | (b[1]&^sign + exponent) | (b[2]&^sign + exponent) | (b[3]&^sign + exponent) |
			(b[4]&^sign + exponent) | (b[5]&^sign + exponent) | (b[6]&^sign + exponent) | (b[7]&^sign + exponent)
		if all&sign != 0 {
			break
		}
	}
	for ; i < len(bits); i++ {
		if (bits[i]&^sign+exponent)&sign != 0 {
			return i
		}
	}
	return -1
}

func finite(x float64) bool { return x-x == 0 }
