package submit

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"strconv"
	"strings"
	"time"

	"matpool/internal/base/text"
	"matpool/internal/local"
	"matpool/internal/outputs"
	"matpool/internal/status"
)

// A handover hands the jobs over to HTCondor.
type handover struct {
	task     task
	plan     plan
	cluster  int           // a number for a cluster that is not in the logs
	expected time.Duration // until the jobs are done; 0 if unknown
	messages io.Writer     // for the user
	stderr   io.Writer     // for HTCondor's programs
}

// print prints the submit description, and submits nothing.
func (h handover) print(ctx context.Context, x submission, stdout io.Writer) error {
	if err := h.prepare(ctx, x); err != nil {
		return err
	}
	h.printHeld()
	_, err := stdout.Write(x.files[0].content)
	return err
}

// submit writes the files and submits the last one.
func (h handover) submit(ctx context.Context, x submission) error {
	if err := h.prepare(ctx, x); err != nil {
		return err
	}
	for _, f := range x.files {
		if err := writeMarked(f, h.messages); err != nil {
			return err
		}
	}
	name := x.files[len(x.files)-1].name
	fmt.Fprintf(h.messages, "%s: %s\n", name, x.summary)
	if x.linked {
		fmt.Fprintf(h.messages, "%s: links to the inputs, under the names that they have in a job; keep them until the jobs are done\n", h.task.linkFolder())
	}
	if h.task.DAG && h.task.combines() {
		does := "adds the outputs"
		if h.task.Grid.Tiles() > 0 {
			does = "joins the tiles"
		}
		fmt.Fprintf(h.messages, "the last node, matcombine, %s and writes the norm to %s\n", does, h.task.normFile())
	}
	if h.task.WriteOnly {
		h.printHeld()
		return nil
	}
	command := submitCommand(h.task, x.maxIdle, name)
	for _, program := range []string{command[0], "condor_submit", "condor_rm"} {
		if _, err := exec.LookPath(program); err != nil {
			hint := fmt.Sprintf("%s is complete: on a machine with HTCondor, run %s", name, strings.Join(command, " "))
			if h.task.programs.checkHere() == nil && !h.task.DAG {
				hint += "; without HTCondor, -local runs the jobs here"
			}
			return status.WithHint(fmt.Errorf("%s is not in PATH", program), hint)
		}
	}
	if err := h.dryRun(ctx, x); err != nil {
		return err
	}
	if err := h.replace(ctx, command); err != nil {
		return err
	}
	h.printWatch()
	return nil
}

// prepare makes the folders for the jobs' files and the links to their inputs, and puts the
// outbox and the programs next to the submit description.
func (h handover) prepare(ctx context.Context, x submission) error {
	if h.task.submits() {
		if err := h.keepRecords(ctx); err != nil {
			return err
		}
	}
	dirs := h.folders()
	if x.outbox != "" {
		dirs = append(dirs, x.outbox)
	}
	if err := errors.Join(makeFolders(dirs), h.task.locks.lockOutputs(h.task)); err != nil {
		return err
	}
	if x.linked {
		if err := makeLinks(ctx, h.task, h.plan.batches, h.stderr); err != nil {
			return err
		}
	}
	return h.task.programs.copyVariants(path.Dir(h.task.subFile()), h.messages)
}

// folders returns the names of the folders for the jobs' outputs and logs.
func (h handover) folders() []string {
	dirs := folders(h.task)
	if h.task.files.Folder != "" {
		for _, b := range h.plan.batches {
			dirs = append(dirs, h.task.files.FolderOf(b.index))
		}
	}
	return dirs
}

// submitCommand returns the command line that submits a file.
func submitCommand(t task, maxIdle int, name string) []string {
	if strings.HasPrefix(name, "-") {
		name = "./" + name
	}
	if !t.DAG {
		return []string{"condor_submit", name}
	}
	if t.leftOfDAG() { // it is complete, or starts over
		return dagCommand(t, maxIdle, "-force", name)
	}
	return dagCommand(t, maxIdle, name)
}

// dagCommand returns the command line that submits a DAG.
func dagCommand(t task, maxIdle int, args ...string) []string {
	command := []string{"condor_submit_dag", "-batch-name", t.BatchName}
	if maxIdle > 0 {
		command = append(command, "-maxidle", strconv.Itoa(maxIdle))
	}
	return append(command, args...)
}

// dryRun makes condor_submit check the submit descriptions of a DAG's nodes. DAGMan submits
// them only later, when it is too late to put old outputs back.
func (h handover) dryRun(ctx context.Context, x submission) error {
	for _, f := range x.files[:len(x.files)-1] {
		if err := h.run(ctx, io.Discard, "condor_submit", "-dry-run", os.DevNull, f.name); err != nil {
			return err
		}
	}
	return nil
}

// replace submits the jobs, and replaces the outputs and held jobs that exist. It sets the
// outputs aside, and removes them and the held jobs only when HTCondor has accepted the new
// jobs.
func (h handover) replace(ctx context.Context, command []string) error {
	old := outputs.Existing(h.task.makesAll(h.plan.batches))
	if h.task.DAG {
		old = append(old, h.task.normFile())
	}
	kept, err := outputs.SetAside(old, !h.task.kind.records(), time.Now(), h.task.logSize())
	if err != nil {
		return err
	}
	err = h.run(ctx, h.messages, command...)
	switch {
	case err == nil:
		h.recordRun(ctx)
	case ctx.Err() != nil:
		// The jobs may or may not be submitted. The next call reads the log.
		if len(kept) > 0 {
			fmt.Fprintf(h.messages, "interrupted: the next matsubmit puts %s back unless the jobs are in the queue\n", text.Count(len(kept), "output"))
		}
		return err
	default:
		if len(kept) > 0 {
			fmt.Fprintln(h.messages, putBackNote(len(kept)))
		}
		return errors.Join(err, outputs.PutBack(kept))
	}
	if len(kept) > 0 {
		fmt.Fprintf(h.messages, "%s removed: the new jobs make them again\n", text.Count(len(kept), "output"))
	}
	return errors.Join(outputs.Discard(kept), h.removeHeld(ctx, "the new jobs are submitted"))
}

func putBackNote(n int) string { return text.Count(n, "output") + " put back" }

// submitNothing handles the case that nothing is missing: it only removes held jobs.
func (h handover) submitNothing(ctx context.Context) error {
	if h.task.submits() {
		if err := h.removeHeld(ctx, "nothing is missing"); err != nil {
			return err
		}
		h.recordRun(ctx) // the products that were asked for now may be others than before
	} else {
		h.printHeld()
	}
	if h.task.Continue {
		return nil
	}
	_, err := fmt.Fprintf(h.messages, "%s: nothing to submit\n", h.task.File)
	return err
}

// removeHeld removes the held jobs that the new ones replace. The hint of an error begins
// with done, which describes what succeeded.
func (h handover) removeHeld(ctx context.Context, done string) error {
	for log, jobs := range h.plan.gone {
		if err := local.Remove(log, jobs, "submitted again"); err != nil {
			return status.WithHint(err, done)
		}
	}
	const perCommand = 500 // jobs on a command line
	for held := idStrings(h.plan.held); len(held) > 0; {
		n := min(len(held), perCommand)
		command := append([]string{"condor_rm"}, held[:n]...)
		held = held[n:]
		fmt.Fprintln(h.messages, strings.Join(command, " "))
		if err := h.run(ctx, h.messages, command...); err != nil {
			return status.WithHint(err, done+", but these held jobs may still be in the queue")
		}
	}
	return nil
}

// printHeld prints the command that removes the held jobs.
func (h handover) printHeld() {
	if n := len(h.plan.held); n > 0 {
		fmt.Fprintf(h.messages, "%s to remove: condor_rm %s\n", text.Count(n, "held job"), text.First(idStrings(h.plan.held), " "))
	}
}

// printWatch prints the command that follows the jobs.
func (h handover) printWatch() {
	if h.task.Continue {
		fmt.Fprintln(h.messages, "following the jobs: you can stop this, and continue later with the same command")
		return
	}
	name := h.task.typedLog()
	if name == "" {
		return
	}
	if h.task.DAG {
		name = "-wait " + name // until DAGMan submits the first job
	}
	fmt.Fprintf(h.messages, "to follow the jobs: matwatch %s\n", name)
}

// typedLog returns the name of the log that all jobs have in common as one types it in a shell, or "".
func (t task) typedLog() string {
	switch name := t.sharedLog(); {
	case t.Log.PerJob():
		return ""
	case strings.Contains(name, " "):
		return "'" + name + "'"
	default:
		return name
	}
}

// run runs one of HTCondor's programs. It inherits the locks.
func (h handover) run(ctx context.Context, stdout io.Writer, command ...string) error {
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Stdout, cmd.Stderr, cmd.ExtraFiles = stdout, h.stderr, h.task.locks.inherited()
	// An interrupt lets the program finish what it has begun.
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = time.Minute
	err := cmd.Run()
	exit := (*exec.ExitError)(nil)
	switch {
	case err == nil, cmd.ProcessState != nil && cmd.ProcessState.Success(): // possibly after the interrupt
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.As(err, &exit):
		return fmt.Errorf("%s failed (%v); see its message above", command[0], exit)
	}
	return fmt.Errorf("%s: %w", command[0], err)
}
