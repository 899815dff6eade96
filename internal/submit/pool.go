package submit

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
	"matpool/condor/submitfile"
	"matpool/internal/base/text"
)

// An offer is what the pool has for the jobs, as far as HTCondor answers.
type offer struct {
	unknown    string // why the slots are not known, or ""
	missing    bool   // condor_status is not on this machine
	slots      []pool.Slot
	conditions []string // on a slot, that condor_status evaluated
	unjudged   bool     // there are conditions that it could not evaluate
	cycle      float64  // seconds between two rounds of the negotiator
}

// patience is how long HTCondor has to answer.
const patience = 2 * time.Second

// askPool asks HTCondor which slots the pool has. It never fails: the answer is not needed to
// submit.
func askPool(ctx context.Context, t task, s survey) (o offer) {
	o.conditions, o.unjudged = conditionsOf(t, s)
	if _, err := exec.LookPath("condor_status"); err != nil {
		o.missing, o.unknown = true, "condor_status is not in PATH"
		return o
	}
	ctx, cancel := context.WithTimeout(ctx, patience-200*time.Millisecond) // for processes to be killed, and for parsing
	defer cancel()
	o.cycle = cycleSeconds
	var wg sync.WaitGroup
	wg.Go(func() {
		// This machine's own configuration: the negotiator's is usually the same.
		if out, err := ask(ctx, "condor_config_val", "NEGOTIATOR_CYCLE_DELAY"); err == nil {
			if seconds, err := strconv.ParseFloat(strings.TrimSpace(string(out)), 64); err == nil && seconds >= 0 && seconds <= 3600 {
				o.cycle = seconds
			}
		}
	})
	out, err := ask(ctx, pool.Command(userName(), o.conditions)...)
	if err == nil {
		o.slots, err = pool.Parse(out, len(o.conditions))
	}
	if wg.Wait(); err != nil {
		o.unknown = err.Error()
	}
	return o
}

// userName returns the user's name as HTCondor knows it, or "".
func userName() string {
	u, err := user.Current()
	if err != nil {
		return ""
	}
	return u.Username[strings.LastIndexByte(u.Username, '\\')+1:] // without the domain of Windows
}

// conditionsOf returns the conditions on a slot, apart from its resources and from the machines
// that a job had before, and whether there are others, which depend on the job.
func conditionsOf(t task, s survey) (conditions []string, unjudged bool) {
	arch, opsys := submitfile.Platforms(s.programs.systems)
	conditions = []string{arch, opsys, "HasFileTransfer"}
	if t.generic && len(t.IndexedInputs) > 0 && !t.linksInputs(s.programs.systems) {
		conditions = append(conditions, submitfile.RenamesInputs)
	}
	if t.Requirements != "" {
		conditions = append(conditions, pool.Split(t.Requirements)...)
	}
	for _, e := range t.Extra {
		name := strings.ToLower(e.Name)
		resource, requested := strings.CutPrefix(name, "request_")
		if n, err := strconv.Atoi(e.Value); requested && err == nil { // such as request_gpus = 1
			conditions = append(conditions, fmt.Sprintf("%s >= %d", resource, n))
			continue
		}
		unjudged = unjudged || requested || name == "requirements"
	}
	judged := slices.DeleteFunc(slices.Clone(conditions), pool.OfJob)
	return judged, unjudged || len(judged) < len(conditions)
}

// needOf returns what a job needs of a slot.
func needOf(t task, s survey, d division, batches []batch) pool.Need {
	return pool.Need{Cpus: t.Cpus, Memory: memory(t, s.products, d.perJob).Bytes, Disk: disk(t, s, batches).Bytes}
}

// slotsFor returns the number of slots for which products_per_job = auto provides jobs.
func slotsFor(t task, s survey, o offer) slotCount {
	if n := earlierPerJob(t); n > 0 {
		return slotCount{earlier: n}
	}
	if t.Slots > 0 {
		return slotCount{count: t.Slots}
	}
	one := division{perJob: 1}
	batches := []batch{{first: t.FirstIndex, count: 1}} // the disk that more products need, a slot mostly has
	if match, _ := pool.Count(o.slots, needOf(t, s, one, batches)); match > 0 {
		return slotCount{count: match, origin: ", as many as match"}
	}
	return slotCount{count: defaultSlots, origin: ", a guess"}
}

// ask returns what a program prints.
func ask(ctx context.Context, command ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.WaitDelay = 50 * time.Millisecond // if a child keeps a pipe open
	var out, errs limitedBuffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	switch line, _, _ := strings.Cut(strings.TrimSpace(errs.String()), "\n"); {
	case ctx.Err() != nil:
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
