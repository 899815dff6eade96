package text

import "testing"

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
