package chirp_test

import (
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"matpool/condor/chirp"
	"matpool/condor/chirp/chirptest"
)

// report reports a text in a job of the starter, and returns what it was told. Report gives up after a second, which a busy
// machine may need; what it says then comes later.
func report(starter *chirptest.Starter, text string) []string {
	before, start := len(starter.Values()), time.Now()
	chirp.Find().Report(text)
	if time.Since(start) >= time.Second {
		for len(starter.Values()) < before+2 && time.Since(start) < 5*time.Minute {
			time.Sleep(time.Millisecond)
		}
	}
	return starter.Values()[before:]
}

// A job clears the message of an earlier attempt, and then sets its own.
func TestReport(t *testing.T) {
	hosts := []string{"127.0.0.1", "127.0.0.2"}
	if l, err := net.Listen("tcp", "[::1]:0"); err == nil { // not every machine has it
		l.Close()
		hosts = append(hosts, "::1")
	}
	for _, host := range hosts {
		t.Chdir(t.TempDir())
		starter := chirptest.Start(t, host)
		starter.WriteConfig(t, ".")
		got := report(starter, "inputB7.npy: no such file or directory")
		want := []string{`""`, `"inputB7.npy: no such file or directory"`}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", host, got, want)
		}
	}
}

// Since HTCondor 25, the file is not in the job's folder.
func TestConfigElsewhere(t *testing.T) {
	t.Chdir(t.TempDir())
	starter, dir := chirptest.Start(t, "127.0.0.1"), t.TempDir()
	starter.WriteConfig(t, dir)
	t.Setenv("_CONDOR_CHIRP_CONFIG", filepath.Join(dir, ".chirp.config"))
	if got := report(starter, "why"); !slices.Equal(got, []string{`""`, `"why"`}) {
		t.Errorf("%q", got)
	}
	t.Setenv("_CONDOR_CHIRP_CONFIG", filepath.Join(dir, "gone"))
	if chirp.Find() != nil {
		t.Error("a job without the file that the variable names")
	}
}

// Any message arrives as one ClassAd string.
func TestWhatIsSaid(t *testing.T) {
	t.Chdir(t.TempDir())
	starter := chirptest.Start(t, "127.0.0.1")
	starter.WriteConfig(t, ".")
	for text, want := range map[string]string{
		"":                              `""`,
		"a":                             `"a"`,
		" two  blanks ":                 `" two  blanks "`,
		"lines\r\nand\ttabs\x00":        `"lines  and tabs "`,
		`C:\new folder\"x"`:             `"C:\\new folder\\\"x\""`,
		`\" || true`:                    `"\\\" || true"`,
		"is 3×4, but “x” is 4×4…":       `"is 3×4, but “x” is 4×4…"`,
		"\xff\xfe":                      `"��"`,
		"$(x) $$(OpSys) %s 'q' `q` #;&": "\"$(x) $$(OpSys) %s 'q' `q` #;&\"",
	} {
		if got := report(starter, text); !slices.Equal(got, []string{`""`, want}) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// If a message is too long for HTCondor, its beginning arrives.
func TestLongTexts(t *testing.T) {
	t.Chdir(t.TempDir())
	starter := chirptest.Start(t, "127.0.0.1")
	starter.WriteConfig(t, ".")
	unquote := strings.NewReplacer(`\\`, `\`, `\"`, `"`)
	for _, what := range []string{"x", " ", `"`, `\`, "×", "x/y "} {
		for n := 100; n < 1200; n += 37 {
			text := strings.Repeat(what, n)
			values := report(starter, text)
			if len(values) != 2 {
				t.Fatalf("%d times %q: %q", n, what, values)
			}
			got := values[1]
			got = unquote.Replace(got[1 : len(got)-1])
			begins, cut := strings.CutSuffix(got, " ...")
			if !strings.HasPrefix(text, begins) || !utf8.ValidString(got) || cut && len(begins) < 230 || !cut && got != text {
				t.Errorf("%d times %q: %q", n, what, got)
			}
		}
	}
}

// If nobody listens or answers, or the starter refuses, the program continues almost at once.
func TestStarterThatDoesNotHelp(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	port := func(l net.Listener) string {
		_, port, _ := net.SplitHostPort(l.Addr().String())
		return port
	}
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := port(closed)
	closed.Close()
	chatty, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer chatty.Close()
	go func() {
		for {
			conn, err := chatty.Accept()
			if err != nil {
				return
			}
			go func() {
				for err == nil {
					_, err = conn.Write(make([]byte, 1<<16))
				}
			}()
		}
	}()
	starter := chirptest.Start(t, "127.0.0.1")
	refusing := chirptest.Start(t, "127.0.0.1")
	refusing.Refuses = true
	for what, config := range map[string]string{
		"silent":         "127.0.0.1 " + port(silent) + " cookie\n",
		"nobody":         "127.0.0.1 " + nobody + " cookie\n",
		"chatty":         "127.0.0.1 " + port(chatty) + " cookie\n",
		"a wrong cookie": "",
		"refused":        "",
		"empty":          "",
		"a name":         "localhost 1 cookie\n",
		"no port":        "127.0.0.1 65536 cookie\n",
		"a long file":    strings.Repeat("127.0.0.1 1 cookie\n", 100),
	} {
		t.Chdir(t.TempDir())
		if err := os.WriteFile(".chirp.config", []byte(config), 0o600); err != nil {
			t.Fatal(err)
		}
		switch what {
		case "a wrong cookie":
			starter.WriteConfig(t, ".")
			text, err := os.ReadFile(".chirp.config")
			if err == nil {
				err = os.WriteFile(".chirp.config", append(text[:len(text)-1], "x\n"...), 0o600)
			}
			if err != nil {
				t.Fatal(err)
			}
		case "refused":
			refusing.WriteConfig(t, ".")
		}
		start := time.Now()
		chirp.Find().Report("text")
		if took := time.Since(start); took > time.Minute { // on an idle machine, a second
			t.Errorf("%s: it took %v", what, took)
		}
	}
	if values := slices.Concat(starter.Values(), refusing.Values()); len(values) > 0 {
		t.Errorf("set: %q", values)
	}
}

func TestNoJob(t *testing.T) {
	t.Chdir(t.TempDir())
	if job := chirp.Find(); job != nil {
		t.Error("a job without .chirp.config")
	}
	if err := os.Mkdir(".chirp.config", 0o777); err != nil {
		t.Fatal(err)
	}
	job := chirp.Find()
	if job != nil {
		t.Error("a job, although .chirp.config is a folder")
	}
	job.Report("nothing happens")
}
