package submit

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"matpool/condor"
	"matpool/internal/base/text"
	"matpool/internal/outputs"
	"matpool/internal/status"
)

// A queuedJob is what condor_q says of a job.
type queuedJob struct {
	ClusterId, ProcId    int
	UserLog              string
	SubmitEventUserNotes string
}

// checkForgotten makes sure that no job is in the queue that makes outputs of this work and that no log has: somebody
// has removed the log, or another submission file has the same outputs. It asks for jobs that were submitted from
// the current folder, if condor_q is there.
func checkForgotten(ctx context.Context, t task, p past, stderr io.Writer) error {
	if _, err := exec.LookPath("condor_q"); err != nil || !t.submits() {
		return nil
	}
	jobs, err := askQueue(ctx, p.known)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		fmt.Fprintf(stderr, "matsubmit: warning: only the log shows whether jobs that make the same outputs are in the queue: %v\n", err)
		return nil
	}
	ours, where := map[string]bool{}, places{}
	var rivals []condor.ID
	such := ""
	for _, j := range jobs {
		note, ok := condor.ParseNote(j.SubmitEventUserNotes)
		if !ok || p.known[j.ClusterId] {
			continue
		}
		if len(ours) == 0 {
			for _, name := range t.makesAll(t.batches) {
				ours[where.of(name)] = true
			}
		}
		for _, name := range note.OutputNames() {
			if name = where.of(outputs.InFolder(filepath.Dir(j.UserLog), name)); ours[name] {
				rivals, such = append(rivals, condor.ID{Cluster: j.ClusterId, Proc: j.ProcId}), cmp.Or(such, name)
				break
			}
		}
	}
	if rivals == nil {
		return nil
	}
	if short, err := filepath.Rel(where.of(""), such); err == nil {
		such = short
	}
	return status.UsageError(fmt.Errorf("%s: jobs that make the same outputs, such as %s, are in the queue, but not in the log: %s",
		t.File, such, text.First(idStrings(rivals), " ")), "wait for them, or remove them with condor_rm")
}

// askQueue returns the jobs in the queue that were submitted from the current folder, except those of known clusters.
func askQueue(ctx context.Context, known map[int]bool) (jobs []queuedJob, err error) {
	const patience, most = 10 * time.Second, 1000
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	quote := strings.NewReplacer(`\`, `\\`, `"`, `\"`)
	constraint := `SubmitEventUserNotes =!= undefined && Iwd == "` + quote.Replace(places{}.of("")) + `"`
	if n := len(known); n > 0 && n <= most {
		var clusters []string
		for _, cluster := range slices.Sorted(maps.Keys(known)) {
			clusters = append(clusters, strconv.Itoa(cluster))
		}
		constraint += " && !member(ClusterId, {" + strings.Join(clusters, ", ") + "})"
	}
	cmd := exec.CommandContext(ctx, "condor_q", "-constraint", constraint, "-json", "-attributes", "ClusterId,ProcId,UserLog,SubmitEventUserNotes")
	var message bytes.Buffer
	cmd.Stderr = &message
	out, err := cmd.Output()
	switch line, _, _ := strings.Cut(strings.TrimSpace(message.String()), "\n"); {
	case ctx.Err() != nil:
		return nil, fmt.Errorf("condor_q did not answer in %v", patience)
	case err != nil && line != "":
		return nil, fmt.Errorf("condor_q: %s", text.Plain(line))
	case err != nil:
		return nil, fmt.Errorf("condor_q: %w", err)
	}
	if out = bytes.TrimSpace(out); len(out) > 0 {
		err = json.Unmarshal(out, &jobs)
	}
	return jobs, err
}

// A places finds out where files are: from the root, without links to folders, as condor_submit names the current one.
type places map[string]string

func (p places) of(name string) string {
	dir, base := filepath.Split(name)
	if _, ok := p[dir]; !ok {
		p[dir], _ = filepath.Abs(dir)
		if real, err := filepath.EvalSymlinks(p[dir]); err == nil {
			p[dir] = real
		}
	}
	return filepath.Join(p[dir], base)
}
