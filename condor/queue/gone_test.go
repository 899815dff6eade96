package queue

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"matpool/condor"
)

// A job in a log is one in HTCondor's history if both have its number, its log and its machine, and it left the queue after
// it was submitted, in whatever zone the log's times are.
func TestMatch(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a.log", "b.log"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	a, b := filepath.Join(dir, "a.log"), filepath.Join(dir, "b.log")
	submitted := time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC)
	logged := []Logged{
		{condor.ID{Cluster: 7}, a, "", submitted},
		{condor.ID{Cluster: 7}, b, "", submitted}, // on another machine
		{condor.ID{Cluster: 8}, a, "", submitted},
		{condor.ID{Cluster: 9}, a, "", submitted},
		{condor.ID{Cluster: 10}, a, "", submitted},
		{condor.ID{Cluster: 12}, a, "pc07", submitted},
		{condor.ID{Cluster: 13}, a, "pc08", submitted},
	}
	job := func(cluster int, log string, after time.Duration) Job {
		return Job{ClusterId: cluster, GlobalJobId: fmt.Sprintf("pc07#%d.0#1764590400", cluster), Iwd: dir, UserLog: log, EnteredCurrentStatus: submitted.Add(after).Unix()}
	}
	var got []string
	for _, l := range match(logged, []Job{
		job(7, b, 2*time.Hour),
		job(8, "a.log", -20*time.Hour), // the log's clock may be ahead by a day
		job(9, a, -48*time.Hour),
		job(10, filepath.Join(dir, "no.log"), time.Hour),
		job(11, a, time.Hour),
		job(12, a, time.Hour),
		job(13, a, time.Hour),
	}) {
		got = append(got, fmt.Sprint(l.ID(), " ", filepath.Base(l.Log)))
	}
	if got, want := strings.Join(got, ", "), "7.0 b.log, 8.0 a.log, 12.0 a.log"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// Two machines can submit to one log. HTCondor knows a machine by several names, and a log may have only its number.
func TestMayBeOf(t *testing.T) {
	for _, test := range []struct {
		id, machine string
		want        bool
	}{
		{"pc07.example.org#7.0#1764590400", "pc07.example.org", true},
		{"pc07.example.org#7.0#1764590400", "PC07", true},
		{"alice@pc07#7.0#1764590400", "pc07.example.org", true},
		{"pc07#7.0#1764590400", "pc08", false},
		{"alice@pc07#7.0#1764590400", "pc08.example.org", false},
		{"pc07#7.0#1764590400", "192.0.2.7", true},
		{"pc07#7.0#1764590400", "[2001:db8::7]", true},
		{"pc07#7.0#1764590400", "", true},
		{"alice@#7.0#1764590400", "pc07", true}, // on whatever machine
		{"", "pc07", true},
	} {
		if got := (Job{GlobalJobId: test.id}).mayBeOf(test.machine); got != test.want {
			t.Errorf("%s on %s: %t", test.id, test.machine, got)
		}
	}
}

// HTCondor is asked for few jobs beside the logged ones, in a command line that is not too long for any system.
func TestConstraint(t *testing.T) {
	jobs := func(step int, clusters ...int) (list []Logged) {
		for _, first := range clusters {
			for i := range 3 {
				list = append(list, Logged{ID: condor.ID{Cluster: first + step*i}})
			}
		}
		return list
	}
	many := make([]int, 10000)
	for i := range many {
		many[i] = 50000 - 4*i
	}
	for _, test := range []struct {
		jobs []Logged
		want string
	}{
		{jobs(0, 7), "member(ClusterId, {7})"},
		{jobs(1, 7), "ClusterId >= 7 && ClusterId <= 9"},
		{jobs(1, 20, 7, 9, 30), "ClusterId >= 7 && ClusterId <= 11 || ClusterId >= 20 && ClusterId <= 22 || ClusterId >= 30 && ClusterId <= 32"},
		{jobs(0, 30, 7, 9, 8), "ClusterId >= 7 && ClusterId <= 9 || member(ClusterId, {30})"},
		{jobs(0, 9, 5, 5, 1), "member(ClusterId, {1, 5, 9})"},
		{jobs(0, many...), "ClusterId >= 10004 && ClusterId <= 50000"},
	} {
		if got := constraint(test.jobs); got != test.want {
			t.Errorf("%s, want %s", got, test.want)
		}
	}
}
