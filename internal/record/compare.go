package record

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"

	"matpool/internal/base/hash"
)

// Verify checks each file of a folder that has a record, and returns what it finds in the order of
// their names. Inputs that are there count, too.
func Verify(ctx context.Context, dir string, c *Cache) (list []Finding, err error) {
	f, err := Load(dir)
	if err != nil {
		return nil, err
	}
	for _, name := range f.Names() {
		path := filepath.Join(dir, filepath.FromSlash(name))
		found, err := c.Check(ctx, path, f.Of(name), Expected{Input: c.InputsIn(ctx, dir)})
		if err != nil {
			return nil, err
		}
		list = append(list, found)
	}
	return list, nil
}

// InputsIn returns the hashes of inputs as they are now in a folder, for [Expected]. Those that are not
// there, or cannot be read, are not known.
func (c *Cache) InputsIn(ctx context.Context, dir string) func(name string) (hash.Hash, bool) {
	return func(name string) (hash.Hash, bool) {
		if name = filepath.FromSlash(name); !filepath.IsAbs(name) {
			name = filepath.Join(dir, name)
		}
		h, _, err := c.Hash(ctx, name)
		return h, err == nil
	}
}

// A Difference is how a file differs between two folders.
type Difference struct {
	Name string
	// Same is whether both have the same bytes.
	Same bool
	// Reasons are what differs, a line each, in the first folder from the second: the recipe, the
	// inputs, the program. They may differ and the bytes be the same.
	Reasons []string
}

// Compare compares the files of two folders that have a record in one of them, in the order of their
// names.
func Compare(ctx context.Context, dirA, dirB string, c *Cache) (list []Difference, err error) {
	a, err := Load(dirA)
	if err != nil {
		return nil, err
	}
	b, err := Load(dirB)
	if err != nil {
		return nil, err
	}
	names := slices.Concat(a.Names(), b.Names())
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		inA, err := c.version(ctx, a, name)
		if err != nil {
			return nil, err
		}
		inB, err := c.version(ctx, b, name)
		if err != nil {
			return nil, err
		}
		list = append(list, compare(name, inA, inB))
	}
	return list, nil
}

// A version is a file in one of the folders.
type version struct {
	dir    string
	there  bool
	hash   hash.Hash
	record *Record // of these bytes, or nil
}

func (c *Cache) version(ctx context.Context, f *Folder, name string) (v version, err error) {
	v.dir = f.Dir
	v.hash, _, err = c.Hash(ctx, filepath.Join(f.Dir, filepath.FromSlash(name)))
	if errors.Is(err, fs.ErrNotExist) {
		return v, nil
	}
	if err != nil {
		return v, err
	}
	v.there = true
	for _, r := range f.Of(name) {
		if r.Hash == v.hash {
			v.record = &r
			break
		}
	}
	return v, nil
}

func compare(name string, a, b version) Difference {
	d := Difference{Name: name, Same: a.there && b.there && a.hash == b.hash}
	known := true
	for _, v := range []version{a, b} {
		switch {
		case !v.there:
			d.Reasons = append(d.Reasons, "is missing in "+v.dir)
		case v.record == nil:
			d.Reasons = append(d.Reasons, "has no record in "+v.dir+" that describes it")
		}
		known = known && v.record != nil
	}
	if !known {
		return d
	}
	d.Reasons = Diff(a.record.Recipe, b.record.Recipe)
	from := map[string]Input{}
	for _, input := range b.record.From {
		from[input.Name] = input
	}
	for _, input := range a.record.From {
		if other, ok := from[input.Name]; ok && other.Hash != input.Hash {
			d.Reasons = append(d.Reasons, "another "+escape(input.Name, inCell))
		}
	}
	if a.record.By != b.record.By {
		d.Reasons = append(d.Reasons, fmt.Sprintf("%s, not %s", a.record.By, b.record.By))
	}
	return d
}
