//go:build linux

// Package cost counts the resources that the programs use: bytes read and written, system calls, page faults, memory,
// allocations. Unlike times, these do not depend on other load: a program that reads a file twice, copies a matrix, or
// reads it in small pieces always fails a test. make bench measures times.
//
// The tests build the programs, or take them from the folder MATPOOL_BIN. The bounds leave room for another version of
// Go or OpenBLAS, but not for an extra matrix.
package cost

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"matpool/test/programs"
)

const (
	n      = 1000
	matrix = 8*n*n + 128 // a file, in bytes
	jobs   = 10
)

// A program's command line, and the resources that it may use.
type allowed struct {
	name     string
	argv     []string
	read     int64 // bytes
	written  int64
	calls    int // for files and memory
	faults   int64
	memoryMB int64
	maps     int64 // so many files are mapped, where they can be: see mapping
}

var budgets = []allowed{
	{name: "one job", argv: []string{"matprod", "-threads", "1", "inputA0.npy", "inputB0.npy", "output0.npy"},
		read: 2*matrix + slack, written: matrix + slack, calls: 150, faults: panels, memoryMB: 44, maps: 2},
	{name: "a batch", argv: []string{"matprod", "-threads", "1", "-count", "10"},
		read: 2*jobs*(matrix+1024) + slack, written: jobs*matrix + slack, calls: 150 + 55*jobs, faults: panels, memoryMB: 68, maps: 2 * jobs},
	{name: "the serial check", argv: []string{"matprod", "-threads", "1", "-serial", "-quiet", "-jobs", "10"},
		read: 2*jobs*(matrix+1024) + slack, written: slack, calls: 150 + 35*jobs, faults: panels, memoryMB: 76, maps: 2 * jobs},
	{name: "a sum of outputs", argv: []string{"matcombine", "-threads", "1", "-quiet", "-jobs", "10"},
		read: jobs*(matrix+1024) + slack, written: slack, calls: 150 + 50*jobs, faults: 900, memoryMB: 10},
	{name: "inputs", argv: []string{"matinit", "-quiet", "-force", "-jobs", "10", "-seed", "1"},
		read: slack, written: 2*jobs*matrix + slack, calls: 150 + 30*jobs, faults: 900, memoryMB: 26},
}

// panels is the number of page faults allowed to a program that multiplies. OpenBLAS's own buffer
// causes some 650 with small pages, since a panel of B has 2 MB.
const panels = 1500

// faultaround is how many bytes of a mapped file one page fault brings, at least, if they are in memory.
const faultaround = 64 << 10

// slack allows for other reads and writes: what Go reads about the system, the norm.
const slack = 64 << 10

func TestMain(m *testing.M) {
	os.Exit(programs.Main(m))
}

func TestProgramsCostNoMore(t *testing.T) {
	if testing.Short() {
		t.Skip("go test -short does without strace")
	}
	bin, dir := programs.Dir(t), t.TempDir()
	// A small program starts them: if this large process did, its memory would count as theirs.
	programs.Build(t, dir, "matpool/bench/launch")
	launch := filepath.Join(dir, "launch")
	command := func(argv ...string) *exec.Cmd {
		cmd := exec.Command(argv[0], argv[1:]...)
		cmd.Dir, cmd.Env = dir, append(os.Environ(), "GOMAXPROCS=2", "GOGC=100")
		return cmd
	}
	for _, argv := range [][]string{{"matinit", "-quiet", "-jobs", "10", "-seed", "1"}, {"matprod", "-count", "10"}} {
		if out, err := command(append([]string{filepath.Join(bin, argv[0])}, argv[1:]...)...).CombinedOutput(); err != nil {
			t.Fatalf("%v: %v\n%s", argv, err, out)
		}
	}
	mapping := maps(t, command, bin, filepath.Join(dir, "inputA0.npy"))
	for _, a := range budgets {
		t.Run(a.name, func(t *testing.T) {
			argv := append([]string{filepath.Join(bin, a.argv[0])}, a.argv[1:]...)
			if mapping {
				a.read -= a.maps * 8 * n * n
				a.faults += a.maps * 8 * n * n / faultaround
			}
			for try := 1; ; try++ {
				fallbacks := hugeFallbacks()
				u := measure(t, command(append([]string{launch}, argv...)...))
				fallbacks = hugeFallbacks() - fallbacks
				calls, fromDisk := count(t, command, argv)
				t.Logf("%d bytes read, %d written, %d system calls, %d page faults, %d MB", u.read, u.written, calls, u.faults, u.memoryMB)
				var over []string
				atMost := func(limit, x int64, what string) {
					if x > limit {
						over = append(over, fmt.Sprintf("%d %s; at most %d are allowed", x, what, limit))
					}
				}
				atMost(a.read, u.read, "bytes read")
				atMost(a.written, u.written, "bytes written")
				atMost(int64(a.calls), int64(calls), "system calls")
				if hugePages() && fallbacks == 0 { // without them, one fault for each 4 KiB is normal
					atMost(a.faults, u.faults, "page faults")
				}
				atMost(a.memoryMB, u.memoryMB, "MB of memory")
				if len(over) > 0 && (u.fromDisk || fromDisk) && try < 5 {
					t.Log("measured again, since the system has dropped files from memory that are read or mapped")
					continue
				}
				for _, problem := range over {
					t.Error(problem)
				}
				return
			}
		})
	}
}

// maps reports whether factors are mapped rather than read: if they are multiplied in Go, which the programs that
// are shipped do not do, and if their file system says what is in memory.
func maps(t *testing.T, command func(...string) *exec.Cmd, bin, input string) bool {
	version, err := command(filepath.Join(bin, "matprod"), "-version").Output()
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(input)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for range 10 {
		if _, err := f.ReadAt(make([]byte, 1), 0); err != nil {
			t.Fatal(err)
		}
		// It is in memory, unless the system drops it at once.
		if _, err = unix.Preadv2(int(f.Fd()), [][]byte{make([]byte, 1)}, 0, unix.RWF_NOWAIT); err != unix.EAGAIN {
			break
		}
	}
	mapped := strings.Contains(string(version), "dgemm: Go,") && err == nil
	t.Logf("factors are mapped: %v", mapped)
	return mapped
}

// hugePages reports whether the system gives huge pages to programs that ask for them.
func hugePages() bool {
	mode, err := os.ReadFile("/sys/kernel/mm/transparent_hugepage/enabled")
	return err == nil && !strings.Contains(string(mode), "[never]")
}

// hugeFallbacks returns how often the system has given small pages for want of huge ones: others may have all of them.
func hugeFallbacks() (n int) {
	stat, err := os.ReadFile("/proc/vmstat")
	if _, rest, ok := strings.Cut(string(stat), "\nthp_fault_fallback "); ok && err == nil {
		fmt.Sscan(rest, &n)
	}
	return n
}

// usage contains the resources that a program has used.
type usage struct {
	read, written, faults, memoryMB int64
	fromDisk                        bool
}

// disk reports whether a program that has ended, or one that it started, has read something from a disk: it was not in memory.
func disk(cmd *exec.Cmd) bool { return cmd.ProcessState.SysUsage().(*syscall.Rusage).Inblock > 0 }

// measure runs a program with bench/launch. The byte counts of launch include the program's, and can be read until
// launch is waited for.
func measure(t *testing.T, launch *exec.Cmd) (u usage) {
	t.Helper()
	report, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer report.Close()
	launch.ExtraFiles = []*os.File{write}
	if err := launch.Start(); err != nil {
		t.Fatal(err)
	}
	write.Close()
	for err = unix.EINTR; err == unix.EINTR; {
		err = unix.Waitid(unix.P_PID, launch.Process.Pid, nil, unix.WEXITED|unix.WNOWAIT, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	bytes, err := os.ReadFile(fmt.Sprintf("/proc/%d/io", launch.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	if err := launch.Wait(); err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Sscanf(string(bytes), "rchar: %d\nwchar: %d\n", &u.read, &u.written); err != nil {
		t.Fatalf("%v: %q", err, bytes)
	}
	var nanoseconds, kib int64
	if _, err := fmt.Fscan(report, &nanoseconds, &kib, &u.faults); err != nil {
		t.Fatal(err)
	}
	u.memoryMB, u.fromDisk = kib>>10, disk(launch)
	return u
}

// The system calls that are counted, for files and memory. The number of waits between threads is random.
const counted = "trace=%file,read,pread64,write,pwrite64,lseek,fstat,fallocate,ftruncate,fsync,fdatasync,copy_file_range,close," +
	"preadv2,mmap,munmap,mremap,madvise,brk"

var total = regexp.MustCompile(`^\s*100\.00\s+\S+\s+(?:\S+\s+)?(\d+)\s+(?:\d+\s+)?total$`)

// count returns the number of a program's system calls, as strace counts them, and whether it read from a disk.
func count(t *testing.T, command func(...string) *exec.Cmd, argv []string) (calls int, fromDisk bool) {
	t.Helper()
	log := filepath.Join(t.TempDir(), "calls")
	strace := command(append([]string{"strace", "-f", "-c", "-o", log, "-e", counted}, argv...)...)
	if out, err := strace.CombinedOutput(); err != nil {
		t.Fatalf("strace (test/setup.sh installs it): %v\n%s", err, out)
	}
	f, err := os.Open(log)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if m := total.FindStringSubmatch(lines.Text()); m != nil {
			calls, _ := strconv.Atoi(m[1])
			return calls, disk(strace)
		}
	}
	t.Fatalf("strace printed no total")
	return 0, false
}
