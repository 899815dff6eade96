package submit

import "testing"

// Each range of missing products in a batch becomes a batch; if all are missing, the batch
// stays the same. M is missing, D done, Q in the queue.
func TestMissingOf(t *testing.T) {
	d := division{batches: make([]batch, 10)}
	for _, test := range []struct{ states, want string }{
		{"DDDD", ""},
		{"QQDD", ""},
		{"MMMM", "3:12+4"},
		{"MDDD", "22:12+1"},
		{"DDDM", "25:15+1"},
		{"MQMM", "22:12+1 24:14+2"},
		{"DMDM", "23:13+1 25:15+1"},
	} {
		var states []state
		for _, c := range test.states {
			states = append(states, map[rune]state{'M': missing, 'D': done, 'Q': queued}[c])
		}
		if got := spellBatches(missingOf(d, batch{index: 3, first: 12, count: 4}, states)); got != test.want {
			t.Errorf("%s: %s, want %s", test.states, got, test.want)
		}
	}
}
