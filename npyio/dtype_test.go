package npyio

import (
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"matpool/elem"
)

// Each spelling of a type means what it means to numpy 1, which knows more of them than numpy 2: one of the types
// that are read, or another, for which a hint says how to go on, or none.
func TestSpellingsOfTypes(t *testing.T) {
	table, err := os.ReadFile("testdata/spellings.txt")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(table)), "\n")[1:]
	if len(lines) < 1000 {
		t.Errorf("only %d spellings", len(lines))
	}
	for _, line := range lines {
		columns := strings.Split(line, "\t")
		quoted, want := columns[0], columns[1]
		var descr string
		if err := json.Unmarshal([]byte(quoted), &descr); err != nil {
			t.Fatal(err)
		}
		d, err := parseDType(descr)
		switch {
		case err == nil && want[1:] == d.String()[1:]:
			order := want[0]
			if order == '<' && descr[0] != '<' {
				order = nativeOrder()
			}
			if _, ok := d.Elem(); d.Order != order || !ok {
				t.Errorf("%s: %v, numpy says %s", quoted, d, want)
			}
		case err == nil:
			t.Errorf("%s: %v, numpy says %s", quoted, d, want)
		case want == "invalid" && errors.Is(err, ErrFormat):
		case want == "refused" && errors.Is(err, ErrFormat) && Hint(err) != "":
		default:
			t.Errorf("%s: %v, with the hint %q; numpy says %s", quoted, err, Hint(err), want)
		}
	}
}

// A type is written as numpy writes it, and known by its name.
func TestDTypeOf(t *testing.T) {
	for _, typ := range elem.Types() {
		d := DTypeOf(typ)
		if back, ok := d.Elem(); !ok || back != typ || d.Swapped() {
			t.Errorf("%v: %v, %v", typ, d, back)
		}
		if d.Size > 1 {
			d.Order = '<' + '>' - d.Order
			if !d.Swapped() {
				t.Errorf("%v is not the machine's", d)
			}
		}
	}
	if d := DTypeOf(elem.Bool); d.String() != "|b1" {
		t.Error(d)
	}
}
