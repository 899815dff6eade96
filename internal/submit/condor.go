package submit

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"

	"matpool/internal/status"
	"matpool/internal/text"
)

// submit removes what is held, and has HTCondor's program, condor_submit or
// condor_submit_dag, submit a file.
func (p *plan) submit(ctx context.Context, say io.Writer, program string, args ...string) error {
	file := args[len(args)-1]
	for _, name := range []string{program, "condor_rm"} {
		if _, err := exec.LookPath(name); err != nil {
			return status.WithHint(fmt.Errorf("%s is not on this machine's PATH", name),
				fmt.Sprintf("%s is written; submit it where HTCondor is, with %s %s", file, program, strings.Join(args, " ")))
		}
	}
	if err := p.removeHeld(ctx, say); err != nil {
		return err
	}
	if err := p.removeOutputs(say); err != nil {
		return err
	}
	if strings.HasPrefix(file, "-") {
		args[len(args)-1] = "./" + file
	}
	if err := p.tell(ctx, say, program, args...); err != nil {
		return err
	}
	if log := p.job.Log; !log.PerJob() {
		name := log.Expand(0, 0, 1)
		if strings.Contains(name, " ") {
			name = "'" + name + "'"
		}
		if program == "condor_submit_dag" {
			name = "-wait " + name // until DAGMan submits the first job
		}
		fmt.Fprintf(say, "matwatch %s shows how they do\n", name)
	}
	return nil
}

// atOnce is how many jobs are named on one command line.
const atOnce = 500

// removeHeld removes the jobs that are held, so that no product is in the queue twice.
func (p *plan) removeHeld(ctx context.Context, say io.Writer) error {
	for held := p.queue.held; len(held) > 0; {
		n := min(len(held), atOnce)
		var args []string
		for _, id := range held[:n] {
			args = append(args, id.String())
		}
		held = held[n:]
		fmt.Fprintf(say, "condor_rm %s\n", strings.Join(args, " "))
		if err := p.tell(ctx, say, "condor_rm", args...); err != nil {
			return status.WithHint(err, "nothing was submitted; if these jobs are gone, remove "+p.logs()[0])
		}
	}
	return nil
}

// sayHeld says what would be removed.
func (p *plan) sayHeld(say io.Writer) {
	if n := len(p.queue.held); n > 0 {
		fmt.Fprintf(say, "first remove what is held, %s: condor_rm %s\n", text.Count(n, "job"), ids(p.queue.held))
	}
}

// tell runs a program of HTCondor's, and passes on its words.
func (p *plan) tell(ctx context.Context, say io.Writer, program string, args ...string) error {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Stdout, cmd.Stderr = say, p.stderr
	// It must not be killed in the middle of what it does.
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = time.Minute
	err := cmd.Run()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		return fmt.Errorf("%s failed (%v): what it said is above", program, exit)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", program, err)
	}
	return nil
}
