package jobfile

import (
	"strings"
	"testing"
)

// The parser accepts each default in the table, and the help has a line for each attribute.
func TestAttributes(t *testing.T) {
	help := AttributesHelp()
	for _, a := range Attributes() {
		if a.Default != "" {
			if err := checkValue(a, a.Default); err != nil {
				t.Errorf("default of %s: %v", a.Name, err)
			}
		}
		if !strings.Contains("\n"+help, "\n"+a.Name+" ") {
			t.Errorf("no help for %s", a.Name)
		}
		if Foreign(a.Name) {
			t.Errorf("%s is an attribute, and another program's word", a.Name)
		}
	}
	if got, want := strings.Count(help, "\n"), len(Attributes())+2; got != want {
		t.Errorf("%d lines of help, want %d", got, want)
	}
	Attributes()[0].Name = "changed"
	if _, ok := attribute("executable"); !ok {
		t.Error("the table can be changed")
	}
}
