package eventlog

import (
	"reflect"
	"strings"
	"testing"
)

// Each kind of event, as HTCondor writes it, has this content and no other.
func TestKindsOfEvents(t *testing.T) {
	want := []Detail{
		Submit{"192.0.2.7:9618", []string{"DAG Node: P7", "first=70 count=10 starts=4 jobs=1", "WARNING: Committed job submission into the queue with the following warning(s): none that matters"}},
		Submit{"192.0.2.7:9618", nil},
		Execute{Machine: "<192.0.2.7:9618>"},
		Execute{Machine: `pc "07"`, Slot: "slot1_2@pc07.example.org", System: "WINDOWS", Arch: "X86_64"},
		nil,
		nil,
		JobEvicted{Reason: "the owner is back", Code: 8, Subcode: 3},
		JobEvicted{Requeued: true, Exit: Exit{Signal: 11}},
		JobEvicted{Requeued: true, Exit: Exit{Signal: 11}},
		JobTerminated{Exit{Signal: 9}},
		JobTerminated{Exit{Status: -1073741819}},
		ImageSize{5},
		ShadowException{"Error from pc07: no room"},
		nil,
		JobAborted{"via condor_rm (by user alice)"},
		JobSuspended{},
		JobUnsuspended{},
		JobHeld{},
		JobHeld{"product 7: bad input on pc07 (LINUX): inputB7.npy\nand a second line", 3, -65},
		JobHeld{},
		JobReleased{"via condor_release (by user alice)"},
		PostScript{},
		RemoteError{},
		JobDisconnected{},
		JobReconnected{},
		JobReconnectFailed{"Job not found at execution machine"},
		nil,
		nil,
		nil,
		ClusterSubmit{[]string{"first=5 count=10 starts=1 jobs=1"}},
		ClusterRemove{"Paused"},
		ClusterRemove{"Error -3"},
		ClusterRemove{"Complete"},
		FactoryPaused{"no such file"},
		FactoryResumed{},
		FileTransfer{Output: false, Phase: Queued},
		FileTransfer{Output: false, Phase: Started},
		FileTransfer{Output: true, Phase: Finished},
		nil,
		DataflowJobSkipped{},
		nil,
		nil,
		Submit{"192.0.2.7:9618", []string{`[ DAGNodeName = "job0"; JobBatchName = "run" ]`, "first=0 count=1 starts=4 jobs=1"}},
		JobEvicted{},
	}
	got := records(newReader(strings.NewReader(logFile(t, "kinds.log"))))
	for i, rec := range got {
		e, ok := rec.(*Event)
		if !ok {
			t.Errorf("%v", rec)
			continue
		}
		if i >= len(want) {
			t.Fatalf("%d events, want %d", len(got), len(want))
		}
		if !reflect.DeepEqual(e.Detail, want[i]) {
			t.Errorf("event %03d on line %d: %#v\nwant %#v", e.Number, e.Line, e.Detail, want[i])
		}
		if e.Head == "" || e.Number == 16 && e.Body != "\t(1) Normal termination (return value 0)\n    DAG Node: P7\n" {
			t.Errorf("event %03d is not kept as it is: %+v", e.Number, e)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d events, want %d", len(got), len(want))
	}
}

// An event that changes a job's state is never skipped because its text is unknown.
func TestUnknownTexts(t *testing.T) {
	for number := range 50 {
		_, err := parseDetail(number, "something new", "")
		switch number {
		case 0, 1, 4, 5, 6, 7, 9, 10, 11, 12, 13:
			if err == nil || !strings.HasSuffix(err.Error(), ` has the unknown text "something new"`) {
				t.Errorf("event %03d: %v", number, err)
			}
		default:
			if err != nil {
				t.Errorf("event %03d: %v", number, err)
			}
		}
	}
}

// A machine's name is the best one in the event.
func TestMachine(t *testing.T) {
	for _, test := range []struct{ body, want string }{
		{"\tSlotName: slot1@pc07\n\tCpus = 1\n\tMachine = \"pc07.example.org\"\n", "pc07.example.org"},
		{"\tSlotName: slot1@pc07\n\tmachine = \"a \\\"b\\\"\"\n", `a "b"`},
		{"\tSlotName: slot1@pc07\n\tMachine = \"\"\n", ""},
		{"\tSlotName: slot1@pc07\n\tArch = \"X86_64\"\n\tMachineCount = 1\n", "pc07"},
		{"\tSlotName: pc07\n", "<h>"},
		{"", "<h>"},
	} {
		if got := executed("<h>", test.body).Machine; got != test.want {
			t.Errorf("%q: %s, want %s", test.body, got, test.want)
		}
	}
}

// The memory that a job uses may be a number with a fraction, or missing.
func TestMemory(t *testing.T) {
	for body, want := range map[string]int64{
		"\t5  -  MemoryUsage of job (MB)\n\t4096  -  ResidentSetSize of job (KB)\n":  5,
		"\t4096  -  ResidentSetSize of job (KB)\n\t6.75  -  MemoryUsage of job (MB)": 6,
		"\t4096  -  ResidentSetSize of job (KB)\n":                                   -1,
		"\tundefined  -  MemoryUsage of job (MB)\n":                                  -1,
		"": -1,
	} {
		if got := (&lines{body}).memory(); got != want {
			t.Errorf("%q: %d MB, want %d", body, got, want)
		}
	}
}
