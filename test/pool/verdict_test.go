//go:build pool

package pool

import (
	"fmt"
	"os"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"matpool/condor/eventlog"
)

// A prediction is what matsubmit says of a run, and what then happens.
type prediction struct {
	size, products int
	perJob         string

	line           string
	here, hereSaid time.Duration
	pool, poolSaid time.Duration
	next           time.Duration // what is said of the same run when the log has one
	load           float64       // the largest that was measured meanwhile
}

const (
	atMost1s   = time.Second     // stands for "less than 1s"
	fewSeconds = 4 * time.Second // stands for "a few seconds", which are less than 5
)

var predicted = regexp.MustCompile(`(?m)^[\d,]+ products: (?:less than|about) (\S+) here; (?:on the pool at least )?(?:about |(a few) )(\S+?)(?: on the pool)? \(.*$`)

// said reads a verdict.
func (f folder) said(text string) (line string, here, pool time.Duration) {
	f.Helper()
	m := predicted.FindStringSubmatch(text)
	if m == nil {
		f.Fatalf("no verdict in %q", text)
	}
	here, err := time.ParseDuration(m[1])
	if pool = fewSeconds; err == nil && m[2] == "" {
		pool, err = time.ParseDuration(m[3])
	}
	if err != nil {
		f.Fatal(err)
	}
	return m[0], here, pool
}

// predict makes products here, and the same ones in jobs on the pool's four slots with Linux.
func predict(t *testing.T, size, products int, perJob string) (p prediction) {
	t.Helper()
	p = prediction{size: size, products: products, perJob: perJob}
	const different = 20
	f := inputs(t, min(products, different), size)
	for i := different; i < products; i++ {
		for _, name := range []string{"inputA%d.npy", "inputB%d.npy"} {
			if err := os.Link(f.path(fmt.Sprintf(name, i%different)), f.path(fmt.Sprintf(name, i))); err != nil {
				t.Fatal(err)
			}
		}
	}
	p.load = load(t)
	begin := time.Now()
	f.run("matprod", "-quiet", "-count", fmt.Sprint(products))
	p.here = time.Since(begin)
	p.load = max(p.load, load(t))
	for i := range products {
		f.remove(fmt.Sprintf("output%d.npy", i))
	}
	flags := []string{"-operating_systems=linux", fmt.Sprintf("-total_jobs=%d", products), "-products_per_job=" + perJob}
	verdict := func(flags ...string) (line string, here, pool time.Duration) {
		t.Helper()
		out, errs, status := f.answered(flags...)
		if status != 0 {
			t.Fatalf("exit status %d\n%s%s", status, out, errs)
		}
		return f.said(out)
	}
	p.line, p.hereSaid, p.poolSaid = verdict(flags...)
	begin = time.Now()
	f.run("condor_submit", "run_product.sub")
	h := f.settle("log.txt")
	p.pool = time.Since(begin)
	p.load = max(p.load, load(t))
	if c := eventlog.Count(h.Jobs()); c.Done != c.Total() {
		t.Fatalf("%+v", c)
	}
	_, _, p.next = verdict(append(flags, "-force")...)
	t.Logf("| %d | %d | %s | %.1f s | %v | %.1f s | %v | %v |", size, products, perJob, p.here.Seconds(), p.hereSaid, p.pool.Seconds(), p.poolSaid, p.next)
	return p
}

// check fails if a time is off by more than a factor, or by more than that of a busy machine. A second
// does not count: a verdict has no fractions, and a pool begins its rounds when it likes.
func (p prediction) check(t *testing.T, factor float64) {
	t.Helper()
	factor *= max(1, p.load/float64(runtime.NumCPU()))
	for _, v := range []struct {
		what         string
		is, expected time.Duration
	}{{"here", p.here, p.hereSaid}, {"on the pool", p.pool, p.poolSaid}, {"on the pool, with the log", p.pool, p.next}} {
		is, expected := v.is.Seconds(), v.expected.Seconds()
		if v.expected == atMost1s || v.expected == fewSeconds {
			expected = min(expected, is)
		}
		if is > factor*expected+1 || expected > factor*is+1 {
			t.Errorf("%s: it took %v: %s", v.what, v.is, p.line)
		}
	}
}

// load returns the number of processes that run on this machine or want to, as a mean of the last minute.
func load(t *testing.T) (mean float64) {
	t.Helper()
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Sscan(string(text), &mean); err != nil {
		t.Fatal(err)
	}
	return mean
}

// The verdict is near what then happens. The pool must be idle. Other programs may run on this
// machine, so the limits are wide; TestVerdictTable has narrow ones.
func TestVerdict(t *testing.T) {
	predict(t, 100, 20, "1").check(t, 5)
	predict(t, 1000, 20, "auto").check(t, 5)
}

// On an idle machine the verdict is within a factor of two. This takes ten minutes and 24 GB of
// disk, so it is not one of the tests that always run:
//
//	GOFLAGS='-run=VerdictTable -v -timeout=30m' test/pool/test.sh
func TestVerdictTable(t *testing.T) {
	t.Log("| n | products | in a job | here | said | on the pool | said | said then, with the log |")
	for _, size := range []int{100, 1000} {
		for _, products := range []int{10, 100, 1000} {
			for _, perJob := range []string{"1", "auto"} {
				if products < 1000 || perJob == "auto" {
					predict(t, size, products, perJob).check(t, 2)
				}
			}
		}
	}
}

// On a pool with four slots that match, auto makes four jobs.
func TestAutoTakesTheSlots(t *testing.T) {
	t.Parallel()
	f := inputs(t, 100, 10)
	if out, errs, status := f.answered("-products_per_job=auto", "-operating_systems=linux"); status != 0 || !strings.Contains(out, ": 4 jobs with 100 products, on Linux\n") {
		t.Errorf("exit status %d\n%s%s", status, out, errs)
	}
	if sub := f.read("run_product.sub"); !strings.Contains(sub, ", 25 to give each of 4 slots a job, as many as match.\n") {
		t.Error(sub)
	}
	for _, flags := range []string{"-slots=10", "-requirements=Memory > 9999"} { // as given; none matches
		out, _, _ := f.answered("-products_per_job=auto", flags)
		if want := map[bool]string{true: ": 10 jobs", false: ": 8 jobs"}[flags == "-slots=10"]; !strings.Contains(out, want) {
			t.Errorf("%s: %s", flags, out)
		}
	}
}

// If no slot matches, a warning names the requirement.
func TestNoSlotMatches(t *testing.T) {
	t.Parallel()
	f := inputs(t, 4, 4)
	for _, test := range []struct{ flag, warning string }{
		{`-requirements=Memory > 1000 && TotalSlots && OpSysName == "Plan9"`, `some would without OpSysName == "Plan9"`},
		{`-requirements=TARGET.OpSys == "SOLARIS" || Machine == "nowhere"`, `some would without TARGET.OpSys == "SOLARIS" || Machine == "nowhere"`},
		{"-request_cpus=8", "some would without request_cpus = 8"},
		{"-request_memory=64GB", "some would without request_memory = 68.7 GB"},
		{"-condor.request_gpus=1", "some would without gpus >= 1"},
		{`-requirements=Memory > 9999 && Arch != "X86_64"`, `none has Memory > 9999, and none Arch != "X86_64"`},
	} {
		out, errs, status := f.answered("-total_jobs=4", test.flag)
		if want := "matsubmit: warning: none of the pool's 3 slots matches: " + test.warning + "\n"; status != 0 || errs != want {
			t.Errorf("%s: exit status %d\n%swant\n%s", test.flag, status, errs, want)
		}
		if !strings.Contains(out, " on the pool no slot matches; to run it here: matprod ") {
			t.Errorf("%s: %s", test.flag, out)
		}
	}
	// What depends on the job is not judged.
	if out, _, _ := f.answered("-total_jobs=4", "-requirements=TARGET.Memory > MY.Foo"); !strings.Contains(out, "(up to 6 slots match, ") {
		t.Error(out)
	}
}

// answered runs matsubmit -N until the pool has answered in time, which that of a busy machine may not do at once.
func (f folder) answered(flags ...string) (stdout, stderr string, status int) {
	for {
		stdout, stderr, status = f.try("matsubmit", append([]string{"run_product", "-N"}, flags...)...)
		if !strings.Contains(stdout, "condor_status did not answer") {
			return stdout, stderr, status
		}
	}
}

// Nobody waits long for a collector that does not answer, and the jobs are submitted.
func TestCollectorAway(t *testing.T) {
	f := inputs(t, 2, 4)
	for _, test := range []struct{ collector, says string }{
		{"10.1.2.3", "condor_status did not answer within 2s"}, // no packet comes back
		{"127.0.0.77", "condor_status: communication error"},   // nobody listens
	} {
		start := time.Now()
		out := f.run("env", "_CONDOR_COLLECTOR_HOST="+test.collector, bin+"/matsubmit", "run_product", "-N", "-total_jobs=2", "-products_per_job=auto")
		if !strings.Contains(out, " on the pool unknown: "+test.says+"; to run it here: matprod ") || !strings.Contains(out, ": 2 jobs, ") {
			t.Error(out)
		}
		if took := time.Since(start); took > time.Minute {
			t.Errorf("%s: it took %v", test.collector, took)
		}
	}
	before := f.run("env", "_CONDOR_COLLECTOR_HOST=10.1.2.3", bin+"/matsubmit", "run_product", "-total_jobs=2", "-operating_systems=linux")
	if h := f.settle("log.txt"); eventlog.Count(h.Jobs()).Done != 2 {
		t.Errorf("%s\n%s", before, f.read("log.txt"))
	}
}
