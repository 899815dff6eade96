// Package queue asks HTCondor which jobs are in the queue of this machine (condor_q), and which have left it
// (condor_history).
package queue

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"time"

	"matpool/condor"
	"matpool/internal/base/text"
)

// Patience is how long HTCondor may take to answer: condor_q looks at every job in the queue.
//
// Note: each job that condor_q gets takes time, whatever is asked of it: a minute for 100,000.
const Patience = 30 * time.Second

// A Job is what HTCondor says of a job. The names are those of its attributes.
type Job struct {
	ClusterId, ProcId    int
	GlobalJobId          string // schedd#cluster.proc#time
	Iwd, UserLog         string
	SubmitEventUserNotes string

	JobStatus            int
	EnteredCurrentStatus int64 // seconds since 1970
	RemoveReason         string
	ExitBySignal         bool
	ExitCode, ExitSignal int
}

const attributes = "ClusterId,ProcId,GlobalJobId,Iwd,UserLog,SubmitEventUserNotes,JobStatus,EnteredCurrentStatus,RemoveReason,ExitBySignal,ExitCode,ExitSignal"

// ID returns the job's number.
func (j Job) ID() condor.ID { return condor.ID{Cluster: j.ClusterId, Proc: j.ProcId} }

// Completed reports whether the job has left the queue because its program ended; otherwise, it was removed.
func (j Job) Completed() bool { return j.JobStatus == 4 }

// InClusters returns the constraint that a job is in one of the clusters.
func InClusters(clusters []int) string {
	clusters = slices.Compact(slices.Sorted(slices.Values(clusters)))
	var terms, single []string
	for len(clusters) > 0 {
		n := 1
		for n < len(clusters) && clusters[n] == clusters[0]+n {
			n++
		}
		if first, last := clusters[0], clusters[n-1]; n > 1 {
			terms = append(terms, fmt.Sprintf("ClusterId >= %d && ClusterId <= %d", first, last))
		} else {
			single = append(single, strconv.Itoa(first))
		}
		clusters = clusters[n:]
	}
	if single != nil {
		terms = append(terms, "member(ClusterId, {"+strings.Join(single, ", ")+"})")
	}
	return strings.Join(terms, " || ")
}

// Exists reports whether condor_q is installed.
func Exists() bool {
	_, err := exec.LookPath("condor_q")
	return err == nil
}

// Jobs returns the user's jobs in the queue that meet a constraint, at most limit if that is not 0.
func Jobs(ctx context.Context, constraint string, limit int) ([]Job, error) {
	var args []string
	if limit > 0 {
		args = []string{"-limit", strconv.Itoa(limit)}
	}
	return ask(ctx, "condor_q", constraint, args...)
}

// ask returns the jobs that meet a constraint, as a program of HTCondor says.
func ask(ctx context.Context, program, constraint string, args ...string) (jobs []Job, err error) {
	ctx, cancel := context.WithTimeout(ctx, Patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, append(args, "-constraint", constraint, "-json", "-attributes", attributes)...)
	var message bytes.Buffer
	cmd.Stderr = &message
	out, err := cmd.Output()
	switch line, _, _ := strings.Cut(strings.TrimSpace(message.String()), "\n"); {
	case ctx.Err() != nil:
		return nil, fmt.Errorf("HTCondor did not answer in %v", Patience)
	case err != nil && line != "":
		return nil, fmt.Errorf("%s: %s", program, text.Plain(line))
	case err != nil:
		return nil, fmt.Errorf("%s: %w", program, err)
	}
	if out = bytes.TrimSpace(out); len(out) == 0 {
		return nil, nil
	}
	if err := json.Unmarshal(out, &jobs); err != nil {
		return nil, fmt.Errorf("%s: %w", program, err)
	}
	return jobs, nil
}
