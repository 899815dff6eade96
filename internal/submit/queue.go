package submit

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"matpool/condor"
	"matpool/condor/queue"
	"matpool/internal/base/file"
	"matpool/internal/base/text"
	"matpool/internal/outputs"
	"matpool/internal/progress"
	"matpool/internal/status"
)

// checkForgotten makes sure that no job is in the queue that makes outputs of this work and that no log has: somebody
// has removed the log, or another submission file has the same outputs. It asks for jobs that were submitted from
// the current folder, if condor_q is there.
func checkForgotten(ctx context.Context, t task, p past, stderr io.Writer) error {
	if !queue.Exists() || !t.submits() {
		return nil
	}
	f := forgotten{task: t, known: map[int]bool{}, where: places{}}
	maps.Copy(f.known, p.known)
	err := patiently(ctx, stderr, f.find)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		fmt.Fprintf(stderr, "matsubmit: warning: only the log shows whether jobs that make the same outputs are in the queue: %v\n", err)
	}
	if f.rivals == nil {
		return nil
	}
	such := f.such
	if short, err := filepath.Rel(f.where.of(""), such); err == nil {
		such = short
	}
	return status.UsageError(fmt.Errorf("%s: jobs that make the same outputs, such as %s, are in the queue, but not in the log: %s",
		t.File, such, f.list()), "wait for them, or remove them with condor_rm")
}

// A forgotten is the search for such jobs.
type forgotten struct {
	task   task
	known  map[int]bool // clusters that need not be asked for
	where  places
	rivals []condor.ID
	such   string // an output that they make
	more   bool   // there may be others

	forms map[string]bool // the names of this work's outputs without digits
	ours  map[string]bool // all of them, once a job's outputs have such a form
}

// patiently asks something for as long as HTCondor may take. A bar shows what is left of that.
func patiently(ctx context.Context, stderr io.Writer, ask func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, queue.Patience)
	show, finish := progress.New(stderr, "waiting for HTCondor")
	var bar sync.WaitGroup
	bar.Go(func() {
		tick := time.NewTicker(100 * time.Millisecond)
		defer tick.Stop()
		for begin := time.Now(); ; {
			select {
			case <-tick.C:
				show(int64(time.Since(begin)), int64(queue.Patience))
			case <-ctx.Done():
				return
			}
		}
	})
	defer func() {
		cancel()
		bar.Wait()
		finish()
	}()
	return ask(ctx)
}

// find asks for a few jobs at a time, and then only for those of other clusters, until there are no more or some make
// an output of this work: each job that condor_q gets takes time.
func (f *forgotten) find(ctx context.Context) error {
	const most = 1000
	for {
		jobs, err := queue.Jobs(ctx, f.constraint(), most)
		if err != nil {
			return err
		}
		clusters := map[int]bool{} // and whether other jobs of theirs may make such an output
		for _, j := range jobs {
			if !f.known[j.ClusterId] {
				clusters[j.ClusterId] = f.add(j) || clusters[j.ClusterId]
			}
		}
		if f.more = len(jobs) >= most; f.rivals != nil || !f.more || len(clusters) == 0 {
			return nil
		}
		for cluster, others := range clusters {
			if f.known[cluster] = true; !others {
				continue
			}
			all, err := queue.Jobs(ctx, fmt.Sprintf("ClusterId == %d", cluster), 0)
			if err != nil {
				return err
			}
			for _, j := range all {
				f.add(j)
			}
		}
	}
}

// constraint returns the condition on a job in the queue: it was submitted from the current folder, the numbers of its
// outputs are among those of this work's, and its cluster is not known. The number of a sum is only in its name.
func (f *forgotten) constraint() string {
	first, last := f.task.FirstIndex, f.task.FirstIndex+f.task.TotalJobs-1
	if f.task.files.Sums {
		first, last = 0, len(f.task.batches)-1
	}
	constraint := `Iwd == "` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(f.where.of("")) + `" && SubmitEventUserNotes =!= undefined` +
		fmt.Sprintf(` && ((MatFirst <= %d && MatFirst + ifThenElse(MatCount =?= undefined, 1, MatCount) > %d) =!= false || regexp(" sum=yes", SubmitEventUserNotes))`, last, first)
	if len(f.known) > 0 {
		constraint += " && !(" + queue.InClusters(slices.Collect(maps.Keys(f.known))) + ")"
	}
	return constraint
}

// list returns the first jobs that were found.
func (f *forgotten) list() string {
	const few = 10
	ids := idStrings(f.rivals)
	if f.more && len(ids) > few {
		return strings.Join(ids[:few], " ") + " and more"
	}
	return text.First(ids, " ")
}

// add looks at a job in the queue. It reports whether other jobs of its cluster may make an output of this work though
// the constraint says nothing of them: each returns a sum under such a name.
func (f *forgotten) add(j queue.Job) bool {
	note, ok := condor.ParseNote(j.SubmitEventUserNotes)
	if !ok {
		return false
	}
	form := func(name string) string { return withoutDigits(f.where.of(name)) }
	if f.forms == nil {
		f.forms, f.ours = map[string]bool{}, map[string]bool{}
		for _, name := range f.task.files.Names {
			f.forms[form(file.InsertIndex(name, ""))] = true
		}
	}
	alike := false
	for _, name := range note.OutputNames() {
		name = outputs.InFolder(filepath.Dir(j.UserLog), name)
		if !f.forms[form(name)] {
			continue
		}
		if alike = true; len(f.ours) == 0 {
			for _, name := range f.task.makesAll(f.task.batches) {
				f.ours[f.where.of(name)] = true
			}
		}
		if name = f.where.of(name); f.ours[name] {
			f.rivals, f.such = append(f.rivals, j.ID()), cmp.Or(f.such, name)
			break
		}
	}
	return alike && note.Sum
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
