package eventlog

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"strings"

	"matpool/condor"
	"matpool/internal/base/text"
)

// An ad is an event as a ClassAd, the form of logs in XML (log_xml in the submit description) and in JSON
// (EVENT_LOG_FORMAT_OPTIONS, which a pool's administrator sets). Source: toClassAd in condor_event.cpp.
type ad map[string]any

// adEnd finds the end of an ad that begins a buffer in the given format. Nested ads are indented, and no
// value has a line break or, in XML, a "<". It returns 0 if the ad is not complete yet. It is no ad if it has the line
// "...": that ends an event in the text format, which is damaged.
func adEnd(buf []byte, format string) (end int, is bool) {
	last := "\n</c>"
	if format == "JSON" {
		last = "\n}"
	}
	if i := bytes.Index(buf, []byte(last)); i >= 0 {
		if line := bytes.IndexByte(buf[i+1:], '\n'); line >= 0 {
			end = i + 1 + line + 1
			buf = buf[:end]
		}
	}
	return end, !bytes.Contains(buf, []byte("\n...\n")) && !bytes.Contains(buf, []byte("\n...\r\n"))
}

// parseAd parses an ad, and what precedes the first one in a file of XML.
func parseAd(block []byte, format string) (a ad, err error) {
	if format == "JSON" {
		err = json.Unmarshal(block, &a)
		return a, err
	}
	var x xmlAd
	if at := bytes.Index(block, []byte("<c>")); at > 0 {
		block = block[at:]
	}
	err = xml.Unmarshal(block, &x)
	return x.ad(), err
}

// An xmlAd is an ad in XML. A number is that of JSON: a float64.
type xmlAd struct {
	Attributes []struct {
		Name    string   `xml:"n,attr"`
		Text    *string  `xml:"s"`
		Integer *float64 `xml:"i"`
		Real    *float64 `xml:"r"`
		Bool    *struct {
			Value string `xml:"v,attr"`
		} `xml:"b"`
		Ad *xmlAd `xml:"c"`
	} `xml:"a"`
}

func (x xmlAd) ad() ad {
	a := ad{}
	for _, v := range x.Attributes {
		switch {
		case v.Text != nil:
			a[v.Name] = *v.Text
		case v.Integer != nil:
			a[v.Name] = *v.Integer
		case v.Real != nil:
			a[v.Name] = *v.Real
		case v.Bool != nil:
			a[v.Name] = v.Bool.Value == "t"
		case v.Ad != nil:
			a[v.Name] = map[string]any(v.Ad.ad())
		}
	}
	return a
}

func (a ad) text(name string) string {
	s, _ := a[name].(string)
	return strings.TrimSpace(s)
}

// number returns an attribute, or other if the ad does not have it.
func (a ad) number(name string, other int) int {
	if f, ok := a[name].(float64); ok {
		return int(f)
	}
	return other
}

func (a ad) is(name string) bool { return a[name] == true }

func (a ad) inner(name string) ad {
	inner, _ := a[name].(map[string]any)
	return inner
}

// eventOf returns the event of an ad that is in the block.
func (r *Reader) eventOf(a ad, block string, line int) (*Event, error) {
	e := &Event{Number: a.number("EventTypeNumber", -1), ID: condor.ID{Cluster: a.number("Cluster", 0), Proc: a.number("Proc", -1)},
		File: r.name, Line: line, Body: block}
	if e.Number < 0 {
		return nil, fmt.Errorf("%q has no EventTypeNumber", text.Clip(block))
	}
	s := scanner{a.text("EventTime"), true}
	stamp := s.stamp()
	var ok bool
	if e.Time, e.YearAssumed, ok = r.time(stamp); !ok || !s.ok {
		return nil, fmt.Errorf("%q: no such time", text.Clip(a.text("EventTime")))
	}
	var err error
	e.Detail, err = a.detail(e.Number)
	return e, err
}

// detail returns the content of an event, as parseDetail does.
func (a ad) detail(number int) (Detail, error) {
	switch number {
	case 0:
		return Submit{Host: strings.Trim(a.text("SubmitHost"), "<>"), Notes: a.notes()}, nil
	case 1:
		return a.executed(), nil
	case 4:
		if a.is("TerminatedAndRequeued") {
			exit, err := a.exit()
			return JobEvicted{Requeued: true, Exit: exit}, err
		}
		return JobEvicted{Reason: a.text("Reason"), Code: a.number("ReasonCode", 0), Subcode: a.number("ReasonSubCode", 0)}, nil
	case 5:
		exit, err := a.exit()
		return JobTerminated{exit}, err
	case 6:
		return ImageSize{int64(a.number("MemoryUsage", -1))}, nil
	case 7:
		return ShadowException{a.text("Message")}, nil
	case 9:
		return JobAborted{a.text("Reason")}, nil
	case 10:
		return JobSuspended{}, nil
	case 11:
		return JobUnsuspended{}, nil
	case 12:
		return JobHeld{a.text("HoldReason"), a.number("HoldReasonCode", 0), a.number("HoldReasonSubCode", 0)}, nil
	case 13:
		return JobReleased{a.text("Reason")}, nil
	case 16:
		exit, err := a.exit()
		return PostScript{exit}, err
	case 21:
		return RemoteError{}, nil
	case 22:
		return JobDisconnected{}, nil
	case 23:
		return JobReconnected{}, nil
	case 24:
		return JobReconnectFailed{a.text("Reason")}, nil
	case 35:
		return ClusterSubmit{a.notes()}, nil
	case 36:
		return a.clusterRemove(), nil
	case 37:
		return FactoryPaused{a.text("Reason")}, nil
	case 38:
		return FactoryResumed{}, nil
	case 40:
		if n := a.number("Type", 0); 1 <= n && n <= 6 {
			return FileTransfer{Output: n > 3, Phase: Phase((n - 1) % 3)}, nil
		}
	case 46:
		return DataflowJobSkipped{}, nil
	}
	return nil, nil
}

func (a ad) notes() (notes []string) {
	for _, name := range []string{"LogNotes", "UserNotes", "Warnings"} {
		for note := range strings.SplitSeq(a.text(name), "\n") {
			if note = strings.TrimSpace(note); note != "" {
				notes = append(notes, note)
			}
		}
	}
	return notes
}

func (a ad) executed() Execute {
	properties := a.inner("ExecuteProps")
	e := Execute{Machine: properties.text("Machine"), Slot: a.text("SlotName"), System: properties.text("OpSys"), Arch: properties.text("Arch")}
	if _, machine, ok := strings.Cut(e.Slot, "@"); e.Machine == "" && ok {
		e.Machine = machine
	} else if e.Machine == "" {
		e.Machine = a.text("ExecuteHost")
	}
	return e
}

func (a ad) exit() (Exit, error) {
	signal := a.number("TerminatedBySignal", 0)
	_, returned := a["ReturnValue"]
	switch {
	case a.is("TerminatedNormally") && returned:
		return Exit{Status: a.number("ReturnValue", 0)}, nil
	case signal != 0:
		return Exit{Signal: signal}, nil
	}
	return Exit{}, errors.New("the event does not say how the program ended")
}

func (a ad) clusterRemove() ClusterRemove {
	completion := a.number("Completion", 0)
	if words := []string{"Incomplete", "Complete", "Paused"}; 0 <= completion && completion < len(words) {
		return ClusterRemove{words[completion]}
	}
	return ClusterRemove{fmt.Sprint("Error ", completion)}
}
