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

// writeBigLog writes the log of many jobs on 400 slots: each has the events of one of the
// real jobs of a log, in turn, some time later and in another slot.
func writeBigLog(t *testing.T, name string, jobs int) {
	text, err := os.ReadFile(filepath.Join("..", "examples", "finished.log"))
	if err != nil {
		t.Fatal(err)
	}
	const slots = 400
	var templates [][]string // of a job, its events cut where its number, the time and the slot stand
	byJob := map[string]int{}
	head := regexp.MustCompile(`(?m)^(\d{3}) \((\d+\.\d+)\.\d+\) (\S+ \S+)`)
	place := regexp.MustCompile(`slot1_(\d)@\w+`)
	var begin time.Time
	for event := range strings.SplitAfterSeq(string(text), "...\n") {
		m := head.FindStringSubmatch(event)
		if m == nil {
			continue
		}
		when, err := time.Parse("2006-01-02 15:04:05", m[3])
		if err != nil {
			t.Fatal(err)
		}
		i, ok := byJob[m[2]]
		if !ok {
			i = len(templates)
			byJob[m[2]] = i
			templates = append(templates, nil)
			if i == 0 {
				begin = when
			}
		}
		templates[i] = append(templates[i], m[1], when.Sub(begin).String(), place.ReplaceAllString(event[len(m[0]):], "slot1_$1@\x00"))
	}
	file, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	out := bufio.NewWriterSize(file, 1<<20)
	for job := range jobs {
		template := templates[job%len(templates)]
		shift := begin.Add(time.Duration(job/slots) * 20 * time.Second)
		for i := 0; i < len(template); i += 3 {
			delay, err := time.ParseDuration(template[i+1])
			if err != nil {
				t.Fatal(err)
			}
			when := shift.Add(delay)
			if template[i] == "000" {
				when = begin
			}
			fmt.Fprintf(out, "%s (1234567.%03d.000) %s%s", template[i], job, when.Format("2006-01-02 15:04:05"),
				strings.ReplaceAll(template[i+2], "\x00", fmt.Sprintf("pc%03d", job%slots)))
		}
	}
	if err := out.Flush(); err != nil {
		t.Fatal(err)
	}
}

// The log of 100,000 jobs is read in some two seconds, and what is printed of it can be read.
func TestBigLog(t *testing.T) {
	const jobs, bound = 100_000, 10 * time.Second // where nothing else runs, less than 2 s
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
		start := time.Now()
		stdout, stderr, _ := run(t, dir, append([]string{"matwatch"}, test.args...)...)
		took := time.Since(start)
		lines := strings.Count(stdout, "\n")
		t.Logf("matwatch %s: %v, %d lines", strings.Join(test.args, " "), took.Round(10*time.Millisecond), lines)
		if !strings.Contains(stderr, "100000 jobs: ") || lines < test.least || lines > test.max || took > bound {
			t.Errorf("matwatch %s: %v, %d lines, %s", strings.Join(test.args, " "), took, lines, stderr)
		}
	}
}
