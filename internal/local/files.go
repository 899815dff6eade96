package local

import (
	"errors"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"syscall"
	"time"

	"matpool/condor"
	"matpool/condor/eventlog"
	"matpool/internal/base/file"
)

// sendInputs puts the program and the inputs into the job's folder: copies, since the program may change them, or links
// to inputs that it only reads.
func (a *attempt) sendInputs() (held eventlog.JobHeld, err error) {
	// A process that another job forks while the program is being written keeps it open for a
	// moment, and Linux does not start a program that is open for writing.
	syscall.ForkLock.RLock()
	held, err = a.send(a.Program, a.Name, false)
	syscall.ForkLock.RUnlock()
	links := a.OnlyReads && runtime.GOOS != "windows" // where only administrators make symbolic links
	j := &a.Jobs[a.job]
	for i, name := range a.InputNames(j) {
		if err == nil && held.Code == 0 {
			held, err = a.send(j.Inputs[i], name, links)
		}
	}
	for _, name := range a.Inputs {
		if err == nil && held.Code == 0 && !file.Same(name, a.Program) {
			held, err = a.send(name, condor.Base(name), links)
		}
	}
	if err != nil || held.Code != 0 {
		return held, err
	}
	a.usage.TotalGotten += a.usage.Received
	if a.Outbox != "" {
		err = os.Mkdir(filepath.Join(a.dir, condor.Base(a.Outbox)), 0o777)
	}
	// HTCondor makes the program executable.
	return held, errors.Join(err, os.Chmod(a.program(), 0o755))
}

// send copies a file and its mode to the job's folder, or makes a symbolic link to it, since the folder may be on another
// file system. If the file cannot be read, it returns why the job is held.
func (a *attempt) send(from, name string, link bool) (held eventlog.JobHeld, err error) {
	from, err = filepath.Abs(from)
	if err != nil {
		return held, err
	}
	in, err := os.Open(from)
	if err == nil {
		defer in.Close()
	}
	var info fs.FileInfo
	if err == nil {
		info, err = in.Stat()
	}
	if err != nil {
		return a.notSent(from, err), nil
	}
	to := filepath.Join(a.dir, name)
	if link {
		a.usage.Received += info.Size()
		return held, os.Symlink(from, to)
	}
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return held, err
	}
	size, err := io.Copy(out, in)
	a.usage.Received += size
	return held, errors.Join(err, out.Chmod(info.Mode().Perm()), out.Close()) // whatever the umask
}

// An entry is the state of a file that HTCondor compares to find out whether it is new.
type entry struct {
	size int64
	when time.Time
}

// catalog returns the state of the files in a folder, without those in its subfolders.
func catalog(dir string) (map[string]entry, error) {
	entries, err := os.ReadDir(dir)
	files := map[string]entry{}
	for _, e := range entries {
		info, err := os.Stat(filepath.Join(dir, e.Name()))
		if err == nil && info.Mode().IsRegular() {
			files[e.Name()] = entry{info.Size(), info.ModTime()}
		}
	}
	return files, err
}

// others returns the new files in the job's folder that the submit description does not name.
func (a *attempt) others(before map[string]entry) []string {
	after, err := catalog(a.dir)
	if err != nil {
		return nil // they are only mentioned
	}
	named := a.OutputNames(&a.Jobs[a.job])
	maps.DeleteFunc(after, func(name string, e entry) bool {
		old, known := before[name]
		return known && old == e || slices.Contains(named, name)
	})
	return slices.Sorted(maps.Keys(after))
}

// returnOutputs copies the outputs to their names: those that are named, or else the content
// of the outbox, or else all files that are new. If one is missing, the others come back. What the program printed
// comes back before them: it has their records, and a call that is killed must not leave an output without its record.
func (a *attempt) returnOutputs(before map[string]entry, streams *streams, result *Result) (held eventlog.JobHeld, err error) {
	if err := a.log(eventlog.FileTransfer{Output: true, Phase: eventlog.Started}); err != nil {
		return held, err
	}
	dir := a.dir
	names := a.OutputNames(&a.Jobs[a.job])
	if !a.named() {
		if a.Outbox != "" {
			dir, before = filepath.Join(a.dir, condor.Base(a.Outbox)), nil
		}
		after, err := catalog(dir)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return held, err
		}
		for name, e := range after {
			if old, ok := before[name]; !ok || old != e {
				names = append(names, name)
			}
		}
		slices.Sort(names)
	}
	var ready []returned
	defer func() {
		for _, out := range ready {
			out.Close()
		}
	}()
	for _, name := range names {
		to := a.Place(a.Destination(&a.Jobs[a.job], name))
		out, bad, err := a.fetch(filepath.Join(dir, name), to)
		if err != nil {
			return held, err
		}
		if bad.Code != 0 {
			if held.Code == 0 {
				held = bad
			}
			if _, err := os.Lstat(filepath.Join(dir, name)); errors.Is(err, fs.ErrNotExist) {
				result.Missing = append(result.Missing, name)
			}
			continue
		}
		ready = append(ready, out)
		result.Outputs = append(result.Outputs, to)
	}
	if err := streams.commit(); err != nil {
		return held, err
	}
	for i, out := range ready {
		if err := out.Commit(false); err != nil {
			return a.notWritten(result.Outputs[i], err), nil
		}
	}
	a.usage.TotalSent += a.usage.Sent
	if held.Code != 0 {
		return held, nil
	}
	return held, a.log(eventlog.FileTransfer{Output: true, Phase: eventlog.Finished})
}
