package file

import (
	"fmt"
	"os"
	"path/filepath"
)

// Link gives a file another name, which costs no space on the disk. A file that has that name is
// replaced. Link fails where the file system has no hard links, and from one file system to another.
// With sync, it flushes the folder to the disk.
func Link(existing, name string, sync bool) error {
	f := Output{name: name}
	from, err := FollowLinks(existing)
	if err != nil {
		return f.wrap(err)
	}
	path, _, err := target(name)
	if err != nil {
		return err
	}
	temp := ""
	for attempt := 0; ; attempt++ {
		dir, base := filepath.Split(path)
		temp = fmt.Sprintf("%s.%s.link-%d-%d", dir, base, os.Getpid(), attempt)
		if err = os.Link(from, temp); !os.IsExist(err) || attempt > 1000 {
			break
		}
	}
	if err == nil {
		err = rename(temp, path)
		_, statErr := os.Lstat(temp)
		if statErr == nil { // also where both were names of one file already, which rename leaves alone
			remove(temp)
		}
	}
	if err == nil && sync {
		err = syncFolder(path)
	}
	return f.wrap(err)
}

// CanLink reports whether files in a folder can have several names.
func CanLink(dir string) bool {
	f, err := createTemp(filepath.Join(dir, "link"))
	if err != nil {
		return false
	}
	f.Close()
	defer remove(f.Name())
	second := f.Name() + "-2"
	if os.Link(f.Name(), second) != nil {
		return false
	}
	return remove(second) == nil
}

// Same reports whether two names refer to the same existing file.
func Same(a, b string) bool {
	infoA, errA := os.Stat(a)
	infoB, errB := os.Stat(b)
	return errA == nil && errB == nil && os.SameFile(infoA, infoB)
}
