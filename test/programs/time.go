package programs

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// ProcessorTime returns the processors' time that a process and its children, also those that have ended, have used. It
// returns false if the process is gone. It needs Linux.
func ProcessorTime(pid int) (used time.Duration, ok bool) {
	proc := fmt.Sprintf("/proc/%d/", pid)
	// The children come first, so that one that ends meanwhile is counted twice rather than not at all.
	lists, _ := filepath.Glob(proc + "task/*/children")
	for _, list := range lists {
		children, _ := os.ReadFile(list)
		for child := range strings.FieldsSeq(string(children)) {
			n, _ := strconv.Atoi(child)
			more, _ := ProcessorTime(n)
			used += more
		}
	}
	stat, err := os.ReadFile(proc + "stat")
	if err != nil {
		return 0, false
	}
	// proc_pid_stat(5): the fields after the name in parentheses begin with the third, and 14 to 17 are times.
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	for _, field := range fields[14-3 : 17-3+1] {
		ticks, _ := strconv.ParseInt(field, 10, 64)
		used += time.Duration(ticks) * time.Second / 100
	}
	return used, true
}
