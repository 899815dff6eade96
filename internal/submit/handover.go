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

	"matpool/internal/file"
	"matpool/internal/status"
	"matpool/internal/text"
)

// A handover hands the jobs over to HTCondor.
type handover struct {
	task   task
	plan   plan
	say    io.Writer // what is done
	stderr io.Writer // for HTCondor's programs
}

// print prints the submit description, and submits nothing.
func (h handover) print(x texts, p programs, stdout io.Writer) error {
	if err := h.prepare(p); err != nil {
		return err
	}
	h.sayHeld()
	_, err := stdout.Write(x.files[0].content)
	return err
}

// submit writes the files, and has HTCondor's program submit the last one.
func (h handover) submit(ctx context.Context, x texts, p programs) error {
	if err := h.prepare(p); err != nil {
		return err
	}
	for _, f := range x.files {
		if err := writeMarked(f, h.say); err != nil {
			return err
		}
	}
	name := x.files[len(x.files)-1].name
	fmt.Fprintf(h.say, "%s: %s\n", name, x.summary)
	if h.task.DAG && h.task.combines() {
		fmt.Fprintf(h.say, "at the end, matcombine adds up and writes the norm to %s\n", h.task.normFile())
	}
	if h.task.WriteOnly {
		h.sayHeld()
		return nil
	}
	command := submitCommand(h.task, x.maxIdle, name)
	for _, program := range []string{command[0], "condor_submit", "condor_rm"} {
		if _, err := exec.LookPath(program); err != nil {
			return status.WithHint(fmt.Errorf("%s is not on this machine's PATH", program),
				fmt.Sprintf("%s is written; submit it where HTCondor is, with %s", name, strings.Join(command, " ")))
		}
	}
	if err := h.rehearse(ctx, x); err != nil {
		return err
	}
	if err := h.replace(ctx, command); err != nil {
		return err
	}
	h.sayWatch()
	return nil
}

// prepare makes the folders that the jobs write to, and puts what they are sent besides
// their inputs, the outbox and the programs, beside the submit description.
func (h handover) prepare(p programs) error {
	dirs := folders(h.task)
	if h.task.Matprod {
		dirs = append(dirs, outboxOf(h.task))
	}
	for _, dir := range dirs {
		if err := os.MkdirAll(dir, 0o777); err != nil {
			return fmt.Errorf("%s: the folder cannot be made: %w", dir, file.Cause(err))
		}
	}
	return p.copyVariants(path.Dir(h.task.subFile()), h.say)
}

// submitCommand returns the command line that submits a file.
func submitCommand(t task, maxIdle int, name string) []string {
	if strings.HasPrefix(name, "-") {
		name = "./" + name
	}
	if !t.DAG {
		return []string{"condor_submit", name}
	}
	command := []string{"condor_submit_dag", "-batch-name", t.BatchName}
	if exists(t.dagFile() + ".condor.sub") { // of a graph that was run to its end, or is to begin anew
		command = append(command, "-force")
	}
	if maxIdle > 0 {
		command = append(command, "-maxidle", strconv.Itoa(maxIdle))
	}
	return append(command, name)
}

// rehearse has condor_submit read the submit descriptions of a graph's nodes: DAGMan would
// submit them later, and whether HTCondor takes them would not be known by then.
func (h handover) rehearse(ctx context.Context, x texts) error {
	for _, f := range x.files[:len(x.files)-1] {
		if err := run(ctx, io.Discard, h.stderr, "condor_submit", "-dry-run", os.DevNull, f.name); err != nil {
			return err
		}
	}
	return nil
}

// replace submits the jobs in place of what exists. The old is kept until the new is
// certain: outputs that are made again are set aside until HTCondor has taken the jobs, and
// held jobs are removed only then.
func (h handover) replace(ctx context.Context, command []string) error {
	old, err := h.task.outputs.existing(ctx, h.plan.batches)
	if err != nil {
		return err
	}
	if h.task.DAG {
		old = append(old, h.task.normFile())
	}
	kept, err := setAside(old, time.Now())
	if err != nil {
		return err
	}
	err = run(ctx, h.say, h.stderr, command...)
	switch {
	case err == nil:
	case ctx.Err() != nil:
		// Whether the jobs were submitted is not known. The next call looks into the log.
		if len(kept) > 0 {
			fmt.Fprintf(h.say, "interrupted: the next matsubmit puts %s back, unless the jobs were submitted\n", text.Count(len(kept), "output"))
		}
		return err
	default:
		if len(kept) > 0 {
			fmt.Fprintln(h.say, putBackNote(len(kept)))
		}
		return errors.Join(err, putBack(kept))
	}
	if len(kept) > 0 {
		fmt.Fprintf(h.say, "%s removed, to be made again\n", text.Count(len(kept), "output"))
	}
	return errors.Join(discard(kept), h.removeHeld(ctx, "the new jobs are submitted"))
}

func putBackNote(n int) string { return text.Count(n, "output") + " put back" }

// nothing removes what is held, if nothing is missing.
func (h handover) nothing(ctx context.Context) error {
	if h.task.submits() {
		if err := h.removeHeld(ctx, "nothing is missing"); err != nil {
			return err
		}
	} else {
		h.sayHeld()
	}
	_, err := fmt.Fprintf(h.say, "%s: nothing to submit\n", h.task.File)
	return err
}

// removeHeld removes the held jobs that the new ones replace. An error says what else
// holds.
func (h handover) removeHeld(ctx context.Context, otherwise string) error {
	const atOnce = 500 // on one command line
	for held := idStrings(h.plan.held); len(held) > 0; {
		n := min(len(held), atOnce)
		command := append([]string{"condor_rm"}, held[:n]...)
		held = held[n:]
		fmt.Fprintln(h.say, strings.Join(command, " "))
		if err := run(ctx, h.say, h.stderr, command...); err != nil {
			return status.WithHint(err, otherwise+"; these held jobs are not removed, unless they are gone already")
		}
	}
	return nil
}

// sayHeld says what would be removed.
func (h handover) sayHeld() {
	if n := len(h.plan.held); n > 0 {
		fmt.Fprintf(h.say, "held, to be removed: %s: condor_rm %s\n", text.Count(n, "job"), text.First(idStrings(h.plan.held), " "))
	}
}

// sayWatch says how to see what becomes of the jobs.
func (h handover) sayWatch() {
	if h.task.Log.PerJob() {
		return
	}
	name := h.task.Log.Expand(0, 0, 1)
	if strings.Contains(name, " ") {
		name = "'" + name + "'"
	}
	if h.task.DAG {
		name = "-wait " + name // until DAGMan submits the first job
	}
	fmt.Fprintf(h.say, "matwatch %s shows how they do\n", name)
}

// run runs a program of HTCondor's, and passes on its words.
func run(ctx context.Context, stdout, stderr io.Writer, command ...string) error {
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Stdout, cmd.Stderr = stdout, stderr
	// It must not be killed in the middle of what it does.
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = time.Minute
	err := cmd.Run()
	exit := (*exec.ExitError)(nil)
	switch {
	case err == nil, cmd.ProcessState != nil && cmd.ProcessState.Success(): // be it after the signal
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.As(err, &exit):
		return fmt.Errorf("%s failed (%v): its message is above", command[0], exit)
	}
	return fmt.Errorf("%s: %w", command[0], err)
}
