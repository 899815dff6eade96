package record

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"matpool/internal/base/hash"
)

// A file is judged by the record that has its hash, and the sentence names the file and the reason.
func TestJudge(t *testing.T) {
	r := product(3, "content")
	random := r
	random.Recipe = New("product", "random", "pcg64", "seed", "42", "index", "3")
	unknown := r
	unknown.From = []Input{{Name: "inputA3.npy"}}
	fixed := Expected{Recipe: family.At(3), Input: func(name string) (hash.Hash, bool) {
		h, ok := map[string]hash.Hash{"inputA3.npy": hashOf("A"), "inputB3.npy": hashOf("B")}[name]
		return h, ok
	}}
	other := func(name string) (hash.Hash, bool) { return hashOf("other"), name == "inputA3.npy" }
	for _, test := range []struct {
		content string
		records []Record
		want    Expected
		outcome Outcome
		says    string
	}{
		{"content", []Record{r}, Expected{}, Valid, "output3.npy: "},
		{"content", []Record{r}, fixed, Valid, "output3.npy: "},
		{"content", nil, fixed, NoRecord, "output3.npy: has no record in matpool.tsv"},
		{"CONTENT", []Record{r}, fixed, Changed, "output3.npy: has changed since matprod wrote it (its record in matpool.tsv has another hash)"},
		{"short", []Record{r}, fixed, Changed, "output3.npy: has changed since matprod wrote it: it has 5 bytes, its record in matpool.tsv says 7 bytes"},
		{"content", []Record{r}, Expected{Input: other}, Outdated, "output3.npy: was made from another inputA3.npy than the one that is there now"},
		{"content", []Record{unknown}, Expected{Input: other}, Valid, "output3.npy: "},
		{"content", []Record{random}, Expected{Recipe: random.Recipe.with("seed", "43")}, Foreign, "output3.npy: was made with seed 42, not 43"},
		{"content", []Record{r}, Expected{Recipe: family.At(4)}, Foreign, "output3.npy: was made with a=inputA3.npy, not inputA4.npy, b=inputB3.npy, not inputB4.npy"},
		{"content", []Record{r}, Expected{Recipe: New("gram", "x", "x")}, Foreign, "output3.npy: was made with product, not gram"},
		// Of several records, the one that has the file's hash.
		{"content", []Record{product(3, "later"), r}, fixed, Valid, "output3.npy: "},
		{"content", []Record{random, r}, fixed, Valid, "output3.npy: "},
		{"CONTENT", []Record{random, r}, fixed, Changed, "output3.npy: has changed since matprod wrote it (its record in matpool.tsv has another hash)"},
	} {
		f := Judge("output3.npy", int64(len(test.content)), hashOf(test.content), test.records, test.want)
		if f.Outcome != test.outcome || f.String() != test.says {
			t.Errorf("%d: %s\nwant %d: %s", f.Outcome, f, test.outcome, test.says)
		}
	}
}

// Check reads a file, Quick looks at its size and at what is known of it.
func TestCheck(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "output3.npy")
	write(t, name, "content")
	good, other := []Record{product(3, "content")}, []Record{product(3, "CONTENT")}
	for _, test := range []struct {
		path         string
		records      []Record
		check, quick Outcome
	}{
		{name, good, Valid, Valid},
		{name, append(other, good...), Valid, Valid},
		{name, other, Changed, Valid},
		{name, []Record{product(3, "short")}, Changed, Changed},
		{name, []Record{product(3, "short"), good[0]}, Valid, Valid},
		{name, nil, NoRecord, NoRecord},
		{name + "1", good, Missing, Missing},
		{name + "1", nil, Missing, Missing},
	} {
		var c Cache
		if f, err := c.Quick(test.path, test.records, Expected{}); err != nil || f.Outcome != test.quick {
			t.Errorf("quick: %v %d, %v; %v", f, f.Outcome, err, test)
		}
		if f, err := c.Check(context.Background(), test.path, test.records, Expected{}); err != nil || f.Outcome != test.check {
			t.Errorf("%v %d, %v; %v", f, f.Outcome, err, test)
		}
	}
	var none Cache
	if f, err := none.Quick(name, []Record{product(3, "short"), good[0]}, Expected{Recipe: family.At(4)}); err != nil || f.Outcome != Foreign {
		t.Error("the record that could be the file's says more:", f, err)
	}
	age(t, name)
	var c Cache
	if _, err := c.Check(context.Background(), name, good, Expected{}); err != nil {
		t.Fatal(err)
	}
	if f, err := c.Quick(name, other, Expected{}); err != nil || f.Outcome != Changed {
		t.Error("once the hash is known, Quick uses it:", f, err)
	}
	if _, err := c.Check(context.Background(), dir, good, Expected{}); err == nil || !strings.HasPrefix(err.Error(), dir+": ") {
		t.Error(err)
	}
}

// terms returns terms with records.
func terms(records ...Record) (list []Term) {
	for _, r := range records {
		list = append(list, Term{r.Name, r.Hash, &r})
	}
	return list
}

// named gives a record another file.
func named(name string, r Record) Record {
	r.Name = name
	r.Hash = hashOf(name)
	return r
}

func partial(name string, ranges Ranges) Record {
	return named(name, Record{Recipe: Sum(family, ranges)})
}

// The terms of a sum are of one family, and each product is there once. What is wrong is said of each
// file by name.
func TestCheckSum(t *testing.T) {
	all := Ranges{{0, 3}}
	p := func(n int) Record { return named(fmt.Sprintf("output%d.npy", n), product(n, "")) }
	gram := func(n int) Record {
		return named(fmt.Sprintf("gram%d.npy", n), Record{Recipe: New("gram", "x", "x$(index).npy").At(n)})
	}
	byHand := func(name, a, b string) Record {
		return named(name, Record{Recipe: New("product", "a", a, "b", b).Numbered("a", "b")})
	}
	seed := func(n, seed int) Record {
		return named(fmt.Sprintf("s%d.npy", n), Record{Recipe: New("product", "random", "pcg64", "seed", fmt.Sprint(seed)).At(n)})
	}
	fixed := func(n int, a string) Record {
		return named(fmt.Sprintf("f%d.npy", n), Record{Recipe: New("product", "a", "A.npy", "b", "B$(index).npy").At(n), From: []Input{{"A.npy", hashOf(a)}}})
	}
	unrecorded := func(name string, content string) Term { return Term{Name: name, Hash: hashOf(content)} }
	for name, test := range map[string]struct {
		terms    []Term
		family   Recipe
		expected Ranges
		want     []string
	}{
		"right":                    {terms(p(2), p(0), p(1), p(3)), family, all, nil},
		"partial sums":             {terms(partial("p0", Ranges{{0, 1}}), partial("p1", Ranges{{2, 3}})), Recipe{}, all, nil},
		"interleaved partial sums": {terms(partial("p0", Ranges{{0, 0}, {2, 2}}), partial("p1", Ranges{{1, 1}, {3, 3}})), Recipe{}, all, nil},
		"sums and products":        {terms(partial("p0", Ranges{{0, 1}}), p(2), p(3)), Recipe{}, all, nil},
		"none has a record":        {[]Term{unrecorded("a", "x"), unrecorded("b", "x")}, Recipe{}, all, nil},
		"some have no record":      {append(terms(p(0), p(1)), unrecorded("output2.npy", "x")), Recipe{}, all, nil},
		"named one by one":         {terms(byHand("c", "inputA0.npy", "inputB0.npy"), byHand("d", "A.npy", "B.npy"), byHand("e", "C.npy", "D.npy")), Recipe{}, nil, nil},
		"by hand, of the family":   {terms(p(0), byHand("c", "inputA1.npy", "inputB1.npy"), p(2), p(3)), family, all, nil},

		"ranges overlap": {terms(partial("p0", Ranges{{0, 3}}), partial("p1", Ranges{{2, 5}})), Recipe{}, nil, []string{"p1: has products 2-3, as has p0"}},
		"an old split": {terms(partial("p0", Ranges{{0, 1}}), partial("p1", Ranges{{2, 3}}), partial("p2", One(2)), partial("p3", One(3))), Recipe{}, all,
			[]string{"p2: has product 2, as has p1", "p3: has product 3, as has p1"}},
		"a product and its sum": {terms(p(1), partial("p0", Ranges{{0, 3}}), p(2)), Recipe{}, all,
			[]string{"p0: has product 1, as has output1.npy", "output2.npy: has product 2, as has p0"}},
		"a product twice": {terms(p(0), named("copy.npy", p(0)), p(1), p(2), p(3)), Recipe{}, all, []string{"copy.npy: has product 0, as has output0.npy"}},
		"by hand, twice":  {terms(p(0), byHand("c", "inputA0.npy", "inputB0.npy")), Recipe{}, nil, []string{"c: has product 0, as has output0.npy"}},
		"one by one, twice": {terms(byHand("c", "A.npy", "B.npy"), byHand("d", "A.npy", "B.npy")), Recipe{}, nil,
			[]string{"d: is the same product as c"}},
		"a copy":  {append(terms(p(0)), unrecorded("copy.npy", "output0.npy")), Recipe{}, nil, []string{"copy.npy: is a copy of output0.npy"}},
		"a gap":   {terms(p(0), p(3)), Recipe{}, all, []string{"the sum: products 1-2 are in none of output0.npy, output3.npy"}},
		"one gap": {terms(p(0), p(1), p(3)), Recipe{}, all, []string{"the sum: product 2 is in none of output0.npy, output1.npy, output3.npy"}},
		"another's": {terms(p(0), p(1), p(2), p(3), p(4), partial("p", Ranges{{5, 7}})), Recipe{}, all,
			[]string{"output4.npy: has product 4, but the sum covers products 0-3", "p: has products 5-7, but the sum covers products 0-3"}},
		"other operation": {terms(p(0), gram(1), p(2)), Recipe{}, nil, []string{"gram1.npy: was made with gram, not product"}},
		"in their order":  {terms(p(0), named("copy.npy", p(0)), gram(1)), Recipe{}, nil, []string{"copy.npy: has product 0, as has output0.npy", "gram1.npy: was made with gram, not product"}},
		"expected family": {terms(p(0), gram(1)), gram(0).Recipe.Family(), nil, []string{"output0.npy: was made with product, not gram"}},
		"other seed":      {terms(seed(0, 42), seed(1, 43), seed(2, 42)), Recipe{}, Ranges{{0, 2}}, []string{"s1.npy: was made with seed 43, not 42"}},
		"other input":     {terms(fixed(0, "old"), fixed(1, "old"), fixed(2, "new")), Recipe{}, Ranges{{0, 2}}, []string{"f2.npy: was made from another A.npy than f0.npy"}},
	} {
		problems, count := CheckSum(test.terms, test.family, test.expected)
		var got []string
		for _, f := range problems {
			got = append(got, f.String())
		}
		if !slices.Equal(got, test.want) || count != len(got) {
			t.Errorf("%s: %q, %d\nwant %q", name, got, count, test.want)
		}
	}
}

// The first fifty problems are enough.
func TestManyProblems(t *testing.T) {
	var list []Record
	for n := range 100_000 {
		list = append(list, named(fmt.Sprint(n), product(n%1000, "")))
	}
	problems, count := CheckSum(terms(list...), Recipe{}, nil)
	if len(problems) != 50 || count != 99_000 || problems[0].File != "1000" {
		t.Errorf("%d of %d, %v", len(problems), count, problems[0])
	}
}

// One line says which files were not checked.
func TestUnrecorded(t *testing.T) {
	list := terms(product(0, "a"), product(1, "b"))
	if got := Unrecorded(list); got != "" {
		t.Error(got)
	}
	if got := Unrecorded(append(list, Term{Name: "x"})); got != "x: has no record in matpool.tsv, so it was not checked" {
		t.Error(got)
	}
	if got := Unrecorded(append(list, Term{Name: "x"}, Term{Name: "y"})); got != "x, y: have no record in matpool.tsv, so they were not checked" {
		t.Error(got)
	}
}

// Verify looks at each file that has a record, Compare at each that has one in either folder.
func TestVerifyAndCompare(t *testing.T) {
	a, b := t.TempDir(), t.TempDir()
	in := func(dir string, r Record, content string) {
		write(t, filepath.Join(dir, r.Name), content)
		mustAppend(t, dir, r)
	}
	other := product(1, "one")
	other.Recipe = other.Recipe.with("transpose", "a")
	other.From = []Input{{"inputA1.npy", hashOf("another A")}, other.From[1]}
	other.By = "matprod v1.3 neon"
	other.Size, other.Hash = 7, hashOf("another")
	in(a, product(0, "zero"), "zero")
	in(b, product(0, "zero"), "zero")
	in(a, product(1, "one"), "one")
	in(b, other, "another")
	in(a, product(2, "two"), "two")
	in(a, product(3, "three"), "three")
	in(b, product(3, "three"), "THREE")
	write(t, filepath.Join(a, "inputA2.npy"), "not A")
	mustAppend(t, a, product(4, "four"))

	var c Cache
	found, err := Verify(context.Background(), a, &c)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range found {
		got = append(got, strings.TrimPrefix(f.String(), a+string(os.PathSeparator)))
	}
	if want := []string{"output0.npy: ", "output1.npy: ", "output2.npy: was made from another inputA2.npy than the one that is there now", "output3.npy: ", "output4.npy: is missing"}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}

	differences, err := Compare(context.Background(), a, b, &c)
	if err != nil {
		t.Fatal(err)
	}
	got = nil
	for _, d := range differences {
		got = append(got, strings.ReplaceAll(strings.ReplaceAll(fmt.Sprint(d.Name, " ", d.Same, " ", strings.Join(d.Reasons, "; ")), a, "A"), b, "B"))
	}
	if want := []string{
		"output0.npy true ",
		"output1.npy false no transpose=a; another inputA1.npy; matprod v1.2 avx512, not matprod v1.3 neon",
		"output2.npy false is missing in B",
		"output3.npy false has no record in B that describes it",
		"output4.npy false is missing in A; is missing in B",
	}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}
