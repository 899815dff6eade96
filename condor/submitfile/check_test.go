package submitfile

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"matpool/condor"
)

// Descriptions that HTCondor cannot represent are errors, and nothing is written.
func TestDescriptionsThatAreRefused(t *testing.T) {
	for _, test := range []struct {
		change func(d *Description)
		want   string
		quote  bool // it wraps a QuoteError
	}{
		{func(d *Description) { d.BatchName = "a$$b" }, "batch_name: a$$b: byte 1: HTCondor does not expand $$ here, so $$ cannot be escaped", true},
		{func(d *Description) { d.Executable = "" }, "executable: : byte 0: the name is empty", true},
		{func(d *Description) { d.Unit = `a "b"` }, `the unit "a \"b\"" is not a word`, false},
		{func(d *Description) { d.Arguments = []condor.Template{"$(idx)"} }, "arguments: $(idx): byte 0: unknown macro; the known ones are $(index), $(first), $(count), $(Cluster), $(Process), and $(DOLLAR) for a plain $", true},
		{func(d *Description) { d.Stdout = "a;b" }, "stdout: a;b: byte 1: HTCondor cannot represent ';' here", true},
		{func(d *Description) { d.Stderr = "$(x)" }, "stderr: $(x): byte 0: unknown macro; the known ones are $(index), $(first), $(count), $(Cluster), $(Process), and $(DOLLAR) for a plain $", true},
		{func(d *Description) { d.Log = condor.Literal("a$$b") }, "log: a$$b: byte 1: HTCondor does not expand $$ here, so $$ cannot be escaped", true},
		{func(d *Description) { d.Requirements = "a\nb" }, "requirements: a\nb: byte 1: a control character ('\\n')", true},
		{func(d *Description) { d.Extra = []condor.Setting{{Name: "+A", Value: `b\`}} }, `+A: a "\" at the end would continue the line`, false},
		{func(d *Description) { d.Systems = nil }, "no operating system", false},
		{func(d *Description) { d.Jobs = nil }, "no jobs", false},
		{func(d *Description) { d.Cpus = 0 }, "a job needs a processor, memory and disk", false},
		{func(d *Description) { d.Memory.Bytes = 0 }, "a job needs a processor, memory and disk", false},
		{func(d *Description) { d.MaxRunTime = 0 }, "a job needs time to run", false},
		{func(d *Description) { d.Remaps = []RemapTemplate{{"a", "b,c"}} }, "output a: b,c: byte 1: HTCondor cannot represent ',' here", true},
		{func(d *Description) { d.Jobs[2].Index = 0 }, "job 0: the index is not unique", false},
		{func(d *Description) { d.Jobs[1].Inputs = nil }, "job 1: does not have the same kinds of files as job 0", false},
		{func(d *Description) { d.Jobs[1].Remaps = []Remap{{"a", "b"}} }, "job 1: does not have the same kinds of files as job 0", false},
		{func(d *Description) { d.Jobs[1].Inputs[0] = "a,b" }, "job 1: a,b: byte 1: HTCondor cannot represent ',' here", true},
		{func(d *Description) { d.Jobs[1].Inputs[0] = "x/INPUTB1.NPY" }, "job 1: x/INPUTB1.NPY and inputB1.npy would have the same name in the job's folder", false},
		{func(d *Description) { d.Jobs[1].Inputs[0] = "x/aux.npy" }, "job 1: x/aux.npy: byte 2: Windows reserves this name for a device", true},
		{func(d *Description) { d.Inputs = []string{"c?"} }, "c?: byte 1: Windows does not allow '?' in a file name", true},
		{func(d *Description) { d.Inputs = []string{"a/c", "b/C"} }, "a/c and b/C would have the same name in each job's folder", false},
		{func(d *Description) { d.Jobs = d.Jobs[:1]; d.Jobs[0].Remaps = []Remap{{"a", "b"}, {"A", "c"}} }, "job 0: a would come back under two names", false},
		{func(d *Description) {
			d.Jobs = d.Jobs[:1]
			d.Remaps = []RemapTemplate{{"a$(index)", "b"}}
			d.Jobs[0].Remaps = []Remap{{"a0", "b"}}
		}, "job 0: a0 would come back under two names", false},
		{func(d *Description) { d.Jobs = d.Jobs[:1]; d.Jobs[0].Remaps = []Remap{{"d/a", "b"}} }, "job 0: d/a: an output must be in the job's folder, not in a subfolder", false},
		{func(d *Description) { d.Jobs = d.Jobs[:1]; d.Jobs[0].Remaps = []Remap{{"a", "b=c"}} }, "job 0: b=c: byte 1: HTCondor cannot represent '=' here", true},
		{func(d *Description) { d.Jobs = d.Jobs[:1]; d.Jobs[0].Remaps = []Remap{{"a", "b c"}}; d.MaxIdle = 5 }, "job 0: b c: byte 1: with max_idle, the name of one of several outputs cannot have a blank", true},
		{func(d *Description) { d.Outputs = []condor.Template{"a"} }, "outputs cannot be named if there is an outbox", false},
		{func(d *Description) { d.Outbox, d.Folder, d.Outputs = "", "f/$(index)", []condor.Template{"a"} }, "outputs cannot be named if there is a folder for all of them", false},
		{func(d *Description) { d.Folder = "a/../$(index)" }, "the folder a/../$(index) is not inside the current one", false},
		{func(d *Description) { d.Outbox, d.Outputs = "", []condor.Template{"a,b"} }, "output a,b: a,b: byte 1: HTCondor cannot represent ',' here", true},
		{func(d *Description) { d.Inputs, d.Shared = []string{"my A.npy"}, true }, "the inputs cannot be shared", false},
		{func(d *Description) { d.Shared = true }, "the inputs cannot be shared", false},
		{func(d *Description) { d.Inputs, d.Shared, d.MaxIdle = []string{"A.npy"}, true, 5 }, "the inputs cannot be shared", false},
		{func(d *Description) { d.InputRemaps = []RemapTemplate{{"a$(index)", "a"}} }, "machines with Windows do not rename inputs", false},
		{func(d *Description) {
			d.Systems, d.Jobs = []condor.System{condor.Linux}, d.Jobs[:1]
			d.InputRemaps = []RemapTemplate{{"inputA$(index).npy", "inputB0.npy"}}
		}, "job 0: two inputs would be inputB0.npy and inputB0.npy in the job's folder", false},
		{func(d *Description) {
			d.Systems = []condor.System{condor.Linux}
			d.InputRemaps = []RemapTemplate{{"a;$(index)", "a"}}
		}, "input a;$(index): a;0: byte 1: HTCondor cannot represent ';' here", true},
		{func(d *Description) { d.Outbox = ""; d.Jobs[1].Outputs = []string{"a"} }, "job 1: does not have the same kinds of files as job 0", false},
		{func(d *Description) {
			d.Outbox, d.MaxIdle, d.Jobs = "", 5, d.Jobs[:1]
			d.Jobs[0].Outputs = []string{"a", "b"}
		}, "job 0: a: byte 0: with max_idle, a job with several products of another program cannot name several outputs, or one with a blank", true},
		{func(d *Description) { d.BatchName, d.Systems = " ", nil }, "batch_name:  : byte 0: HTCondor drops a blank at the beginning\nno operating system", true},
	} {
		d := example()
		test.change(d)
		var out bytes.Buffer
		err := d.Write(&out)
		var quote *condor.QuoteError
		if fmt.Sprint(err) != test.want || errors.As(err, &quote) != test.quote {
			t.Errorf("%v\nwant\n%s", err, test.want)
		}
		if out.Len() > 0 {
			t.Errorf("%s, and was written", test.want)
		}
	}
	// A file with the program's name, and the program itself.
	for name, want := range map[string]string{"x/" + condor.Base(example().Executable): "job 0: ", "": ""} {
		d := example()
		d.Systems = []condor.System{condor.Linux}
		if want == "" {
			d.Inputs = append(d.Inputs, d.Executable)
		} else {
			d.Jobs[0].Inputs[0] = name
		}
		if err := d.Check(); (err != nil) != (want != "") || err != nil && !strings.HasPrefix(err.Error(), want+d.Executable+" and "+name+" would have the same name") {
			t.Errorf("%q: %v", name, err)
		}
	}
	// Without Windows, names that differ in case are different.
	d := example()
	d.Systems, d.Jobs[1].Inputs[0] = []condor.System{condor.Linux}, "x/INPUTB1.NPY"
	if err := d.Check(); err != nil {
		t.Error(err)
	}
}
