package condor

import (
	"fmt"
	"strconv"
	"strings"

	"matpool/internal/text"
)

// parseDetail understands an event's text, as HTCondor's formatBody and readEvent
// have it (condor_event.cpp). It returns nil for an event that is not known here. For
// those that decide what has become of a job, a text that is not known is an error:
// they have always been the same, and a job must not be lost sight of.
func parseDetail(number int, head, body string) (Detail, error) {
	p := lines{rest: body}
	switch number {
	case 0:
		if host, ok := strings.CutPrefix(head, "Job submitted from host: "); ok {
			return Submitted{host, p.notes()}, nil
		}
	case 1:
		if host, ok := strings.CutPrefix(head, "Job executing on host: "); ok {
			e := Executing{Host: host, attrs: body}
			if slot, ok := strings.CutPrefix(p.peek(), "SlotName:"); ok {
				e.Slot = strings.Trim(slot, ` "`)
			}
			return e, nil
		}
	case 4:
		if strings.HasPrefix(head, "Job was evicted.") {
			return p.evicted(head)
		}
	case 5:
		if strings.HasPrefix(head, "Job terminated.") {
			return p.terminated()
		}
	case 6:
		if size, ok := strings.CutPrefix(head, "Image size of job updated: "); ok {
			e := ImageSize{-1, -1, -1}
			e.ImageKB, _ = count(size)
			for p.more() {
				if n, what, ok := amount(p.line()); ok && strings.HasPrefix(what, "MemoryUsage of job (MB)") {
					e.MemoryMB = n
				} else if ok && strings.HasPrefix(what, "ResidentSetSize of job (KB)") {
					e.ResidentKB = n
				}
			}
			return e, nil
		}
	case 7:
		if strings.HasPrefix(head, "Shadow exception!") {
			e := ShadowException{Message: p.line()}
			p.transferred(&e.Sent, &e.Received, nil, nil)
			return e, nil
		}
	case 8:
		if body != "" {
			head += "\n" + body
		}
		return Generic{strings.TrimSpace(head)}, nil
	case 9:
		if strings.HasPrefix(head, "Job was aborted") {
			return Aborted{p.line()}, nil
		}
	case 10:
		if strings.HasPrefix(head, "Job was suspended.") {
			n, _ := count(strings.TrimPrefix(p.line(), "Number of processes actually suspended: "))
			return Suspended{int(n)}, nil
		}
	case 11:
		if strings.HasPrefix(head, "Job was unsuspended.") {
			return Unsuspended{}, nil
		}
	case 12:
		if strings.HasPrefix(head, "Job was held.") {
			var e Held
			e.Reason, e.Code, e.Subcode = p.reason()
			return e, nil
		}
	case 13:
		if strings.HasPrefix(head, "Job was released.") {
			return Released{p.line()}, nil
		}
	default:
		return parseRareDetail(number, head, &p)
	}
	return nil, fmt.Errorf("event %03d says %q, which is not known", number, text.Clip(head))
}

func parseRareDetail(number int, head string, p *lines) (Detail, error) {
	switch number {
	case 21:
		kind, where, ok := strings.Cut(head, " from ")
		daemon, host, ok2 := strings.Cut(strings.TrimSuffix(where, ":"), " on ")
		if ok && ok2 {
			e := RemoteError{Critical: kind == "Error", Daemon: daemon, Host: host}
			e.Message, e.Code, e.Subcode = p.reason()
			return e, nil
		}
	case 22:
		if strings.HasPrefix(head, "Job disconnected") {
			e := Disconnected{Reason: p.line()}
			e.Machine, e.Host, _ = strings.Cut(strings.TrimPrefix(p.line(), "Trying to reconnect to "), " ")
			return e, nil
		}
	case 23:
		if machine, ok := strings.CutPrefix(head, "Job reconnected to "); ok {
			return Reconnected{machine, strings.TrimPrefix(p.line(), "startd address: "), strings.TrimPrefix(p.line(), "starter address: ")}, nil
		}
	case 24:
		if strings.HasPrefix(head, "Job reconnection failed") {
			e := ReconnectFailed{Reason: p.line()}
			e.Machine, _, _ = strings.Cut(strings.TrimPrefix(p.line(), "Can not reconnect to "), ",")
			return e, nil
		}
	case 28:
		return AdInformation{p.rest}, nil
	case 33:
		if s, ok := strings.CutPrefix(head, "Changing job attribute "); ok {
			name, values, _ := strings.Cut(s, " from ")
			before, after, _ := strings.Cut(values, " to ")
			return AttributeUpdate{name, before, after}, nil
		}
		if s, ok := strings.CutPrefix(head, "Setting job attribute "); ok {
			name, after, _ := strings.Cut(s, " to ")
			return AttributeUpdate{Name: name, New: after}, nil
		}
	case 35:
		if host, ok := strings.CutPrefix(head, "Cluster submitted from host: "); ok {
			return ClusterSubmitted{host, p.notes()}, nil
		}
	case 36:
		return p.clusterRemoved(), nil
	case 37:
		e := ClusterPaused{}
		for p.more() {
			line := p.line()
			if code, ok := strings.CutPrefix(line, "PauseCode "); ok {
				e.PauseCode, _ = strconv.Atoi(code)
			} else if code, ok := strings.CutPrefix(line, "HoldCode "); ok {
				e.HoldCode, _ = strconv.Atoi(code)
			} else if e.Reason == "" {
				e.Reason = line
			}
		}
		return e, nil
	case 38:
		return ClusterResumed{p.line()}, nil
	case 40:
		return p.transfer(head)
	case 46:
		if strings.HasPrefix(head, "Dataflow job was skipped.") {
			return Skipped{p.line()}, nil
		}
	}
	return nil, nil
}

// Lines are the rest of an event's body, taken line by line.
type lines struct{ rest string }

func (p *lines) more() bool { return p.rest != "" }

// peek returns the next line without the Blanks around it, "" at the end.
func (p *lines) peek() string {
	line, _, _ := strings.Cut(p.rest, "\n")
	return strings.TrimSpace(line)
}

// line takes the next line.
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

// reason reads lines of a reason and, last, "Code 3 Subcode 65".
func (p *lines) reason() (reason string, code, subcode int) {
	for p.more() {
		line := p.line()
		if c, s, ok := codes(line); ok {
			code, subcode = c, s
		} else if line != "" && line != "Reason unspecified" {
			if reason != "" {
				reason += "\n"
			}
			reason += line
		}
	}
	return reason, code, subcode
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
// (signal 9)", and the line on a core file that follows the latter.
func (p *lines) exit() (e Exit, core string, err error) {
	line := p.line()
	if n, ok := between(line, "(1) Normal termination (return value ", ")"); ok {
		e.Status = n
		return e, "", nil
	}
	n, ok := between(line, "(0) Abnormal termination (signal ", ")")
	if !ok || n == 0 {
		return e, "", fmt.Errorf("%q does not say how the program ended", text.Clip(line))
	}
	e.Signal = n
	if strings.HasPrefix(p.peek(), "(0) No core") || strings.HasPrefix(p.peek(), "(1) Corefile") {
		_, core, _ = strings.Cut(p.line(), "Corefile in: ")
	}
	return e, core, nil
}

func between(s, before, after string) (int, bool) {
	s, ok := strings.CutPrefix(s, before)
	digits, _, ok2 := strings.Cut(s, after)
	n, err := strconv.Atoi(digits)
	return n, ok && ok2 && err == nil
}

// transferred reads the lines on bytes, "133  -  Run Bytes Sent By Job".
func (p *lines) transferred(sent, received, totalSent, totalReceived *int64) {
	for p.more() {
		n, what, ok := amount(p.peek())
		var to *int64
		switch {
		case !ok:
			return
		case strings.HasPrefix(what, "Run Bytes Sent"):
			to = sent
		case strings.HasPrefix(what, "Run Bytes Received"):
			to = received
		case strings.HasPrefix(what, "Total Bytes Sent"):
			to = totalSent
		case strings.HasPrefix(what, "Total Bytes Received"):
			to = totalReceived
		}
		if to == nil {
			return
		}
		*to = n
		p.line()
	}
}

// amount reads "133  -  Run Bytes Sent By Job".
func amount(line string) (n int64, what string, ok bool) {
	digits, what, ok := strings.Cut(line, "  -  ")
	if !ok {
		return 0, "", false
	}
	n, err := count(digits)
	return n, what, err == nil
}

// count reads a number, which HTCondor may have kept as a floating one.
func count(digits string) (int64, error) {
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		var f float64
		if f, err = strconv.ParseFloat(digits, 64); err == nil && f >= 0 && f < 1<<62 {
			return int64(f), nil
		}
		return -1, fmt.Errorf("%q is not a number", text.Clip(digits))
	}
	return n, nil
}

// skipUsage passes over the lines on processor time.
func (p *lines) skipUsage() {
	for strings.HasPrefix(p.peek(), "Usr ") {
		p.line()
	}
}

const tableHeading = "Partitionable Resources"

// table returns the table of resources, if it stands here, and takes it.
func (p *lines) table() string {
	if !strings.HasPrefix(p.peek(), tableHeading) {
		return ""
	}
	table := p.rest
	p.rest = ""
	return table
}

func (p *lines) evicted(head string) (Detail, error) {
	var e Evicted
	e.Code, e.Subcode, _ = codes(strings.TrimSpace(strings.TrimPrefix(head, "Job was evicted.")))
	switch line := p.line(); {
	case strings.HasPrefix(line, "(0) Job terminated and was requeued"):
		e.Requeued = true
	case strings.HasPrefix(line, "(1)"):
		e.Checkpointed = true
	case !strings.HasPrefix(line, "(0)"):
		return nil, fmt.Errorf("%q does not say how the job was evicted", text.Clip(line))
	}
	p.skipUsage()
	p.transferred(&e.Sent, &e.Received, nil, nil)
	if e.Requeued {
		var err error
		if e.Exit, _, err = p.exit(); err != nil {
			return nil, err
		}
	}
	if e.table = p.table(); e.table == "" {
		e.Reason = strings.TrimPrefix(p.line(), "Reason: ")
		e.table = p.table()
	}
	return e, nil
}

func (p *lines) terminated() (Detail, error) {
	var e Terminated
	var err error
	if e.Exit, e.CoreFile, err = p.exit(); err != nil {
		return nil, err
	}
	p.skipUsage()
	p.transferred(&e.Sent, &e.Received, &e.TotalSent, &e.TotalReceived)
	e.table = p.table()
	return e, nil
}

func (p *lines) clusterRemoved() Detail {
	e := ClusterRemoved{Jobs: -1, Items: -1}
	line := p.peek()
	if rest, ok := strings.CutPrefix(line, "Materialized "); ok {
		// Both stand on one line: "Materialized 20 jobs from 20 items.	Complete".
		jobs, rest, _ := strings.Cut(rest, " jobs from ")
		items, rest, _ := strings.Cut(rest, " items.")
		var err, err2 error
		e.Jobs, err = strconv.Atoi(jobs)
		e.Items, err2 = strconv.Atoi(items)
		if err != nil || err2 != nil {
			e.Jobs, e.Items = -1, -1
		}
		e.Completion = strings.TrimSpace(rest)
		p.line()
	}
	if e.Completion == "" {
		e.Completion = p.line()
	}
	e.Notes = p.line()
	return e
}

func (p *lines) transfer(head string) (Detail, error) {
	e := Transfer{Queue: -1}
	var ok bool
	for phase, word := range []string{Queued: "Entered queue to transfer ", Started: "Started transferring ", Finished: "Finished transferring "} {
		var what string
		if what, ok = strings.CutPrefix(head, word); ok {
			e.Phase, e.Output = Phase(phase), what == "output files"
			ok = e.Output || what == "input files"
			break
		}
	}
	if !ok {
		return nil, nil // files of another kind, of a later version
	}
	for p.more() {
		line := p.line()
		if s, ok := strings.CutPrefix(line, "Seconds spent in queue: "); ok {
			n, err := strconv.Atoi(s)
			if err != nil {
				return nil, fmt.Errorf("%q is not a number of seconds", text.Clip(s))
			}
			e.Queue = n
		} else if host, ok := strings.CutPrefix(line, "Transferring to host: "); ok {
			e.Host = host
		}
	}
	return e, nil
}
