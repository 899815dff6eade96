//go:build unix

package file

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
)

// What a killed process has left is removed by the next writer of the same file; what a process still writes stays.
func TestAbandonedFilesAreRemoved(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "x")
	for _, left := range []string{".x.tmp-0", ".x.tmp-1", ".y.tmp-0", ".z.tmp-0"} {
		if err := os.WriteFile(filepath.Join(dir, left), []byte("half"), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	living, err := Create(filepath.Join(dir, "z")) // takes the place of what was left
	if err != nil {
		t.Fatal(err)
	}
	defer living.Close()
	mustWrite(t, name, "new")
	wantOnly(t, dir, ".x.tmp-1", ".y.tmp-0", ".z.tmp-0", "x")
	if err := living.Commit(false); err != nil {
		t.Error(err)
	}
	wantOnly(t, dir, ".x.tmp-1", ".y.tmp-0", "x", "z")
}

// A temporary file that was taken for abandoned before it was locked is made anew.
func TestUnlinkedTemporaryFileIsNotUsed(t *testing.T) {
	f, err := os.Create(filepath.Join(t.TempDir(), "x"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if !lockTemp(f) {
		t.Error("a new file was refused")
	}
	if err := os.Remove(f.Name()); err != nil {
		t.Fatal(err)
	}
	if lockTemp(f) {
		t.Error("a file without a name was accepted")
	}
}

// Move works between file systems, too.
func TestMoveToOtherFileSystem(t *testing.T) {
	other, err := os.MkdirTemp("/dev/shm", "matpool-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(other)
	here := t.TempDir()
	from, to := filepath.Join(other, "x"), filepath.Join(here, "y")
	mustWrite(t, from, "moved")
	if err := os.Link(from, filepath.Join(here, "link")); err == nil {
		t.Skip("/dev/shm and the folder for temporary files are on one file system")
	}
	mustWrite(t, to, "old")
	if err := Move(from, to); err != nil {
		t.Fatal(err)
	}
	want(t, to, "moved")
	wantOnly(t, other)
	wantOnly(t, here, "y")
}

// A complete file in a folder that cannot be opened, and so not be flushed, is no failure.
func TestFolderThatCannotBeFlushed(t *testing.T) {
	if os.Geteuid() == 0 { // root may open any folder
		asUser(t, 65534)
		return
	}
	dir, err := os.MkdirTemp("", "matpool-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	defer os.Chmod(dir, 0o700)
	if err := os.Chmod(dir, 0o300); err != nil {
		t.Fatal(err)
	}
	f, err := Create(filepath.Join(dir, "x"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := f.Commit(true); err != nil {
		t.Error(err)
	}
}

func TestFaultsOfTheDisk(t *testing.T) {
	if isDiskFault(syscall.EINVAL) || isDiskFault(nil) || !isDiskFault(syscall.EIO) || !isDiskFault(syscall.EDQUOT) {
		t.Error("of flushing a folder, EIO is a fault of the disk, and EINVAL is not")
	}
}

// asUser runs the test again as an ordinary user.
func asUser(t *testing.T, uid uint32) {
	t.Helper()
	program, err := os.ReadFile("/proc/self/exe") // the folder of the program is root's
	if err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "matpool-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	copied := filepath.Join(dir, "test")
	if err := errors.Join(os.Chmod(dir, 0o755), os.WriteFile(copied, program, 0o755)); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(copied, "-test.run=^"+t.Name()+"$")
	cmd.Dir, cmd.Env = "/", []string{}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uid, Gid: uid}}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("as user %d: %v\n%s", uid, err, out)
	}
}

// In a sticky folder that all may write to, another user's link is not followed.
func TestPlantedLinkIsRefused(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can make another user's link")
	}
	dir, victim := t.TempDir(), filepath.Join(t.TempDir(), "victim")
	if err := os.Chmod(dir, 0o777|os.ModeSticky); err != nil {
		t.Fatal(err)
	}
	mustWrite(t, victim, "precious")
	for link, owner := range map[string]int{"own": 0, "planted": 1234} {
		link = filepath.Join(dir, link)
		if err := os.Symlink(victim, link); err != nil {
			t.Fatal(err)
		}
		if err := os.Lchown(link, owner, owner); err != nil {
			t.Fatal(err)
		}
	}
	mustWrite(t, filepath.Join(dir, "own"), "mine")
	if err := write(filepath.Join(dir, "planted"), "stolen"); err == nil {
		t.Error("a planted link was followed")
	}
	want(t, victim, "mine")
}
