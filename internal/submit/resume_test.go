package submit

import (
	"testing"
	"time"

	"matpool/condor/jobfile"
)

// A job resumes if it has several products, and no file in its folder could be taken for one of
// its outputs.
func TestResumes(t *testing.T) {
	for _, test := range []struct {
		inputs, common []string
		output         string
		perJob         int
		want           bool
	}{
		{[]string{"inputA.npy", "inputB.npy"}, nil, "output.npy", 2, true},
		{[]string{"inputA.npy", "inputB.npy"}, nil, "output.npy", 1, false},
		{[]string{"in/x.npy", "in/y.npy"}, nil, "out/x.npy", 2, false},
		{[]string{"in/x.npy", "in/y.npy"}, nil, "out/X.NPY", 2, false},
		{[]string{"x1.npy", "y.npy"}, nil, "x.npy", 2, false},
		{[]string{"x.npy", "y.npy"}, []string{"data/c12.npy"}, "c.npy", 2, false},
		{[]string{"x.npz:A", "x.npz:B"}, nil, "x.npz", 2, false},
		{[]string{"x.npz:A", "x.npz:B"}, nil, "c.npz", 2, true},
	} {
		k := task{Request: &jobfile.Request{Matprod: true, IndexedInputs: test.inputs, Inputs: test.common}}
		k.outputs.names = []string{test.output}
		if got := resumes(k, test.perJob); got != test.want {
			t.Errorf("%+v: %t", test, got)
		}
		k.Matprod = false
		if resumes(k, test.perJob) {
			t.Errorf("%+v: another program resumes", test)
		}
	}
}

// A job has ten seconds to leave a machine, and the time to send its outputs.
func TestVacateTime(t *testing.T) {
	k := task{Request: &jobfile.Request{Matprod: true}}
	k.outputs.names = []string{"c.npy"}
	s := survey{products: alike(5, square(1000))}
	for count, want := range map[int]time.Duration{1: 10 * time.Second, 5: 12 * time.Second} {
		if got := vacateTime(k, s, []batch{{count: count}}); got != want {
			t.Errorf("%d products: %v, want %v", count, got, want)
		}
	}
}
