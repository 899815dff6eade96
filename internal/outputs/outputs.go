// Package outputs knows the files that the jobs of a run return: their names, which of them are there, and whether
// each is one that the run makes.
package outputs

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"strconv"

	"matpool/condor/jobfile"
	"matpool/internal/base/each"
	"matpool/internal/base/file"
	"matpool/internal/status"
)

// Files are the numbered files that come back from the jobs of a run.
type Files struct {
	Names []string // without an index; none if another program's are unknown
	Sums  bool     // each name stands for one file of each job, not of each product
	// Folder has, if the names are unknown, a folder for the files of each job. Otherwise it is "".
	Folder string
}

// Requested returns the files that the jobs of a simplified submission file return. The base is the
// last part of that file's name.
func Requested(q *jobfile.Request, base string) Files {
	f := Files{Names: q.Outputs(), Sums: q.Sum}
	if len(f.Names) == 0 {
		f.Folder = base + ".out"
	}
	return f
}

// OfJob returns the names of a job's files. Index is the job's number; its products have the
// numbers first to first+count−1.
func (f Files) OfJob(index, first, count int) (names []string) {
	for _, name := range f.Names {
		if f.Sums {
			names = append(names, file.Indexed(name, index))
		} else {
			names = append(names, file.IndexedRange(name, first, count)...)
		}
	}
	return names
}

// FolderOf returns the folder for all files of a job whose names are unknown.
func (f Files) FolderOf(index int) string { return path.Join(f.Folder, strconv.Itoa(index)) }

// A Range is numbered files to add, or tiles to join.
type Range struct {
	Name         string // without an index
	First, Count int    // the indices First to First+Count−1

	Grid jobfile.Grid // of the tiles; zero if the files are to be added
}

// ToCombine returns what there is to add once the jobs of a simplified submission file are done: the
// products, or with sum = yes the partial sums, one of each job. Count is 0 if
// products_per_job = auto leaves the number of partial sums to matsubmit.
func ToCombine(q *jobfile.Request, name string) (Range, error) {
	files := Requested(q, "")
	if n := len(files.Names); n != 1 {
		return Range{}, status.DataError(fmt.Errorf("%s: indexed_output_files: lists %d files, but one name is needed to add the outputs", name, n), "name the files on the command line")
	}
	r := Range{Name: files.Names[0], First: q.FirstIndex, Count: q.TotalJobs, Grid: q.Grid}
	if files.Sums {
		r.First, r.Count = 0, 0
		if q.ProductsPerJob > 0 {
			r.Count = (q.TotalJobs + q.ProductsPerJob - 1) / q.ProductsPerJob
		}
	}
	return r, nil
}

// Existing returns those of the names that exist, in their order.
func Existing(names []string) (found []string) {
	exist := make([]bool, len(names))
	each.Number(workers(), len(names), func(i int) {
		_, err := os.Stat(names[i])
		exist[i] = err == nil
	})
	for i, name := range names {
		if exist[i] {
			found = append(found, name)
		}
	}
	return found
}

// workers returns the number of workers that look at files: more than there are processors, since
// they mostly wait for the disk.
func workers() int { return 4 * runtime.GOMAXPROCS(0) }

// FromLog returns a file's name relative to the log's folder, where matwatch looks for it; an
// absolute name if there is no relative one.
func FromLog(log, name string) string {
	short, err := filepath.Rel(filepath.FromSlash(path.Dir(log)), filepath.FromSlash(name))
	if err != nil {
		short, _ = filepath.Abs(name)
	}
	return filepath.ToSlash(short)
}

// InFolder is the inverse of [FromLog]: it returns the name, relative to the current folder, of a
// file whose name is relative to the log's folder.
func InFolder(folder, name string) string {
	name = filepath.FromSlash(name)
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(folder, name)
}
