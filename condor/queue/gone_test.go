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

// A job in a log is one in HTCondor's history if both have its number and its log, and it left the queue after it was
// submitted, in whatever zone the log's times are.
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
		{condor.ID{Cluster: 7}, a, submitted},
		{condor.ID{Cluster: 7}, b, submitted}, // on another machine
		{condor.ID{Cluster: 8}, a, submitted},
		{condor.ID{Cluster: 9}, a, submitted},
		{condor.ID{Cluster: 10}, a, submitted},
	}
	job := func(cluster int, log string, after time.Duration) Job {
		return Job{ClusterId: cluster, Iwd: dir, UserLog: log, EnteredCurrentStatus: submitted.Add(after).Unix()}
	}
	var got []string
	for _, l := range match(logged, []Job{
		job(7, b, 2*time.Hour),
		job(8, "a.log", -20*time.Hour), // the log's clock may be ahead by a day
		job(9, a, -48*time.Hour),
		job(10, filepath.Join(dir, "no.log"), time.Hour),
		job(11, a, time.Hour),
	}) {
		got = append(got, fmt.Sprint(l.ID(), " ", filepath.Base(l.Log)))
	}
	if got, want := strings.Join(got, ", "), "7.0 b.log, 8.0 a.log"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
