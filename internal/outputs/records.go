package outputs

import (
	"path"
	"path/filepath"
	"sync"

	"matpool/internal/record"
)

// Records are what is recorded of the outputs of runs: in the folder that their names are relative to, where
// matsubmit records the runs, and in the folder of each output, where programs record what they make by hand.
// Several goroutines may use it.
type Records struct {
	Hashes *record.Cache

	dir     string // relative to the current folder
	mu      sync.Mutex
	folders map[string]*record.Folder
}

// NewRecords returns the records of outputs whose names are relative to a folder.
func NewRecords(dir string, hashes *record.Cache) *Records {
	return &Records{Hashes: hashes, dir: dir, folders: map[string]*record.Folder{}}
}

// Runs returns the records in the folder that outputs' names are relative to.
func (r *Records) Runs() (*record.Folder, error) { return r.folder(r.dir) }

// Reload makes what was added to the folders' files meanwhile known.
func (r *Records) Reload() {
	r.mu.Lock()
	defer r.mu.Unlock()
	clear(r.folders)
}

// Of returns the records of an output.
func (r *Records) Of(name string) ([]record.Record, error) { return r.of(name, (*record.Folder).Of) }

// Kept returns those of the records of an output that are in the folders' own files, without a look at what jobs have
// printed, one file for each.
func (r *Records) Kept(name string) ([]record.Record, error) {
	return r.of(name, (*record.Folder).Kept)
}

func (r *Records) of(name string, of func(f *record.Folder, name string) []record.Record) ([]record.Record, error) {
	runs, err := r.Runs()
	if err != nil {
		return nil, err
	}
	name = path.Clean(filepath.ToSlash(name))
	list := of(runs, name)
	base := path.Clean(filepath.ToSlash(r.dir))
	dir := path.Dir(name)
	if !filepath.IsAbs(name) {
		dir = path.Join(base, dir)
	}
	if dir != base {
		own, err := r.folder(filepath.FromSlash(dir))
		if err != nil {
			return nil, err
		}
		list = append(list, of(own, path.Base(name))...)
	}
	return list, nil
}

func (r *Records) folder(dir string) (*record.Folder, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	f, ok := r.folders[dir]
	if !ok {
		var err error
		if f, err = record.Load(dir); err != nil {
			return nil, err
		}
		r.folders[dir] = f
	}
	return f, nil
}
