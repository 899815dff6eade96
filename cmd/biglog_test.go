package cmd_test

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"matpool/internal/base/text"
)

// writeBigLog writes the log of many jobs, one product each, on 400 slots of 100 machines. The jobs have, in turn,
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
	number := regexp.MustCompile(`first=\d+ count=1 starts=4 jobs=\d+`)
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
		templates[i] = append(templates[i], event{m[1], when.Sub(starts[i]), number.ReplaceAllLiteralString(place.Replace(text[len(m[0]):]), "first=INDEX count=1 starts=4 jobs=JOBS random=1/2/uniform")})
	}
	file, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	out := bufio.NewWriterSize(file, 1<<20)
	for job := range jobs {
		slot := job % slots
		here := strings.NewReplacer("SLOT", fmt.Sprintf("slot1_%d", slot%4+1), "PC", fmt.Sprintf("pc%03d", slot/4), "INDEX", strconv.Itoa(job), "JOBS", strconv.Itoa(jobs))
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

// Reading the log of many jobs, with 200,000 some four seconds of a processor and 324 MB, prints no more than a person can
// read. -resubmit reads it in no more, and describes the jobs that are missing.
//
// go test -v -run BigLog ./cmd -many 100000 prints the figures of 200,000.
func TestBigLog(t *testing.T) {
	long(t)
	t.Parallel()
	jobs := 2 * *many
	dir := t.TempDir()
	writeBigLog(t, filepath.Join(dir, "log.txt"), jobs)
	if err := os.WriteFile(filepath.Join(dir, "run_product"), fmt.Appendf(nil, "inputs = random\nseed = 1\nsize = 2\ntotal_jobs = %d\nlog = log.txt\n", jobs), 0o666); err != nil {
		t.Fatal(err)
	}
	findPrograms(t)
	done := fmt.Sprintf("%s jobs: %s done, ", text.Number(jobs), text.Number(jobs*12/13)) // of the 13 jobs of finished.log
	for _, test := range []struct {
		args       string
		says       string
		least, max int // lines
		megabytes  int
		bound      time.Duration
	}{
		{"matwatch log.txt", done, 1, 40, 324, 12 * time.Second},
		{"matwatch -report log.txt", done, 40, 150, 400, 15 * time.Second},
		{"matwatch -csv log.txt", done, jobs, 2 * jobs, 400, 15 * time.Second},
		{"matwatch -json log.txt", done, jobs, 100 * jobs, 400, 20 * time.Second},
		{"matsubmit -N -resubmit -quiet run_product", "of " + text.Number(jobs) + " products: ", 1, 10, 450, 20 * time.Second},
	} {
		test.megabytes, test.bound = forMany(test.megabytes, test.bound)
		args := strings.Fields(test.args)
		cmd := exec.Command(args[0], args[1:]...)
		megabytes, output, _ := peak(cmd, dir)
		used := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
		lines := bytes.Count(output, []byte("\n"))
		t.Logf("%s: %.1f s of processors' time, %d MB, %d lines", test.args, used.Seconds(), megabytes, lines)
		if !strings.Contains(string(output), test.says) || lines < test.least || lines > test.max || used > test.bound || megabytes > test.megabytes {
			t.Errorf("%s: %v, %d MB, %d lines, %.1000s", test.args, used, megabytes, lines, output)
		}
	}
}
