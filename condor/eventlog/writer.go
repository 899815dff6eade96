package eventlog

import (
	"fmt"
	"strings"
	"time"

	"matpool/condor"
)

// An Entry is an event to write. Its Detail is one of [Submit], [Execute], [JobEvicted] with
// Requeued, [JobTerminated], [ImageSize], [JobAborted], [JobHeld] and [FileTransfer].
type Entry struct {
	condor.ID
	Time   time.Time
	Host   string // the machine of an Execute
	Detail Detail
	Usage  Usage // of an attempt: for Execute, ImageSize, JobEvicted and JobTerminated
}

// A Usage is what an attempt requested and used. Sizes of memory are in MB; -1 is unknown.
type Usage struct {
	Folder                 string // of the job
	Cpus, MemoryMB         int    // requested
	UsedMB                 int64
	User, System           time.Duration // processor times
	Sent, Received         int64         // bytes of the job's outputs and inputs
	TotalSent, TotalGotten int64         // the same, of all attempts
	Executing, Busy        time.Duration // the program, and the attempt
}

// Event returns the entry as a [Reader] would read it, without its text.
func (e *Entry) Event() *Event {
	return &Event{Number: e.number(), ID: e.ID, Time: e.Time, Detail: e.Detail}
}

// number returns HTCondor's number of the kind of event.
func (e *Entry) number() int {
	switch e.Detail.(type) {
	case Submit:
		return 0
	case Execute:
		return 1
	case JobEvicted:
		return 4
	case JobTerminated:
		return 5
	case ImageSize:
		return 6
	case JobAborted:
		return 9
	case JobHeld:
		return 12
	case FileTransfer:
		return 40
	}
	panic(fmt.Sprintf("eventlog: an event with %T is never written", e.Detail))
}

// String returns the entry's text as HTCondor 23 writes it, with the line that ends it. It
// leaves out what only a pool has, such as addresses and unused resources.
//
// The time is local, with milliseconds, as with HTCondor's option SUB_SECOND: a job that fails
// and runs again within a second has events that otherwise seem to be repetitions.
func (e *Entry) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%03d (%03d.%03d.000) %s ", e.number(), e.Cluster, e.Proc, e.Time.Format("2006-01-02 15:04:05.000"))
	switch d := e.Detail.(type) {
	case Submit:
		fmt.Fprintf(&b, "Job submitted from host: <%s>\n", oneLine(d.Host))
		for _, note := range d.Notes {
			fmt.Fprintf(&b, "    %s\n", oneLine(note))
		}
	case Execute:
		fmt.Fprintf(&b, "Job executing on host: <%s>\n\tSlotName: %s\n\tArch = %q\n\tCondorScratchDir = %q\n\tCpus = %d\n\tMachine = %q\n\tMemory = %d\n\tOpSys = %q\n",
			oneLine(e.Host), oneLine(d.Slot), d.Arch, e.Usage.Folder, e.Usage.Cpus, d.Machine, e.Usage.MemoryMB, d.System)
	case JobEvicted:
		b.WriteString("Job was evicted.\n\t(0) Job terminated and was requeued\n")
		e.Usage.writeTimes(&b, "Run")
		e.Usage.writeBytes(&b, "Run", e.Usage.Sent, e.Usage.Received)
		fmt.Fprintf(&b, "\t%s\n", termination(d.Exit))
		if d.Exit.Signal != 0 {
			b.WriteString("\t(0) No core file\n")
		}
	case JobTerminated:
		e.writeTerminated(&b, d.Exit)
	case ImageSize:
		fmt.Fprintf(&b, "Image size of job updated: %d\n\t%d  -  MemoryUsage of job (MB)\n", d.MemoryMB<<10, d.MemoryMB)
	case JobAborted:
		fmt.Fprintf(&b, "Job was aborted.\n\t%s\n", oneLine(d.Reason))
	case JobHeld:
		fmt.Fprintf(&b, "Job was held.\n\t%s\n\tCode %d Subcode %d\n", oneLine(d.Reason), d.Code, d.Subcode)
	case FileTransfer:
		verb, what := [...]string{"Entered queue to transfer", "Started transferring", "Finished transferring"}[d.Phase], "input"
		if d.Output {
			what = "output"
		}
		fmt.Fprintf(&b, "%s %s files\n", verb, what)
	}
	b.WriteString("...\n")
	return b.String()
}

// writeTerminated writes the text of a [JobTerminated] event.
func (e *Entry) writeTerminated(b *strings.Builder, exit Exit) {
	u := e.Usage
	fmt.Fprintf(b, "Job terminated.\n\t%s\n", termination(exit))
	u.writeTimes(b, "Run")
	u.writeTimes(b, "Total")
	u.writeBytes(b, "Run", u.Sent, u.Received)
	u.writeBytes(b, "Total", u.TotalSent, u.TotalGotten)
	used := ""
	if u.UsedMB >= 0 {
		used = fmt.Sprint(u.UsedMB)
	}
	b.WriteString("\tPartitionable Resources :    Usage  Request Allocated \n")
	for _, r := range []struct {
		name    string
		used    any
		request any
	}{
		{"Cpus", "", u.Cpus}, {"Memory (MB)", used, u.MemoryMB},
		{"TimeExecute (s)", int(u.Executing.Seconds()), ""}, {"TimeSlotBusy (s)", int(u.Busy.Seconds()), ""},
	} {
		fmt.Fprintf(b, "\t   %-20s : %8v %8v %9v \n", r.name, r.used, r.request, r.request)
	}
	if exit.Signal == 0 {
		fmt.Fprintf(b, "\n\tJob terminated of its own accord at %s with exit-code %d.\n", e.Time.UTC().Format("2006-01-02T15:04:05Z"), exit.Status)
	}
}

func termination(exit Exit) string {
	if exit.Signal != 0 {
		return fmt.Sprintf("(0) Abnormal termination (signal %d)", exit.Signal)
	}
	return fmt.Sprintf("(1) Normal termination (return value %d)", exit.Status)
}

// writeTimes writes processor times: those of the machine, and those of the submit machine,
// which takes none.
func (u *Usage) writeTimes(b *strings.Builder, which string) {
	fmt.Fprintf(b, "\t\tUsr %s, Sys %s  -  %s Remote Usage\n", days(u.User), days(u.System), which)
	fmt.Fprintf(b, "\t\tUsr %s, Sys %s  -  %s Local Usage\n", days(0), days(0), which)
}

func (u *Usage) writeBytes(b *strings.Builder, which string, sent, received int64) {
	fmt.Fprintf(b, "\t%d  -  %s Bytes Sent By Job\n\t%d  -  %s Bytes Received By Job\n", sent, which, received, which)
}

// days returns a duration in days, hours, minutes and seconds: 0 00:01:30.
func days(d time.Duration) string {
	s := int(d.Seconds())
	return fmt.Sprintf("%d %02d:%02d:%02d", s/86400, s/3600%24, s/60%60, s%60)
}

// oneLine returns a text without line breaks, after which the reader would see another line, or the event's end.
func oneLine(text string) string {
	return strings.Join(strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == '\r' }), " ")
}
