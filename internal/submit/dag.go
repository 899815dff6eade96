package submit

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"

	"matpool/condor"
	"matpool/condor/submitfile"
	"matpool/internal/file"
	"matpool/internal/status"
)

// A node that has failed is submitted again so often, after the retries of its job.
const nodeRetries = 1

// The files of a graph.
func (p *plan) dagFile() string     { return filepath.ToSlash(p.File) + ".dag" }
func (p *plan) nodeFile() string    { return filepath.ToSlash(p.File) + ".node.sub" }
func (p *plan) combineFile() string { return filepath.ToSlash(p.File) + ".combine.sub" }
func (p *plan) normFile() string    { return filepath.ToSlash(p.File) + ".norm" }

// combines reports whether there is something to add up at the end.
func (p *plan) combines() bool {
	names := p.outputs()
	return p.job.Sum || len(names) == 1 && strings.EqualFold(path.Ext(names[0]), ".npy")
}

// checkDAG looks at what only a graph needs.
func (p *plan) checkDAG() error {
	var errs []error
	if i := strings.IndexAny(p.File, " \t\"\\"); i >= 0 {
		errs = append(errs, status.UsageError(fmt.Errorf("%s: a graph cannot carry %q in the name of a file", p.File, p.File[i]), "give the file another name"))
	}
	if dir, err := filepath.Abs(filepath.Dir(p.File)); err == nil && !p.WriteOnly && strings.HasPrefix(dir+"/", "/tmp/") {
		errs = append(errs, status.UsageError(fmt.Errorf("%s: DAGMan refuses to work in /tmp, and says so only in %s.dagman.out", dir, p.dagFile()), "use another folder"))
	}
	if p.combines() {
		if _, err := systemOf(p.matcombine()); err != nil {
			errs = append(errs, status.DataError(err, "matcombine must lie beside matsubmit"))
		}
		if !p.job.Sum && p.job.FirstIndex != 0 {
			errs = append(errs, status.DataError(fmt.Errorf("%s: first_index: matcombine, at the graph's end, counts from 0, not %d", p.File, p.job.FirstIndex),
				"with sum = yes the jobs are counted, from 0 on"))
		}
	}
	if rescue, _ := filepath.Glob(p.dagFile() + ".rescue*"); len(rescue) > 0 && !p.Force {
		errs = append(errs, status.UsageError(fmt.Errorf("%s: this graph has stopped before its end", rescue[len(rescue)-1]),
			"condor_submit_dag "+p.dagFile()+" goes on there, -force begins anew"))
	}
	return errors.Join(errs...)
}

func (p *plan) matcombine() string {
	name := path.Join(filepath.ToSlash(p.Programs), "matcombine")
	if !exists(name) && exists(name+".exe") {
		return name + ".exe"
	}
	return name
}

// runDAG writes the graph with its submit descriptions, and submits it.
func (p *plan) runDAG(ctx context.Context, s *submitfile.Description, say io.Writer) error {
	maxIdle := s.MaxIdle
	s.MaxIdle = 0 // is condor_submit_dag's business
	graph := submitfile.DAG{Comments: []string{path.Base(p.dagFile()) + ", made from " + p.File + ". Change that, not this."},
		Node: p.nodeFile(), Retries: nodeRetries}
	if p.combines() {
		graph.Last = p.combineFile()
	}
	var node, last, dag bytes.Buffer
	err := errors.Join(s.WriteNode(&node), p.combine().Write(&last), s.WriteDAG(&dag, graph))
	if err == nil {
		err = writeFile(p.nodeFile(), node.Bytes(), say)
	}
	if err == nil && graph.Last != "" {
		err = writeFile(graph.Last, last.Bytes(), say)
	}
	if err == nil {
		err = writeFile(p.dagFile(), dag.Bytes(), say)
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(say, "%s: %s, on %s\n", p.dagFile(), p.summary(), p.systemNames())
	if graph.Last != "" {
		fmt.Fprintf(say, "at the end, matcombine adds up and writes the norm to %s\n", p.normFile())
	}
	if p.WriteOnly {
		return nil
	}
	if err := os.Remove(p.normFile()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s: cannot be removed: %w", p.normFile(), file.Cause(err))
	}
	args := []string{"-batch-name", p.job.BatchName}
	if exists(p.dagFile() + ".condor.sub") { // of a graph that was run to its end, or is not to be gone on with
		args = append(args, "-force")
	}
	if maxIdle > 0 {
		args = append(args, "-maxidle", strconv.Itoa(maxIdle))
	}
	return p.submit(ctx, say, "condor_submit_dag", append(args, p.dagFile())...)
}

// combine returns the last node: matcombine, here.
func (p *plan) combine() *submitfile.LocalJob {
	jobs := p.job.TotalJobs
	if p.job.Sum {
		jobs = len(p.all)
	}
	l := &submitfile.LocalJob{
		Comments:   []string{path.Base(p.combineFile()) + ": the last node of " + p.dagFile() + ". It runs here, not on a machine of the pool."},
		Executable: p.matcombine(),
		Stdout:     condor.Literal(p.normFile()),
		Stderr:     condor.Literal(p.normFile() + ".err"),
	}
	if p.combines() {
		l.Arguments = []condor.Template{"-quiet", "-jobs", condor.Template(strconv.Itoa(jobs)), "--", condor.Literal(p.outputs()[0])}
	}
	return l
}
