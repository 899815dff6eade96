package text

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func TestNumber(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 123456: "123,456", 1234567: "1,234,567", -5: "-5", -123: "-123", -1234: "-1,234"} {
		if got := Number(n); got != want {
			t.Errorf("Number(%d) = %s, want %s", n, got, want)
		}
	}
}

func TestCount(t *testing.T) {
	for n, want := range map[int]string{0: "0 files", 1: "1 file", 2: "2 files", 1000: "1,000 files"} {
		if got := Count(n, "file"); got != want {
			t.Errorf("Count(%d) = %s, want %s", n, got, want)
		}
	}
}

func TestSize(t *testing.T) {
	for bytes, want := range map[int64]string{0: "0.0 kB", 4200: "4.2 kB", 100_000: "0.1 MB", 16_000_000: "16.0 MB", 1_600_000_000: "1.6 GB"} {
		if got := Size(bytes); got != want {
			t.Errorf("Size(%d) = %s, want %s", bytes, got, want)
		}
	}
}

func TestDuration(t *testing.T) {
	for text, want := range map[string]string{
		"0s": "0s", "250ms": "250ms", "1.234s": "1.23s", "36s": "36s", "1m36s": "1m36s", "1m5s": "1m05s", "10m": "10m",
		"59m59.9s": "1h", "3h20m": "3h20m", "3h0m20s": "3h", "53h5m": "2d05h", "48h": "2d",
	} {
		d, err := time.ParseDuration(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := Duration(d); got != want {
			t.Errorf("Duration(%v) = %s, want %s", d, got, want)
		}
	}
}

func TestFirst(t *testing.T) {
	var names []string
	for i := range 1012 {
		names = append(names, fmt.Sprint(i))
	}
	for n, want := range map[int]string{0: "", 2: "0 1", 11: "0 1 2 3 4 5 6 7 8 9 10", 1012: "0 1 2 3 4 5 6 7 8 9 and 1,002 more"} {
		if got := First(names[:n], " "); got != want {
			t.Errorf("%d names: %s, want %s", n, got, want)
		}
	}
}

func TestClip(t *testing.T) {
	for s, want := range map[string]string{
		"short":                                             "short",
		strings.Repeat("a", 40):                             strings.Repeat("a", 40),
		strings.Repeat("a", 41):                             strings.Repeat("a", 40) + "…",
		strings.Repeat("ä", 30):                             strings.Repeat("ä", 20) + "…",
		"a" + strings.Repeat("ä", 30):                       "a" + strings.Repeat("ä", 19) + "…",
		strings.Repeat("𝄞", 11) + "a":                       strings.Repeat("𝄞", 10) + "…",
		strings.Repeat("\x80", 41):                          strings.Repeat("\x80", 40) + "…",
		strings.Repeat("a", 37) + strings.Repeat("\x80", 9): strings.Repeat("a", 37) + "\x80\x80\x80…",
		"a" + strings.Repeat("\xbf", 99):                    "a" + strings.Repeat("\xbf", 39) + "…",
	} {
		if got := Clip(s); got != want {
			t.Errorf("Clip(%q) = %q, want %q", s, got, want)
		}
	}
}

// No text makes Clip fail or return more than it may, and no character is split.
func FuzzClip(f *testing.F) {
	f.Add(strings.Repeat("\x80", 41))
	f.Add("aäö€𝄞")
	f.Fuzz(func(t *testing.T, s string) {
		got := Clip(s)
		kept, cut := strings.CutSuffix(got, "…")
		if got != s && (!cut || !strings.HasPrefix(s, kept) || len(kept) > 40 || len(kept) < 37) {
			t.Errorf("Clip(%q) = %q", s, got)
		}
		if utf8.ValidString(s) && !utf8.ValidString(got) {
			t.Errorf("Clip(%q) = %q splits a character", s, got)
		}
	})
}

func TestPlain(t *testing.T) {
	for text, want := range map[string]string{
		"ä b.npy":        "ä b.npy",
		"a\x1b[2Jb\nc\r": "a [2Jb c",
		"a\x9b2Jb":       "a\ufffd2Jb", // for a terminal of bytes, the same
		"a\u009b2Jb":     "a 2Jb",
	} {
		if got := Plain(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestQuoted(t *testing.T) {
	for name, want := range map[string]string{
		"Ä b":      `"Ä b"`,
		`a\b`:      `"a\b"`,
		"":         `""`,
		"a\nb":     `"a\nb"`,
		`a"b`:      `"a\"b"`,
		"a\x80":    `"a\x80"`,
		"a\u200bb": `"a\u200bb"`,
	} {
		if got := Quoted(name); got != want {
			t.Errorf("%q: %s, want %s", name, got, want)
		}
	}
}
