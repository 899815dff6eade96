package eventlog

import (
	"errors"
	"strings"
	"testing"
)

// Logs in other formats are recognised and refused, even after blanks or events.
func TestForeignFormats(t *testing.T) {
	for _, test := range []struct{ in, format string }{
		{"<?xml version=\"1.0\"?>\n<!DOCTYPE classads SYSTEM \"classads.dtd\">\n<classads>\n<c>\n", "XML"},
		{"<c>\n    <a n=\"MyType\"><s>SubmitEvent</s></a>\n", "XML"},
		{"\n\n  {\n    \"MyType\": \"SubmitEvent\",", "JSON"},
		{goodEvent + "{\n  \"MyType\"", "JSON"},
		{goodEvent + "<c>\n", "XML"},
		{"{ x }", ""}, {"<", ""}, {"<x>", ""}, {goodEvent + "{", ""}, {"", ""}, {goodEvent, ""},
	} {
		r := newReader(strings.NewReader(test.in))
		records(r)
		var format *FormatError
		if errors.As(r.Err(), &format) != (test.format != "") || format != nil && format.Format != test.format {
			t.Errorf("%q: %v, want %q", test.in, r.Err(), test.format)
		}
		if r.Scan() {
			t.Errorf("%q: reading continues", test.in)
		}
	}
	err := &FormatError{"x.log", 3, "JSON"}
	if got, want := err.Error(), "x.log:3: the log is in JSON, which is not supported: remove log_xml and DEFAULT_USERLOG_FORMAT_OPTIONS to get a text log"; got != want {
		t.Errorf("%s\nwant\n%s", got, want)
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
