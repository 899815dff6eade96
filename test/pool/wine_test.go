//go:build pool

package pool

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"testing"
)

const runByWine = "/etc/condor/run-by-wine"

// prefix is Wine's registry and C: drive for programs that the tests run beside those of the machine winpc.
var prefix = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("/pool", "prefix-")
	if err == nil {
		err = exec.Command("cp", "-a", "/pool/prefix/.", dir).Run()
	}
	// As in session.sh: Wine's server would end after each program, and the first program also starts Wine's services.
	for _, command := range [][]string{{"/usr/lib/wine/wineserver64", "--persistent"}, {runByWine, "cmd", "/c", "exit"}} {
		if err == nil {
			cmd := exec.Command(command[0], command[1:]...)
			cmd.Dir, cmd.Env = "/", []string{"WINEPREFIX=" + dir, "MATPOOL_PREFIX=" + dir}
			err = cmd.Run()
		}
	}
	return dir, err
})

// wine runs a program for Windows in the folder, as the machine winpc does.
func (f folder) wine(name string, args ...string) (said string, status int) {
	f.Helper()
	dir, err := prefix()
	if err != nil {
		f.Fatal(err)
	}
	cmd := exec.CommandContext(f.Context(), runByWine, append([]string{bin + "/" + name + ".exe"}, args...)...)
	cmd.Dir, cmd.Env = f.dir, append(os.Environ(), "MATPOOL_PREFIX="+dir)
	out, err := cmd.CombinedOutput()
	if err != nil && !errors.As(err, new(*exec.ExitError)) {
		f.Fatal(err)
	}
	return strings.ReplaceAll(withoutWine(string(out)), "\r", ""), cmd.ProcessState.ExitCode()
}

// withoutWine removes from what a program printed the line that Wine, and not the program, prints once in a thousand times:
// that a thread cannot reach Wine's server any more while its process ends. The program's last line may have no end; a second
// thread may write its line between the two halves of the first one's.
func withoutWine(text string) string {
	return regexp.MustCompile(`wine client error:.*\n?(sendmsg: Socket operation on non-socket\n)*`).ReplaceAllString(text, "")
}

// A program for Windows makes the same files on the pool, and with -local and -try of matsubmit for Windows, byte
// for byte; what goes wrong does so in the same way.
func TestLocalOnWindows(t *testing.T) {
	t.Parallel()
	const good = "write result.txt good"
	for name, x := range map[string]struct {
		flags []string
		steps []string // of each job
		fails bool
	}{
		"files":     {[]string{"indexed_output_files = out/result.txt", "input_files = sub/sub.txt"}, []string{"show files\ncopy sub.txt result.txt\nwrite data.txt changed\nwrite other x"}, false},
		"folders":   {[]string{"indexed_output_files = out/r, hits.txt"}, []string{"mkdir r/sub/x\nmkdir r/empty\nwrite r/a A\nwrite r/sub/x/b B\nwrite hits.txt"}, false},
		"unnamed":   {[]string{"input_files = sub/sub.txt"}, []string{"copy data.txt a.txt\nwrite sub.txt more\nmkdir d\nwrite d/x y", ""}, false},
		"own name":  {[]string{"input_files = worker.exe", "indexed_output_files = result.txt"}, []string{"show files\n" + good}, false},
		"arguments": {[]string{"arguments = data.txt 'a b' it''s '%PATH% \\ c\\' ''", "indexed_output_files = result.txt"}, []string{"show arguments\nshow input\n" + good}, false},
		"variables": {[]string{`condor.environment = "MATA=1 MATB='two  words' MATC='it''s'"`, "request_cpus = 2", "indexed_output_files = result.txt"},
			[]string{"show MATA\nshow MATB\nshow MATC\nshow OMP_NUM_THREADS\nshow GOMAXPROCS\nshow BATCH_SYSTEM\nshow CUDA_VISIBLE_DEVICES\nshow GPU_DEVICE_ORDINAL\nshow NVIDIA_VISIBLE_DEVICES\nshow _CONDOR_AssignedGPUs\n" + good}, false},
		"failures": {[]string{"indexed_output_files = result.txt", "max_retries = 1"},
			[]string{good, "say forgotten\nwrite other.txt x", "write result.txt bad\nexit 65", "say oh\nexit 64", "write result.txt bad\nexit 7", "say oh\nkill"}, true},
		"unnamed failures": {[]string{"max_retries = 1"}, []string{"write a good", "write a bad\nexit 7", "write a bad\nexit 65"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFolder(t)
			f.program(append(x.flags, "operating_systems = windows", "max_run_time = 1h", fmt.Sprint("total_jobs = ", len(x.steps)))...)
			f.remove("worker")
			task := strings.Replace(f.read("run_worker"), "executable = worker", "executable = worker.exe", 1)
			if name == "arguments" {
				task = strings.Replace(task, "arguments = data.txt\n", "", 1)
			}
			f.write("run_worker", task)
			f.run("mkdir", "sub")
			f.write("sub/sub.txt", "sub\n")
			f.steps(x.steps...)
			before := f.files(".")
			here, tried := f.twin(), f.twin()

			f.run("matsubmit", "run_worker")
			if said, status := f.watch(); (status == 3) != x.fails {
				t.Fatalf("matwatch: exit status %d\n%s%s", status, said, f.read("logs/0.err"))
			}
			want := f.made(before)
			said, status := here.wine("matsubmit", "run_worker", "-local")
			if want := map[bool]int{true: 3}[x.fails]; status != want {
				t.Errorf("-local: exit status %d\n%s", status, said)
			}
			here.same("-local", here.made(before), want)
			got, there := here.history("log.txt").Jobs(), f.history("log.txt").Jobs()
			for i := range min(len(got), len(there)) {
				if got, want := ending(here, got[i]), ending(f, there[i]); got != want {
					t.Errorf("job %d: %s\non the pool: %s", i, got, want)
				}
			}
			if len(got) != len(there) {
				t.Errorf("%d jobs, on the pool %d", len(got), len(there))
			}

			said, status = tried.wine("matsubmit", "run_worker", "-try")
			made := tried.files("run_worker.try")
			delete(made, "matsubmit.log")
			if status != 0 || len(made) < 2 {
				t.Errorf("-try: exit status %d\n%s", status, said)
			}
			tried.same("-try", made, firstJob(want))
		})
	}
}

// firstJob returns the files of job 0.
func firstJob(files map[string]string) map[string]string {
	first := map[string]string{}
	for name, text := range files {
		if regexp.MustCompile(`(^|/)[a-z]*0(\W|$)`).MatchString(name) {
			first[name] = text
		}
	}
	return first
}
