// Package chirp lets a job report to HTCondor why it fails.
//
// A job exchanges lines of text over a socket with condor_starter, the daemon that started
// it. A file, .chirp.config in the job's folder or, since HTCondor 25, the one that the variable
// _CONDOR_CHIRP_CONFIG names, has the address and a password. The message
// becomes an attribute of the job. HTCondor has it when it applies the job's policy, so a
// hold reason can quote it. A machine may refuse the message, or not listen at all: the
// program then goes on as if it ran outside HTCondor.
//
// Source: HTCondor's src/condor_chirp/PROTOCOL and chirp_protocol.h, and
// src/condor_starter.V6.1/io_proxy_handler.cpp, which reads the requests.
package chirp

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"time"
)

// Attribute is the job attribute that holds the message, a string. HTCondor lets a job set
// only attributes whose names begin with Chirp.
const Attribute = "ChirpMatMessage"

// timeout is how long [Job.Report] waits for answers. They take a few milliseconds.
const timeout = time.Second

// A Job is the HTCondor job that this process runs as; nil means none.
type Job struct {
	starter starter
	cleared chan struct{} // closed when the message of an earlier attempt is cleared
}

// Find returns the job that this process runs as, or nil if there is no .chirp.config.
//
// A job that runs again keeps its attributes, and an attempt may end without a message. So
// Find clears the message of an earlier attempt, in the background.
func Find() *Job {
	s, err := readConfig(".chirp.config")
	if name := os.Getenv("_CONDOR_CHIRP_CONFIG"); err != nil && name != "" {
		s, err = readConfig(name)
	}
	if err != nil {
		return nil
	}
	j := &Job{starter: s, cleared: make(chan struct{})}
	go func() {
		defer close(j.cleared)
		_ = s.set("") // there is nowhere to report the error
	}()
	return j
}

// Report makes text the job's message. Line breaks become blanks, and a text that is too
// long loses its end. On a nil Job, Report does nothing.
func (j *Job) Report(text string) {
	if j == nil {
		return
	}
	done := make(chan struct{})
	go func() {
		<-j.cleared
		_ = j.starter.set(text) // there is nowhere to report the error
		close(done)
	}()
	select {
	case <-done:
	case <-time.After(timeout):
	}
}

// A starter is the address where a condor_starter listens to one job.
type starter struct {
	address netip.AddrPort
	cookie  string
}

// readConfig reads .chirp.config, a line with address, port and cookie.
func readConfig(name string) (starter, error) {
	info, err := os.Stat(name)
	if err != nil {
		return starter{}, err
	}
	if !info.Mode().IsRegular() || info.Size() > maxLine {
		return starter{}, errors.New("not a .chirp.config of HTCondor")
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return starter{}, err
	}
	words := strings.Fields(string(text))
	if len(words) != 3 {
		return starter{}, fmt.Errorf("%d words instead of 3", len(words))
	}
	host, err := netip.ParseAddr(words[0])
	if err != nil {
		return starter{}, err
	}
	port, err := strconv.ParseUint(words[1], 10, 16)
	return starter{netip.AddrPortFrom(host.Unmap(), uint16(port)), words[2]}, err
}

// set sets the attribute. It waits for the answer: without it, HTCondor might process the
// end of the job before the request.
func (s starter) set(text string) error {
	conn, err := dial(s.address)
	if err != nil {
		return err
	}
	defer conn.Close()
	answers := bufio.NewReader(io.LimitReader(conn, 2*maxLine))
	for _, request := range []string{"cookie " + s.cookie, setRequest(text)} {
		if _, err := io.WriteString(conn, request+"\n"); err != nil {
			return err
		}
		answer, err := answers.ReadString('\n')
		if err != nil {
			return err
		}
		if strings.TrimSpace(answer) != "0" {
			return fmt.Errorf("refused: %s", strings.TrimSpace(answer))
		}
	}
	return nil
}

// maxLine is the length of the longest request, in bytes; HTCondor's limit is 1024.
const maxLine = 1000

func setRequest(text string) string {
	const more, end = `\ \.\.\.`, `\"`
	request := []byte("set_job_attr_delayed " + Attribute + ` \"`)
	for _, r := range text {
		next := escape(literal(r))
		if len(request)+len(next)+len(more)+len(end) > maxLine {
			request = append(request, more...)
			break
		}
		request = append(request, next...)
	}
	return string(append(request, end...))
}

// literal returns a character as it is written in a ClassAd string.
func literal(r rune) string {
	switch {
	case r == '"' || r == '\\':
		return `\` + string(r)
	case r < ' ' || r == 0x7f:
		return " "
	}
	return string(r)
}

// escape escapes every byte that could end a word of a request. That includes non-ASCII
// bytes, some of which are blanks in the starter's locale.
func escape(text string) string {
	var escaped []byte
	for _, c := range []byte(text) {
		if !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9') {
			escaped = append(escaped, '\\')
		}
		escaped = append(escaped, c)
	}
	return string(escaped)
}
