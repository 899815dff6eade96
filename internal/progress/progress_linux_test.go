package progress

import (
	"os"
	"regexp"
	"strconv"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// terminal returns a terminal's screen, and a file to read what is drawn there.
func terminal(t *testing.T) (screen, reader *os.File) {
	t.Helper()
	reader, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { reader.Close() })
	if err := unix.IoctlSetPointerInt(int(reader.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	number, err := unix.IoctlGetInt(int(reader.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	if screen, err = os.OpenFile("/dev/pts/"+strconv.Itoa(number), os.O_RDWR|unix.O_NOCTTY, 0); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { screen.Close() })
	if err := unix.IoctlSetWinsize(int(screen.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: 80}); err != nil {
		t.Fatal(err)
	}
	return screen, reader
}

// A hundredth of the work is done within the delay, so about fifty seconds are left, or more on a
// busy machine. That also holds for work whose units take less than a nanosecond.
func TestTimeLeft(t *testing.T) {
	t.Parallel()
	for _, total := range []int64{1000, 1e15} {
		screen, reader := terminal(t)
		show, finish := New(screen, "working")
		show(0, total)
		time.Sleep(delay)
		show(total/100, total)
		closed := time.AfterFunc(5*time.Minute, func() { finish(); screen.Close() })
		var drawn []byte
		var err error
		for err == nil && !regexp.MustCompile(`1 % .* left`).Match(drawn) { // a bar is drawn some times a second
			buffer, n := make([]byte, 1000), 0
			n, err = reader.Read(buffer)
			drawn = append(drawn, buffer[:n]...)
		}
		closed.Stop()
		finish()
		if !regexp.MustCompile(`working 1 % \[.*\] (49|[5-9]\d|\d+m\d+)s left`).Match(drawn) {
			t.Errorf("of %d: drawn: %q", total, drawn)
		}
	}
}
