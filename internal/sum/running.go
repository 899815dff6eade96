package sum

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"matpool/elem"
	"matpool/internal/arrayfile"
	"matpool/internal/base/file"
	"matpool/internal/base/pages"
	"matpool/internal/pair"
	"matpool/internal/product"
	"matpool/internal/sum/ddsum"
	"matpool/npyio"
)

// A running is a sum while products are added to it. It can be saved at any time.
type running struct {
	header npyio.Header
	sum    *ddsum.Sum
	// added has, for each pair, how many float64s of its product are in the sum, counted from
	// the first. Of two pairs, the later one never has more.
	added []int64

	adding   sync.RWMutex // to save is to write
	saving   sync.Mutex
	saved    string // the file, or ""
	restored string // the file that the sum began with, or ""
	pairs    []byte // see namesOf, to know the file again
	next     time.Time
}

// newRunning returns a sum without terms, with the header h.
func newRunning(h npyio.Header, pairs int) (*running, error) {
	count, _ := h.Len()
	count *= int64(arrayfile.Type(h).Parts())
	accumulators, err := pages.Alloc(2 * int(count))
	if err != nil {
		return nil, err
	}
	return &running{header: h, sum: &ddsum.Sum{Hi: accumulators[:count], Lo: accumulators[count:]}, added: make([]int64, pairs)}, nil
}

// complete returns how many pairs' products are in the sum: the first ones.
func (r *running) complete() int {
	n := 0
	for n < len(r.added) && r.added[n] == int64(len(r.sum.Hi)) {
		n++
	}
	return n
}

// add calls do to add the float64s of a pair's product up to the one numbered to, from the
// one numbered from on, or from a later one if the sum has some of them.
func (r *running) add(pair, from, to int, do func(from int)) {
	r.adding.RLock()
	defer r.adding.RUnlock()
	if from = max(from, int(r.added[pair])); from < to {
		do(from)
		r.added[pair] = int64(to)
	}
}

// The arrays of the file of a running sum, besides those of a partial sum.
const (
	savedAdded = "added"
	savedPairs = "pairs" // bytes: a line for each pair
)

// savedName returns the name of the file for the running sum of an output. It begins with a
// dot, and has no extension, so that nobody takes it for the sum.
func savedName(output string) string {
	return filepath.Join(filepath.Dir(output), "."+filepath.Base(output)+".sum")
}

// saveTo makes save write to a file.
func (r *running) saveTo(name string, pairs []pair.Pair) {
	r.saved, r.pairs, r.next = name, namesOf(pairs), time.Now().Add(saveAfter)
}

// namesOf returns what tells pairs from others: their products' forms, and the factors.
func namesOf(pairs []pair.Pair) []byte {
	var b strings.Builder
	for _, p := range pairs {
		fmt.Fprintf(&b, "%d\t", p.Form)
		if p.Random != nil {
			fmt.Fprintf(&b, "%v %d %d\n", *p.Random.Numbers, p.Random.Size, p.Random.Index)
		} else {
			fmt.Fprintf(&b, "%s\t%s\n", p.A, p.B)
		}
	}
	return []byte(b.String())
}

// A sum is saved for the first time after saveAfter, and then so often that this takes about
// a saveShare-th of the time.
const (
	saveAfter = 200 * time.Millisecond
	saveShare = 20
)

// saveWhenDue saves the sum if it is time to.
func (r *running) saveWhenDue() {
	if r.saved == "" || !r.saving.TryLock() {
		return
	}
	defer r.saving.Unlock()
	start := time.Now()
	if start.Before(r.next) {
		return
	}
	_ = r.write() // what cannot be saved is computed again
	r.next = time.Now().Add(max(saveAfter, saveShare*time.Since(start)))
}

// save saves the sum.
func (r *running) save() error {
	if r.saved == "" {
		return nil
	}
	r.saving.Lock()
	defer r.saving.Unlock()
	return r.write()
}

func (r *running) write() error {
	r.adding.Lock()
	defer r.adding.Unlock()
	if r.sum.IsWide() {
		return errors.New("a sum beyond 1.8e308 has no two float64s")
	}
	out, err := file.Create(r.saved)
	if err != nil {
		return err
	}
	defer out.Close()
	added, err := binary.Append(nil, binary.NativeEndian, r.added)
	if err != nil {
		return err
	}
	err = npyio.WriteNpz(out,
		npyio.Array{Name: partialHi, DType: r.header.DType, Shape: r.header.Shape, Values: r.sum.Hi},
		npyio.Array{Name: partialLo, DType: r.header.DType, Shape: r.header.Shape, Values: r.sum.Lo},
		npyio.Array{Name: savedAdded, DType: npyio.DTypeOf(elem.Int64), Shape: []int{len(r.added)}, Data: added},
		npyio.Array{Name: savedPairs, DType: npyio.DTypeOf(elem.Uint8), Shape: []int{len(r.pairs)}, Data: r.pairs})
	if err != nil {
		return err
	}
	return out.Commit(false)
}

// restore begins with the sum in a file that save wrote for the same pairs. It changes
// nothing if there is no such file, or something is wrong with it.
func (r *running) restore(name string, pairs []pair.Pair) {
	arrays, err := npyio.OpenNpz(name, partialHi, partialLo, savedAdded, savedPairs)
	if err != nil {
		return
	}
	defer arrays[0].Close()
	want := namesOf(pairs)
	for i, h := range []npyio.Header{r.header, r.header,
		{DType: npyio.DTypeOf(elem.Int64), Shape: []int{len(pairs)}},
		{DType: npyio.DTypeOf(elem.Uint8), Shape: []int{len(want)}}} {
		if !arrayfile.SameHeader(arrays[i].Header, h) || arrays[i].Verify() != nil {
			return
		}
	}
	names, counts, added := make([]byte, len(want)), make([]byte, 8*len(pairs)), make([]int64, len(pairs))
	err = errors.Join(arrays[3].Read(names, 0), arrays[2].Read(counts, 0))
	if _, decodeErr := binary.Decode(counts, binary.NativeEndian, added); err != nil || decodeErr != nil || string(names) != string(want) || !r.canHave(added) {
		return
	}
	if errors.Join(arrays[0].Read(pages.Bytes(r.sum.Hi), 0), arrays[1].Read(pages.Bytes(r.sum.Lo), 0)) != nil {
		clear(r.sum.Hi)
		clear(r.sum.Lo)
		return
	}
	r.added, r.restored = added, name
}

// canHave reports whether the pairs' products can be in the sum to this extent.
func (r *running) canHave(added []int64) bool {
	last := int64(len(r.sum.Hi))
	return !slices.ContainsFunc(added, func(n int64) bool {
		wrong := n < 0 || n > last
		last = n
		return wrong
	})
}

// stopped ends the work with the error err: the sum is saved if the work was stopped.
func (r *running) stopped(ctx context.Context, resume *product.Resume, err error) error {
	switch {
	case ctx.Err() == nil:
		r.discard()
	case resume != nil && r.save() == nil:
		resume.Report(r.complete())
	}
	return err
}

// discard removes the file, and the one that the sum began with.
func (r *running) discard() {
	for _, name := range []string{r.saved, r.restored} {
		if name != "" {
			os.Remove(name)
		}
	}
}
