package submit

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"strconv"
	"strings"

	"matpool/condor"
	"matpool/condor/eventlog"
	"matpool/condor/submitfile"
	"matpool/internal/joblog"
	"matpool/internal/status"
)

// checkDAG checks what only a DAG needs.
func checkDAG(t task) error {
	if !t.DAG {
		return nil
	}
	var errs []error
	if i := strings.IndexAny(t.File, " \t\"\\"); i >= 0 {
		errs = append(errs, status.UsageError(fmt.Errorf("%s: the name of a file in a DAG cannot contain %q", t.File, t.File[i]), "rename the file"))
	}
	if dir, err := filepath.Abs(filepath.Dir(t.File)); err == nil && !t.WriteOnly && strings.HasPrefix(dir+"/", "/tmp/") {
		errs = append(errs, status.UsageError(fmt.Errorf("%s: DAGMan refuses to run in /tmp, with a message only in %s.dagman.out", dir, t.dagFile()), "use another folder"))
	}
	if t.combines() {
		if _, err := systemOf(matcombine(t)); err != nil {
			errs = append(errs, status.DataError(err, "put matcombine next to matsubmit"))
		}
	}
	if rescue := t.rescueFiles(); len(rescue) > 0 && !t.Force && !t.Continue {
		errs = append(errs, status.UsageError(fmt.Errorf("%s: this DAG stopped before its end", rescue[len(rescue)-1]),
			"condor_submit_dag "+t.dagFile()+" continues it; -force starts over"))
	}
	return errors.Join(errs...)
}

// checkOwner makes sure that no DAGMan submits the jobs of this file: it would submit what this call
// does, too, or fail because its outputs are gone. DAGMan's log begins when it is submitted; its lock
// file, which may be left of one that crashed, is needed only without the log.
func checkOwner(ctx context.Context, t task) error {
	if !t.submits() {
		return nil
	}
	switch dagman := joblog.AskDAGMan(ctx, t.dagFile()); {
	case dagman == nil && exists(t.dagFile()+".lock"):
		return status.UsageError(fmt.Errorf("%s.lock: DAGMan is at work with this DAG, or has crashed", t.dagFile()), "if it is not in condor_q, remove this file")
	case isQueued(dagman) && !t.continues():
		return status.UsageError(fmt.Errorf("%s: DAGMan, job %v, is in the queue and submits these jobs", t.dagFile(), dagman.ID),
			fmt.Sprintf("wait for it, or stop it with condor_rm %d (if it is gone, remove %s.dagman.log)", dagman.Cluster, t.dagFile()))
	}
	return nil
}

// isQueued reports whether there is a DAGMan that has not left the queue.
func isQueued(dagman *eventlog.Job) bool { return dagman != nil && !dagman.Ended() }

// leftOfDAG reports whether an earlier DAG has left files: condor_submit_dag would refuse the new one, or continue
// the old one.
func (t task) leftOfDAG() bool {
	for _, end := range []string{".condor.sub", ".dagman.out", ".dagman.log", ".lib.out", ".lib.err"} {
		if exists(t.dagFile() + end) {
			return true
		}
	}
	return len(t.rescueFiles()) > 0
}

// rescueFiles returns the names of the files in which DAGMan has recorded which nodes are done.
func (t task) rescueFiles() []string {
	names, _ := filepath.Glob(t.dagFile() + ".rescue[0-9]*")
	return names
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
		Node: t.subFile()}
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
	args := []condor.Template{"-quiet"}
	for _, flag := range t.combineFlags() {
		args = append(args, condor.Template(flag))
	}
	return &submitfile.LocalJob{
		Comments:   []string{path.Base(t.combineFile()) + ": the last node of " + t.dagFile() + ". It runs on the submit machine, not in the pool."},
		Executable: matcombine(t),
		Arguments:  append(args, "--", condor.Literal(t.files.Names[0])),
		Stdout:     condor.Literal(t.normFile()),
		Stderr:     condor.Literal(t.normFile() + ".err"),
	}
}

// combineFlags returns the flags of matcombine that say which numbers the outputs have.
func (w work) combineFlags() []string {
	switch {
	case w.Grid.Tiles() > 0:
		return []string{"-grid", w.Grid.String()}
	case w.files.Sums: // the outputs have the jobs' numbers
		return []string{"-first", "0", "-jobs", strconv.Itoa(len(w.batches))}
	}
	return []string{"-first", strconv.Itoa(w.FirstIndex), "-jobs", strconv.Itoa(w.TotalJobs)}
}

// commandToCombine returns a short command that adds the outputs, or joins the tiles, when all jobs are
// done; "" if there is none.
func (t task) commandToCombine() string {
	words := []string{"matcombine"}
	if choice := t.files.Sums && t.ProductsPerJob == 0; len(t.Overrides) == 0 && !choice {
		words = append(words, t.File) // has it all
	} else if t.combines() {
		words = append(append(words, t.combineFlags()...), t.files.Names[0])
	}
	if !t.combines() || !plainWord(words[len(words)-1]) {
		return ""
	}
	return strings.Join(words, " ")
}

// plainWord reports whether shells and flags take a name as it is.
func plainWord(name string) bool {
	return !strings.ContainsAny(name, " '\"$&;()<>|*?\\`#~") && !strings.HasPrefix(name, "-")
}
