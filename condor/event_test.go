package condor

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
)

// Each kind of event, as HTCondor writes it, says this and nothing else.
func TestKindsOfEvents(t *testing.T) {
	const host = "<192.0.2.7:9618>"
	type ad = AdInformation
	want := []Detail{
		Submitted{host, []string{"DAG Node: P7", "first=70 count=10 starts=4", "WARNING: Committed job submission into the queue with the following warning(s): none that matters"}},
		Submitted{host, nil},
		Executing{Host: host},
		Executing{Host: "<192.0.2.7:9618?alias=pc07>", Slot: "slot1_2@pc07.example.org", attrs: "\tSlotName: slot1_2@pc07.example.org\n\tArch = \"X86_64\"\n\tMachine = \"pc \\\"07\\\"\"\n\tOpSys = \"WINDOWS\"\n"},
		nil,
		nil,
		Evicted{Checkpointed: true, Code: 8, Subcode: 3, Sent: 12, Received: 34, Reason: "the owner is back"},
		Evicted{Requeued: true, Exit: Exit{Signal: 11}, Sent: 5, Received: 6, Reason: "The job attribute OnExitRemove expression 'false' evaluated to FALSE"},
		Evicted{Requeued: true, Exit: Exit{Signal: 11}, Sent: 5, Received: 6, Reason: "The job attribute OnExitRemove expression 'false' evaluated to FALSE"},
		Terminated{Exit: Exit{Signal: 9}, CoreFile: "core.7", Sent: 1, Received: 2, TotalSent: 3, TotalReceived: 4e12},
		Terminated{Exit: Exit{Status: -1073741819}},
		ImageSize{1108, 5, -1},
		ShadowException{"Error from pc07: no room", 1, 2},
		Generic{"matprod: pair 1 of 3 done"},
		Aborted{"via condor_rm (by user alice)"},
		Suspended{3},
		Unsuspended{},
		Held{},
		Held{"product 7: bad input on pc07 (LINUX): inputB7.npy\nand a second line", 3, -65},
		Held{},
		Released{"via condor_release (by user alice)"},
		nil,
		RemoteError{true, "starter", "slot1_1@pc07", "Failed to execute 'x'", 6, 8},
		Disconnected{"Socket between submit and execute hosts closed unexpectedly", "slot1_4@pc07", "<192.0.2.7:9618?alias=pc07>"},
		Reconnected{"slot1_4@pc07", host, "<192.0.2.7:9619>"},
		ReconnectFailed{"Job not found at execution machine", "slot1_4@pc07"},
		ad{"Proc = 0\nTriggerEventTypeName = \"ULOG_EXECUTE\"\n"},
		AttributeUpdate{"JobPrio", "0", "5"},
		AttributeUpdate{"Note", "", `"a to b"`},
		ClusterSubmitted{host, []string{"first=5 count=10 starts=1"}},
		ClusterRemoved{20, 25, "Paused", "somebody paused it"},
		ClusterRemoved{-1, -1, "Error -3", ""},
		ClusterRemoved{-1, -1, "Complete", ""},
		ClusterPaused{"no such file", 3, 13},
		ClusterResumed{"it is there again"},
		Transfer{Output: false, Phase: Queued, Queue: -1},
		Transfer{Output: false, Phase: Started, Queue: 12, Host: host},
		Transfer{Output: true, Phase: Finished, Queue: -1},
		nil,
		Skipped{"all is new"},
		nil,
		nil,
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
		if e.Detail != nil && e.Detail.number() != e.Number {
			t.Errorf("event %03d: a %T", e.Number, e.Detail)
		}
		if e.Detail == nil && (e.Head == "" || e.Number == 16 && e.Body != "\t(1) Normal termination (return value 0)\n    DAG Node: P7\n") {
			t.Errorf("event %03d is not kept as it is: %+v", e.Number, e)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d events, want %d", len(got), len(want))
	}
}

// What a machine is called, by the best name that the event has.
func TestMachine(t *testing.T) {
	for _, test := range []struct {
		e    Executing
		want string
	}{
		{Executing{Host: "<h>", Slot: "slot1@pc07", attrs: "\tMachine = \"pc07.example.org\"\n"}, "pc07.example.org"},
		{Executing{Host: "<h>", Slot: "slot1@pc07", attrs: "\tArch = \"X86_64\"\n"}, "pc07"},
		{Executing{Host: "<h>", Slot: "pc07"}, "<h>"},
		{Executing{Host: "<h>"}, "<h>"},
	} {
		if got := test.e.Machine(); got != test.want {
			t.Errorf("%+v: %s, want %s", test.e, got, test.want)
		}
	}
	e := Executing{attrs: "\tCpus = 1\n\tMachine = \"a \\\"b\\\"\"\n\tX = \"\"\n"}
	for name, want := range map[string]string{"cpus": "1", "Machine": `a "b"`, "X": "", "Cpu": "?", "SlotName": "?"} {
		got, ok := e.Attr(name)
		if !ok {
			got = "?"
		}
		if got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}

// The table at a run's end, in the widths of real logs, and where it does not fit.
func TestResources(t *testing.T) {
	for _, test := range []struct{ table, want string }{
		{`	Partitionable Resources :    Usage  Request Allocated 
	   Cpus                 :        0        1         1 
	   Disk (KB)            :      883    20480     21504 
	   GPUs                 :                           0 
	   Memory (MB)          :        1       64       128 
	   TimeExecute (s)      :       46                    
`, "[{Cpus 0 1 1} {Disk (KB) 883 20480 21504} {GPUs   0} {Memory (MB) 1 64 128} {TimeExecute (s) 46  }]"},
		{`	Partitionable Resources :    Usage  Request Allocated Assigned
	   Cpus                 :     0.00        1         1 
	   Disk (KB)            :   904       51200     52224 
	   GPUs                 :                 1         1 "GPU-1"

	Job terminated of its own accord at 2026-11-23T19:14:11Z with exit-code 0.
`, "[{Cpus 0.00 1 1} {Disk (KB) 904 51200 52224} {GPUs  1 1}]"},
		{`	Partitionable Resources :    Usage  Request Allocated 
	   Disk (KB)            :      88320480     21504 
`, "[]"},
		{"", "[]"},
		{"\tPartitionable Resources : Usage", "[]"},
	} {
		if got := fmt.Sprint(resources(test.table)); got != test.want {
			t.Errorf("%s:\n%s\nwant\n%s", test.table, got, test.want)
		}
	}
	events := records(newReader(strings.NewReader(logFile(t, "events.log"))))
	tables := 0
	for _, rec := range events {
		switch d := rec.(*Event).Detail.(type) {
		case Terminated:
			if n := len(d.Resources()); n != 6 {
				t.Errorf("line %d: a table of %d lines", rec.(*Event).Line, n)
			}
			tables++
		case Evicted:
			tables += len(d.Resources()) / 6
		}
	}
	if tables != 6 {
		t.Errorf("%d tables, want 6", tables)
	}
}
