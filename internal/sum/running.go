package sum

import (
	"context"
	"encoding/binary"
	"errors"
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
	"matpool/internal/record"
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
	pairs []pair.Pair
	odd   *oddProduct      // or nil: nobody wants to know
	made  [][]record.Input // for each pair, the files that its product was made from; nil until it is in the sum

	adding   sync.RWMutex // to save is to write
	saving   sync.Mutex
	saved    string // the file, or ""
	restored string // the file that the sum began with, or ""
	next     time.Time
}

// newRunning returns a sum without terms, with the header h.
func newRunning(h npyio.Header, pairs []pair.Pair) (*running, error) {
	count, _ := h.Len()
	count *= int64(arrayfile.Type(h).Parts())
	accumulators, err := pages.Alloc(2 * int(count))
	if err != nil {
		return nil, err
	}
	return &running{header: h, sum: &ddsum.Sum{Hi: accumulators[:count], Lo: accumulators[count:]}, pairs: pairs, added: make([]int64, len(pairs)), made: make([][]record.Input, len(pairs))}, nil
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

// madeFrom notes what a pair's product is made from.
func (r *running) madeFrom(pair int, files []record.Input) {
	r.adding.RLock() // not while the sum is saved
	defer r.adding.RUnlock()
	r.made[pair] = files
}

// The arrays of the file of a running sum, besides those of a partial sum.
const (
	savedAdded = "added"
	savedPairs = "pairs" // text: for each pair a line of its recipe, a tab, and what its product was made from
)

// savedName returns the name of the file for the running sum of an output. It begins with a
// dot, and has no extension, so that nobody takes it for the sum.
func savedName(output string) string {
	return filepath.Join(filepath.Dir(output), "."+filepath.Base(output)+".sum")
}

// saveTo makes save write to a file.
func (r *running) saveTo(name string) {
	r.saved, r.next = name, time.Now().Add(saveAfter)
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
		return errors.New("a sum beyond 1.8e308 cannot be written as two float64s")
	}
	out, err := file.Create(r.saved)
	if err != nil {
		return err
	}
	defer out.Close()
	pairs := r.pairsText()
	added, err := binary.Append(nil, binary.NativeEndian, r.added)
	if err != nil {
		return err
	}
	err = npyio.WriteNpz(out,
		npyio.Array{Name: partialHi, DType: r.header.DType, Shape: r.header.Shape, Values: r.sum.Hi},
		npyio.Array{Name: partialLo, DType: r.header.DType, Shape: r.header.Shape, Values: r.sum.Lo},
		npyio.Array{Name: savedAdded, DType: npyio.DTypeOf(elem.Int64), Shape: []int{len(r.added)}, Data: added},
		npyio.Array{Name: savedPairs, DType: npyio.DTypeOf(elem.Uint8), Shape: []int{len(pairs)}, Data: []byte(pairs)})
	if err != nil {
		return err
	}
	return out.Commit(false)
}

// from returns the files that the sum was made from, each once.
func (r *running) from() (list []record.Input) {
	seen := map[string]bool{}
	for _, files := range r.made {
		for _, f := range files {
			if !seen[f.Name] {
				seen[f.Name] = true
				list = append(list, f)
			}
		}
	}
	return list
}

// recipeOf returns the recipe of the sum of a range's products.
func recipeOf(pairs []pair.Pair) record.Recipe {
	var indices record.Ranges
	for _, p := range pairs {
		indices = append(indices, p.Recipe().Indices()...)
	}
	return record.Sum(pairs[0].Recipe().Family(), record.NewRanges(indices...))
}

// pairsText returns what the sum's pairs are, and what those in the sum were made from.
func (r *running) pairsText() string {
	var b strings.Builder
	for i, p := range r.pairs {
		b.WriteString(p.Recipe().String() + "\t" + record.FormatInputs(r.made[i]) + "\n")
	}
	return b.String()
}

// restore begins with the sum in a file that save wrote for the same pairs, if the products in it were made from
// the files as they are now. It changes nothing if there is no such file, or something is wrong with it.
func (r *running) restore(ctx context.Context, name string, earlier product.Earlier) error {
	arrays, err := npyio.OpenNpz(name, partialHi, partialLo, savedAdded, savedPairs)
	if err != nil {
		return nil
	}
	defer arrays[0].Close()
	size, _ := arrays[3].Len()
	for i, h := range []npyio.Header{r.header, r.header,
		{DType: npyio.DTypeOf(elem.Int64), Shape: []int{len(r.pairs)}},
		{DType: npyio.DTypeOf(elem.Uint8), Shape: []int{int(size)}}} {
		if !arrayfile.SameHeader(arrays[i].Header, h) || arrays[i].Verify() != nil {
			return nil
		}
	}
	text, counts, added := make([]byte, size), make([]byte, 8*len(r.pairs)), make([]int64, len(r.pairs))
	err = errors.Join(arrays[3].Read(text, 0), arrays[2].Read(counts, 0))
	if _, decodeErr := binary.Decode(counts, binary.NativeEndian, added); err != nil || decodeErr != nil || !r.canHave(added) {
		return nil
	}
	made, same, err := r.sameAsNow(ctx, string(text), added, earlier)
	if err != nil || !same {
		return err
	}
	if errors.Join(arrays[0].Read(pages.Bytes(r.sum.Hi), 0), arrays[1].Read(pages.Bytes(r.sum.Lo), 0)) != nil {
		clear(r.sum.Hi)
		clear(r.sum.Lo)
		return nil
	}
	r.added, r.made, r.restored = added, made, name
	return nil
}

// sameAsNow reports whether a saved sum has the same pairs, made from the files as they are now.
func (r *running) sameAsNow(ctx context.Context, text string, added []int64, earlier product.Earlier) (made [][]record.Input, same bool, err error) {
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if len(lines) != len(r.pairs) {
		return nil, false, nil
	}
	made = make([][]record.Input, len(lines))
	for i, line := range lines {
		recipe, from, ok := strings.Cut(line, "\t")
		if made[i], err = record.ParseInputs(from); err != nil || !ok || recipe != r.pairs[i].Recipe().String() {
			return nil, false, nil
		}
		if added[i] == 0 {
			made[i] = nil
			continue
		}
		if same, err := earlier.Unchanged(ctx, made[i], r.pairs[i].Files()); err != nil || !same {
			return nil, false, err
		}
	}
	return made, true, nil
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
