package forecast

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"os/user"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"matpool/condor/pool"
	"matpool/internal/base/text"
)

// An Offer is what the pool has for the jobs, as far as HTCondor answers.
type Offer struct {
	Unknown string // why the slots are not known, or ""
	Missing bool   // condor_status is not on this machine

	slots      []pool.Slot
	conditions []string // on a slot, that condor_status evaluated
	unjudged   bool     // there are conditions that it could not evaluate

	Cycle    float64 // least seconds between two rounds of the negotiator
	interval float64 // usual seconds between them
}

// patience is how long HTCondor has to answer.
const patience = 2 * time.Second

// HTCondor's defaults, in seconds.
const defaultCycle, defaultInterval = 20, 60

// Ask asks HTCondor which slots the pool has, and whether they meet conditions. Those that depend on the
// job are not judged, and unjudged says that there are others. Ask never fails: the answer is not needed to submit.
func Ask(ctx context.Context, conditions []string, unjudged bool) (o Offer) {
	o.conditions = slices.DeleteFunc(slices.Clone(conditions), pool.OfJob)
	o.unjudged = unjudged || len(o.conditions) < len(conditions)
	o.Cycle, o.interval = defaultCycle, defaultInterval
	if _, err := exec.LookPath("condor_status"); err != nil {
		o.Missing, o.Unknown = true, "condor_status is not in PATH"
		return o
	}
	ctx, cancel := context.WithTimeout(ctx, patience-200*time.Millisecond) // for processes to be killed, and for parsing
	defer cancel()
	var wg sync.WaitGroup
	for name, seconds := range map[string]*float64{"NEGOTIATOR_CYCLE_DELAY": &o.Cycle, "NEGOTIATOR_INTERVAL": &o.interval} {
		wg.Go(func() {
			// This machine's own configuration: the negotiator's is usually the same.
			if out, err := ask(ctx, "condor_config_val", name); err == nil {
				if s, err := strconv.ParseFloat(strings.TrimSpace(string(out)), 64); err == nil && s >= 0 && s <= 3600 {
					*seconds = s
				}
			}
		})
	}
	out, err := ask(ctx, pool.Command(userName(), o.conditions)...)
	if err == nil {
		o.slots, err = pool.Parse(out, len(o.conditions))
	}
	if wg.Wait(); err != nil {
		o.Unknown = err.Error()
	}
	return o
}

// Machines returns the pool's machines that meet conditions which do not depend on the job, or false if HTCondor does not answer.
func Machines(ctx context.Context, conditions []string) ([]pool.Machine, bool) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	out, err := ask(ctx, pool.MachinesCommand(slices.DeleteFunc(slices.Clone(conditions), pool.OfJob))...)
	return pool.ParseMachines(out), err == nil
}

// userName returns the user's name as HTCondor knows it, or "".
func userName() string {
	u, err := user.Current()
	if err != nil {
		return ""
	}
	return u.Username[strings.LastIndexByte(u.Username, '\\')+1:] // without the domain of Windows
}

// Count returns the number of slots that match a job, and of those that others do not use.
func (o Offer) Count(need pool.Need) (match, free int) { return pool.Count(o.slots, need) }

// Obstacle explains why no slot matches, or is "" if some do, or if the slots are not known.
func (o Offer) Obstacle(need pool.Need) string {
	if match, _ := o.Count(need); o.Unknown != "" || match > 0 {
		return ""
	}
	whole := slices.DeleteFunc(slices.Clone(o.slots), pool.Slot.IsDynamic)
	if len(whole) == 0 {
		return "the pool has no slots"
	}
	names := slices.Concat(o.conditions, []string{
		fmt.Sprintf("request_cpus = %d", need.Cpus), "request_memory = " + text.Size(need.Memory), "request_disk = " + text.Size(need.Disk)})
	found, alone := pool.Obstacle(o.slots, need, names)
	start := fmt.Sprintf("none of the pool's %s matches: ", text.Count(len(whole), "slot"))
	switch {
	case alone:
		return start + "some would without " + strings.Join(found, ", or without ")
	case len(found) > 0:
		return start + "none has " + strings.Join(found, ", and none ")
	}
	return start + "each requirement is met by some, but all are met by none"
}

// ask returns what a program prints.
func ask(ctx context.Context, command ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.WaitDelay = 50 * time.Millisecond // if a child keeps a pipe open
	var out, errs limitedBuffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	switch line, _, _ := strings.Cut(strings.TrimSpace(errs.String()), "\n"); {
	case ctx.Err() != nil, errors.Is(err, exec.ErrWaitDelay): // or its child has not closed a pipe
		return nil, fmt.Errorf("%s did not answer within %s", command[0], text.Duration(patience))
	case err != nil && line != "":
		return nil, fmt.Errorf("%s: %s", command[0], strings.TrimSpace(strings.TrimPrefix(text.Plain(line), "Error:")))
	case err != nil:
		return nil, fmt.Errorf("%s: %w", command[0], err)
	}
	return out.Bytes(), nil
}

// A limitedBuffer refuses more than the lines of some 100,000 slots.
type limitedBuffer struct{ bytes.Buffer }

func (b *limitedBuffer) Write(p []byte) (int, error) {
	const most = 32 << 20
	if b.Len()+len(p) > most {
		return 0, errors.New("it prints too much")
	}
	return b.Buffer.Write(p)
}
