package jobfile

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"matpool/condor"
)

// oddBlanks are the blanks that editors, web pages and word processors make, and characters
// that cannot be seen.
const oddBlanks = "\f\v\u0085\u00a0\u00ad\u1680\u180e\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u200c\u200d\u200e\u200f\u2028\u2029\u202a\u202c\u202f\u205f\u2060\u2066\u2069\u3000\ufeff"

// Around names and values, odd blanks are blanks.
func TestOddBlanksAround(t *testing.T) {
	for _, r := range oddBlanks {
		b := string(r)
		for _, test := range []struct {
			in   string
			want []Line
		}{
			{b, nil},
			{b + b + " " + b, nil},
			{b + "# a" + b + "b", nil},
			{"total_jobs" + b + "=" + b + "2", line("total_jobs", "2")},
			{b + "total_jobs =2" + b, line("total_jobs", "2")},
			{"log" + b + " =" + b + " " + b + "a b.txt " + b, line("log", "a b.txt")},
			{"log = a" + b + "# b", line("log", "a")},
			{"log = " + b + "# b", line("log", "")[:0]},
			{"input_files = a" + b + "," + b + b + "b c ," + b + "d", line("input_files", "a ,  b c , d")},
			{`input_files = "a,` + b + `b"`, line("input_files", `"a, b"`)},
			{"operating_systems = linux," + b + "windows", line("operating_systems", "linux, windows")},
			{"+A =" + b + "1" + b, line("+A", "1")},
		} {
			f, errs := parse(t, test.in)
			if test.in == "log = "+b+"# b" {
				if strings.Join(errs, "\n") != "run:1: log: a name is empty" {
					t.Errorf("%q: %q", test.in, errs)
				}
				continue
			}
			if errs != nil || !slices.Equal(f.Lines, test.want) {
				t.Errorf("%q: %+v, %q; want %+v", test.in, f.Lines, errs, test.want)
			}
		}
	}
	f, errs := parse(t, "request_memory = 2\u00a0GB\nmax_run_time = 1\u202fh 30\u00a0m")
	if q, err := f.Request(set("total_jobs", "\u00a01\u200b")); errs != nil || err != nil || q.Memory != 2<<30 || q.MaxRunTime.Minutes() != 90 || q.TotalJobs != 1 {
		t.Errorf("%+v, %q, %v", q, errs, err)
	}
}

// Inside a name or a value, an odd character is an error that names it, its column and what
// to write; ordinary letters are not odd.
func TestOddCharacters(t *testing.T) {
	const (
		blank     = "write an ordinary space or nothing"
		double    = `write " or nothing`
		single    = `write ' or nothing`
		dash      = "write - or nothing"
		remove    = "remove it"
		again     = "type it again"
		asUTF8    = "write it in UTF-8"
		invisible = "U+%04X (an invisible character): " + remove
		space     = "U+%04X (a space of unusual width): " + blank
		noBreak   = "U+%04X (a no-break space): " + blank
		control   = "U+%04X (a control character): " + remove
		curly     = "U+%04X (a curly quotation mark): "
		angle     = "U+%04X (an angle quotation mark): "
	)
	want := map[string]string{ // by character
		"\u2010": "U+%04X (a hyphen of another kind): " + dash,
		"\u2011": "U+%04X (a no-break hyphen): " + dash,
		"\u2012": "U+%04X (a figure dash): " + dash,
		"–":      "U+%04X (an en dash): " + dash,
		"—":      "U+%04X (an em dash): " + dash,
		"\u2015": "U+%04X (a horizontal bar): " + dash,
		"\u2212": "U+%04X (a minus sign): " + dash,
		"\u200b": "U+%04X (a zero-width space): " + remove,
		"\ufeff": "U+%04X (a byte order mark): " + remove,
		"\ufffd": "U+%04X (a character that a conversion lost): " + again,
		"\u2028": "U+%04X (a line separator): write an ordinary line end",
		"\u2029": "U+%04X (a line separator): write an ordinary line end",
		"\xe9":   "byte 0xE9 is not UTF-8: " + asUTF8,
		"\x93":   "byte 0x93 is not UTF-8: " + asUTF8,
	}
	add := func(characters, format string) {
		for _, r := range characters {
			want[string(r)] = format
		}
	}
	for _, r := range "=,#-\"'" {
		add(string(r-'='+'＝'), "U+%04X (a full-width "+string(r)+"): write "+string(r))
	}
	add("“”„‟", curly+double)
	add("«»", angle+double)
	add("‘’‚‛", curly+single)
	add("‹›", angle+single)
	add("\u00a0\u2007\u202f", noBreak)
	add("\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2008\u2009\u200a\u205f\u3000", space)
	add("\f\v\x01\x1a\x1b\x7f\u0085\u0090", control)
	add("\u00ad\u180e\u200c\u200d\u200e\u202a\u2060\u2066\u3164", invisible)
	for c, format := range want {
		fault := format
		if r, _ := utf8.DecodeRuneInString(c); strings.Contains(format, "%") {
			fault = fmt.Sprintf(format, r)
		}
		for _, test := range []struct {
			in string
			at string
		}{
			{"log = a" + c + "b", "1:8"},
			{"log = \"a" + c + "b\"", "1:9"},
			{"# " + c + "\n\tlog =  ä数" + c + "b\n", "2:11"},
			{"to" + c + "tal = 3", "1:3"},
			{"ä" + c + "b", "1:2"},
			{"arguments = -x a" + c + "b", "1:17"},
			{"requirements = a" + c + "b", "1:17"},
			{"batch_name = a" + c + "b", "1:15"},
			{"input_files = a, b" + c + "b", "1:19"},
			{"input_files = a,\u00a0b" + c + "b", "1:19"},
			{"total_jobs = 1" + c + "0 # a", "1:15"},
			{"+A = \"a" + c + "b\"", "1:8"},
			{"condor.x = a" + c + "b", "1:13"},
			{"python_script = a" + c + "b", "1:18"},
		} {
			if strings.HasPrefix(test.in, "total_jobs") && blankBetween(c) {
				continue // below
			}
			if _, errs := parse(t, test.in); strings.Join(errs, "\n") != "run:"+test.at+": "+fault {
				t.Errorf("%q:\n%s\nwant\nrun:%s: %s", test.in, strings.Join(errs, "\n"), test.at, fault)
			}
		}
		f, _ := parse(t, "")
		_, err := f.Request(set("total_jobs", "1"), set("log", "a"+c+"b"))
		if got := strings.Join(messages(t, err), "\n"); got != "flag -log: "+fault {
			t.Errorf("-log: %s\nwant flag -log: %s", got, fault)
		}
		// In a comment, all is allowed.
		for _, in := range []string{"# a" + c + "b", "log = x # " + c + "b", c + "\n"} {
			if in == c+"\n" && !strings.ContainsAny(oddBlanks, c) {
				continue
			}
			if _, errs := parse(t, in); errs != nil {
				t.Errorf("%q: %q", in, errs)
			}
		}
	}
	for _, in := range []string{"“log.txt”", "‘a’", "« a »", "–", "—x"} {
		_, errs := parse(t, "log = "+in)
		if r, _ := utf8.DecodeRuneInString(in); !strings.HasPrefix(strings.Join(errs, ""), fmt.Sprintf("run:1:7: U+%04X (", r)) {
			t.Errorf("%q: %q", in, errs)
		}
	}
	for line, column := range map[string]int{"— log = x": 1, "  –log = x": 3, "“log” = x": 1, "total_jobs\u00a02": 11, "log＝x": 4, "log = x\n\u00a0“": 2} {
		_, errs := parse(t, line)
		if !strings.Contains(strings.Join(errs, ""), fmt.Sprintf(":%d: U+", column)) {
			t.Errorf("%q: %q, want column %d", line, errs, column)
		}
	}
	// Each line has its error.
	if _, errs := parse(t, "log = “a”\nstdout = \"b\u00a0c\"\ntotal_jobs = 2"); len(errs) != 2 {
		t.Errorf("%q", errs)
	}
	for _, name := range []string{"größe.npy", "数据.npy", "é.npy", "e\u0301.npy", "данные", "שלום", "a¿b", "½", "café (2)~`´!.txt", "🙂.npy"} {
		if f, errs := parse(t, "log = "+name); errs != nil || f.Lines[0].Value != name {
			t.Errorf("%q: %q", name, errs)
		}
	}
}

// blankBetween reports whether the character separates words of a number.
func blankBetween(c string) bool {
	return strings.Contains("\f\v\u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000", c)
}

// The column counts characters; a fault without one has only a line.
func TestColumns(t *testing.T) {
	for _, test := range []struct {
		err  condor.SyntaxError
		want string
	}{
		{condor.SyntaxError{File: "run", Line: 3, Column: 7, Msg: "x"}, "run:3:7: x"},
		{condor.SyntaxError{File: "run", Line: 3, Msg: "x"}, "run:3: x"},
		{condor.SyntaxError{File: "flag -log", Msg: "x"}, "flag -log: x"},
	} {
		if got := test.err.Error(); got != test.want {
			t.Errorf("%s, want %s", got, test.want)
		}
	}
}
