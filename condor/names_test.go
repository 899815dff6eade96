package condor

import (
	"errors"
	"strings"
	"testing"
)

// What HTCondor cannot carry where, by its first byte that it cannot; the others came
// through on 23.9.6, from the file's name to the job's folder, its arguments and back.
func TestNamesThatAreRefused(t *testing.T) {
	all := []Place{InStream, InLog, InBatchName, InInputs, InRemaps}
	for _, test := range []struct {
		name   string
		places []Place // where it is refused
		offset int
	}{
		{"a.npy", nil, 0},
		{"in/a b.npy", nil, 0},
		{"../a  b.npy", nil, 0},
		{"/é/ü.npy", nil, 0},
		{"#a#", nil, 0},
		{"it's", nil, 0},
		{"-x", nil, 0},
		{"$x $(x) $ENV(x) x$ $", nil, 0},
		{`!%&()*+-.:<>?@[]^_{|}~` + "`", nil, 0},
		{`\a`, []Place{InStream, InLog, InBatchName, InRemaps}, 0},
		{"", all, 0},
		{" a", all, 0},
		{"a ", all, 1},
		{"a/", all, 1},
		{`a\`, all, 1},
		{"a\tb", all, 1},
		{"a\nb", all, 1},
		{"a\x00", all, 1},
		{"ab\x7f", all, 2},
		{"é\xff", all, 2},
		{"a$(DOLLAR)", all, 1},
		{"a$(dollar", all, 1},
		{"a,b", []Place{InInputs, InRemaps}, 1},
		{"ab;c", []Place{InStream, InRemaps}, 2},
		{"ab=c", []Place{InRemaps}, 2},
		{`a\b`, []Place{InStream, InLog, InBatchName, InRemaps}, 1},
		{`a"b"`, []Place{InRemaps}, 1},
		{"a$$b", []Place{InLog, InBatchName}, 1},
		{"$$(OpSys)", []Place{InLog, InBatchName}, 0},
		{`"`, []Place{InBatchName, InRemaps}, 0},
		{`"a b"`, []Place{InBatchName, InRemaps}, 0},
		{"file:///a", []Place{InInputs}, 4},
	} {
		for _, in := range all {
			err := CheckName(test.name, in)
			refused := false
			for _, p := range test.places {
				refused = refused || p == in
			}
			var quote *QuoteError
			if refused != (err != nil) {
				t.Errorf("%q in %d: %v", test.name, in, err)
			} else if refused && (!errors.As(err, &quote) || quote.ByteOffset != test.offset || quote.Text != test.name) {
				t.Errorf("%q in %d: %v, want byte %d", test.name, in, err, test.offset)
			}
		}
	}
}

// Names that Linux has and Windows has not.
func TestNamesOnWindows(t *testing.T) {
	for name, offset := range map[string]int{
		"a.npy": -1, "a b'c$;=.npy": -1, "x:y/a.npy": -1, "console": -1, "com10": -1, "lpt": -1, "nul0.npy": -1,
		"a:b": 1, "in/a?": 4, `a"b`: 1, "a<": 1, "a>": 1, `a\b`: 1, "a|b": 1, "a*": 1, "a.": 1,
		"nul": 0, "x/NUL.npy": 2, "con .txt": 0, "Com1.dat": 0, "LPT9": 0, "aux.tar.gz": 0,
	} {
		err := CheckWindows(name)
		var quote *QuoteError
		if offset < 0 && err != nil || offset >= 0 && (!errors.As(err, &quote) || quote.ByteOffset != offset) {
			t.Errorf("%q: %v, want byte %d", name, err, offset)
		}
	}
}

// The number goes before the extension of a name's last part.
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
		{"$(index).npy", "$(index)7.npy", "$(DOLLAR)(index)$(index).npy"},
	} {
		got := Indexed(test.name)
		if string(got) != test.template || got.Expand(7, 0, 0) != test.want {
			t.Errorf("%q: %q, %q; want %q, %q", test.name, got, got.Expand(7, 0, 0), test.template, test.want)
		}
	}
}

// A template in HTCondor's words, and what it means for job 7 with products 70 to 79.
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
	// What looks like a macro and is none.
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

// htcondor does with a value of a submit description what HTCondor does. It is written
// from the manual and from what happened to jobs, not from the code above.
func htcondor(t testing.TB, value string, macros map[string]string) string {
	return byMachine(t, bySubmit(t, value, macros))
}

// bySubmit expands macros, all but DOLLAR first.
func bySubmit(t testing.TB, value string, macros map[string]string) string {
	for {
		at := -1
		for i := range len(value) {
			if strings.HasPrefix(value[i:], "$(") && (i == 0 || value[i-1] != '$') && !strings.HasPrefix(value[i:], "$(DOLLAR)") {
				at = i
				break
			}
		}
		if at < 0 {
			break
		}
		end := at + strings.IndexByte(value[at:], ')')
		name, otherwise, ok := strings.Cut(value[at+2:end], ":")
		with, known := macros[name]
		if !known {
			with = otherwise
		}
		if !known && !ok {
			t.Fatalf("%q: unknown macro at %d", value, at)
		}
		value = value[:at] + with + value[end+1:]
	}
	for {
		// The "$" that is put there may make another one.
		i := strings.Index(value, "$(DOLLAR)")
		if i > 0 && value[i-1] == '$' {
			t.Fatalf("%q: the job would be held, $$(DOLLAR) is not known", value)
		}
		if i < 0 {
			return value
		}
		value = value[:i] + "$" + value[i+len("$(DOLLAR)"):]
	}
}

// byMachine expands $$, when a job is sent to a machine.
func byMachine(t testing.TB, value string) string {
	done := ""
	for {
		before, after, found := strings.Cut(value, "$$(")
		if !found {
			return done + value
		}
		rest, ok := strings.CutPrefix(after, "DOLLARDOLLAR)")
		if !ok {
			t.Fatalf("%q: would be expanded by the machine", value)
		}
		done, value = done+before+"$$", rest
	}
}

// A text that is escaped arrives as it was, or is refused.
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
		if got := htcondor(t, Escape(text), nil); got != text {
			t.Errorf("%q arrives as %q", text, got)
		}
		if got := htcondor(t, Literal(text).SubmitText(), nil); got != text {
			t.Errorf("%q arrives as %q", text, got)
		}
	})
}
