package joblog

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"matpool/condor/eventlog"
)

// history reads a log in shorthand, one event in each string: "0 3.1 first=7 count=1" is event
// 0, the submission of job 3.1, with this note.
func history(t *testing.T, words ...string) *eventlog.History {
	t.Helper()
	var log strings.Builder
	for second, word := range words {
		number, rest, _ := strings.Cut(word, " ")
		id, note, _ := strings.Cut(rest, " ")
		text, ok := map[string]string{
			"0":  "000 (%s.000) %s Job submitted from host: <h>\n    " + note,
			"1":  "001 (%s.000) %s Job executing on host: <h>",
			"5":  "005 (%s.000) %s Job terminated.\n\t(1) Normal termination (return value 0)",
			"5!": "005 (%s.000) %s Job terminated.\n\t(1) Normal termination (return value 1)",
			"9":  "009 (%s.000) %s Job was aborted.\n\tvia condor_rm",
			"12": "012 (%s.000) %s Job was held.\n\t" + note + "why\n\tCode 3 Subcode 65",
			"6":  "012 (%s.000) %s Job was held.\n\twhy\n\tCode 6 Subcode 8",
			"35": "035 (%s.000) %s Cluster submitted from host: <h>\n    " + note,
			"36": "036 (%s.000) %s Cluster removed\n\tMaterialized 2 jobs from 2 items.\t" + note,
			"37": "037 (%s.000) %s Job Materialization Paused\n\t" + note,
		}[number]
		if !ok {
			t.Fatalf("unknown event %s", number)
		}
		fmt.Fprintf(&log, text+"\n...\n", id, fmt.Sprintf("2026-11-23 19:%02d:%02d", second/60, second%60))
	}
	h := eventlog.NewHistory()
	for r := eventlog.NewReader("x.log", strings.NewReader(log.String())); r.Scan(); {
		event, ok := r.Record().(*eventlog.Event)
		if !ok {
			t.Fatal(r.Record())
		}
		h.Add(event)
	}
	return h
}

func ids(r *Run) string {
	var list []string
	for _, j := range r.Jobs {
		list = append(list, j.String())
	}
	return strings.Join(list, " ")
}

// The jobs of the latest run.
func TestSelect(t *testing.T) {
	const product = " first=%d count=1 starts=4 jobs=1"
	one := func(id string, first int) string { return "0 " + id + fmt.Sprintf(product, first) }
	for _, test := range []struct {
		name, want string
		superseded int
		counts     eventlog.Counts
		log        []string
	}{
		{"nothing", "", 0, eventlog.Counts{}, nil},
		{"one cluster", "1.0 1.1", 0, eventlog.Counts{Idle: 2}, []string{"0 1.0", "0 1.1"}},
		{"several, without notes: the latest", "3.0", 0, eventlog.Counts{Idle: 1}, []string{"0 1.0", "0 2.0 first=0 count=1 starts=4 jobs=1", "0 3.0"}},
		{"one held, submitted again", "1.0 2.0", 1, eventlog.Counts{Done: 1, Idle: 1}, []string{one("1.0", 0), one("1.1", 1), "5 1.0", "12 1.1", one("2.0", 1)}},
		{"one removed, submitted again", "1.0 2.0", 1, eventlog.Counts{Done: 1, Idle: 1}, []string{one("1.0", 0), one("1.1", 1), "5 1.0", "9 1.1", one("2.0", 1)}},
		{"one failed, submitted again", "2.0", 1, eventlog.Counts{Idle: 1}, []string{one("1.0", 0), "5! 1.0", one("2.0", 0)}},
		{"one done, submitted again", "2.0", 1, eventlog.Counts{Idle: 1}, []string{one("1.0", 0), "5 1.0", one("2.0", 0)}},
		{"one runs, and is submitted again: both are in the queue", "1.0 2.0", 0, eventlog.Counts{Running: 1, Idle: 1}, []string{one("1.0", 0), "1 1.0", one("2.0", 0)}},
		{"all again", "3.0 3.1", 3, eventlog.Counts{Idle: 2}, []string{one("1.0", 0), "5 1.0", one("2.0", 0), one("2.1", 1), "5 2.0", "5 2.1", one("3.0", 0), one("3.1", 1)}},
		{"fewer than before", "1.1 2.0", 1, eventlog.Counts{Done: 1, Idle: 1}, []string{one("1.0", 0), one("1.1", 1), "5 1.0", "5 1.1", one("2.0", 0)}},
		{"submitted again, and that removed: the first still counts", "1.0", 1, eventlog.Counts{Done: 1}, []string{one("1.0", 0), "5 1.0", one("2.0", 0), "9 2.0"}},
		{"removed twice", "1.0 2.0", 0, eventlog.Counts{Removed: 2}, []string{one("1.0", 0), "9 1.0", one("2.0", 0), "9 2.0"}},
		{"what is missing of a batch", "1.0 2.0", 1, eventlog.Counts{Done: 1, Idle: 1}, []string{"0 1.0 first=0 count=5 starts=4 jobs=1", "5 1.0", "0 1.1 first=5 count=5 starts=4 jobs=1", "12 1.1", "0 2.0 first=7 count=3 starts=4 jobs=1"}},
		{"part of a batch that is done", "1.0 2.0", 0, eventlog.Counts{Done: 1, Idle: 1}, []string{"0 1.0 first=0 count=5 starts=4 jobs=1", "5 1.0", "0 2.0 first=1 count=1 starts=4 jobs=1"}},
		{"another run, with the same products", "2.0", 0, eventlog.Counts{Idle: 1}, []string{one("1.0", 0) + " id=a", one("1.1", 1) + " id=a", "12 1.1", one("2.0", 0) + " id=b"}},
		{"the same run again, after another one", "1.0 3.0", 1, eventlog.Counts{Done: 1, Idle: 1},
			[]string{one("1.0", 0) + " id=a", one("1.1", 1) + " id=a", "5 1.0", "12 1.1", one("2.0", 1) + " id=b", "5 2.0", one("3.0", 1) + " id=a"}},
		{"an old run, and one with an identity", "1.1 2.0", 1, eventlog.Counts{Done: 1, Idle: 1}, []string{one("1.0", 0), one("1.1", 1), "5 1.0", "5 1.1", one("2.0", 0) + " id=b"}},
		{"the cluster that was submitted last has the lowest number", "2.0 500.0", 1, eventlog.Counts{Done: 1, Idle: 1},
			[]string{one("500.0", 0), one("500.1", 1), "5 500.0", "12 500.1", one("2.0", 1)}},
		{"products, and then sums of them", "2.0", 0, eventlog.Counts{Idle: 1}, []string{one("1.0", 0), one("1.1", 1), "5 1.0", "5 1.1", "0 2.0 first=0 count=2 starts=4 jobs=1 sum=yes"}},
		{"a DAG's nodes, one tried twice", "1.0 3.0", 1, eventlog.Counts{Done: 1, Idle: 1}, []string{"0 1.0 DAG Node: job0", "5 1.0", "0 2.0 DAG Node: job1", "5! 2.0", "0 3.0 DAG Node: job1"}},
		{"one failed, one held, one removed", "1.0 1.1 1.2", 0, eventlog.Counts{Failed: 1, Held: 1, Removed: 1}, []string{one("1.0", 0), one("1.1", 1), one("1.2", 2), "5! 1.0", "12 1.1", "9 1.2"}},
		{"one that HTCondor will release", "1.0", 0, eventlog.Counts{Held: 1, Waiting: 1}, []string{one("1.0", 0), "6 1.0"}},
	} {
		r := selectRun(history(t, test.log...), nil, "")
		if got := ids(r); got != test.want || len(r.Superseded) != test.superseded || r.Counts != test.counts {
			t.Errorf("%s: %q, %d superseded, %+v; want %q, %d, %+v", test.name, got, len(r.Superseded), r.Counts, test.want, test.superseded, test.counts)
		}
	}
}

// Of the runs in a log, that with an identity, though another was submitted later, and has jobs that have yet to enter the queue.
func TestSelectIdentity(t *testing.T) {
	const note = " first=%d count=1 starts=4 jobs=1 id=%s"
	log := []string{"0 1.0" + fmt.Sprintf(note, 0, "a"), "0 1.1" + fmt.Sprintf(note, 1, "a"), "12 1.1", "0 2.1" + fmt.Sprintf(note, 1, "a"), "0 3.0" + fmt.Sprintf(note, 0, "b"), "35 4.-1" + fmt.Sprintf(note, 0, "b")}
	for identity, want := range map[string]string{"a": "1.0 2.1", "b": "3.0", "c": "", "": "3.0"} {
		r := selectRun(history(t, log...), nil, identity)
		if got := ids(r); got != want || r.Entering != (identity == "" || identity == "b") {
			t.Errorf("of %q, %q, and more %v; want %q", identity, got, r.Entering, want)
		}
	}
}

// The jobs of given clusters.
func TestSelectClusters(t *testing.T) {
	h := history(t, "0 1.0 first=0 count=1 starts=4 jobs=1", "12 1.0", "0 2.0 first=0 count=1 starts=4 jobs=1", "0 3.0")
	for want, clusters := range map[string][]int{"1.0": {1}, "1.0 2.0": {2, 1}, "": {7}} {
		r := selectRun(h, clusters, "")
		if got := ids(r); got != want || len(r.Superseded) != 0 {
			t.Errorf("%v: %q, want %q", clusters, got, want)
		}
	}
	if r := selectRun(h, []int{2, 1}, ""); !slices.Equal(r.Clusters, []int{1, 2}) {
		t.Error(r.Clusters)
	}
}

// The states of a run.
func TestState(t *testing.T) {
	const note = " first=0 count=1 starts=4 jobs=1"
	for _, test := range []struct {
		name string
		want State
		log  []string
	}{
		{"nothing", Going, nil},
		{"idle", Going, []string{"0 1.0"}},
		{"running", Going, []string{"0 1.0", "1 1.0"}},
		{"done", Done, []string{"0 1.0", "5 1.0"}},
		{"one of two", Going, []string{"0 1.0", "0 1.1", "5 1.0"}},
		{"one done, one held", Stuck, []string{"0 1.0", "0 1.1", "5 1.0", "12 1.1"}},
		{"one runs, one held", Going, []string{"0 1.0", "0 1.1", "12 1.1"}},
		{"held, to be released", Going, []string{"0 1.0" + note, "6 1.0"}},
		{"held like that, but nobody will", Stuck, []string{"0 1.0", "6 1.0"}},
		{"removed", Stuck, []string{"0 1.0", "9 1.0"}},
		{"failed", Stuck, []string{"0 1.0", "5! 1.0"}},
		{"more will enter the queue", Going, []string{"35 1.-1", "0 1.0", "5 1.0"}},
		{"none has entered it yet, and an older run is done", Going, []string{"0 1.0" + note, "5 1.0", "35 2.-1"}},
		{"all have", Done, []string{"35 1.-1", "0 1.0", "5 1.0", "36 1.-1 Complete"}},
		{"not all have", Stuck, []string{"35 1.-1", "0 1.0", "5 1.0", "36 1.-1 Incomplete"}},
		{"not all had, and the rest was submitted again", Done, []string{"35 1.-1", "0 1.0" + note, "5 1.0", "36 1.-1 Incomplete", "0 2.0 first=1 count=1 starts=4 jobs=1", "5 2.0"}},
		{"not all had, and the rest enters the queue now", Done, []string{"35 1.-1", "0 1.0" + note, "5 1.0", "36 1.-1 Incomplete", "35 2.-1 first=1 count=1 starts=4 jobs=1", "0 2.0 first=1 count=1 starts=4 jobs=1", "5 2.0"}},
		{"all have, by their notes", Done, []string{"35 1.-1 first=0 count=1 starts=4 jobs=1", "0 1.0" + note, "5 1.0"}},
		{"all have but one", Going, []string{"35 1.-1 first=0 count=1 starts=4 jobs=2", "0 1.0" + note, "5 1.0"}},
		{"none can enter the queue", Stuck, []string{"35 1.-1", "37 1.-1 no file"}},
		{"entering is paused", Stuck, []string{"35 1.-1", "0 1.0", "5 1.0", "37 1.-1 no file"}},
	} {
		if got := selectRun(history(t, test.log...), nil, "").State(); got != test.want {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
	for want, log := range map[bool][]string{
		true:  {"35 1.-1", "0 1.0", "5 1.0", "0 1.1", "12 1.1"},
		false: {"35 1.-1", "0 1.0", "5 1.0"},
	} {
		if got := selectRun(history(t, log...), nil, "").AwaitsJobs(); got != want {
			t.Errorf("%v waits for more jobs: %v", log, got)
		}
	}
}

func TestSummary(t *testing.T) {
	for want, log := range map[string][]string{
		"0 jobs: 0 done, 0 running, 0 idle, 0 held":                                                                   nil,
		"cluster 1: 1 job: 0 done, 0 running, 1 idle, 0 held":                                                         {"0 1.0"},
		"cluster 1: 2 jobs: 0 done, 0 running, 0 idle, 0 held, 1 failed, 1 removed":                                   {"0 1.0", "0 1.1", "5! 1.0", "9 1.1"},
		"cluster 1: 1 job: 0 done, 0 running, 0 idle, 1 held, 1 of them to be released by HTCondor":                   {"0 1.0 first=0 count=1 starts=4 jobs=1", "6 1.0"},
		"clusters 1, 2 and 3: 3 jobs: 0 done, 0 running, 3 idle, 0 held":                                              {"0 1.0 DAG Node: a", "0 2.0 DAG Node: b", "0 3.0 DAG Node: c"},
		"5 clusters, 1 to 5: 5 jobs: 0 done, 0 running, 5 idle, 0 held":                                               {"0 1.0 DAG Node: a", "0 2.0 DAG Node: b", "0 3.0 DAG Node: c", "0 4.0 DAG Node: d", "0 5.0 DAG Node: e"},
		"cluster 1: 1 job: 0 done, 0 running, 1 idle, 0 held; more will enter the queue":                              {"35 1.-1", "0 1.0"},
		"cluster 1: 9 jobs: 1 done, 0 running, 1 idle, 0 held; 7 more will enter the queue":                           {"35 1.-1 first=0 count=1 starts=4 jobs=9", "0 1.0", "0 1.1", "5 1.0"},
		"cluster 1: 2 jobs: 1 done, 0 running, 1 idle, 0 held":                                                        {"35 1.-1 first=0 count=1 starts=4 jobs=2", "0 1.0", "0 1.1", "5 1.0"},
		"cluster 1: 2 jobs: 1 done, 0 running, 1 idle, 0 held; some never entered the queue":                          {"35 1.-1", "0 1.0", "0 1.1", "5 1.0", "36 1.-1 Incomplete"},
		"cluster 1: 9 jobs: 1 done, 0 running, 1 idle, 0 held; 7 never entered the queue":                             {"35 1.-1 first=0 count=1 starts=4 jobs=9", "0 1.0", "0 1.1", "5 1.0", "36 1.-1 Incomplete"},
		"cluster 1: 1 job: 0 done, 0 running, 1 idle, 0 held; more should enter the queue, but it is paused: no file": {"35 1.-1", "0 1.0", "37 1.-1 no file"},
		"cluster 2: 1 job: 0 done, 0 running, 1 idle, 0 held (not counted: 1 earlier job for the same products)":      {"0 1.0 first=0 count=1 starts=4 jobs=1", "12 1.0", "0 2.0 first=0 count=1 starts=4 jobs=1"},
	} {
		if got := selectRun(history(t, log...), nil, "").Summary(); got != want {
			t.Errorf("%v: %s\nwant %s", log, got, want)
		}
	}
}

// Text from a log is printed as one line without control characters.
func TestTrouble(t *testing.T) {
	h := history(t, "0 1.0", "12 1.0", "0 1.1 first=30 count=10 starts=4 jobs=1", "12 1.1", "0 1.2", "9 1.2", "0 1.3", "5! 1.3", "0 1.4",
		"0 1.5 first=7 count=1 starts=4 jobs=1", "12 1.5 job 7: ", "0 1.6 first=30 count=10 starts=4 jobs=1", "12 1.6 products 30 to 39: ",
		"0 1.7 DAG Node: a\x1b[2Jb", "12 1.7 no\x1b[1m ",
		"0 1.8 first=7 count=1 starts=4 jobs=9 unit=job", "12 1.8")
	var got []string
	for _, j := range h.Jobs() {
		got = append(got, Problem(j))
	}
	want := []string{"held: job 1.0: why", "held: job 1.1: products 30 to 39: why", "removed: job 1.2: via condor_rm", "failed: job 1.3: left the queue with exit status 1", "",
		"held: job 1.5: job 7: why", "held: job 1.6: products 30 to 39: why",
		"held: job 1.7: node a [2Jb: no [1m why", "held: job 1.8: job 7: why"}
	if !slices.Equal(got, want) {
		t.Errorf("%q\nwant %q", got, want)
	}
}
