package record

import (
	"fmt"
	"slices"
	"strings"

	"matpool/internal/base/hash"
	"matpool/internal/base/text"
)

// A Term is a file of a sum: a product, or a partial sum.
type Term struct {
	Name   string    // as the caller names it
	Hash   hash.Hash // of its bytes
	Record *Record   // the one that describes these bytes, or nil
}

// mostFindings is how many problems of a sum are reported: the first ones.
const mostFindings = 50

// CheckSum checks that terms make a sum: all belong to one family, no product is in two of them, none
// differs from another in an input that both were made from, and, if the products of the sum are
// known, all are there and no others. It returns the first fifty problems, each with the name of a
// file, and the number of all. Files without a record are only compared with those that have one; see
// [Unrecorded].
//
// The family is expected or, if that is the zero Recipe, the one of most terms. A product whose files
// have been named one by one, without a number in common, may be of any family of its operation.
func CheckSum(terms []Term, family Recipe, expected Ranges) (problems []Finding, count int) {
	s := sumCheck{terms: terms, family: family, inputs: map[string]source{}, recipes: map[string]int{}, copies: map[hash.Hash]string{}}
	if s.given = !family.IsZero(); !s.given {
		s.family = commonFamily(terms)
	}
	for _, t := range terms {
		if t.Record != nil {
			s.copies[t.Hash] = t.Name
		}
	}
	complete := true // all products are known
	for i, t := range terms {
		if t.Record == nil {
			complete = false
			if other, ok := s.copies[t.Hash]; ok && !t.Hash.IsZero() {
				s.add(i, Doubled, "is a copy of %s", other)
			}
		} else if !s.term(i) {
			complete = false
		}
	}
	s.overlaps()
	if len(expected) > 0 {
		s.compare(expected, complete)
	}
	slices.SortStableFunc(s.problems, func(a, b problem) int { return a.term - b.term })
	for _, p := range s.problems[:min(len(s.problems), mostFindings)] {
		problems = append(problems, p.Finding)
	}
	return problems, len(s.problems)
}

// A sumCheck is what is known of the terms so far. They are named by their places in the list.
type sumCheck struct {
	terms    []Term
	family   Recipe
	given    bool              // the family is expected
	known    []part            // the products of all terms
	recipes  map[string]int    // which term has a product without a number
	inputs   map[string]source // by name
	copies   map[hash.Hash]string
	problems []problem
}

// A part is some of the products of a term.
type part struct {
	Range
	term int
}

// A source is an input as one of the terms was made from it.
type source struct {
	hash hash.Hash
	term string
}

type problem struct {
	Finding
	term int
}

func (s *sumCheck) add(term int, o Outcome, format string, args ...any) {
	s.problems = append(s.problems, problem{Finding{s.terms[term].Name, o, fmt.Sprintf(format, args...)}, term})
}

// term looks at one term. It returns false if it is not known which products that has.
func (s *sumCheck) term(i int) bool {
	r := s.terms[i].Record.Recipe
	indices := r.Indices()
	if n, ok := s.family.IndexOf(r); ok {
		indices = One(n)
	} else if diffs := s.foreign(r); len(diffs) > 0 {
		s.add(i, Foreign, "was made with %s", strings.Join(diffs, ", "))
		return false
	}
	for _, r := range indices {
		s.known = append(s.known, part{r, i})
	}
	for _, input := range s.terms[i].Record.From {
		before, ok := s.inputs[input.Name]
		if ok && before.hash != input.Hash && !input.Hash.IsZero() {
			s.add(i, Outdated, "was made from another %s than %s", input.Name, before.term)
			break
		}
		if !ok && !input.Hash.IsZero() {
			s.inputs[input.Name] = source{input.Hash, s.terms[i].Name}
		}
	}
	if len(indices) > 0 {
		return true
	}
	key := r.Expanded().String()
	if other, ok := s.recipes[key]; ok {
		s.add(i, Doubled, "is the same product as %s", s.terms[other].Name)
	} else {
		s.recipes[key] = i
	}
	return false
}

// overlaps finds the terms that have products of earlier ones.
func (s *sumCheck) overlaps() {
	slices.SortStableFunc(s.known, func(a, b part) int { return a.First - b.First })
	reported := map[int]bool{}
	for i, last := 1, 0; i < len(s.known); i++ {
		if a, b := s.known[last], s.known[i]; b.First <= a.Last {
			if term := max(a.term, b.term); !reported[term] {
				reported[term] = true
				s.add(term, Doubled, "has %s, as has %s", products(Ranges{{b.First, min(a.Last, b.Last)}}), s.terms[min(a.term, b.term)].Name)
			}
		}
		if s.known[i].Last > s.known[last].Last {
			last = i
		}
	}
}

// compare compares the products of all terms with those of the sum. It looks for gaps if all terms'
// products are known: otherwise they may be in the others.
func (s *sumCheck) compare(expected Ranges, complete bool) {
	all := make([]Range, len(s.known))
	of := map[int]Ranges{}
	for i, p := range s.known {
		all[i] = p.Range
		of[p.term] = append(of[p.term], p.Range)
	}
	for term, indices := range of {
		if others := indices.Without(expected); len(others) > 0 {
			s.add(term, Foreign, "has %s, but the sum covers %s", products(others), products(expected))
		}
	}
	if gaps := expected.Without(NewRanges(all...)); complete && len(gaps) > 0 {
		var names []string
		for _, t := range s.terms {
			names = append(names, t.Name)
		}
		are := "are"
		if gaps.Count() == 1 {
			are = "is"
		}
		s.problems = append(s.problems, problem{Finding{"the sum", Missing, fmt.Sprintf("%s %s in none of %s", products(gaps), are, text.First(names, ", "))}, len(s.terms)})
	}
}

// foreign returns how a recipe differs from the family.
func (s *sumCheck) foreign(r Recipe) []string {
	if r.Family().equal(s.family) {
		return nil
	}
	if len(r.Indices()) == 0 && r.op == s.family.op && !s.given { // named one by one
		return nil
	}
	return Diff(r.Family(), s.family)
}

// commonFamily returns the family of most terms, the first of several.
func commonFamily(terms []Term) (most Recipe) {
	keys, counts := make([]string, len(terms)), map[string]int{}
	for i, t := range terms {
		if t.Record == nil {
			continue
		}
		if keys[i] = t.Record.Recipe.Family().String(); len(t.Record.Recipe.Indices()) > 0 {
			counts[keys[i]]++
		}
	}
	best := 0
	for i, t := range terms {
		if n := counts[keys[i]]; t.Record != nil && (n > best || best == 0 && most.IsZero()) {
			most, best = t.Record.Recipe.Family(), n
		}
	}
	return most
}

// products names some products.
func products(r Ranges) string {
	if r.Count() == 1 {
		return "product " + r.String()
	}
	return "products " + r.join(", ")
}

// Unrecorded returns one line about the files that have no record, or "" if all have one.
func Unrecorded(terms []Term) string {
	var names []string
	for _, t := range terms {
		if t.Record == nil {
			names = append(names, t.Name)
		}
	}
	switch len(names) {
	case 0:
		return ""
	case 1:
		return names[0] + ": has no record in " + FileName + ", so it was not checked"
	}
	return text.First(names, ", ") + ": have no record in " + FileName + ", so they were not checked"
}
