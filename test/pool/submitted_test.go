//go:build pool

package pool

import (
	"fmt"
	"strings"
	"testing"

	"matpool/condor"
)

// HTCondor from 25.6 on, for disk from 25.10, knows what a job requests once it has used more than it requested.
func TestRequestsMore(t *testing.T) {
	t.Parallel()
	f := inputs(t, 1, 20)
	f.write("run", "total_jobs = 1\nlog = log.txt\nrequest_memory = 64MB\nrequest_disk = 100MB\n")
	f.run("matsubmit", "run", "-requirements=false", "-quiet")
	id := f.history("log.txt").Jobs()[0].ID
	for _, x := range []struct {
		attribute, more string
		from            condor.Version
	}{{"RequestMemory", "128", condor.Version{Major: 25, Minor: 6}}, {"RequestDisk", "204800", condor.Version{Major: 25, Minor: 10}}} {
		body := f.run("condor_q", id.String(), "-af", "TransformBody_"+x.attribute)
		if has := strings.Contains(body, fmt.Sprintf("SET %s %s", x.attribute, x.more)); has != (version(t).Compare(x.from) >= 0) {
			t.Errorf("%s: %q", x.attribute, body)
		}
	}
	f.removeJobs(id.Cluster)
}

// A job that is submitted on hold has no event of it. matwatch says what to do, and then follows it.
func TestSubmittedOnHold(t *testing.T) {
	t.Parallel()
	f := inputs(t, 1, 20)
	f.write("run", "total_jobs = 1\nlog = log.txt\ncondor.hold = true\n")
	f.run("matsubmit", "run", "-quiet")
	id := f.history("log.txt").Jobs()[0].ID
	if out, _, status := f.try("matwatch", "log.txt"); status != 3 || !strings.Contains(out, "product 0: submitted on hold at user's request\n") || !strings.Contains(out, "condor_release starts it") {
		t.Errorf("exit status %d\n%s", status, out)
	}
	f.run("condor_release", id.String())
	f.until("it is released", func() bool { return strings.Contains(f.read("log.txt"), "Job was released.") })
	f.run("matwatch", "log.txt")
}
