// Package chirptest is the counterpart of package chirp, for tests: the part of HTCondor's condor_starter that answers a job.
package chirptest

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// A Starter listens to jobs on this machine. It is as strict as HTCondor's
// (io_proxy_handler.cpp), but supports only one request.
type Starter struct {
	Refuses bool // like a machine that does not allow the request

	cookie   string
	listener net.Listener
	mu       sync.Mutex
	values   []string
}

// Start starts a Starter on an address such as 127.0.0.1, until the test ends.
func Start(t testing.TB, host string) *Starter {
	t.Helper()
	listener, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	s := &Starter{cookie: "c00k1e-of-this-job", listener: listener}
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go s.answer(conn)
		}
	}()
	return s
}

// WriteConfig writes the .chirp.config of a job of this starter to a folder.
func (s *Starter) WriteConfig(t testing.TB, dir string) {
	t.Helper()
	address := s.listener.Addr().(*net.TCPAddr)
	config := fmt.Sprintf("%s %d %s\n", address.IP, address.Port, s.cookie)
	if err := os.WriteFile(filepath.Join(dir, ".chirp.config"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
}

// Values returns the successive values of ChirpMatMessage, as expressions.
func (s *Starter) Values() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.values
}

func (s *Starter) answer(conn net.Conn) {
	defer conn.Close()
	requests, known := bufio.NewReader(conn), false
	for {
		line, err := requests.ReadString('\n')
		if err != nil {
			return
		}
		answer := s.handle(strings.TrimSuffix(line, "\n"), &known)
		for _, c := range []byte(answer + "\n") { // byte by byte, since an answer may arrive in pieces
			if _, err := conn.Write([]byte{c}); err != nil {
				return
			}
		}
	}
}

func (s *Starter) handle(line string, known *bool) (answer string) {
	words := words(line)
	switch {
	case len(line) > 1024:
		return "-5" // too big
	case !*known:
		*known = line == "cookie "+s.cookie
		if !*known {
			return "-1" // not authenticated
		}
		return "0"
	case s.Refuses, len(words) != 3, words[0] != "set_job_attr_delayed", words[1] != "ChirpMatMessage":
		return "-8" // invalid request
	case len(words[2]) > 993:
		return "-5"
	}
	s.mu.Lock()
	s.values = append(s.values, words[2])
	s.mu.Unlock()
	return "0"
}

// words splits a request at blanks, as HTCondor's sscanf_chirp does. A backslash escapes the
// next byte.
func words(line string) (words []string) {
	word, in := []byte{}, false
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case c == ' ' || '\t' <= c && c <= '\r':
			if in {
				words = append(words, string(word))
			}
			word, in = word[:0], false
		case c == '\\' && i+1 < len(line):
			i++
			word, in = append(word, line[i]), true
		default:
			word, in = append(word, c), true
		}
	}
	if in {
		words = append(words, string(word))
	}
	return words
}
