//go:build pool

package pool

import (
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"matpool/condor"
	"matpool/condor/eventlog"
	"matpool/condor/submitfile"
)

// fixedFactor makes a folder with a fixed factor A.npy of size×size, factors inputB<I>.npy of one column, and run, which
// multiplies them on the four slots with Linux, one product in a job.
func fixedFactor(t testing.TB, products, size int) folder {
	t.Helper()
	f := newFolder(t)
	f.run("/usr/bin/python3", "-c", fmt.Sprintf(`import numpy as np
r = np.random.default_rng(42)
np.save("A.npy", r.random((%d, %d)))
for i in range(%d): np.save(f"inputB{i}.npy", r.random((%d, 1)))`, size, size, products, size))
	f.write("run", fmt.Sprintf("fixed = a\ninput_files = A.npy\nindexed_input_files = inputB.npy\ntotal_jobs = %d\nproducts_per_job = 1\noperating_systems = linux\nlog = log.txt\n", products))
	return f
}

// version returns the version of the pool's HTCondor.
func version(t testing.TB) condor.Version {
	t.Helper()
	v, ok := condor.ParseVersion(folder{t, "."}.run("condor_version"))
	if !ok {
		t.Fatal("condor_version does not say the version")
	}
	return v
}

// sends submits run, as matsubmit does if a slot's next job waits for a number of seconds, and waits for the end. It returns
// whether the jobs share A.npy, and how often HTCondor has sent it.
func (f folder) sends(between string, flags ...string) (shared bool, times int) {
	f.Helper()
	f.run("env", append([]string{"_CONDOR_NEGOTIATOR_INTERVAL=" + between, bin + "/matsubmit", "run"}, flags...)...)
	f.run("matwatch", "-wait", "log.txt") // until DAGMan submits the first job, and to the end
	description := "run.sub"
	if exists(f.path("run.node.sub")) {
		description = "run.node.sub"
	}
	info, err := os.Stat(f.path("A.npy"))
	if err != nil {
		f.Fatal(err)
	}
	log := f.read("log.txt")
	times = strings.Count(log, "Common files event: TransferStarted")
	for _, received := range regexp.MustCompile(`(\d+)  -  Run Bytes Received By Job`).FindAllStringSubmatch(log, -1) {
		if bytes, _ := strconv.ParseInt(received[1], 10, 64); bytes > info.Size() {
			times++
		}
	}
	return strings.Contains(f.read(description), "CommonInputFiles"), times
}

// The jobs on a machine share a fixed factor if HTCondor can do that: each of the two machines gets it once, also from a
// DAG. Otherwise each job gets it. All make the same products.
func TestFixedFactorIsShared(t *testing.T) {
	t.Parallel()
	can := version(t).Compare(submitfile.SharedFrom()) >= 0
	const products = 24
	for _, way := range []struct {
		name, flags string
		between     string
		share       bool
	}{
		{"jobs", "", "0", can},
		{"nodes", "-dag", "0", can},
		{"few at a time", "-max_idle=4", "0", false},
		{"the next job would wait too long", "", "3600", false},
	} {
		t.Run(way.name, func(t *testing.T) {
			t.Parallel()
			f := notInTmp(fixedFactor(t, products, 3000))
			shared, times := f.sends(way.between, strings.Fields(way.flags)...)
			want := products
			if way.share {
				want = 2
			}
			if most := want + f.lost(f.history("log.txt")); shared != way.share || times < want || times > most {
				t.Errorf("shared: %v, want %v; A.npy was sent %d times, want %d to %d\n%s", shared, way.share, times, want, most, f.read("log.txt"))
			}
			norm := f.run("matcombine", "-quiet", "run")
			if serial := f.run("matprod", "-serial", "-quiet", "run"); norm != serial {
				t.Errorf("norm %s, the serial check's is %s", norm, serial)
			}
		})
	}
}

// In a pool with machines of an older HTCondor, those get the factor with each job. (test.sh runs this beside a pool whose
// linux2 has HTCondor 23.9.)
func TestOlderMachine(t *testing.T) {
	const products = 24
	f := fixedFactor(t, products, 4500)
	old := strings.Fields(f.run("condor_status", "-af", "Machine", "-constraint", "!versionGE(split(CondorVersion)[1], \"25.0.0\")"))
	if len(old) != 1 || old[0] != "linux2" {
		t.Fatalf("machines with an older HTCondor: %q", old)
	}
	shared, times := f.sends("0")
	onOld := 0
	h := f.history("log.txt")
	for _, j := range h.Jobs() {
		if withoutLost(j).Attempts[0].Machine == "linux2" {
			onOld++
		}
	}
	if lost := f.lost(h); !shared || onOld == 0 || times < onOld+1 || times > onOld+1+lost {
		t.Errorf("shared: %v; A.npy was sent %d times, with %d jobs on the older machine", shared, times, onOld)
	}
	if norm, serial := f.run("matcombine", "-quiet", "run"), f.run("matprod", "-serial", "-quiet", "run"); norm != serial {
		t.Errorf("norm %s, the serial check's is %s", norm, serial)
	}
}

// The bytes and the time of 40 jobs on four slots that have a fixed factor of 400 MB in common, and what the verdict says of
// them. It takes minutes and an idle machine, so it is not one of the tests that always run:
//
//	GOFLAGS='-run=FixedFactorTable -v' test/pool/test.sh
func TestFixedFactorTable(t *testing.T) {
	const products = 40
	f := fixedFactor(t, products, 7072)
	t.Logf("HTCondor %v", version(t))
	t.Log("| A.npy | sent | bytes through the submit machine | said | makespan | said |")
	for _, way := range []struct{ between, what string }{{"2", "as matsubmit decides"}, {"3600", "with each job"}} {
		before, begin := transferred(t), time.Now()
		said := f.run("env", "_CONDOR_NEGOTIATOR_INTERVAL="+way.between, bin+"/matsubmit", "run", "-force")
		h := f.settle("log.txt")
		took, bytes := time.Since(begin), transferred(t)-before
		if c := eventlog.Count(h.Jobs()); c.Done != c.Total() {
			t.Fatalf("%+v", c)
		}
		_, _, pool := f.said(said)
		size := regexp.MustCompile(`, ([\d.,]+ \w+) to transfer`).FindStringSubmatch(said)
		copies := strings.Count(f.read("log.txt"), "Common files event: TransferStarted")
		if copies == 0 {
			copies = products
		}
		t.Logf("| %s | %d times | %.1f GB | %s | %.0f s | %v |", way.what, copies, float64(bytes)/1e9, size[1], took.Seconds(), pool)
		f.remove("log.txt")
	}
}

// transferred returns the bytes that the pool's machines have sent one another, all of which are here the submit machine's.
func transferred(t *testing.T) (bytes int64) {
	t.Helper()
	text, err := os.ReadFile("/proc/net/dev")
	if err != nil {
		t.Fatal(err)
	}
	_, lo, _ := strings.Cut(string(text), "lo:")
	if _, err := fmt.Sscan(lo, &bytes); err != nil {
		t.Fatal(err)
	}
	return bytes
}
