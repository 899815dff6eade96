package npyio

import (
	"io"
	"sync"
)

// A forward is an [io.ReaderAt] over what can only be read from its beginning. To read
// on where the last call ended costs nothing more, to go back is to begin again.
type forward struct {
	open func() (io.ReadCloser, error)

	mu sync.Mutex
	r  io.ReadCloser // or nil
	at int64         // where r is
}

func (f *forward) ReadAt(p []byte, offset int64) (n int, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.r != nil && f.at > offset {
		f.close()
	}
	if f.r == nil {
		if f.r, err = f.open(); err != nil {
			return 0, err
		}
		f.at = 0
	}
	skipped, err := io.CopyN(io.Discard, f.r, offset-f.at)
	f.at += skipped
	if err == nil {
		n, err = io.ReadFull(f.r, p)
		f.at += int64(n)
	}
	if err != nil {
		f.close() // so that every call says what is wrong
	}
	return n, err
}

func (f *forward) close() {
	f.r.Close()
	f.r = nil
}
