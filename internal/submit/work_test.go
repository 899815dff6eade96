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
		w := workOf(4, jobfile.Request{IndexedInputs: test.inputs, Inputs: test.common, IndexedOutputs: []string{test.output}}, product{})
		w.division = w.divide(test.perJob)
		if got := w.resumes(); got != test.want {
			t.Errorf("%+v: %t", test, got)
		}
		w.kind = ofProgram{}
		if w.resumes() {
			t.Errorf("%+v: another program resumes", test)
		}
	}
}

// A job has ten seconds to leave a machine, and the time to send its outputs.
func TestVacateTime(t *testing.T) {
	w := workOf(5, jobfile.Request{}, square(1000))
	for count, want := range map[int]time.Duration{1: 10 * time.Second, 5: 12 * time.Second} {
		if got := w.vacateTime([]batch{{count: count}}); got != want {
			t.Errorf("%d products: %v, want %v", count, got, want)
		}
	}
}
