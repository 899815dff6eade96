//go:build pool

package pool

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "replace the output in the documents by what the commands print")

// A document is a session in a folder with the scripts of the Python flow. Below each line
// "$ command" of a block is what the command prints; differences that are normal between runs
// are ignored. Commands in comments run too. Each ends with exit status 0, unless a comment before
// the block says otherwise: <!-- status 3: matwatch log.txt -->. The pool has no other jobs.
func TestDocuments(t *testing.T) {
	besidePool(t)
	t.Setenv("PATH", bin+":/usr/sbin:/usr/bin:/bin")
	for _, name := range []string{"tutorial.md", "held.md"} {
		t.Run(name, func(t *testing.T) {
			page := filepath.Join("../../docs", name)
			f := notInTmp(folder{t, t.TempDir()})
			if err := os.CopyFS(f.dir, os.DirFS("../../bench/numpy")); err != nil {
				t.Fatal(err)
			}
			text, err := os.ReadFile(page)
			if err != nil {
				t.Fatal(err)
			}
			shown := f.session(string(text))
			if t.Failed() {
				return
			}
			// The session draws the pictures in SVG; test/browser makes that of a page.
			for _, picture := range regexp.MustCompile(`!\[.*\]\((.+\.svg)\)`).FindAllStringSubmatch(shown, -1) {
				drawn := f.read(picture[1])
				if *update {
					folder{t, filepath.Dir(page)}.write(picture[1], drawn)
				}
			}
			if *update {
				folder{t, filepath.Dir(page)}.write(name, shown)
			}
		})
	}
}

var (
	block  = regexp.MustCompile("(?ms)^(?:<!-- status \\d+: [^\n]* -->\n+)*```console\n.*?^```$|^<!-- \\$ .*? -->$")
	marked = regexp.MustCompile(`(?m)^<!-- status (\d+): (.*) -->$`)
)

// session runs the commands of a page, and returns the page with their output.
func (f folder) session(page string) string {
	f.Helper()
	return block.ReplaceAllStringFunc(page, func(text string) string {
		if command, hidden := strings.CutPrefix(text, "<!-- $ "); hidden {
			f.run("sh", "-c", strings.TrimSuffix(command, " -->"))
			return text
		}
		statuses := map[string]int{}
		for _, mark := range marked.FindAllStringSubmatch(text, -1) {
			statuses[mark[2]], _ = strconv.Atoi(mark[1])
		}
		parts := strings.Split(strings.TrimSuffix(text, "```"), "\n$ ")
		for i, part := range parts[1:] {
			command, want, _ := strings.Cut(part, "\n")
			start := time.Now()
			got, status := f.shown(command)
			for strings.Contains(command, " -N") && strings.Contains(got, "condor_status did not answer") {
				got, status = f.shown(command) // a busy machine's pool may not answer at once, and -N submits nothing
			}
			f.Logf("%4.0f s  %s", time.Since(start).Seconds(), command)
			if want := statuses[command]; status != want {
				f.Errorf("$ %s\nends with exit status %d, not %d, and prints\n%s", command, status, want, got)
			}
			delete(statuses, command)
			if !*update && normal(got) != normal(want) {
				f.Errorf("$ %s\nprints\n%s\nthe document says\n%s", command, got, want)
			}
			if got != "" && i+2 < len(parts) {
				got += "\n"
			}
			parts[i+1] = strings.TrimSuffix(command+"\n"+got, "\n")
		}
		for command := range statuses {
			f.Errorf("the block has no command %q", command)
		}
		return strings.Join(parts, "\n$ ") + "\n```"
	})
}

// shown returns the output of a command as a document shows it, and its exit status.
func (f folder) shown(command string) (output string, status int) {
	f.Helper()
	cmd := exec.CommandContext(f.Context(), "sh", "-c", command)
	cmd.Dir = f.dir
	text, err := cmd.CombinedOutput()
	if err != nil && !errors.As(err, new(*exec.ExitError)) {
		f.Fatal(err)
	}
	status = cmd.ProcessState.ExitCode()
	lines := strings.Split(strings.NewReplacer(f.dir, "/home/user/products", bin, "/home/user/bin").Replace(string(text)), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	if text := strings.Trim(elide(lines), "\n"); text != "" {
		return text + "\n", status
	}
	return "", status
}

// elide shortens each sequence of more than five lines that differ only in numbers to its first
// two lines and the last.
func elide(lines []string) string {
	digits := regexp.MustCompile(`\d+`)
	like := func(line string) string { return digits.ReplaceAllString(normal(line), "0") }
	var kept []string
	for len(lines) > 0 {
		n := 1
		for n < len(lines) && like(lines[n]) == like(lines[0]) {
			n++
		}
		if n > 5 {
			kept = append(kept, lines[0], lines[1], "…", lines[n-1])
		} else {
			kept = append(kept, lines[:n]...)
		}
		lines = lines[n:]
	}
	return strings.Join(kept, "\n")
}

// varying matches what differs from run to run, and gives a word to compare instead.
var varying = []struct {
	pattern *regexp.Regexp
	word    string
}{
	{regexp.MustCompile(`^[\d,]+ (products?|jobs?): (.* )?(slots match, |on the pool unknown: ).*`), "VERDICT"},
	{regexp.MustCompile(`^(here|[a-z_]+ = .*?) +\S+ +(-|[\d.]+ \wB) +<?[\d.,]+( .*)?$`), "CHOICE $1"}, // a line of a table
	{regexp.MustCompile(`<\S+ @ \S+ \S+`), "ADDRESS"},
	{regexp.MustCompile(`(\d+-\d+-\d+ )?\d\d:\d\d:\d\d|\d+/\d+ +\d\d:\d\d`), "TIME"},
	{regexp.MustCompile(`\b(\d+h)?(\d+m)?\d+(\.\d+)?m?s\b|\b\d+h\d+m\b`), "SPAN"},
	{regexp.MustCompile(`\bdigest [0-9a-f]+`), "DIGEST"},
	{regexp.MustCompile(`\d+(\.\d+)? ?MB`), "SIZE"},
	{regexp.MustCompile(`\d+%`), "SHARE"},
	{regexp.MustCompile(`\bclusters? \d+((, \d+)* and \d+)?|\b\d+ clusters, \d+ to \d+`), "CLUSTER"},
	{regexp.MustCompile(`\b\d+\.\d{1,3}(-\d+)?\b`), "JOB"},
	{regexp.MustCompile(`\b(slot\d+_\d+@)?(linux\d|winpc)\b( \((LINUX|WINDOWS)\))?`), "MACHINE"},
	{regexp.MustCompile(`^MACHINE +(linux|windows) .*`), "MACHINE"},           // a line of a table
	{regexp.MustCompile(`; was made on MACHINE by matprod .*`), "; was made"}, // with which version and kernel
	{regexp.MustCompile(`\b\d+ slots\b`), "SLOTS"},
	{regexp.MustCompile(`\bdir_\d+\b(/scratch\b)?`), "DIR"}, // with scratch since HTCondor 25
	{regexp.MustCompile(`^To monitor your job\(s\), run: .*`), ""},
	{regexp.MustCompile(`Details: 1 total failures: first failure: `), "Details: "},
	{regexp.MustCompile(`\b\d+ of 20 products complete`), "PRODUCTS"}, // when a job is evicted
	// Which guard of the time limit strikes first.
	{regexp.MustCompile(`The job exceeded allowed execute duration of 00:04|ran longer than SPAN on MACHINE`), "LONG"},
	{regexp.MustCompile(`code (47, subcode 0|3, subcode 47)`), "LIMIT"},
	{regexp.MustCompile(` +`), " "},
	{regexp.MustCompile(`\bCODE/SUB `), ""}, // a column of condor_q -held since HTCondor 25
	{regexp.MustCompile(`\bTIME \d+/\d+ `), "TIME "},
	{regexp.MustCompile(`^TIME CLUSTER: .*\b[1-9]\d* (running|idle),.*`), ""},                                         // a run that goes on
	{regexp.MustCompile(`^(computing|inputs|outputs|starting and ending|without a job of this run) SPAN SHARE$`), ""}, // in a report, unless they are zero
	{regexp.MustCompile(`^(TIME )?lost: job JOB: .*`), ""},                                                            // HTCondor's own faults on a busy machine
	{regexp.MustCompile(`^TIME evicted: job JOB: Job vacated by schedd$`), ""},                                        // a reason that HTCondor writes since 24
	{regexp.MustCompile(`^…$`), ""},
}

// normal returns a text with everything replaced that varies from run to run.
func normal(text string) string {
	var lines []string
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		for _, v := range varying {
			line = v.pattern.ReplaceAllString(line, v.word)
		}
		if line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

// Either of a job's two time limits may hold it first; documents show one of them.
func TestEitherTimeLimit(t *testing.T) {
	own := normal("2026-11-29 05:06:53 held: job 38.1: job 1: ran longer than 4s on linux1\n  JobExecuteExceeded, code 3, subcode 47: it ran longer")
	condors := normal("2026-11-29 05:06:53 held: job 38.1: job 1: The job exceeded allowed execute duration of 00:04\n  JobExecuteExceeded, code 47, subcode 0: it ran longer")
	if own != condors {
		t.Errorf("%q differs from %q", own, condors)
	}
}

// What depends on the day, and on how busy the machines are, is no difference.
func TestAnotherDay(t *testing.T) {
	idle := normal("20 jobs: their run time is unknown (4 slots match, 12.8 MB to send).\n" +
		"2026-11-30 10:09:44 8 clusters, 5 to 12: 10 jobs: 0 done, 0 running, 8 idle, 0 held; 2 more will enter the queue\n" +
		"1 product: less than 1s here; a few seconds on the pool (6 slots match, 7.0 MB to transfer); to run it here: matprod -count 1\n" +
		" 24.2   user           11/30 10:10 is this yours?")
	busy := normal("20 jobs: on the pool unknown: condor_status did not answer within 2s.\n" +
		"2026-11-30 10:23:43 clusters 5, 6, 7 and 8: 10 jobs: 0 done, 0 running, 4 idle, 0 held; 6 more will enter the queue\n" +
		"2026-11-30 10:25:40 lost: job 21.1: FileTransfer::Download called during active transfer!\n" +
		"1 job: their run time is unknown (6 slots match, 6.9 MB to send); to run it here: matprod -count 1\n" +
		"  4.2   user           12/1  00:35 is this yours?")
	if idle != busy {
		t.Errorf("%q differs from %q", idle, busy)
	}
}

// A recorder keeps a test's errors.
type recorder struct {
	testing.TB
	errors []string
}

func (r *recorder) Errorf(format string, args ...any) {
	r.errors = append(r.errors, fmt.Sprintf(format, args...))
}

// A document shows a command that fails only if it says so.
func TestStatusesOfCommands(t *testing.T) {
	for _, x := range []struct{ marks, command, says string }{
		{"", "true", ""},
		{"", "exit 3", "$ exit 3\nends with exit status 3, not 0"},
		{"<!-- status 3: exit 3 -->\n", "exit 3", ""},
		{"<!-- status 3: exit 3 -->\n\n", "exit 3", ""},
		{"<!-- status 4: exit 3 -->\n", "exit 3", "$ exit 3\nends with exit status 3, not 4"},
		{"<!-- status 3: true -->\n", "true", "$ true\nends with exit status 0, not 3"},
		{"<!-- status 3: false -->\n", "true", `the block has no command "false"`},
	} {
		r := &recorder{TB: t}
		page := "text\n\n" + x.marks + "```console\n$ " + x.command + "\n```\n"
		got := folder{r, t.TempDir()}.session(page)
		if said := strings.Join(r.errors, "\n"); got != page || !strings.HasPrefix(said, x.says) || (said == "") != (x.says == "") {
			t.Errorf("%s%s: %q, want %q; the page becomes\n%s", x.marks, x.command, said, x.says, got)
		}
	}
}
