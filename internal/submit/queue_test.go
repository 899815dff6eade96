package submit

import (
	"strings"
	"testing"

	"matpool/condor"
	"matpool/condor/jobfile"
	"matpool/condor/queue"
)

// condor_q is asked for jobs whose outputs can have this work's numbers, without the known clusters.
func TestForgottenConstraint(t *testing.T) {
	t.Chdir(t.TempDir())
	tk := taskOf(4, jobfile.Request{FirstIndex: 5, ProductsPerJob: 2})
	tk.division = tk.divide(2)
	f := forgotten{task: tk, known: map[int]bool{7: true, 9: true, 8: true, 12: true, 20: true}, where: places{}}
	if got, want := f.constraint(), "(MatFirst <= 8 && MatFirst + ifThenElse(MatCount =?= undefined, 1, MatCount) > 5) =!= false || regexp(\" sum=yes\", SubmitEventUserNotes)) && !(ClusterId >= 7 && ClusterId <= 9 || member(ClusterId, {12, 20}))"; !strings.HasSuffix(got, want) {
		t.Errorf("%s, want %s", got, want)
	}
	f.task = taskOf(4, jobfile.Request{FirstIndex: 5, ProductsPerJob: 2, Sum: true})
	f.task.division = f.task.divide(2)
	if got, want := f.constraint(), "(MatFirst <= 1 && MatFirst + "; !strings.Contains(got, want) {
		t.Errorf("%s, want %s", got, want)
	}
}

// A job in the queue is a rival if it makes an output of this work. Others of its cluster may do so if each returns a sum
// under such a name.
func TestForgottenJobs(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, test := range []struct {
		note   condor.Note
		rival  bool
		others bool
	}{
		{condor.Note{First: 4, Count: 2, Outputs: []string{"output.npy"}}, true, false},
		{condor.Note{First: 4, Count: 1, Outputs: []string{"output.npy"}}, false, false},
		{condor.Note{First: 5, Count: 1, Outputs: []string{"other.npy"}}, false, false},
		{condor.Note{First: 0, Count: 1, Sum: true, Outputs: []string{"output5.npy"}}, true, true},
		{condor.Note{First: 0, Count: 1, Sum: true, Outputs: []string{"output3.npy"}}, false, true},
		{condor.Note{First: 0, Count: 1, Sum: true, Outputs: []string{"partial5.npz"}}, false, false},
	} {
		tk := taskOf(4, jobfile.Request{FirstIndex: 5, ProductsPerJob: 1})
		tk.division = tk.divide(1)
		f := forgotten{task: tk, where: places{}}
		if others := f.add(queue.Job{ClusterId: 1, UserLog: "log.txt", SubmitEventUserNotes: test.note.String()}); others != test.others || (f.rivals != nil) != test.rival {
			t.Errorf("%+v: %t, %v", test.note, others, f.rivals)
		}
	}
}
