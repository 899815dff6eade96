package submit

import (
	"bytes"
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"strconv"
	"strings"

	"matpool/condor"
	"matpool/condor/submitfile"
	"matpool/internal/status"
)

// nodeRetries is how often a failed node is submitted again, after the retries of its job.
const nodeRetries = 1

// combines reports whether the graph has a last node, which adds up what the others make.
func (t task) combines() bool {
	names := t.outputs.names
	return t.Sum || len(names) == 1 && strings.EqualFold(path.Ext(names[0]), ".npy")
}

// checkGraph looks at what only a graph needs.
func checkGraph(t task) error {
	if !t.DAG {
		return nil
	}
	var errs []error
	if i := strings.IndexAny(t.File, " \t\"\\"); i >= 0 {
		errs = append(errs, status.UsageError(fmt.Errorf("%s: a graph cannot carry %q in the name of a file", t.File, t.File[i]), "give the file another name"))
	}
	if dir, err := filepath.Abs(filepath.Dir(t.File)); err == nil && !t.WriteOnly && strings.HasPrefix(dir+"/", "/tmp/") {
		errs = append(errs, status.UsageError(fmt.Errorf("%s: DAGMan refuses to work in /tmp, and says so only in %s.dagman.out", dir, t.dagFile()), "use another folder"))
	}
	if t.combines() {
		if _, err := systemOf(matcombine(t)); err != nil {
			errs = append(errs, status.DataError(err, "matcombine must lie beside matsubmit"))
		}
		if !t.Sum && t.FirstIndex != 0 {
			errs = append(errs, status.DataError(fmt.Errorf("%s: first_index: matcombine, at the graph's end, counts from 0, not %d", t.File, t.FirstIndex),
				"with sum = yes the jobs are counted, from 0 on"))
		}
	}
	if rescue, _ := filepath.Glob(t.dagFile() + ".rescue*"); len(rescue) > 0 && !t.Force {
		errs = append(errs, status.UsageError(fmt.Errorf("%s: this graph has stopped before its end", rescue[len(rescue)-1]),
			"condor_submit_dag "+t.dagFile()+" goes on there, -force begins anew"))
	}
	return errors.Join(errs...)
}

// matcombine returns the name of the program that adds up.
func matcombine(t task) string {
	name := path.Join(filepath.ToSlash(t.Programs), "matcombine")
	if !exists(name) && exists(name+".exe") {
		return name + ".exe"
	}
	return name
}

// describeGraph describes the jobs as the nodes of a graph.
func describeGraph(t task, d division, description *submitfile.Description, summary string) (texts, error) {
	all := texts{summary: summary, maxIdle: description.MaxIdle}
	description.MaxIdle = 0 // condor_submit_dag has it
	graph := submitfile.DAG{Comments: []string{path.Base(t.dagFile()) + ", made from " + t.File + ". Change that, not this."},
		Node: t.subFile(), Retries: nodeRetries}
	var node, last, dag bytes.Buffer
	errs := []error{description.WriteNode(&node)}
	all.files = []written{{t.subFile(), node.Bytes()}}
	if t.combines() {
		graph.Last = t.combineFile()
		errs = append(errs, combineJob(t, d).Write(&last))
		all.files = append(all.files, written{graph.Last, last.Bytes()})
	}
	errs = append(errs, description.WriteDAG(&dag, graph))
	all.files = append(all.files, written{t.dagFile(), dag.Bytes()})
	return all, errors.Join(errs...)
}

// combineJob returns the last node: matcombine, on this machine.
func combineJob(t task, d division) *submitfile.LocalJob {
	count := t.TotalJobs
	if t.Sum {
		count = len(d.batches)
	}
	return &submitfile.LocalJob{
		Comments:   []string{path.Base(t.combineFile()) + ": the last node of " + t.dagFile() + ". It runs here, not on a machine of the pool."},
		Executable: matcombine(t),
		Arguments:  []condor.Template{"-quiet", "-jobs", condor.Template(strconv.Itoa(count)), "--", condor.Literal(t.outputs.names[0])},
		Stdout:     condor.Literal(t.normFile()),
		Stderr:     condor.Literal(t.normFile() + ".err"),
	}
}
