package submit

import (
	"bytes"
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"matpool/condor"
	"matpool/condor/submitfile"
	"matpool/internal/status"
)

// nodeRetries is the number of times that DAGMan submits a failed node again, after the
// retries of its job.
const nodeRetries = 1

// checkDAG checks what only a DAG needs.
func checkDAG(t task) error {
	if !t.DAG {
		return nil
	}
	var errs []error
	if i := strings.IndexAny(t.File, " \t\"\\"); i >= 0 {
		errs = append(errs, status.UsageError(fmt.Errorf("%s: the name of a file in a DAG cannot have %q", t.File, t.File[i]), "rename the file"))
	}
	if dir, err := filepath.Abs(filepath.Dir(t.File)); err == nil && !t.WriteOnly && strings.HasPrefix(dir+"/", "/tmp/") {
		errs = append(errs, status.UsageError(fmt.Errorf("%s: DAGMan refuses to run in /tmp, with a message only in %s.dagman.out", dir, t.dagFile()), "use another folder"))
	}
	if t.combines() {
		if _, err := systemOf(matcombine(t)); err != nil {
			errs = append(errs, status.DataError(err, "put matcombine next to matsubmit"))
		}
	}
	if rescue, _ := filepath.Glob(t.dagFile() + ".rescue*"); len(rescue) > 0 && !t.Force {
		errs = append(errs, status.UsageError(fmt.Errorf("%s: this DAG stopped before its end", rescue[len(rescue)-1]),
			"condor_submit_dag "+t.dagFile()+" continues it; -force starts over"))
	}
	return errors.Join(errs...)
}

// matcombine returns the file name of the program for the last node.
func matcombine(t task) string {
	name := path.Join(filepath.ToSlash(t.Programs), "matcombine")
	if !exists(name) && exists(name+".exe") {
		return name + ".exe"
	}
	return name
}

// describeDAG describes the jobs as the nodes of a DAG.
func describeDAG(t task, description *submitfile.Description, summary string) (submission, error) {
	all := submission{summary: summary, maxIdle: description.MaxIdle}
	description.MaxIdle = 0 // condor_submit_dag sets it
	dag := submitfile.DAG{Comments: []string{path.Base(t.dagFile()) + ", made from " + t.File + ". Edit that file, not this one."},
		Node: t.subFile(), Retries: nodeRetries}
	var node, last, graph bytes.Buffer
	errs := []error{description.WriteNode(&node)}
	all.files = []textFile{{t.subFile(), node.Bytes()}}
	if t.combines() {
		dag.Last = t.combineFile()
		errs = append(errs, combineJob(t).Write(&last))
		all.files = append(all.files, textFile{dag.Last, last.Bytes()})
	}
	errs = append(errs, description.WriteDAG(&graph, dag))
	all.files = append(all.files, textFile{t.dagFile(), graph.Bytes()})
	return all, errors.Join(errs...)
}

// combineJob returns the last node: matcombine, on this machine.
func combineJob(t task) *submitfile.LocalJob {
	first, count := t.FirstIndex, t.TotalJobs
	if t.files.Sums { // the outputs have the jobs' numbers
		first, count = 0, len(t.batches)
	}
	number := func(n int) condor.Template { return condor.Template(strconv.Itoa(n)) }
	which := []condor.Template{"-first", number(first), "-jobs", number(count)}
	if t.Grid.Tiles() > 0 {
		which = []condor.Template{"-grid", condor.Template(fmt.Sprintf("%dx%d", t.Grid.Rows, t.Grid.Cols))}
	}
	return &submitfile.LocalJob{
		Comments:   []string{path.Base(t.combineFile()) + ": the last node of " + t.dagFile() + ". It runs on the submit machine, not in the pool."},
		Executable: matcombine(t),
		Arguments:  slices.Concat([]condor.Template{"-quiet"}, which, []condor.Template{"--", condor.Literal(t.files.Names[0])}),
		Stdout:     condor.Literal(t.normFile()),
		Stderr:     condor.Literal(t.normFile() + ".err"),
	}
}
