// Package chirp lets a job tell HTCondor why it fails.
//
// A job talks in lines to the program that has started it, condor_starter, over a
// socket; the file .chirp.config in the folder where the job runs says where and with
// which password. What a job says here becomes an attribute of it, which HTCondor knows
// when it decides what becomes of the job, and which the reason of a hold can quote.
// A machine may refuse it, or not listen at all: whatever happens, the program goes on
// as if there were no HTCondor.
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

// Attribute is the job attribute that holds the message, a string. Only attributes whose
// names begin with Chirp can be set so.
const Attribute = "ChirpMatMessage"

// patience is how long [Job.Say] waits for answers. They take a few milliseconds.
const patience = time.Second

// A Job is the job that this program is; nil stands for none.
type Job struct {
	starter starter
	cleared chan struct{} // closed when there are no more words of an earlier run
}

// Find returns the job that this program is, by the file in the current folder, or nil.
// The attribute stays with the job when that runs again, and a program may end without a
// word: what an earlier run has said is taken back, while the program goes on.
func Find() *Job {
	s, err := readConfig(".chirp.config")
	if err != nil {
		return nil
	}
	j := &Job{starter: s, cleared: make(chan struct{})}
	go func() {
		defer close(j.cleared)
		_ = s.set("") // nobody can be told
	}()
	return j
}

// Say makes text the job's message. Line breaks become blanks, and the end of a text
// that is too long is cut off. To say something for no job, nil, is to do nothing.
func (j *Job) Say(text string) {
	if j == nil {
		return
	}
	said := make(chan struct{})
	go func() {
		<-j.cleared
		_ = j.starter.set(text) // nobody can be told
		close(said)
	}()
	select {
	case <-said:
	case <-time.After(patience):
	}
}

// A starter is where a condor_starter listens to one job.
type starter struct {
	address netip.AddrPort
	cookie  string
}

// readConfig reads a file of one line: address, port, cookie.
func readConfig(name string) (starter, error) {
	info, err := os.Stat(name)
	if err != nil {
		return starter{}, err
	}
	if !info.Mode().IsRegular() || info.Size() > maxLine {
		return starter{}, errors.New("not HTCondor's file")
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return starter{}, err
	}
	words := strings.Fields(string(text))
	if len(words) != 3 {
		return starter{}, fmt.Errorf("%d words where 3 should be", len(words))
	}
	host, err := netip.ParseAddr(words[0])
	if err != nil {
		return starter{}, err
	}
	port, err := strconv.ParseUint(words[1], 10, 16)
	return starter{netip.AddrPortFrom(host.Unmap(), uint16(port)), words[2]}, err
}

// set gives the attribute a value. HTCondor has it when it has answered: after a request
// alone, it might see first that the job has ended.
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

// setRequest returns the request that gives the attribute a value.
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

// literal returns a character as it stands in a string of HTCondor's language, ClassAds.
func literal(r rune) string {
	switch {
	case r == '"' || r == '\\':
		return `\` + string(r)
	case r < ' ' || r == 0x7f:
		return " "
	}
	return string(r)
}

// escape escapes what would end a word of a request. Of bytes beyond ASCII, the
// starter's system decides whether they are blanks.
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
