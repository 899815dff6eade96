package eventlog

import (
	"fmt"
	"strconv"
	"strings"

	"matpool/internal/base/text"
)

// parseDetail parses the content of an event, in the format of HTCondor's formatBody and
// readEvent (condor_event.cpp). It returns nil for an event that does not concern the job's
// state. For the kinds that do, an unknown text is an error: HTCondor has never changed
// those texts, and a history that skipped such an event would be wrong.
func parseDetail(number int, head, body string) (Detail, error) {
	p := lines{rest: body}
	switch number {
	case 0:
		if address, ok := strings.CutPrefix(head, "Job submitted from host: "); ok {
			return Submit{Host: strings.Trim(address, "<>"), Notes: p.notes()}, nil
		}
	case 1:
		if address, ok := strings.CutPrefix(head, "Job executing on host: "); ok {
			return executed(address, body), nil
		}
	case 4:
		if strings.HasPrefix(head, "Job was evicted.") {
			return p.evicted(head)
		}
	case 5:
		if strings.HasPrefix(head, "Job terminated.") {
			exit, err := p.exit()
			return JobTerminated{exit}, err
		}
	case 6:
		if strings.HasPrefix(head, "Image size of job updated: ") {
			return ImageSize{p.memory()}, nil
		}
	case 7:
		if strings.HasPrefix(head, "Shadow exception!") {
			return ShadowException{p.line()}, nil
		}
	case 9:
		if strings.HasPrefix(head, "Job was aborted") {
			return JobAborted{p.line()}, nil
		}
	case 10:
		if strings.HasPrefix(head, "Job was suspended.") {
			return JobSuspended{}, nil
		}
	case 11:
		if strings.HasPrefix(head, "Job was unsuspended.") {
			return JobUnsuspended{}, nil
		}
	case 12:
		if strings.HasPrefix(head, "Job was held.") {
			return p.held(), nil
		}
	case 13:
		if strings.HasPrefix(head, "Job was released.") {
			return JobReleased{p.line()}, nil
		}
	default:
		return parseRareDetail(number, head, &p)
	}
	return nil, fmt.Errorf("event %03d has the unknown text %q", number, text.Clip(head))
}

// parseRareDetail continues parseDetail with the less frequent events.
func parseRareDetail(number int, head string, p *lines) (Detail, error) {
	switch number {
	case 16:
		if strings.HasPrefix(head, "POST Script terminated.") {
			exit, err := p.exit()
			return PostScript{exit}, err
		}
	case 21:
		return RemoteError{}, nil
	case 22:
		return JobDisconnected{}, nil
	case 23:
		return JobReconnected{}, nil
	case 24:
		if strings.HasPrefix(head, "Job reconnection failed") {
			return JobReconnectFailed{p.line()}, nil
		}
	case 35:
		return ClusterSubmit{p.notes()}, nil
	case 36:
		return p.clusterRemove(), nil
	case 37:
		return p.factoryPaused(), nil
	case 38:
		return FactoryResumed{}, nil
	case 40:
		return transfer(head), nil
	case 46:
		if strings.HasPrefix(head, "Dataflow job was skipped.") {
			return DataflowJobSkipped{}, nil
		}
	}
	return nil, nil
}

// lines is the rest of an event's body, read line by line.
type lines struct{ rest string }

func (p *lines) more() bool { return p.rest != "" }

// peek returns the next line, with surrounding blanks trimmed, or "" at the end.
func (p *lines) peek() string {
	line, _, _ := strings.Cut(p.rest, "\n")
	return strings.TrimSpace(line)
}

// line returns the next line and advances.
func (p *lines) line() string {
	line, rest, _ := strings.Cut(p.rest, "\n")
	p.rest = rest
	return strings.TrimSpace(line)
}

func (p *lines) notes() []string {
	var notes []string
	for p.more() {
		if line := p.line(); line != "" {
			notes = append(notes, line)
		}
	}
	return notes
}

// held reads the lines of a reason and, after them, "Code 3 Subcode 65".
func (p *lines) held() JobHeld {
	var e JobHeld
	for p.more() {
		line := p.line()
		if code, subcode, ok := codes(line); ok {
			e.Code, e.Subcode = code, subcode
		} else if line != "" && line != "Reason unspecified" {
			if e.Reason != "" {
				e.Reason += "\n"
			}
			e.Reason += line
		}
	}
	return e
}

// codes reads "Code 3 Subcode 65".
func codes(line string) (code, subcode int, ok bool) {
	rest, ok := strings.CutPrefix(line, "Code ")
	first, second, ok2 := strings.Cut(rest, " Subcode ")
	if !ok || !ok2 {
		return 0, 0, false
	}
	code, err := strconv.Atoi(first)
	subcode, err2 := strconv.Atoi(second)
	return code, subcode, err == nil && err2 == nil
}

// exit reads "(1) Normal termination (return value 3)" or "(0) Abnormal termination
// (signal 9)".
func (p *lines) exit() (Exit, error) {
	line := p.line()
	if n, ok := between(line, "(1) Normal termination (return value ", ")"); ok {
		return Exit{Status: n}, nil
	}
	if n, ok := between(line, "(0) Abnormal termination (signal ", ")"); ok && n != 0 {
		return Exit{Signal: n}, nil
	}
	return Exit{}, fmt.Errorf("%q does not say how the program ended", text.Clip(line))
}

func between(s, before, after string) (int, bool) {
	s, ok := strings.CutPrefix(s, before)
	digits, _, ok2 := strings.Cut(s, after)
	n, err := strconv.Atoi(digits)
	return n, ok && ok2 && err == nil
}

// memory reads "512  -  MemoryUsage of job (MB)" among other lines. It returns -1 if there
// is no such line.
func (p *lines) memory() int64 {
	for p.more() {
		digits, what, _ := strings.Cut(p.line(), "  -  ")
		if !strings.HasPrefix(what, "MemoryUsage of job (MB)") {
			continue
		}
		if n, err := strconv.ParseInt(digits, 10, 64); err == nil {
			return n
		}
		if f, err := strconv.ParseFloat(digits, 64); err == nil && f >= 0 && f < 1<<62 { // a pool can define MemoryUsage
			return int64(f)
		}
	}
	return -1
}

func (p *lines) evicted(head string) (Detail, error) {
	switch line := p.line(); {
	case strings.HasPrefix(line, "(0) Job terminated and was requeued"):
	case strings.HasPrefix(line, "(0)"), strings.HasPrefix(line, "(1)"): // with a checkpoint
		e := JobEvicted{}
		e.Code, e.Subcode, _ = codes(strings.TrimPrefix(head, "Job was evicted. "))
		p.usage()
		e.Reason = strings.TrimPrefix(p.line(), "Reason: ")
		if strings.HasPrefix(e.Reason, "Partitionable Resources") {
			e.Reason = ""
		}
		return e, nil
	default:
		return nil, fmt.Errorf("%q does not say how the job was evicted", text.Clip(line))
	}
	p.usage()
	exit, err := p.exit()
	return JobEvicted{Requeued: true, Exit: exit}, err
}

// usage passes over processor times and numbers of bytes.
func (p *lines) usage() {
	for strings.HasPrefix(p.peek(), "Usr ") || strings.Contains(p.peek(), "  -  ") {
		p.line()
	}
}

// clusterRemove reads "Materialized 20 jobs from 20 items.\tComplete". HTCondor may omit
// the first part, or put the second on its own line.
func (p *lines) clusterRemove() ClusterRemove {
	completion := p.line()
	if strings.HasPrefix(completion, "Materialized ") {
		_, completion, _ = strings.Cut(completion, " items.")
		if completion = strings.TrimSpace(completion); completion == "" {
			completion = p.line()
		}
	}
	return ClusterRemove{completion}
}

func (p *lines) factoryPaused() FactoryPaused {
	for p.more() {
		line := p.line()
		if line != "" && !strings.HasPrefix(line, "PauseCode ") && !strings.HasPrefix(line, "HoldCode ") {
			return FactoryPaused{line}
		}
	}
	return FactoryPaused{}
}

func transfer(head string) Detail {
	for phase, word := range []string{Queued: "Entered queue to transfer ", Started: "Started transferring ", Finished: "Finished transferring "} {
		switch what, ok := strings.CutPrefix(head, word); {
		case ok && what == "input files":
			return FileTransfer{Phase: Phase(phase)}
		case ok && what == "output files":
			return FileTransfer{Output: true, Phase: Phase(phase)}
		}
	}
	return nil // another kind of files, from a later version
}
