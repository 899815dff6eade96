package condor

import (
	"errors"
	"strings"
	"testing"

	"matpool/condor/condortest"
)

// The number goes before the extension of a name's last part, unless the name says where.
func TestIndexed(t *testing.T) {
	for _, test := range []struct{ name, want, template string }{
		{"inputA.npy", "inputA7.npy", "inputA$(index).npy"},
		{"pipe", "pipe7", "pipe$(index)"},
		{"run.v1/pipe", "run.v1/pipe7", "run.v1/pipe$(index)"},
		{"run.v1/x.npy", "run.v1/x7.npy", "run.v1/x$(index).npy"},
		{"a.tar.gz", "a.tar7.gz", "a.tar$(index).gz"},
		{".hidden", ".hidden7", ".hidden$(index)"},
		{"d/..x.npy", "d/..x7.npy", "d/..x$(index).npy"},
		{"dot.", "dot7.", "dot$(index)."},
		{"a$.npy", "a$7.npy", "a$(DOLLAR)$(index).npy"},
		{"run$(index)/$x.npy", "run7/$x.npy", "run$(index)/$(DOLLAR)x.npy"},
		{"$(Index)_$(index).npy", "7_7.npy", "$(index)_$(index).npy"},
	} {
		got := Indexed(test.name)
		if string(got) != test.template || got.Expand(7, 0, 0) != test.want {
			t.Errorf("%q: %q, %q; want %q, %q", test.name, got, got.Expand(7, 0, 0), test.template, test.want)
		}
	}
}

// A template as submit text, and its text for job 7 with products 70 to 79.
func TestTemplates(t *testing.T) {
	for _, test := range []struct{ in, submit, means string }{
		{"", "", ""},
		{"a$b", "a$(DOLLAR)b", "a$b"},
		{"$(index) $(FIRST)-$(Count)", "$(index) $(first)-$(count)", "7 70-10"},
		{"$(cluster).$(procid)", "$(Cluster).$(ProcId)", "$(Cluster).$(ProcId)"},
		{"$(DOLLAR)(index)", "$(DOLLAR)(index)", "$(index)"},
		{"$(dollar)$(index)", "$(DOLLAR)$(index)", "$7"},
		{"$$(index)", "$(DOLLAR)$(index)", "$7"},
		{"$(DOLLAR)$x", "$$(DOLLARDOLLAR)x", "$$x"},
		{"$$$", "$$(DOLLARDOLLAR)$(DOLLAR)", "$$$"},
		{"$(index", "$(DOLLAR)(index", "$(index"},
	} {
		got := Template(test.in)
		if got.SubmitText() != test.submit || got.Expand(7, 70, 10) != test.means {
			t.Errorf("%q: %q, %q; want %q, %q", test.in, got.SubmitText(), got.Expand(7, 70, 10), test.submit, test.means)
		}
	}
	for template, want := range map[Template]bool{"a": false, "$(count)": false, "$(DOLLAR)(index)": false, "a$(Index)": true, "$(first)": true, "$(Process)": true, "$(ProcId)": true, "$(Cluster)": false} {
		if template.PerJob() != want {
			t.Errorf("%q: PerJob is %t", template, !want)
		}
	}
	// Texts that look like macros but are not.
	for template, offset := range map[Template]int{
		"$(x)": 0, "a$(index": 1, "$INT(index)": 0, "$Fn(index)": 0, "$RANDOM_CHOICE(a)": 0, "a $$(OpSys)": 2, "$$([1])": 0, "$(index:3)": 0, "\x01": 0, "$(DOLLAR)(dollar)": 0,
		"$x": -1, "$1(x)": -1, "$": -1, "a(b)": -1, "$HOME (x)": -1, "$(DOLLAR)(OpSys)": -1, "$(DOLLAR)$(DOLLAR)(OpSys)": -1,
	} {
		err := template.Check()
		var quote *QuoteError
		if offset < 0 && err != nil || offset >= 0 && (!errors.As(err, &quote) || quote.ByteOffset != offset) {
			t.Errorf("%q: %v, want byte %d", template, err, offset)
		}
	}
}

// An escaped text arrives unchanged, or is refused.
func FuzzEscape(f *testing.F) {
	for _, text := range []string{"$", "$$", "$$$(x)", "a$(x)b$$(y)", "$(DOLLAR)", "$$(DOLLAR)", "$$(DOLLARDOLLAR)", "$INT(x)", "$$$$("} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if Literal(text).Check() != nil || strings.Contains(text, "\x00") {
			return
		}
		if got := Literal(text).Expand(1, 2, 3); got != text {
			t.Errorf("Literal(%q) means %q", text, got)
		}
		if got := condortest.Expand(t, Escape(text), nil); got != text {
			t.Errorf("%q arrives as %q", text, got)
		}
		if got := condortest.Expand(t, Literal(text).SubmitText(), nil); got != text {
			t.Errorf("%q arrives as %q", text, got)
		}
	})
}
