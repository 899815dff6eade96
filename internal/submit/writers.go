package submit

import (
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"matpool/condor"
	"matpool/internal/status"
)

// A source is the names of files that are written on the submit machine, by the jobs or for them.
type source struct {
	attribute string // of the simplified file, with the files' name
	condor.Template
	perProduct bool // index stands for a product's number, not for the job's
}

// A written is a file, and what writes it.
type written struct {
	name      string
	attribute string
	job       int // its index, or shared
}

// shared is the job of a file that all jobs have in common.
const shared = -1

func (w written) by() string {
	if w.job == shared {
		return w.attribute
	}
	return fmt.Sprintf("%s of job %d", w.attribute, w.job)
}

// isStream reports whether a job writes to the file what it prints: HTCondor writes both streams to
// one file, if they have the same name.
func (w written) isStream() bool { return w.attribute == "stdout" || w.attribute == "stderr" }

// checkWriters makes sure that no two jobs write the same file, and no job writes it twice:
// not under one name, and not through folders or files that are symbolic links. There is a
// note, not an error, if all jobs have the same file for stdout or stderr (see sharedStreams).
func checkWriters(t task) error {
	real := newRealNames()
	list, err := suspects(sources(t), real)
	if err != nil {
		return err
	}
	var errs []error
	first := map[string]written{} // by the file's real name
	for _, s := range list {
		s.each(t.division, func(f written) bool {
			var full string
			if full, err = real.of(f.name); err != nil {
				return false
			}
			switch other, found := first[full]; {
			case !found:
				first[full] = f
			case other.isStream() && f.isStream() && other.job == f.job:
			case other.name == f.name:
				errs = append(errs, status.DataError(fmt.Errorf("%s: %s and %s would write %s", t.File, other.by(), f.by(), f.name), "give them different names"))
			default:
				errs = append(errs, status.DataError(fmt.Errorf("%s: %s would write %s, and %s %s, which is the same file", t.File, other.by(), other.name, f.by(), f.name), "give them different names"))
			}
			return true
		})
		if err != nil {
			return err
		}
	}
	return errors.Join(errs...)
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
	for _, name := range t.files.Names {
		list = append(list, source{"indexed_output_files", condor.Indexed(name), !t.files.Sums})
	}
	return list
}

// suspects returns the sources that may have names in common, or that may write through
// symbolic links. Names differ that have different texts besides numbers, and names that
// differ in the index alone. So mostly there are none, and the names of many jobs need not be compared.
func suspects(list []source, real *realNames) ([]source, error) {
	digits := regexp.MustCompile(`\$\([^)]*\)|[0-9]`)
	shapes := make([]string, len(list))
	count := map[string]int{}
	links := false
	for i, s := range list {
		dir, base := path.Split(string(s.Template))
		folder, err := real.folder(condor.Template(dir).Expand(0, 0, 1))
		if err != nil {
			return nil, err
		}
		shapes[i] = digits.ReplaceAllString(folder+"/"+base, "")
		count[shapes[i]]++
		links = links || real.hasLinks(folder) || strings.Contains(dir, "$(")
	}
	if links {
		return list, nil
	}
	return slices.DeleteFunc(slices.Clone(list), func(s source) bool {
		alone := count[shapes[slices.Index(list, s)]] == 1
		return alone && (!s.PerJob() || s.Uses("index") && strings.Count(string(s.Template), "$(") == 1)
	}), nil
}

// each calls f for each file of the source, until f returns false.
func (s source) each(d division, f func(written) bool) {
	name := s.Expander()
	if !s.PerJob() {
		f(written{name(0, 0, 1), s.attribute, shared})
		return
	}
	for _, b := range d.batches {
		if !s.perProduct {
			if !f(written{name(b.index, b.first, b.count), s.attribute, b.index}) {
				return
			}
			continue
		}
		for k := range b.count {
			if !f(written{name(b.first+k, b.first+k, 1), s.attribute, b.index}) {
				return
			}
		}
	}
}
