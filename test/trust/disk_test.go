//go:build linux

package trust

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"
)

var diskFaults = flag.Int("diskfaults", 6, "how many times the disk fails beneath each program")

// A disk is a file system that passes everything on to a folder, and fails when it is told to. It runs in another process:
// one that starts programs cannot answer them before they have begun.
type disk struct {
	fuse.RawFileSystem
	mu    sync.Mutex
	count map[string]int // calls of each kind since the last plan
	plan  fault
	hits  int
}

// A fault is what a disk does instead of its nth call of a kind, and, if it lasts, of all later ones.
type fault struct {
	Call  string
	N     int
	Errno syscall.Errno
	Lasts bool
}

func (f fault) String() string {
	return fmt.Sprintf("%v at call %d of %s, lasting %t", f.Errno, f.N, f.Call, f.Lasts)
}

// calls are those of a disk since the last plan.
type calls struct {
	Count map[string]int // by kind
	Hits  int            // those that failed
}

// serveDisk is what the other process does: for each plan that it reads, it prints the calls before.
func serveDisk(from, to string) error {
	root, err := fs.NewLoopbackRoot(from)
	if err != nil {
		return err
	}
	signal.Ignore(os.Interrupt, syscall.SIGTERM) // it ends, and unmounts, when the test has
	d := &disk{RawFileSystem: fs.NewNodeFS(root, &fs.Options{})}
	server, err := fuse.NewServer(d, to, &fuse.MountOptions{DirectMountStrict: true, FsName: "disk", Name: "matpool"})
	if err != nil {
		return err
	}
	go server.Serve()
	// Unmount would wait for other mount namespaces that have a copy of this mount, such as a pool's, to end.
	defer syscall.Unmount(to, syscall.MNT_DETACH)
	if err := server.WaitMount(); err != nil {
		return err
	}
	plans := json.NewDecoder(os.Stdin)
	for {
		var plan fault
		if err := plans.Decode(&plan); err != nil {
			return nil
		}
		d.mu.Lock()
		before := calls{d.count, d.hits}
		d.count, d.plan, d.hits = map[string]int{}, plan, 0
		d.mu.Unlock()
		if err := json.NewEncoder(os.Stdout).Encode(before); err != nil {
			return err
		}
	}
}

func (d *disk) call(kind string) fuse.Status {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.count[kind]++
	if kind != d.plan.Call || d.count[kind] < d.plan.N || d.count[kind] > d.plan.N && !d.plan.Lasts {
		return fuse.OK
	}
	d.hits++
	return fuse.Status(d.plan.Errno)
}

// Init does not tell the loopback about the server: it would let the kernel read and write by itself.
func (d *disk) Init(*fuse.Server) {}

func (d *disk) Open(cancel <-chan struct{}, in *fuse.OpenIn, out *fuse.OpenOut) fuse.Status {
	if code := d.call("open"); !code.Ok() {
		return code
	}
	return d.RawFileSystem.Open(cancel, in, out)
}

func (d *disk) Create(cancel <-chan struct{}, in *fuse.CreateIn, name string, out *fuse.CreateOut) fuse.Status {
	if code := d.call("create"); !code.Ok() {
		return code
	}
	return d.RawFileSystem.Create(cancel, in, name, out)
}

func (d *disk) Read(cancel <-chan struct{}, in *fuse.ReadIn, buf []byte) (fuse.ReadResult, fuse.Status) {
	if code := d.call("read"); !code.Ok() {
		return nil, code
	}
	return d.RawFileSystem.Read(cancel, in, buf)
}

func (d *disk) Writev(<-chan struct{}, *fuse.WriteIn, [][]byte) (uint32, fuse.Status) {
	return 0, fuse.ENOSYS // then Write is called
}

func (d *disk) Write(cancel <-chan struct{}, in *fuse.WriteIn, data []byte) (uint32, fuse.Status) {
	if code := d.call("write"); !code.Ok() {
		return 0, code
	}
	return d.RawFileSystem.Write(cancel, in, data)
}

func (d *disk) Fallocate(cancel <-chan struct{}, in *fuse.FallocateIn) fuse.Status {
	if code := d.call("fallocate"); !code.Ok() {
		return code
	}
	return d.RawFileSystem.Fallocate(cancel, in)
}

func (d *disk) Flush(cancel <-chan struct{}, in *fuse.FlushIn) fuse.Status { // for each close
	if code := d.call("flush"); !code.Ok() {
		return code
	}
	return d.RawFileSystem.Flush(cancel, in)
}

func (d *disk) Fsync(cancel <-chan struct{}, in *fuse.FsyncIn) fuse.Status {
	if code := d.call("fsync"); !code.Ok() {
		return code
	}
	return d.RawFileSystem.Fsync(cancel, in)
}

func (d *disk) Rename(cancel <-chan struct{}, in *fuse.RenameIn, from, to string) fuse.Status {
	if code := d.call("rename"); !code.Ok() {
		return code
	}
	return d.RawFileSystem.Rename(cancel, in, from, to)
}

func (d *disk) Link(cancel <-chan struct{}, in *fuse.LinkIn, name string, out *fuse.EntryOut) fuse.Status {
	if code := d.call("link"); !code.Ok() {
		return code
	}
	return d.RawFileSystem.Link(cancel, in, name, out)
}

func (d *disk) Unlink(cancel <-chan struct{}, in *fuse.InHeader, name string) fuse.Status {
	if code := d.call("unlink"); !code.Ok() {
		return code
	}
	return d.RawFileSystem.Unlink(cancel, in, name)
}

func (d *disk) SetAttr(cancel <-chan struct{}, in *fuse.SetAttrIn, out *fuse.AttrOut) fuse.Status {
	if code := d.call("setattr"); !code.Ok() {
		return code
	}
	return d.RawFileSystem.SetAttr(cancel, in, out)
}

func (d *disk) GetAttr(cancel <-chan struct{}, in *fuse.GetAttrIn, out *fuse.AttrOut) fuse.Status {
	if code := d.call("getattr"); !code.Ok() {
		return code
	}
	return d.RawFileSystem.GetAttr(cancel, in, out)
}

func (d *disk) Mkdir(cancel <-chan struct{}, in *fuse.MkdirIn, name string, out *fuse.EntryOut) fuse.Status {
	if code := d.call("mkdir"); !code.Ok() {
		return code
	}
	return d.RawFileSystem.Mkdir(cancel, in, name, out)
}

func (d *disk) ReadDirPlus(cancel <-chan struct{}, in *fuse.ReadIn, out *fuse.DirEntryList) fuse.Status {
	if code := d.call("readdir"); !code.Ok() {
		return code
	}
	return d.RawFileSystem.ReadDirPlus(cancel, in, out)
}

// newDisk returns a folder on a disk that fails, and a function that plans its next fault.
func newDisk(t testing.TB) (f *folder, plan func(fault) calls) {
	t.Helper()
	device, err := os.OpenFile("/dev/fuse", os.O_RDWR, 0)
	if err != nil || os.Geteuid() != 0 {
		t.Skipf("a disk that fails needs /dev/fuse, and root's right to mount it: %v", err)
	}
	device.Close()
	f = newFolder(t)
	cmd := exec.Command(os.Args[0])
	cmd.Env, cmd.Stderr = append(os.Environ(), "MATPOOL_DISK="+t.TempDir(), "MATPOOL_DISK_AT="+f.path), os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		if err := cmd.Wait(); err != nil {
			t.Error(err)
		}
	})
	answers := json.NewDecoder(out)
	plan = func(next fault) (before calls) {
		t.Helper()
		if err := errors.Join(json.NewEncoder(in).Encode(next), answers.Decode(&before)); err != nil {
			t.Fatal(err)
		}
		return before
	}
	plan(fault{})
	return f, plan
}

var diskErrors = map[string][]syscall.Errno{
	"write":     {syscall.EIO, syscall.ENOSPC, syscall.EDQUOT},
	"create":    {syscall.EIO, syscall.ENOSPC, syscall.EDQUOT},
	"fallocate": {syscall.EIO, syscall.ENOSPC, syscall.EDQUOT},
	"flush":     {syscall.EIO, syscall.ENOSPC, syscall.EDQUOT},
	"mkdir":     {syscall.EIO, syscall.ENOSPC, syscall.EDQUOT},
	"open":      {syscall.EIO, syscall.ENFILE},
	"read":      {syscall.EIO, syscall.ESTALE},
	"rename":    {syscall.EIO, syscall.EDQUOT},
}

var saysDisk = regexp.MustCompile(`(?i)input/output error|no space left on device|disk quota exceeded|stale (NFS )?file handle|too many open files in system|cannot be read|was lost`)

// Whatever call of a program fails, the program gives the right result, or fails with a sentence that names the file and
// the disk's error, and the next call gives the right one.
func TestDiskFails(t *testing.T) {
	for first, k := range killedCommands { // each begins with another kind of call
		t.Run(k.name, func(t *testing.T) {
			t.Parallel()
			f, next := newDisk(t)
			f.must(k.setup)
			next(fault{})
			if r := f.sh(strings.Join(k.command, " ")); r.status != 0 {
				t.Fatal(r)
			}
			count := next(fault{}).Count
			f.must(":;" + k.after)
			norm := f.norm(k.combine)
			complete, files := map[string]bool{}, f.all()
			for _, name := range f.numbered(k.made) {
				complete[f.hash(name)] = true
			}
			r := rand.New(rand.NewPCG(uint64(*diskFaults), 9))
			kinds := slices.Sorted(maps.Keys(count))
			statuses, all := map[int]int{}, 0
			for i := range *diskFaults {
				f.must(k.clean())
				call := kinds[(first+i)%len(kinds)]
				errnos := append(diskErrors[call], syscall.EIO)
				plan := fault{call, r.IntN(count[call]) + 1, errnos[r.IntN(len(errnos))], r.IntN(2) == 0}
				next(plan)
				got := f.sh(strings.Join(k.command, " "))
				all += min(1, next(fault{}).Hits)
				statuses[got.status]++
				if crash.MatchString(got.stderr) || got.status != 0 && !saysDisk.MatchString(got.stdout+got.stderr) || got.status < 0 || got.status > 128 {
					t.Errorf("%v:\n%v", plan, got)
				}
				for _, name := range f.numbered(k.made) {
					if !complete[f.hash(name)] {
						t.Errorf("%v: %s is not complete, after\n%v", plan, name, got)
					}
				}
				if got.status == 0 {
					f.must(":;" + k.after)
					if now := f.sh(k.combine); !strings.Contains(now.stdout, norm) || now.stderr != "" && !strings.Contains(now.stderr, "no record") {
						t.Errorf("%v: the result should be %s:\n%v\n%v", plan, norm, got, now)
					}
				}
				again := f.onceFree(strings.Join(k.command, " "))
				if again.status == 64 && strings.Contains(again.stderr, "-force replaces the file") { // the fault left no record
					f.must("rm -f " + k.made)
					again = f.sh(strings.Join(k.command, " "))
				}
				if f.must(":;" + k.after); again.status != 0 {
					t.Errorf("%v:\n%v\nand then no fault:\n%v", plan, got, again)
				}
				if now := f.sh(k.combine); !strings.Contains(now.stdout, norm) || now.stderr != "" && !strings.Contains(now.stderr, "no record") {
					t.Errorf("%v, and then no fault: the result should be %s:\n%v", plan, norm, now)
				}
				if left := f.all(); left != files {
					t.Errorf("%v, and then no fault: %s, after\n%v", plan, differ(left, files), got)
				}
			}
			t.Logf("%d faults: exit statuses %v, of calls %v", all, statuses, count)
		})
	}
}
