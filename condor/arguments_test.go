package condor

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"matpool/condor/condortest"
)

func TestQuoteArguments(t *testing.T) {
	for _, test := range []struct {
		args []Template
		want string
	}{
		{nil, `""`},
		{[]Template{"-first", "$(first)", "-count", "$(count)"}, `"-first $(first) -count $(count)"`},
		{[]Template{""}, `"''"`},
		{[]Template{"in $(index).npy", "a\tb"}, `"'in $(index).npy' 'a` + "\t" + `b'"`},
		{[]Template{"it's", `"q"`, `a\`}, `"'it''s' ""q"" a\"`},
		{[]Template{Literal("$HOME"), Literal("$(x)"), Literal("$$(OpSys)")}, `"$(DOLLAR)HOME $(DOLLAR)(x) $$(DOLLARDOLLAR)(OpSys)"`},
		// The example of condor_arglist.h.
		{[]Template{"this", "contains spaces", "and", `some 'quoted' "text"`}, `"this 'contains spaces' and 'some ''quoted'' ""text""'"`},
	} {
		got, err := QuoteArguments(test.args)
		if err != nil || got != test.want {
			t.Errorf("%q: %s, %v; want %s", test.args, got, err, test.want)
		}
	}
	for _, arg := range []Template{"a\nb", "a\x00", "a\xff", "a$(b)"} {
		var quote *QuoteError
		if got, err := QuoteArguments([]Template{"ok", arg}); !errors.As(err, &quote) || quote.ByteOffset != 1 {
			t.Errorf("%q: %s, %v", arg, got, err)
		}
	}
}

// The examples of condor_arglist.h and of HTCondor's own test of it, and errors.
func TestSplitArguments(t *testing.T) {
	for _, test := range []struct {
		in   string
		want []string
	}{
		{"", nil},
		{" \t ", nil},
		{`""`, nil},
		{"a  b\tc ", []string{"a", "b", "c"}},
		{"''", []string{""}},
		{`this 'contains spaces' and`, []string{"this", "contains spaces", "and"}},
		{`this contains' 'spaces and`, []string{"this", "contains spaces", "and"}},
		{`'this' 'contains spaces' and`, []string{"this", "contains spaces", "and"}},
		{`"this 'contains spaces' and 'some ''quoted'' ""text""'"`, []string{"this", "contains spaces", "and", `some 'quoted' "text"`}},
		{`"This '''quoted''' arg' 'string 'contains ''many'' """"surprises\'"`, []string{"This", "'quoted'", "arg string", `contains 'many' ""surprises\`}},
		{`''''`, []string{"'"}},
		{`a\ b`, []string{`a\`, "b"}},
	} {
		got, err := SplitArguments(test.in)
		if err != nil || !slices.Equal(got, test.want) {
			t.Errorf("%s: %q, %v; want %q", test.in, got, err, test.want)
		}
	}
	for in, offset := range map[string]int{
		`a "b c"`: 2, `"a" b`: 4, `"`: 0, `"a`: 1, `"a "b" c"`: 8, `a 'b`: 2, `it's`: 2,
	} {
		var quote *QuoteError
		if got, err := SplitArguments(in); !errors.As(err, &quote) || quote.ByteOffset != offset {
			t.Errorf("%s: %q, %v; want byte %d", in, got, err, offset)
		}
	}
}

// Arguments stay the same when they are quoted, expanded and split, or QuoteArguments
// refuses them.
func FuzzQuoteArguments(f *testing.F) {
	f.Add("a b", "it's", `"`)
	f.Add("", "$(x) $$(y)", `\"'`)
	f.Add("$$$", " ' ", "\t")
	f.Fuzz(func(t *testing.T, a, b, c string) {
		args := []string{a, b, c}
		if strings.Contains(a+b+c, "\x00") {
			return
		}
		quoted, err := QuoteArguments([]Template{Literal(a), Literal(b), Literal(c)})
		if err != nil {
			var quote *QuoteError
			if !errors.As(err, &quote) || quote.ByteOffset >= len(quote.Text) {
				t.Errorf("%q: %v", args, err)
			}
			return
		}
		if got := condortest.SplitArguments(t, condortest.Expand(t, quoted, nil)); !slices.Equal(got, args) {
			t.Errorf("%q: %s, which is %q", args, quoted, got)
		}
		if got, err := SplitArguments(condortest.Expand(t, quoted, nil)); err != nil || !slices.Equal(got, args) {
			t.Errorf("%q: %s, which SplitArguments splits into %q, %v", args, quoted, got, err)
		}
	})
}
