package progress

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// work shows progress for long enough that a terminal would see a bar.
func work(show Func, finish func()) {
	for start := time.Now(); time.Since(start) < delay+300*time.Millisecond; time.Sleep(50 * time.Millisecond) {
		show(1, 2)
	}
	show(2, 2)
	finish()
	finish()
}

func TestNothingIsDrawnInABuffer(t *testing.T) {
	t.Parallel()
	var w bytes.Buffer
	work(New(&w, "working"))
	if w.Len() > 0 {
		t.Errorf("drawn: %q", w.String())
	}
}

func TestNothingIsDrawnInAFile(t *testing.T) {
	t.Parallel()
	file, err := os.Create(filepath.Join(t.TempDir(), "stderr"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	work(New(file, "working"))
	if info, err := file.Stat(); err != nil || info.Size() > 0 {
		t.Errorf("%d bytes drawn, %v", info.Size(), err)
	}
}

func TestNothingIsDrawnInAPipe(t *testing.T) {
	t.Parallel()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	work(New(w, "working"))
	w.Close()
	var drawn bytes.Buffer
	if _, err := drawn.ReadFrom(r); err != nil || drawn.Len() > 0 {
		t.Errorf("drawn: %q, %v", drawn.String(), err)
	}
}
