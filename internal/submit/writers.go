package submit

import (
	"errors"
	"fmt"
	"hash/maphash"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"matpool/condor"
	"matpool/internal/base/file"
	"matpool/internal/status"
)

// A writer is what writes a file on the submit machine: a job, or all of them.
type writer struct {
	attribute string // of the simplified file, with the file's name
	job       int    // the job's index, or shared
}

// shared is the job of a writer that stands for all jobs.
const shared = -1

// checkWriters makes sure that no two jobs write the same file, and no job writes it twice:
// not under one name, and not through folders or files that are symbolic links. There is a
// note, not an error, if all jobs have the same file for stdout or stderr (see sharedStreams).
func checkWriters(t task, d division) error {
	c := canonical{folders: map[string]string{}, links: map[string]map[string]bool{}}
	list, err := suspects(sources(t), c)
	if err != nil {
		return err
	}
	// Digests, since there may be several names for each of a million jobs.
	seed := maphash.MakeSeed()
	var digests []uint64
	var failed error
	each(list, d, func(_ writer, name string) {
		folder, base, err := c.of(name)
		if err != nil {
			failed = err
		}
		digests = append(digests, digest(seed, folder, base))
	})
	if failed != nil {
		return failed
	}
	slices.Sort(digests)
	twice := map[uint64]bool{}
	for i := 1; i < len(digests); i++ {
		if digests[i] == digests[i-1] {
			twice[digests[i]] = true
		}
	}
	if len(twice) == 0 {
		return nil
	}
	var errs []error
	type written struct {
		by   writer
		name string
	}
	first := map[string]written{}
	each(list, d, func(by writer, name string) {
		folder, base, _ := c.of(name)
		if !twice[digest(seed, folder, base)] {
			return
		}
		full := folder + "/" + base
		other, found := first[full]
		switch {
		case !found:
			first[full] = written{by, name}
		case isStream(other.by) && isStream(by) && other.by.job == by.job: // HTCondor writes both to one file
		case other.name == name:
			errs = append(errs, status.DataError(fmt.Errorf("%s: %s and %s would write %s", t.File, other.by, by, name), "give them different names"))
		default:
			errs = append(errs, status.DataError(fmt.Errorf("%s: %s would write %s, and %s %s, which is the same file", t.File, other.by, other.name, by, name), "give them different names"))
		}
	})
	return errors.Join(errs...)
}

func digest(seed maphash.Seed, folder, base string) uint64 {
	var h maphash.Hash
	h.SetSeed(seed)
	h.WriteString(folder)
	h.WriteByte('/')
	h.WriteString(base)
	return h.Sum64()
}

func (w writer) String() string {
	if w.job == shared {
		return w.attribute
	}
	return fmt.Sprintf("%s of job %d", w.attribute, w.job)
}

func isStream(w writer) bool { return w.attribute == "stdout" || w.attribute == "stderr" }

// A source is the names of files that are written for the jobs, or one file for all of them.
type source struct {
	attribute string
	condor.Template
	perProduct bool // index stands for a product's number, not for the job's
}

// sources returns what HTCondor and matsubmit write.
func sources(t task) []source {
	list := []source{{attribute: "matsubmit", Template: condor.Literal(filepath.ToSlash(t.File))}}
	if name := t.subFile(); name != "-" {
		list = append(list, source{attribute: "matsubmit", Template: condor.Literal(name)})
	}
	for _, stream := range []source{{"stdout", t.Stdout, false}, {"stderr", t.Stderr, false}, {"log", t.Log, false}} {
		if !stream.Uses("Process") && !stream.Uses("ProcId") { // HTCondor's own numbers differ
			list = append(list, stream)
		}
	}
	for _, name := range t.outputs.names {
		list = append(list, source{"indexed_output_files", condor.Indexed(name), !t.outputs.sums})
	}
	return list
}

// suspects returns the sources that may have names in common, or that may write through
// symbolic links. Names differ that have different texts besides numbers, and names that
// differ in the index alone.
func suspects(list []source, c canonical) ([]source, error) {
	digits := regexp.MustCompile(`\$\([^)]*\)|[0-9]`)
	shapes := make([]string, len(list))
	count := map[string]int{}
	links := false
	for i, s := range list {
		dir, base := path.Split(string(s.Template))
		folder, _, err := c.of(condor.Template(dir).Expand(0, 0, 1))
		if err != nil {
			return nil, err
		}
		shapes[i] = digits.ReplaceAllString(folder+"/"+base, "")
		count[shapes[i]]++
		links = links || len(c.links[folder]) > 0 || strings.Contains(dir, "$(")
	}
	if links {
		return list, nil
	}
	return slices.DeleteFunc(slices.Clone(list), func(s source) bool {
		alone := count[shapes[slices.Index(list, s)]] == 1
		return alone && (!s.PerJob() || s.Uses("index") && strings.Count(string(s.Template), "$(") == 1)
	}), nil
}

// each calls f for each file of the sources.
func each(list []source, d division, f func(by writer, name string)) {
	for _, s := range list {
		name := s.Expander()
		switch {
		case !s.PerJob():
			f(writer{s.attribute, shared}, name(0, 0, 1))
		case s.perProduct:
			for _, b := range d.batches {
				for k := range b.count {
					f(writer{s.attribute, b.index}, name(b.first+k, b.first+k, 1))
				}
			}
		default:
			for _, b := range d.batches {
				f(writer{s.attribute, b.index}, name(b.index, b.first, b.count))
			}
		}
	}
}

// canonical finds the folder and the name of a file that may not exist yet, without symbolic
// links.
type canonical struct {
	folders map[string]string          // their paths
	links   map[string]map[string]bool // the symbolic links in each folder
}

func (c canonical) of(name string) (folder, base string, err error) {
	i := strings.LastIndexByte(name, '/')
	dir, base := name[:i+1], name[i+1:]
	folder, ok := c.folders[dir]
	if !ok {
		if folder, err = realFolder(dir); err != nil {
			return "", "", err
		}
		c.folders[dir] = folder
	}
	links, ok := c.links[folder]
	if !ok {
		links = readLinks(folder)
		c.links[folder] = links
	}
	if links[base] {
		target, err := file.FollowLinks(filepath.Join(folder, base))
		if err != nil {
			return "", "", fmt.Errorf("%s: cannot be written: %w", name, err)
		}
		if folder, err = realFolder(filepath.Dir(target)); err != nil {
			return "", "", err
		}
		base = filepath.Base(target)
	}
	return folder, base, nil
}

// realFolder returns the absolute path of a folder without symbolic links. The folder need
// not exist.
func realFolder(dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	missing := ""
	for {
		real, err := filepath.EvalSymlinks(dir)
		if err == nil {
			return filepath.Join(real, missing), nil
		}
		if !errors.Is(err, fs.ErrNotExist) || filepath.Dir(dir) == dir {
			return "", fmt.Errorf("%s: the folder cannot be used: %w", dir, file.Cause(err))
		}
		dir, missing = filepath.Dir(dir), filepath.Join(filepath.Base(dir), missing)
	}
}

// readLinks returns the names of the symbolic links in a folder.
func readLinks(dir string) map[string]bool {
	f, err := os.Open(dir)
	if err != nil {
		return nil // it does not exist yet, or checkFolders reports it
	}
	defer f.Close()
	var links map[string]bool
	for {
		entries, err := f.ReadDir(1000) // not all at once: there may be a million
		for _, e := range entries {
			if e.Type()&fs.ModeSymlink != 0 {
				if links == nil {
					links = map[string]bool{}
				}
				links[e.Name()] = true
			}
		}
		if err != nil {
			return links
		}
	}
}

// checkJobFolders makes sure that the folders for the outputs of jobs, if they are not named,
// are empty, and where HTCondor looks for them.
func checkJobFolders(t task, d division) error {
	if !t.outputs.folders() {
		return nil
	}
	if info, err := os.Lstat(t.outputs.folder); err == nil && !info.IsDir() {
		return status.UsageError(fmt.Errorf("%s: must be a folder for the outputs of the jobs", t.outputs.folder), "remove it, or name the outputs with indexed_output_files")
	}
	for _, b := range d.batches {
		dir := t.outputs.folderOf(b)
		entries, err := os.ReadDir(dir)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%s: the folder cannot be read: %w", dir, file.Cause(err))
		}
		if len(entries) > 0 {
			return status.UsageError(fmt.Errorf("%s: is not empty, but is for the new files of job %d; nothing was submitted", dir, b.index),
				"remove "+t.outputs.folder+", or name the outputs with indexed_output_files")
		}
	}
	return nil
}
