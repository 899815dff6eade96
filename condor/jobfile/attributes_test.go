package jobfile

import (
	"strings"
	"testing"

	"matpool/internal/base/text"
)

// The parser accepts each default in the table, and the help has a line for each attribute.
func TestAttributes(t *testing.T) {
	help := AttributesHelp()
	for _, a := range Attributes() {
		if a.Default != "" {
			if err := a.set(a.Default); err != nil {
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
}

// The help says in which units values are.
func TestUnitsAreInTheHelp(t *testing.T) {
	units := map[string]string{"TIME": "in minutes", "SIZE": "MB", "RATE": "bit/s"}
	for _, a := range Attributes() {
		if unit := units[a.Kind]; unit != "" && !strings.Contains(a.Help, unit) {
			t.Errorf("%s: the help does not say %q: %s", a.Name, unit, a.Help)
		}
	}
}

// A name in which something was left out is more like the whole than another one of its length.
func TestNearest(t *testing.T) {
	for name, want := range map[string]string{
		"output_files": "indexed_output_files", "Input_Files": "input_files", "memory": "request_memory", "run_time": "max_run_time", "jobs": "total_jobs",
		"totl_jobs": "total_jobs", "indexd_input_files": "indexed_input_files", "sm": "sum", "cpus": "request_cpus", "retries": "max_retries",
	} {
		if got := text.Nearest(name, namesOf(Attributes())); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}
