package pool

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// The columns of condor_status: kind, open, own, sharing; processors, MB and kB; then the conditions.
const table = `Partitionable true false true 8 16000 1000000 true true
Partitionable true false true 8 16000 1000000 true true
Dynamic false true false 1 2000 100000 true true
Dynamic false false false 5 10000 400000 true true
Static false false false 1 2000 100000 true true
Static true false false 3 2000 100000 true true
Static true false false 1 2000 100000 true false
Static false true false 1 2000 100000 true true
Dynamic false false false 0 0 48000 true true
`

func parsed(t *testing.T, text string) []Slot {
	t.Helper()
	slots, err := Parse([]byte(text), 2)
	if err != nil {
		t.Fatal(err)
	}
	return slots
}

// A partitionable slot counts as often as its resources allow, any other once. Dynamic slots are
// part of a partitionable one; those with jobs of others are not free.
func TestCount(t *testing.T) {
	slots := parsed(t, table)
	for _, test := range []struct {
		need        Need
		match, free int
	}{
		{Need{1, 0, 0}, 8 + 8 + 3, 8 + 8 - 5 + 2},
		{Need{1, 1000 << 20, 0}, 8 + 8 + 3, 8 + 8 - 5 + 2},
		{Need{2, 0, 0}, 4 + 4 + 1, 4 + 4 - 2 + 1},
		{Need{1, 3000 << 20, 0}, 5 + 5, 5 + 5 - 3},
		{Need{1, 0, 300000 << 10}, 3 + 3, 3 + 3 - 1},
		{Need{8, 0, 0}, 2, 2 - 1},
		{Need{9, 0, 0}, 0, 0},
	} {
		if match, free := Count(slots, test.need); match != test.match || free != test.free {
			t.Errorf("%+v: %d match, %d free; want %d, %d", test.need, match, free, test.match, test.free)
		}
	}
}

// A partitionable slot rounds what a job requests, but for the last job. A static one does not.
func TestRounding(t *testing.T) {
	for _, test := range []struct {
		slot string
		need Need
		want int
	}{
		{"Partitionable true false true 64 1024 100000", Need{1, 65 << 20, 1}, 8},
		{"Partitionable true false true 64 1024 100000", Need{1, 128 << 20, 1}, 8},
		{"Partitionable true false true 64 1024 100000", Need{1, 129 << 20, 1}, 4},
		{"Partitionable true false true 64 1000 100000", Need{1, 100 << 20, 1}, 8}, // seven have 128 MB, and the last 104
		{"Partitionable true false true 64 1000 100000", Need{1, 105 << 20, 1}, 7},
		{"Partitionable true false true 64 100 100000", Need{1, 100 << 20, 1}, 1},
		{"Partitionable true false true 64 99 100000", Need{1, 100 << 20, 1}, 0},
		{"Partitionable true false true 64 1024 10240", Need{1, 1, 1025 << 10}, 5},
		{"Static true false false 1 100 100000", Need{1, 100 << 20, 1}, 1},
	} {
		if match, _ := Count(parsed(t, test.slot+" true true\n"), test.need); match != test.want {
			t.Errorf("%s: %+v: %d jobs, want %d", test.slot, test.need, match, test.want)
		}
	}
}

// An input that jobs share is sent once to each partitionable slot that can share it, if a job goes there, and with each of
// the jobs that go to other slots.
func TestCopies(t *testing.T) {
	const shares, old, static = "Partitionable true false true 4 4000 100000 true true\n", "Partitionable true false false 4 4000 100000 true true\n",
		"Static true false false 1 1000 100000 true true\n"
	for _, test := range []struct {
		slots      string
		jobs, want int
	}{
		{shares, 40, 1},
		{shares + shares, 40, 2},
		{shares + shares, 1, 1},
		{shares + old, 40, 21},
		{shares + old, 1, 1},
		{old + old, 40, 40},
		{shares + static, 40, 9},
		{shares + "Dynamic false true false 1 1000 100000 true true\n", 40, 1},
		{shares + "Partitionable true false true 4 4000 100000 true false\n", 40, 1},
		{"", 40, 40},
	} {
		if got := Copies(parsed(t, test.slots), Need{1, 1, 1}, test.jobs); got != test.want {
			t.Errorf("%d jobs: %d copies, want %d, to\n%s", test.jobs, got, test.want, test.slots)
		}
	}
}

// The schedd's version is that of what answers, not of what asks.
func TestSchedd(t *testing.T) {
	const answer = "Destination:                 local schedd\nRemote Version:              $CondorVersion: 25.14.1 2026-10-16 PackageID: 25.14.1+dfsg-1 $\n" +
		"Local  Version:              $CondorVersion: 23.9.6 2026-07-12 PackageID: 23.9.6+dfsg-2.1+b10 $\n"
	if v, ok := ParseSchedd([]byte(answer)); !ok || v.String() != "25.14" {
		t.Errorf("%v, %v", v, ok)
	}
	for _, text := range []string{"", "Remote Version:\n", "Remote Version: 25.14.1\n", "Local  Version: $CondorVersion: 25.14.1 2026 $\n", "Remote Version: $CondorVersion: 25.x.1 2026 $"} {
		if v, ok := ParseSchedd([]byte(text)); ok {
			t.Errorf("%q: %v", text, v)
		}
	}
}

// If a single requirement keeps all slots from matching, it is the obstacle; otherwise those that
// no slot meets.
func TestObstacle(t *testing.T) {
	names := []string{"A", "B", "cpus", "memory", "disk"}
	const met, not = "Static true false false 1 2000 100000 ", "Partitionable true false true 1 2000 90000 "
	for _, test := range []struct {
		what, table string
		need        Need
		want        string
		alone       bool
	}{
		{"one condition", met + "true false\n", Need{1, 1, 1}, "B", true},
		{"either of two", met + "true false\n" + met + "false true\n", Need{1, 1, 1}, "A B", true},
		{"a need", table, Need{9, 1, 1}, "cpus", true},
		{"memory", table, Need{1, 17000 << 20, 1}, "memory", true},
		{"disk", table, Need{1, 1, 1 << 40}, "disk", true},
		{"two that none meets", met + "false false\n" + not + "false false\n", Need{1, 1, 1}, "A B", false},
		{"a condition and a need that none meets", met + "true false\n", Need{2, 1, 1}, "B cpus", false},
		{"each met by one, all by none", met + "true false\n" + not + "false true\n", Need{1, 1, 95000 << 10}, "B", true},
		{"three by no two", "Static true false false 2 2000 9 true false\n" + "Static true false false 1 2000 9 true true\n", Need{2, 1 << 40, 1}, "memory", false},
	} {
		found, alone := Obstacle(parsed(t, test.table), test.need, names)
		if got := strings.Join(found, " "); got != test.want || alone != test.alone {
			t.Errorf("%s: %q, alone %v; want %q, %v", test.what, got, alone, test.want, test.alone)
		}
	}
}

// Anything but lines of slots is an error.
func TestParseRefuses(t *testing.T) {
	for _, text := range []string{
		"nonsense\n", "Static true\n", "Static true maybe 1 2 3 true true\n", "Static true false false 1 2 x true true\n",
		"Static true false false 1 2 3 true undefined\n", "Odd true false false 1 2 3 true true\n", "Static true false false 1 undefined 3 true true\n",
		"Static true false false 1 2 3 true true true\n", "Static true false false 1 2 999999999999999999 true true\n",
		table + "\x00\xff\n",
	} {
		if slots, err := Parse([]byte(text), 2); err == nil {
			t.Errorf("%q: %+v, want an error", text, slots)
		}
	}
	if slots, err := Parse([]byte("\n\n"), 2); err != nil || len(slots) != 0 {
		t.Errorf("of nothing: %+v, %v", slots, err)
	}
}

func TestSplit(t *testing.T) {
	for requirements, want := range map[string][]string{
		`Memory > 1`:               {`Memory > 1`},
		`A && B&&C`:                {`A`, `B`, `C`},
		`(A && B) && C`:            {`(A && B)`, `C`},
		`A && B || C`:              {`A && B || C`},
		`A && (B || C)`:            {`A`, `(B || C)`},
		`A ? B && C : D`:           {`A ? B && C : D`},
		`A =?= "x" && B =!= 2`:     {`A =?= "x"`, `B =!= 2`},
		`A == "&& || ( \" " && B`:  {`A == "&& || ( \" "`, `B`},
		`member(A, {1 && 2}) && B`: {`member(A, {1 && 2})`, `B`},
	} {
		if got := Split(requirements); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", requirements, got, want)
		}
	}
}

// A condition is that of a slot: TARGET is the slot itself, and MY would be the job.
func TestConditions(t *testing.T) {
	for condition, want := range map[string]string{
		`TARGET.Memory > 4`:                `MY.Memory > 4`,
		`target . Memory > Target.Cpus`:    `MY.Memory > MY.Cpus`,
		`Machine == "TARGET.x" && OpSys`:   `Machine == "TARGET.x" && OpSys`,
		`stringListMember(TARGET.A, "\"")`: `stringListMember(MY.A, "\"")`,
	} {
		if got := ofSlot(condition); got != want || OfJob(condition) {
			t.Errorf("%s: %s, want %s", condition, got, want)
		}
	}
	for _, condition := range []string{"Memory > MY.RequestMemory", "Memory > 2 * requestmemory", "my .Owner == 1", `Machine == "$(x)"`, `Machine == $(x)`} {
		if !OfJob(condition) {
			t.Errorf("%s: depends on the job", condition)
		}
	}
}

// Parsing many slots takes milliseconds.
func BenchmarkParse(b *testing.B) {
	var text strings.Builder
	for i := range 10_000 {
		fmt.Fprintf(&text, "Partitionable true false true %d 16000 1000000 true true\n", i%9)
	}
	for b.Loop() {
		if _, err := Parse([]byte(text.String()), 2); err != nil {
			b.Fatal(err)
		}
	}
}
