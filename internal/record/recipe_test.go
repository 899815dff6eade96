package record

import (
	"slices"
	"strings"
	"testing"
)

const hostile = "a b\t\"c\"%=,\n\r\x00\xff\u00a0\u202eé世.npy"

// A recipe has one text, which is read back as the same recipe.
func TestRecipeText(t *testing.T) {
	product := New("product", "b", "inputB$(index).npy", "a", "inputA$(index).npy", "transpose", "", "index", "7")
	for _, test := range []struct {
		recipe Recipe
		want   string
	}{
		{product, "product a=inputA$(index).npy b=inputB$(index).npy index=7"},
		{Sum(product.Family(), NewRanges(Range{20, 29}, Range{0, 9})), "sum ranges=0-9,20-29 of product a=inputA$(index).npy b=inputB$(index).npy"},
		{New("join", "grid", "2x3").Of(Sum(product.Family(), One(3))), "join grid=2x3 of sum ranges=3 of product a=inputA$(index).npy b=inputB$(index).npy"},
		{New("program", "name", "tool.sh"), "program name=tool.sh"},
		{New("gram", "x", hostile), "gram x=a%20b%09%22c%22%25%3D,%0A%0D%00%FF%C2%A0%E2%80%AEé世.npy"},
	} {
		if got := test.recipe.String(); got != test.want {
			t.Errorf("%s\nwant %s", got, test.want)
		}
		if back, err := ParseRecipe(test.want); err != nil || back.String() != test.want {
			t.Errorf("%s is read as %v, %v", test.want, back, err)
		}
	}
	if r, err := ParseRecipe("product index=7 b=%41 a=x"); err != nil || r.String() != "product a=x b=A index=7" {
		t.Error("words in another order:", r, err)
	}
	for _, bad := range []string{"", " ", "Product a=x", "product a", "product a=x a=y", "product  a=x", "product a=x=y", "product a=%4", "product a=%4g", "product a=\t",
		"product index=07", "product index=-1", "sum ranges=3-1", "sum ranges=0-4,5", "sum ranges=1-1", "sum of", "sum of ", "sum ranges=1 of product of 7", "product A=x", strings.Repeat("sum of ", 12) + "product"} {
		if r, err := ParseRecipe(bad); err == nil {
			t.Errorf("%q is taken for %q", bad, r)
		}
	}
}

func FuzzRecipe(f *testing.F) {
	f.Add("product a=inputA$(index).npy b=%20%FF index=7")
	f.Add("sum ranges=0-9,20 of gram x=%25")
	f.Fuzz(func(t *testing.T, text string) {
		r, err := ParseRecipe(text)
		if err != nil {
			return
		}
		if back, err := ParseRecipe(r.String()); err != nil || back.String() != r.String() {
			t.Errorf("%q: %q, then %q, %v", text, r, back, err)
		}
		r.Family()
		r.Expanded()
		Diff(r, r.Family())
	})
}

// Products of a sum have one family and different indices.
func TestFamily(t *testing.T) {
	family := New("product", "a", "inputA$(index).npy", "b", "inputB$(index).npy")
	for _, test := range []struct {
		recipe  Recipe
		indices string
	}{
		{family.At(7), "7"},
		{family, ""},
		{Sum(family, Ranges{{0, 9}, {20, 20}}), "0-9,20"},
	} {
		if got := test.recipe.Family().String(); got != family.String() {
			t.Errorf("family of %v: %s", test.recipe, got)
		}
		if got := test.recipe.Indices().String(); got != test.indices {
			t.Errorf("indices of %v: %s", test.recipe, got)
		}
	}
}

// It does not matter whether a product's files were named by a number or one by one.
func TestNamedOneByOne(t *testing.T) {
	family := New("product", "a", "inputA$(index).npy", "b", "inputB$(index).npy")
	byHand := New("product", "a", "inputA7.npy", "b", "inputB7.npy")
	if !Same(byHand, family.At(7)) || Same(byHand, family.At(8)) {
		t.Error("inputA7.npy times inputB7.npy is not product 7")
	}
	for _, test := range []struct{ a, b, want string }{
		{"inputA7.npy", "inputB7.npy", "product a=inputA$(index).npy b=inputB$(index).npy index=7"},
		{"A.npy", "inputB7.npy", "product a=A.npy b=inputB$(index).npy index=7"},
		{"in7.npz:A", "in7.npz:B", "product a=in$(index).npz:A b=in$(index).npz:B index=7"},
		{"pipe7", ".x0", "product a=pipe7 b=.x0"},
		{"inputA3.npy", "inputB7.npy", "product a=inputA3.npy b=inputB7.npy"},
		{"A.npy", "B.npy", "product a=A.npy b=B.npy"},
		{"A07.npy", "B007.npy", "product a=A07.npy b=B007.npy"},
		{"in_7_A.npy", "in_7_B.npy", "product a=in_7_A.npy b=in_7_B.npy"},
	} {
		r := New("product", "a", test.a, "b", test.b).Numbered("a", "b")
		if r.String() != test.want {
			t.Errorf("%s, want %s", r, test.want)
		}
		if !Same(r, New("product", "a", test.a, "b", test.b)) {
			t.Errorf("%s has changed its meaning", r)
		}
	}
	elsewhere := New("product", "a", "in_$(index)_A.npy", "b", "in_$(index)_B.npy")
	digits := New("product", "a", "x2$(index).npy", "b", "y$(index).npy")
	for _, test := range []struct {
		family, product Recipe
		n               int
		ok              bool
	}{
		{family, family.At(7), 7, true},
		{family, byHand, 7, true},
		{elsewhere, New("product", "a", "in_7_A.npy", "b", "in_7_B.npy"), 7, true},
		{elsewhere, New("product", "a", "in_7_A.npy", "b", "in_8_B.npy"), 0, false},
		{digits, New("product", "a", "x27.npy", "b", "y7.npy").Numbered("a", "b"), 7, true},
		{family, New("product", "a", "inputA7.npy", "b", "inputC7.npy"), 0, false},
		{family, New("product", "a", "inputA7.npy", "b", "inputB7.npy", "transpose", "a"), 0, false},
		{family, New("gram", "a", "inputA7.npy", "b", "inputB7.npy"), 0, false},
	} {
		if n, ok := test.family.IndexOf(test.product); ok != test.ok || ok && n != test.n {
			t.Errorf("%s in %s: %d, %v", test.product, test.family, n, ok)
		}
	}
}

// What differs is said in words that follow "made with".
func TestDiff(t *testing.T) {
	base := New("product", "a", "inputA$(index).npy", "b", "inputB$(index).npy", "index", "7")
	random := New("product", "random", "pcg64", "seed", "42", "dist", "uniform", "index", "7")
	for _, test := range []struct {
		have, want Recipe
		diff       []string
	}{
		{base, base, nil},
		{base, New("product", "a", "inputA7.npy", "b", "inputB7.npy"), nil},
		{random, random.with("seed", "43"), []string{"seed 42, not 43"}},
		{random, random.At(8), []string{"index 7, not 8"}},
		{base.with("transpose", "a"), base, []string{"transpose=a"}},
		{base, base.with("transpose", "a"), []string{"no transpose=a"}},
		{base.with("b", "inputC$(index).npy"), base, []string{"b=inputC7.npy, not inputB7.npy"}},
		{base, New("gram", "x", "inputX7.npy"), []string{"product, not gram"}},
		{random, random.with("seed", "1").with("dist", "normal"), []string{"dist=uniform, not normal", "seed 42, not 1"}},
		{Sum(base.Family(), Ranges{{0, 9}}), Sum(base.Family(), Ranges{{0, 4}}), []string{"ranges=0-9, not 0-4"}},
		{Sum(random.Family(), One(1)), Sum(random.Family().with("seed", "1"), One(1)), []string{"seed 42, not 1"}},
	} {
		if got := Diff(test.have, test.want); !slices.Equal(got, test.diff) {
			t.Errorf("%s, not %s: %q", test.have, test.want, got)
		}
	}
}

func TestRanges(t *testing.T) {
	parse := func(s string) Ranges {
		r, err := ParseRanges(s)
		if err != nil || r.String() != s {
			t.Errorf("%s: %v, %v", s, r, err)
		}
		return r
	}
	r := parse("0-9,20,30-39")
	if r.Count() != 21 || parse("").Count() != 0 {
		t.Error(r.Count())
	}
	if got := NewRanges(Range{5, 9}, Range{0, 4}, Range{20, 20}, Range{30, 35}, Range{33, 39}).String(); got != r.String() {
		t.Error(got)
	}
	for _, test := range []struct{ a, b, common, without string }{
		{"0-9,20,30-39", "5-34", "5-9,20,30-34", "0-4,35-39"},
		{"0-9", "3,5", "3,5", "0-2,4,6-9"},
		{"0-9", "", "", "0-9"},
		{"", "0-9", "", ""},
		{"0-2,4", "0-9", "0-2,4", ""},
		{"5", "0-3,7", "", "5"},
	} {
		a, b := parse(test.a), parse(test.b)
		if got := a.Common(b).String(); got != test.common {
			t.Errorf("%s and %s: %s", a, b, got)
		}
		if got := a.Without(b).String(); got != test.without {
			t.Errorf("%s without %s: %s", a, b, got)
		}
	}
}
