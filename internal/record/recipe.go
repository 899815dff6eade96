package record

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"matpool/internal/base/file"
)

// A Recipe says how a file's bytes are made: an operation, and words that decide the result. Recipes
// of sums and the like are made of another recipe.
type Recipe struct {
	op    string
	words []word // sorted by key
	of    *Recipe
}

type word struct{ key, value string }

// New returns the recipe of an operation with words, each a key and its value. Words without a value
// are left out. Their order does not matter. Keys are fixed in the programs, so it panics if one
// is not made of lower-case letters, digits and underscores, the first a letter, or comes twice.
func New(op string, keysAndValues ...string) Recipe {
	r := Recipe{op: op}
	for pair := range slices.Chunk(keysAndValues, 2) {
		if pair[1] != "" {
			r.words = append(r.words, word{pair[0], pair[1]})
		}
	}
	if err := r.normalize(); err != nil {
		panic("record: " + err.Error())
	}
	return r
}

// Of returns the recipe with the one that it is made of: a sum of products, a matrix joined of tiles.
func (r Recipe) Of(inner Recipe) Recipe {
	r.of = &inner
	return r
}

// Sum returns the recipe of a sum of some of a family's products.
func Sum(family Recipe, indices Ranges) Recipe {
	return New("sum", "ranges", indices.String()).Of(family)
}

// normalize sorts the words.
func (r *Recipe) normalize() error {
	if !isKey(r.op) {
		return fmt.Errorf("%q is not an operation", r.op)
	}
	slices.SortFunc(r.words, func(a, b word) int { return strings.Compare(a.key, b.key) })
	for i, w := range r.words {
		switch {
		case !isKey(w.key):
			return fmt.Errorf("%q is not a key", w.key)
		case i > 0 && r.words[i-1].key == w.key:
			return fmt.Errorf("%s comes twice", w.key)
		case w.key == index:
			if _, ok := parseIndex(w.value); !ok {
				return fmt.Errorf("%q is not an index", w.value)
			}
		case w.key == ranges:
			if _, err := ParseRanges(w.value); err != nil {
				return err
			}
		}
	}
	return nil
}

// The keys that this package knows.
const (
	index  = "index"  // the number of one product among those that belong together
	ranges = "ranges" // the numbers of those in a sum
)

func isKey(s string) bool {
	return s != "" && s[0] >= 'a' && s[0] <= 'z' && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789_") == ""
}

// IsZero reports whether there is no recipe.
func (r Recipe) IsZero() bool { return r.op == "" }

// Op returns the operation: product, gram, sum …
func (r Recipe) Op() string { return r.op }

// Get returns a word's value, or "".
func (r Recipe) Get(key string) string {
	for _, w := range r.words {
		if w.key == key {
			return w.value
		}
	}
	return ""
}

// with returns a copy of the recipe in which a word has another value, or is missing if that is "".
func (r Recipe) with(key, value string) Recipe {
	r.words = slices.DeleteFunc(slices.Clone(r.words), func(w word) bool { return w.key == key })
	if value != "" {
		r.words = append(r.words, word{key, value})
	}
	slices.SortFunc(r.words, func(a, b word) int { return strings.Compare(a.key, b.key) })
	return r
}

// String returns the recipe's text: one line, the same for the same recipe.
func (r Recipe) String() string {
	var b strings.Builder
	b.Grow(64)
	for {
		b.WriteString(r.op)
		for _, w := range r.words {
			b.WriteByte(' ')
			b.WriteString(w.key)
			b.WriteByte('=')
			b.WriteString(escape(w.value, inWord))
		}
		if r.of == nil {
			return b.String()
		}
		b.WriteString(" of ")
		r = *r.of
	}
}

// ParseRecipe is the inverse of [Recipe.String]. It takes the words in any order, too.
func ParseRecipe(text string) (Recipe, error) { return parseRecipe(text, 10) }

func parseRecipe(text string, deepest int) (r Recipe, err error) {
	fields := strings.Split(text, " ")
	r.op = fields[0]
	for i, field := range fields[1:] {
		if field == "of" {
			if deepest == 0 {
				return Recipe{}, errors.New("a recipe of recipes that are too deep")
			}
			inner, err := parseRecipe(strings.Join(fields[i+2:], " "), deepest-1)
			if err != nil {
				return Recipe{}, err
			}
			r.of = &inner
			break
		}
		key, value, ok := strings.Cut(field, "=")
		if !ok || strings.Contains(value, "=") {
			return Recipe{}, fmt.Errorf("%q is not KEY=VALUE", field)
		}
		if value, err = unescape(value); err != nil {
			return Recipe{}, err
		}
		if value != "" {
			if r.words == nil {
				r.words = make([]word, 0, len(fields)-1)
			}
			r.words = append(r.words, word{key, value})
		}
	}
	if err := r.normalize(); err != nil {
		return Recipe{}, err
	}
	return r, nil
}

// Index returns the number of the product.
func (r Recipe) Index() (int, bool) { return parseIndex(r.Get(index)) }

// Indices returns the numbers of the products in a sum, or of the one product; none if it has no
// number.
func (r Recipe) Indices() Ranges {
	if r.of != nil {
		list, _ := ParseRanges(r.Get(ranges)) // checked by normalize
		return list
	}
	if n, ok := r.Index(); ok {
		return One(n)
	}
	return nil
}

// Family returns what all products that belong to one sum have in common: the recipe without its
// index. The family of a sum is that of its products.
func (r Recipe) Family() Recipe {
	if r.of != nil && r.Get(ranges) != "" {
		return r.of.Family()
	}
	return r.with(index, "")
}

// At returns the recipe of a family's product.
func (r Recipe) At(n int) Recipe { return r.with(index, strconv.Itoa(n)) }

// Expanded returns the recipe with the index in the place of each $(index). A recipe that has such
// places does not need the number any more.
func (r Recipe) Expanded() Recipe {
	number := r.Get(index)
	if number == "" || !slices.ContainsFunc(r.words, func(w word) bool { return file.PlacesIndex(w.value) }) {
		return r
	}
	r = r.with(index, "")
	for i, w := range r.words {
		if file.PlacesIndex(w.value) {
			r.words[i].value = file.InsertIndex(w.value, number)
		}
	}
	return r
}

// equal reports whether two recipes have the same text.
func (r Recipe) equal(s Recipe) bool {
	return r.op == s.op && slices.Equal(r.words, s.words) && (r.of == s.of || r.of != nil && s.of != nil && r.of.equal(*s.of))
}

// Same reports whether two recipes make the same bytes of the same inputs: they are the same once
// they are expanded.
func Same(a, b Recipe) bool { return a.Expanded().equal(b.Expanded()) }

// Numbered returns the recipe of a product whose files have been named one by one, with $(index) and
// the index instead of their number, as if it had been made with others of its family. The words
// with these keys are file names. A number is one before the extension, where [file.Indexed] puts
// it; a name without a number is that of a fixed factor. If the names have several numbers, or
// none, the recipe stays as it is.
func (r Recipe) Numbered(keys ...string) Recipe {
	numbered, number := r, -1
	for _, key := range keys {
		name := r.Get(key)
		template, n, ok := splitIndex(name)
		if !ok {
			continue
		}
		if number >= 0 && n != number {
			return r
		}
		number, numbered = n, numbered.with(key, template)
	}
	if number < 0 || r.Get(index) != "" {
		return r
	}
	return numbered.At(number)
}

// splitIndex takes the number out of a name: inputA$(index).npy and 7 for inputA7.npy.
func splitIndex(name string) (template string, n int, ok bool) {
	path, member, isMember := file.SplitMember(name)
	dir, base := filepath.Split(path)
	ext := filepath.Ext(strings.TrimLeft(base, "."))
	stem := strings.TrimSuffix(base, ext)
	digits := stem[len(strings.TrimRight(stem, "0123456789")):]
	if n, ok = parseIndex(digits); !ok {
		return "", 0, false
	}
	template = dir + strings.TrimSuffix(stem, digits) + "$(index)" + ext
	if isMember {
		template += ":" + member
	}
	return template, n, file.Indexed(template, n) == name
}

// IndexOf returns the number that a recipe has in a family, whether its files were named by numbers or
// one by one.
func (r Recipe) IndexOf(product Recipe) (int, bool) {
	if n, ok := product.Index(); ok && product.Family().equal(r) {
		return n, true
	}
	have := product.Expanded()
	for _, w := range r.words {
		before, _, ok := strings.Cut(w.value, "$(index)")
		if !ok {
			continue
		}
		rest, isBefore := strings.CutPrefix(have.Get(w.key), before)
		digits := rest[:len(rest)-len(strings.TrimLeft(rest, "0123456789"))]
		n, isIndex := parseIndex(digits)
		return n, isBefore && isIndex && Same(r.At(n), product)
	}
	return 0, false
}

// Diff says in words what differs between a recipe and the expected one, each in the form that
// follows "made with": "seed 42, not 43", "a=inputA7.npy, not inputC7.npy", "transpose=a", "no
// transpose=a". It returns none if they are the same.
func Diff(have, want Recipe) []string {
	if have.equal(want) {
		return nil
	}
	have, want = have.Expanded(), want.Expanded()
	if have.op != want.op {
		return []string{have.op + ", not " + want.op}
	}
	var list []string
	for _, key := range keysOf(have, want) {
		a, b := have.Get(key), want.Get(key)
		switch {
		case a == b:
		case b == "":
			list = append(list, key+"="+escape(a, inCell))
		case a == "":
			list = append(list, "no "+key+"="+escape(b, inCell))
		case isNumber(a) && isNumber(b):
			list = append(list, fmt.Sprintf("%s %s, not %s", key, a, b))
		default:
			list = append(list, fmt.Sprintf("%s=%s, not %s", key, escape(a, inCell), escape(b, inCell)))
		}
	}
	switch {
	case have.of != nil && want.of != nil:
		return append(list, Diff(*have.of, *want.of)...)
	case have.of != nil:
		list = append(list, "of "+have.of.String())
	case want.of != nil:
		list = append(list, "not of "+want.of.String())
	}
	return list
}

// keysOf returns the keys of both, in order.
func keysOf(a, b Recipe) (keys []string) {
	for _, w := range slices.Concat(a.words, b.words) {
		keys = append(keys, w.key)
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

func isNumber(s string) bool { return s != "" && strings.Trim(s, "0123456789.") == "" }
