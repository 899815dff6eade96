// Package file handles the programs' files: outputs that appear only when complete, numbered names, causes of errors.
package file

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// An Output is a file that appears under its name complete or not at all.
//
// Its data goes to a temporary file in the same folder, which is renamed when it is complete,
// and removed otherwise. Whoever opens the name gets either the old file or the complete new
// one.
type Output struct {
	*os.File
	name string // as passed by the caller
	path string // with symbolic links followed: the output replaces the file, not the link
	mode fs.FileMode
}

// A TargetError reports that a name belongs to something that an output must not replace: a
// folder, a device, a pipe.
type TargetError struct{ Name, What string }

func (e *TargetError) Error() string {
	return fmt.Sprintf("%s: is %s; it cannot be replaced by a file", e.Name, e.What)
}

// A NameError reports a name that no file can have on this system.
type NameError struct{ Name, Why string }

func (e *NameError) Error() string { return e.Name + ": cannot be written: " + e.Why }

// Create creates a temporary file in the folder of name. The caller must call Commit when the
// data is complete, and Close in any case.
func Create(name string) (*Output, error) {
	path, mode, err := target(name)
	if err != nil {
		return nil, err
	}
	f := &Output{name: name, path: path, mode: mode}
	if f.File, err = createTemp(path); err != nil {
		return nil, f.wrap(err)
	}
	return f, nil
}

// Check returns the errors of [Create] that are known without writing: a [*TargetError], a
// [*NameError], or one for a cycle of symbolic links.
func Check(name string) error {
	_, _, err := target(name)
	return err
}

// target returns the path that a name refers to, and the permissions of an existing file.
func target(name string) (path string, mode fs.FileMode, err error) {
	switch info, err := os.Stat(name); {
	case err != nil: // no such file, or a later step fails
	case info.IsDir():
		return "", 0, &TargetError{name, "a folder"}
	case !info.Mode().IsRegular():
		return "", 0, &TargetError{name, "not a regular file"}
	case protected(info):
		return "", 0, &TargetError{name, "read-only"}
	default:
		mode = info.Mode().Perm()
	}
	if path, err = FollowLinks(name); err != nil {
		return "", 0, (&Output{name: name}).wrap(err)
	}
	if path != name && isPlanted(name) {
		return "", 0, &TargetError{name, "another user's link in a folder that all users may write to"}
	}
	if why := forbidden(filepath.Base(path)); why != "" {
		return "", 0, &NameError{name, why}
	}
	return path, mode, nil
}

// FollowLinks returns the path that symbolic links lead to. The file need not exist: a user
// may create the link first, to have the file on a larger disk.
func FollowLinks(path string) (string, error) {
	for range 40 { // as many as Linux follows
		target, err := os.Readlink(path)
		if err != nil { // not a link
			return path, nil
		}
		if !filepath.IsAbs(target) {
			target = folder(path) + target
		}
		path = target
	}
	return "", errors.New("too many symbolic links")
}

// folder returns the beginning of a path, up to its last separator. Unlike [filepath.Dir], it
// keeps x/.., which differs from . if x is a link.
func folder(path string) string {
	dir, _ := filepath.Split(path)
	return dir
}

// createTemp creates a temporary file for the file path, with the permissions of an ordinary new
// file. It removes what a process that was killed has left for the same path, but no file of a
// living process: each is locked for as long as its process has it open.
func createTemp(path string) (*os.File, error) {
	for attempt := 0; ; attempt++ {
		name := tempName(path, attempt)
		f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
		if os.IsExist(err) && removeAbandoned(name) {
			f, err = os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
		}
		switch {
		case err == nil && lockTemp(f):
			return f, nil
		case err == nil: // another process took it for abandoned before it was locked
			f.Close()
		case !os.IsExist(err) || attempt > 1000:
			return nil, err
		}
	}
}

// tempName returns the name of a temporary file for the file path: .NAME.tmp-0 and so on.
func tempName(path string, attempt int) string {
	dir, base := filepath.Split(path)
	return fmt.Sprintf("%s.%s.tmp-%d", dir, base, attempt)
}

// Hidden returns the sorted names in a folder that begin with a dot; none if the folder does not
// exist. The folder may have hundreds of thousands of others.
func Hidden(dir string) (names []string, err error) {
	f, err := os.Open(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err == nil {
		defer f.Close()
		var some []string
		for err == nil {
			some, err = f.Readdirnames(1000)
			for _, name := range some {
				if strings.HasPrefix(name, ".") {
					names = append(names, name)
				}
			}
		}
	}
	if err != io.EOF {
		return nil, fmt.Errorf("%s: the folder cannot be read: %w", dir, Cause(err))
	}
	slices.Sort(names)
	return names, nil
}

// Reserve reserves disk space for size bytes, so that a full disk is an error before the work
// and not after it. If the file system cannot reserve space, it does nothing.
func (f *Output) Reserve(size int64) error {
	if size == 0 {
		return nil
	}
	return f.wrap(reserve(f.File, size))
}

// Write writes to the temporary file. An error names the file.
func (f *Output) Write(p []byte) (int, error) {
	n, err := f.File.Write(p)
	return n, f.wrap(err)
}

// At returns a Writer to the temporary file, from an offset on. Several may be used at the
// same time.
func (f *Output) At(offset int64) io.Writer {
	return writerAt{f, io.NewOffsetWriter(f.File, offset)}
}

type writerAt struct {
	f *Output
	w *io.OffsetWriter
}

func (w writerAt) Write(p []byte) (int, error) {
	n, err := w.w.Write(p)
	return n, w.f.wrap(err)
}

// Chmod sets the file's permissions, which otherwise are those of the file that it replaces.
func (f *Output) Chmod(mode fs.FileMode) error {
	f.mode = 0
	return f.wrap(f.File.Chmod(mode))
}

// Commit renames the temporary file to the output's name. With sync, it flushes the data to
// the disk first, and the folder afterwards.
func (f *Output) Commit(sync bool) error {
	temp := f.File
	if f.mode != 0 {
		if err := temp.Chmod(f.mode); err != nil {
			return f.wrap(err)
		}
	}
	if sync {
		if err := temp.Sync(); err != nil {
			return f.wrap(err)
		}
	}
	f.File = nil
	defer keepLock(temp)()               // until the file has its name
	if err := temp.Close(); err != nil { // a file server may refuse the data only now
		remove(temp.Name())
		return f.wrap(err)
	}
	if err := rename(temp.Name(), f.path); err != nil {
		remove(temp.Name())
		return f.wrap(err)
	}
	if sync {
		if err := syncFolder(f.path); err != nil {
			return fmt.Errorf("%s: is complete, but may not outlast a power cut: its folder cannot be flushed to the disk: %w", f.name, Cause(err))
		}
	}
	return nil
}

// syncFolder flushes the folder of a file, and so its name. The file is complete by then: of what a
// folder can refuse, only a fault of the disk is an error. Some folders cannot be opened or flushed
// (those without read permission, of CIFS, of virtual machines).
func syncFolder(path string) error {
	if err := syncDir(folder(path) + "."); isDiskFault(err) {
		return err
	}
	return nil
}

// Move gives a complete file another name in place of the file that has it, if any. It copies the
// file if the names are on different file systems.
func Move(from, to string) error {
	f := &Output{name: to}
	err := rename(from, to)
	if !isOtherDisk(err) {
		return f.wrap(err)
	}
	source, err := os.Open(from)
	if err != nil {
		return f.wrap(err)
	}
	defer source.Close()
	if f, err = Create(to); err != nil {
		return err
	}
	defer f.Close()
	if _, err := io.Copy(f, source); err != nil {
		return err
	}
	if err := f.Commit(false); err != nil {
		return err
	}
	source.Close() // Windows does not remove an open file
	if err := remove(from); err != nil {
		return fmt.Errorf("%s: is complete, but %s cannot be removed: %w", to, from, Cause(err))
	}
	return nil
}

// Close removes the temporary file, unless Commit has renamed it. On nil, it does nothing.
func (f *Output) Close() error {
	if f == nil || f.File == nil {
		return nil
	}
	temp := f.File
	f.File = nil
	temp.Close()
	return f.wrap(remove(temp.Name()))
}

// wrap puts the output's name before an error, instead of the temporary file's.
func (f *Output) wrap(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: cannot be written: %w", f.name, Cause(err))
}
