package pair

import (
	"path"
	"path/filepath"
	"strconv"

	"matpool/internal/base/file"
	"matpool/internal/record"
)

// Recipe returns the recipe of the pair's product: package record has its form. A range's products have
// the recipes of one family. A single product has that of the family whose names it has, if its names
// have one number.
func (p Pair) Recipe() record.Recipe {
	if p.numbered != nil {
		return p.numbered.Family().At(p.numbered.index)
	}
	return p.recipe(func(name string) string { return name }).Numbered("a", "b", "x")
}

// Family returns what the recipes of a range's products have in common. The pair has no index.
func (p Pair) Family() record.Recipe {
	return p.recipe(func(name string) string { return file.InsertIndex(name, "$(index)") })
}

// recipe returns the recipe with the names that numbered makes of those without an index.
func (p Pair) recipe(numbered func(string) string) record.Recipe {
	op, transpose := "product", ""
	switch p.Form {
	case Gram:
		op = "gram"
	case Transposed:
		transpose = "a"
	}
	if p.Random != nil {
		n := p.Random.Numbers
		return record.New(op, "transpose", transpose, "random", n.RNG(), "seed", n.Seed(), "dist", n.Dist(), "dtype", n.Type().String(),
			"size", strconv.Itoa(p.Random.Size))
	}
	name := func(name string, fixed bool) string {
		if name == "" {
			return ""
		}
		if !fixed {
			name = numbered(name)
		}
		return lastPart(name)
	}
	if p.Form == Gram {
		return record.New(op, "x", name(p.A, false))
	}
	return record.New(op, "transpose", transpose, "a", name(p.A, p.Fixed == FixedA), "b", name(p.B, p.Fixed == FixedB))
}

// lastPart returns the last part of a file's name, with the array in it: a job knows no others.
func lastPart(name string) string {
	file, member, isMember := file.SplitMember(name)
	file = path.Base(filepath.ToSlash(file))
	if isMember {
		return file + ":" + member
	}
	return file
}
