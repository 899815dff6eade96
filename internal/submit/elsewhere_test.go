package submit

import (
	"testing"

	"matpool/condor/pool"
)

// As many outputs are made again under another operating system as its machines can make while the others make the rest.
func TestElsewhere(t *testing.T) {
	linux1, linux2, few := pool.Machine{Name: "linux1", System: "LINUX", Cpus: 2}, pool.Machine{Name: "linux2.example.org", System: "LINUX", Cpus: 6}, pool.Machine{Name: "winpc", System: "WINDOWS", Cpus: 2}
	for _, test := range []struct {
		what     string
		machines []pool.Machine
		maker    maker
		outputs  int
		cpus     int
		want     int
	}{
		{"two of eight processors", []pool.Machine{linux1, linux2, few}, maker{names: []string{"linux1"}, system: "LINUX"}, 40, 1, 10},
		{"all at once", []pool.Machine{linux1, linux2, few}, maker{names: []string{"linux1"}, system: "LINUX"}, 2, 1, 2},
		{"all at once, but with two processors each", []pool.Machine{linux1, linux2, few}, maker{names: []string{"linux1"}, system: "LINUX"}, 2, 2, 1},
		{"nothing else has not made them", []pool.Machine{linux2, few}, maker{names: []string{"linux2"}, system: "LINUX"}, 40, 1, 40},
		{"all others have another one", []pool.Machine{linux1, linux2, few}, maker{names: []string{"winpc"}, system: "WINDOWS"}, 40, 1, 40},
		{"no machine has another one", []pool.Machine{linux1, linux2}, maker{names: []string{"linux1"}, system: "LINUX"}, 40, 1, 0},
		{"nobody knows the maker's", []pool.Machine{linux1, few}, maker{names: []string{"linux2"}}, 40, 1, 0},
		{"nobody knows the machines", nil, maker{names: []string{"linux1"}, system: "LINUX"}, 40, 1, 0},
	} {
		again := make([]Verdict, test.outputs)
		for i := range again {
			again[i].maker = test.maker
		}
		got := 0
		for _, is := range elsewhere(again, test.machines, test.cpus) {
			if is {
				got++
			}
		}
		if got != test.want {
			t.Errorf("%s: %d of %d, want %d", test.what, got, test.outputs, test.want)
		}
	}
}
