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
