//go:build wine

// Package wine tests that running a Windows program with test/wine/run changes nothing about it. The tests need a session
// of Wine, so test/wine/test.sh runs them, with the tag wine.
package wine

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// The program that runs in Wine: see testdata/probe.
var probe string

func TestMain(m *testing.M) {
	os.Exit(testMain(m))
}

func testMain(m *testing.M) int {
	dir, err := os.MkdirTemp("", "matpool-probe-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	probe = filepath.Join(dir, "probe.exe")
	build := exec.Command("go", "build", "-o", probe, "./testdata/probe")
	build.Env = append(os.Environ(), "GOOS=windows", "GOARCH=amd64", "CGO_ENABLED=0")
	if text, err := build.CombinedOutput(); err != nil {
		panic(string(text))
	}
	return m.Run()
}

func script(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs(name)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func command(t *testing.T, args ...string) *exec.Cmd {
	return exec.Command(script(t, "run"), append([]string{probe}, args...)...)
}

func TestStatus(t *testing.T) {
	for _, status := range []int{0, 1, 2, 64, 65, 255} {
		cmd := command(t, "exit", strconv.Itoa(status))
		text, _ := cmd.CombinedOutput()
		if got := cmd.ProcessState.ExitCode(); got != status || len(text) != 0 {
			t.Errorf("exit status %d, want %d; printed %q", got, status, text)
		}
	}
}

func TestStreams(t *testing.T) {
	var out, errs bytes.Buffer
	cmd := command(t, "cat")
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader("2×3\r\n\n\x00"), &out, &errs
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	if out.String() != "out 2×3\r\n\n\x00" || errs.String() != "err 2×3\r\n\n\x00" {
		t.Errorf("stdout %q, stderr %q", &out, &errs)
	}
}

// What Wine, and not the program, writes to stderr is left out, wherever it is.
func TestComplaintOfWine(t *testing.T) {
	const complaint = "wine client error:10c: sendmsg: Socket operation on non-socket\n"
	const begun, rest = "wine client error:10c: ", "sendmsg: Socket operation on non-socket\n"
	for _, text := range []string{"", "2×3\n", "2×3", "2\r\n\x00\xff3", "2×3\n" + rest} {
		for _, more := range []string{complaint, begun, complaint + begun, begun + complaint + rest} {
			var errs bytes.Buffer
			cmd := command(t, "cat")
			cmd.Stdin, cmd.Stderr = strings.NewReader(text+more), &errs
			if err := cmd.Run(); err != nil || errs.String() != "err "+text {
				t.Errorf("stderr %q after %q (%v)", &errs, text+more, err)
			}
		}
	}
}

func TestArguments(t *testing.T) {
	text, err := command(t, "args", "a b", "", `"`, `\`, `in\x.npy`, `\"`, "*.npy", "größe", "-x=1", "$HOME").Output()
	if want := `["a b" "" "\"" "\\" "in\\x.npy" "\\\"" "*.npy" "größe" "-x=1" "$HOME"]` + "\n"; err != nil || string(text) != want {
		t.Errorf("%s%v", text, err)
	}
}

func TestFolderAndFiles(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "größe × 2")
	if err := os.Mkdir(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	cmd := command(t, "folder")
	cmd.Dir = dir
	text, err := cmd.Output()
	if want := `Z:` + strings.ReplaceAll(dir, "/", `\`) + "\n"; err != nil || string(text) != want {
		t.Errorf("the folder is %s%v, want %s", text, err, want)
	}
	for _, name := range []string{"x", `Z:` + dir + `\y`, dir + "/ü"} {
		cmd := command(t, "write", name, "text")
		cmd.Dir = dir
		if text, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: %v: %s", name, err, text)
		}
	}
	for _, name := range []string{"x", "y", "ü"} {
		if text, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(text) != "text" {
			t.Errorf("%s: %q, %v", name, text, err)
		}
	}
}

func TestEnvironment(t *testing.T) {
	cmd := command(t, "environment")
	cmd.Env = append(os.Environ(), "GODEBUG=x=1", "OPENBLAS_CORETYPE=a b", "FOO=bar", "LD_LIBRARY_PATH=/nowhere")
	text, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	for line, want := range map[string]bool{"GODEBUG=x=1": true, "OPENBLAS_CORETYPE=a b": true, "FOO=bar": false, "LD_LIBRARY_PATH=/nowhere": false} {
		if strings.Contains(string(text), "\n"+line+"\n") != want {
			t.Errorf("%s: want %v, in:\n%s", line, want, text)
		}
	}
}

// sleeper starts a command, and returns when the probe that it runs sleeps.
func sleeper(t *testing.T, cmd *exec.Cmd) io.Reader {
	t.Helper()
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line := make([]byte, len("sleeping\n"))
	if _, err := io.ReadFull(stdout, line); err != nil || string(line) != "sleeping\n" {
		t.Fatalf("%q, %v", line, err)
	}
	return stdout
}

func TestInterruptIsCtrlC(t *testing.T) {
	cmd := command(t, "sleep")
	stdout := sleeper(t, cmd)
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	text, _ := io.ReadAll(stdout)
	_ = cmd.Wait() // its error is in ProcessState
	if cmd.ProcessState.ExitCode() != 5 || string(text) != "Ctrl-C\n" {
		t.Errorf("%v, %q", cmd.ProcessState, text)
	}
}

// A session ends with its command, or with the script, and everything in it ends too.
func TestNothingStays(t *testing.T) {
	background := script(t, "run") + ` "$0" sleep & read -r _`
	before := mounts(t)
	for what, command := range map[string][]string{
		"its command ends":     {"sh", "-c", background, probe},
		"the script is killed": {script(t, "run"), probe, "sleep"},
	} {
		cmd := exec.Command(script(t, "session.sh"), command...)
		cmd.Env = append(os.Environ(), "MATPOOL_WINE=")
		stdin, err := cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		sleeper(t, cmd)
		if !running(t) {
			t.Errorf("%s: the probe is not seen", what)
		}
		if what == "the script is killed" {
			cmd.Process.Kill()
		}
		stdin.Close()
		_ = cmd.Wait()
		for start := time.Now(); running(t); time.Sleep(time.Millisecond) {
			if time.Since(start) > 5*time.Minute {
				t.Fatalf("when %s, the probe still runs", what)
			}
		}
	}
	if after := mounts(t); after != before {
		t.Errorf("mounts remain:\n%s\nbefore:\n%s", after, before)
	}
}

func mounts(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("/proc/self/mounts")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// running reports whether a probe is running. Every process that starts one has its path in its command line.
func running(t *testing.T) bool {
	t.Helper()
	processes, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range processes {
		if line, err := os.ReadFile(file); err == nil && strings.Contains(string(line), filepath.Base(filepath.Dir(probe))) {
			return true
		}
	}
	return false
}
