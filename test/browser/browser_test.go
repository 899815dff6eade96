// Package browser opens the pages that matwatch writes in a real browser, without a window.
//
// It speaks the DevTools protocol (https://chromedevtools.github.io/devtools-protocol/) with Chromium through two pipes,
// which needs no port and no library: messages in JSON, each with a zero byte at its end.
package browser

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// find returns the name of a Chromium.
func find(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium-headless-shell", "chromium", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Fatal("no Chromium: test/setup.sh installs it")
	return ""
}

// A tab is an open page. What went wrong in it is in problems, and the addresses of all requests in requests.
type tab struct {
	t        *testing.T
	in       io.Writer
	out      *bufio.Reader
	id       int
	session  string
	problems []string
	requests []string
	loaded   bool
}

type message struct {
	ID        int             `json:"id,omitempty"`
	Session   string          `json:"sessionId,omitempty"`
	Method    string          `json:"method,omitempty"`
	Params    json.RawMessage `json:"params,omitempty"`
	Result    json.RawMessage `json:"result,omitempty"`
	ErrorInfo json.RawMessage `json:"error,omitempty"`
}

// open starts a browser of a size, and opens a file in it. The settings are those of Emulation.setEmulatedMedia.
func open(t *testing.T, name string, width, height int, media map[string]any) *tab {
	t.Helper()
	toBrowser, in, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	out, fromBrowser, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	profile, err := os.MkdirTemp("", "matpool-browser-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		// The browser's other processes may write there a little longer than it runs itself.
		for start := time.Now(); os.RemoveAll(profile) != nil && time.Since(start) < time.Minute; {
			time.Sleep(10 * time.Millisecond)
		}
	})
	cmd := exec.Command(find(t), "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--remote-debugging-pipe", "--user-data-dir="+profile)
	cmd.ExtraFiles = []*os.File{toBrowser, fromBrowser} // 3 and 4
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	toBrowser.Close()
	fromBrowser.Close()
	b := &tab{t: t, in: in, out: bufio.NewReader(out)}
	t.Cleanup(func() {
		b.session = ""
		b.call("Browser.close", nil, nil)
		cmd.Wait()
		in.Close()
		out.Close()
	})

	var target struct{ TargetID string }
	b.call("Target.createTarget", map[string]any{"url": "about:blank", "width": width, "height": height}, &target)
	var attached struct{ SessionID string }
	b.call("Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &attached)
	b.session = attached.SessionID
	for _, domain := range []string{"Page", "Runtime", "Log", "Network"} {
		b.call(domain+".enable", nil, nil)
	}
	b.call("Emulation.setDeviceMetricsOverride", map[string]any{"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false}, nil)
	if media != nil {
		b.call("Emulation.setEmulatedMedia", media, nil)
	}
	path, err := filepath.Abs(name)
	if err != nil {
		t.Fatal(err)
	}
	b.call("Page.navigate", map[string]any{"url": "file://" + path}, nil)
	for !b.loaded {
		b.read()
	}
	return b
}

// call calls a method, and waits for its result.
func (b *tab) call(method string, params, result any) {
	b.t.Helper()
	b.id++
	args, err := json.Marshal(params)
	if err != nil {
		b.t.Fatal(err)
	}
	m := message{ID: b.id, Session: b.session, Method: method}
	if params != nil {
		m.Params = args
	}
	text, err := json.Marshal(m)
	if err != nil {
		b.t.Fatal(err)
	}
	if _, err := b.in.Write(append(text, 0)); err != nil {
		b.t.Fatalf("%s: %v", method, err)
	}
	for {
		answer := b.read()
		if answer.ID != b.id {
			continue
		}
		if answer.ErrorInfo != nil {
			b.t.Fatalf("%s: %s", method, answer.ErrorInfo)
		}
		if result != nil {
			if err := json.Unmarshal(answer.Result, result); err != nil {
				b.t.Fatal(err)
			}
		}
		return
	}
}

// read reads a message, and notes what happened.
func (b *tab) read() (m message) {
	b.t.Helper()
	text, err := b.out.ReadBytes(0)
	if err != nil {
		b.t.Fatalf("the browser is gone: %v", err)
	}
	if err := json.Unmarshal(text[:len(text)-1], &m); err != nil {
		b.t.Fatal(err)
	}
	switch m.Method {
	case "Page.loadEventFired":
		b.loaded = true
	case "Runtime.exceptionThrown", "Log.entryAdded", "Runtime.consoleAPICalled":
		b.problems = append(b.problems, string(m.Params))
	case "Network.requestWillBeSent":
		var p struct{ Request struct{ URL string } }
		if err := json.Unmarshal(m.Params, &p); err != nil {
			b.t.Fatal(err)
		}
		b.requests = append(b.requests, p.Request.URL)
	}
	return m
}

// eval returns the value of an expression.
func (b *tab) eval(expression string, result any) {
	b.t.Helper()
	var r struct {
		Result           struct{ Value json.RawMessage }
		ExceptionDetails json.RawMessage
	}
	b.call("Runtime.evaluate", map[string]any{"expression": expression, "returnByValue": true}, &r)
	if r.ExceptionDetails != nil {
		b.t.Fatalf("%s: %s", expression, r.ExceptionDetails)
	}
	if err := json.Unmarshal(r.Result.Value, result); err != nil {
		b.t.Fatalf("%s: %v", expression, err)
	}
}

func (b *tab) text(expression string) (s string) {
	b.t.Helper()
	b.eval("String("+expression+")", &s)
	return s
}

// mouse does what a mouse does: mouseMoved, mousePressed, mouseReleased.
func (b *tab) mouse(what string, x, y float64) {
	b.t.Helper()
	params := map[string]any{"type": what, "x": x, "y": y}
	if what != "mouseMoved" {
		params["button"], params["clickCount"] = "left", 1
	}
	b.call("Input.dispatchMouseEvent", params, nil)
}

// save saves what a method returns as base64: a picture, a PDF.
func (b *tab) save(name, method string, params map[string]any) {
	b.t.Helper()
	var r struct{ Data string }
	b.call(method, params, &r)
	content, err := base64.StdEncoding.DecodeString(r.Data)
	if err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(name, content, 0o666); err != nil {
		b.t.Fatal(err)
	}
}

// bottom returns where an element ends, from the top of the page.
func (b *tab) bottom(selector string) (y float64) {
	b.t.Helper()
	b.eval(fmt.Sprintf("document.querySelector(%q).getBoundingClientRect().bottom + scrollY", selector), &y)
	return y
}

// box returns an element's place and size on the screen, to which it is scrolled.
func (b *tab) box(selector string) (x, y, width, height float64) {
	b.t.Helper()
	var r []float64
	b.eval(fmt.Sprintf("(e => { e.scrollIntoView({block: 'start'}); const r = e.getBoundingClientRect(); return [r.x, r.y, r.width, r.height] })(document.querySelector(%q))", selector), &r)
	return r[0], r[1], r[2], r[3]
}
