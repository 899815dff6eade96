package condor

import (
	"errors"
	"testing"
)

// Names that HTCondor cannot represent in some places, with the offset of the first such byte.
// The other names worked on 23.9.6, from the file to the job's folder, its arguments and back.
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

// Names that Linux allows and Windows does not.
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
