package cmd_test

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// writeBigLog writes the log of many jobs on 400 slots of 100 machines. The jobs have, in turn,
// the events of the real jobs of a log, at other times and in other slots.
func writeBigLog(t *testing.T, name string, jobs int) {
	text, err := os.ReadFile(filepath.Join(logs, "finished.log"))
	if err != nil {
		t.Fatal(err)
	}
	const slots, stamp = 400, "2006-01-02 15:04:05"
	type event struct {
		number string
		after  time.Duration // since the job got its machine
		text   string
	}
	var templates [][]event
	byJob := map[string]int{}
	head := regexp.MustCompile(`^(\d{3}) \((\d+\.\d+)\.\d+\) (\S+ \S+)`)
	place := strings.NewReplacer("slot1_1@", "SLOT@", "slot1_2@", "SLOT@", "linux1", "PC", "linux2", "PC", "winpc", "PC", "WINDOWS", "LINUX")
	var begin time.Time
	var starts []time.Time
	for text := range strings.SplitAfterSeq(string(text), "...\n") {
		m := head.FindStringSubmatch(text)
		if m == nil {
			continue
		}
		when, err := time.Parse(stamp, m[3])
		if err != nil {
			t.Fatal(err)
		}
		i, ok := byJob[m[2]]
		if !ok {
			i = len(templates)
			byJob[m[2]], templates, starts = i, append(templates, nil), append(starts, when)
		}
		if len(templates[i]) == 1 {
			starts[i] = when
		}
		if begin.IsZero() {
			begin = when
		}
		templates[i] = append(templates[i], event{m[1], when.Sub(starts[i]), place.Replace(text[len(m[0]):])})
	}
	file, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	out := bufio.NewWriterSize(file, 1<<20)
	for job := range jobs {
		slot := job % slots
		here := strings.NewReplacer("SLOT", fmt.Sprintf("slot1_%d", slot%4+1), "PC", fmt.Sprintf("pc%03d", slot/4))
		start := begin.Add(time.Duration(job/slots*8+slot*7%5) * time.Second)
		for i, e := range templates[(job+job/slots)%len(templates)] {
			when := start.Add(e.after)
			if i == 0 {
				when = begin
			}
			fmt.Fprintf(out, "%s (1234567.%03d.000) %s", e.number, job, when.Format(stamp))
			here.WriteString(out, e.text)
		}
	}
	if err := out.Flush(); err != nil {
		t.Fatal(err)
	}
}

// Reading the log of 100,000 jobs takes some two seconds of a processor, and prints no more than a person can read.
func TestBigLog(t *testing.T) {
	long(t)
	t.Parallel()
	const jobs, bound = 100_000, 10 * time.Second // it uses less than 3 s
	dir := t.TempDir()
	writeBigLog(t, filepath.Join(dir, "log.txt"), jobs)
	for _, test := range []struct {
		args       []string
		least, max int // lines
	}{
		{[]string{"log.txt"}, 1, 40},
		{[]string{"-report", "log.txt"}, 40, 150},
		{[]string{"-csv", "log.txt"}, jobs, 2 * jobs},
		{[]string{"-json", "log.txt"}, jobs, 100 * jobs},
	} {
		stdout, stderr, used := use(t, dir, append([]string{"matwatch"}, test.args...)...)
		lines := strings.Count(stdout, "\n")
		t.Logf("matwatch %s: %v, %d lines", strings.Join(test.args, " "), used, lines)
		if !strings.Contains(stderr, "100,000 jobs: 92,308 done, ") || lines < test.least || lines > test.max || used > bound {
			t.Errorf("matwatch %s: %v, %d lines, %s", strings.Join(test.args, " "), used, lines, stderr)
		}
	}
}
