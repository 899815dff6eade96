package eventlog

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"matpool/condor"
)

// Logs in XML and in JSON are read, in a file of their own or after text, also with a head, and while they grow.
func TestOtherFormats(t *testing.T) {
	const (
		inXML  = "<c>\n    <a n=\"MyType\"><s>JobHeldEvent</s></a>\n    <a n=\"EventTypeNumber\"><i>12</i></a>\n    <a n=\"Cluster\"><i>7</i></a>\n    <a n=\"Proc\"><i>3</i></a>\n    <a n=\"EventTime\"><s>2026-11-23T19:14:05.25</s></a>\n    <a n=\"HoldReason\"><s>1 &lt; 2</s></a>\n    <a n=\"ToE\"><c>\n        <a n=\"HowCode\"><i>1</i></a>\n    </c></a>\n    <a n=\"HoldReasonCode\"><i>13</i></a>\n</c>\n"
		inJSON = "{\n  \"MyType\": \"JobHeldEvent\",\n  \"EventTypeNumber\": 12,\n  \"Cluster\": 7,\n  \"Proc\": 3,\n  \"EventTime\": \"2026-11-23T19:14:05.25\",\n  \"HoldReason\": \"1 < 2\",\n  \"ToE\": {\n    \"HowCode\": 1\n  },\n  \"HoldReasonCode\": 13\n}\n"
		head   = "<?xml version=\"1.0\"?>\n<!DOCTYPE classads SYSTEM \"classads.dtd\">\n<classads>\n"
	)
	for _, test := range []struct {
		in     string
		events int
	}{
		{inXML, 1}, {inJSON, 1}, {head + inXML + inXML, 2}, {inJSON + "...\n" + inJSON + "...\n", 2}, {goodEvent + inXML + goodEvent + inJSON + goodEvent, 5},
		{strings.ReplaceAll(inXML+inJSON, "\n", "\r\n"), 2}, {inXML + inXML[:len(inXML)-1], 1}, {inJSON[:30], 0}, {"<c>\n", 0},
	} {
		for _, in := range []io.Reader{strings.NewReader(test.in), iotest.OneByteReader(strings.NewReader(test.in))} {
			r, events := newReader(in), 0
			for r.Scan() {
				e, ok := r.Record().(*Event)
				if !ok {
					t.Fatalf("%q: %v", test.in, r.Record())
				}
				events++
				if want := (JobHeld{Reason: "1 < 2", Code: 13}); e.Number == 12 && (e.Detail != want || e.ID != condor.ID{Cluster: 7, Proc: 3} || e.Time.Format("15:04:05.00") != "19:14:05.25") {
					t.Errorf("%q: %+v", test.in, e)
				}
			}
			if r.Err() != nil || events != test.events {
				t.Errorf("%q: %d events, want %d, %v", test.in, events, test.events, r.Err())
			}
		}
	}
	// What cannot be read is passed over.
	for _, bad := range []string{strings.Replace(inJSON, ": 7", ": ,", 1), strings.Replace(inXML, "</a>", "", 1), strings.Replace(inJSON, "19:14", "29:14", 1), strings.Replace(inXML, "Number", "", 1)} {
		got := records(newReader(strings.NewReader(bad + inJSON)))
		if len(got) != 2 {
			t.Fatalf("%q: %v", bad, got)
		}
		if fault, ok := got[0].(*condor.SyntaxError); !ok || fault.Line != 1 {
			t.Errorf("%q: %v", bad, got[0])
		}
		if e, ok := got[1].(*Event); !ok || e.Line != 1+strings.Count(bad, "\n") || e.Offset != int64(len(bad)) {
			t.Errorf("%q: %v", bad, got[1])
		}
	}
}

// Of the same jobs, a log in XML and one in JSON have the same histories.
func TestSameInXMLAndJSON(t *testing.T) {
	inXML, inJSON := historyOf(t, logFile(t, "jobs.xml")).Jobs(1), historyOf(t, logFile(t, "jobs.json")).Jobs(1)
	for i := range min(len(inXML), len(inJSON)) {
		a, b := inXML[i], inJSON[i]
		if summary(a) != summary(b) || attempts(a) != attempts(b) || a.Hold != b.Hold || a.Reason != b.Reason || !slices.Equal(a.notes, b.notes) || a.MemoryMB != b.MemoryMB {
			t.Errorf("in XML %s\n%s\n%+v\nin JSON %s\n%s\n%+v", summary(a), attempts(a), a.Hold, summary(b), attempts(b), b.Hold)
		}
	}
	if len(inXML) != 10 || len(inJSON) != 10 {
		t.Errorf("%d and %d jobs", len(inXML), len(inJSON))
	}
}

// A file of another kind is distinguished from a log that has just been begun, or whose
// beginning is missing.
func TestForeignFiles(t *testing.T) {
	const event = "011 (001.000.000) 2026-11-23 19:14:05 Job was unsuspended.\n"
	for in, begins := range map[string]string{
		"universe = vanilla\nqueue 3\n":     "universe = vanilla",
		"\r\n\r\nuniverse = vanilla\r\n":    "universe = vanilla",
		"{ x }\n":                           "{ x }",
		"{\"a\": 1}\n":                      `{"a": 1}`,
		"<!DOCTYPE html>\n<html>\n":         "<!DOCTYPE html>",
		"<?xml version=\"1.0\"?>\n<svg>\n":  `<?xml version="1.0"?>`,
		"":                                  "",
		"\n\n":                              "",
		"universe = van":                    "", // there may be more to come
		event[:20]:                          "",
		event:                               "",
		"\n" + event:                        "",
		"\tthe end of an event\n" + event:   "",
		"universe\n...\n":                   "",
		event + "...\n" + "universe\nqueue": "",
	} {
		r := newReader(strings.NewReader(in))
		records(r)
		var foreign *NotLogError
		if errors.As(r.Err(), &foreign) != (begins != "") || foreign != nil && foreign.FirstLine != begins {
			t.Errorf("%q: %v, want %q", in, r.Err(), begins)
		}
	}
}
