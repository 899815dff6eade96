package record

import (
	"context"
	"path/filepath"
	"slices"
)

// Keep adds to a folder's file the records of its files that only the stdouts of jobs have, because these
// stdouts are about to be replaced or may be tidied away: a stdout brings the records here, and [FileName] keeps
// them. It looks at the stdouts with the given names. Of a file that has a record in the folder's file already, it
// keeps another only if that one describes the file as it is.
func (f *Folder) Keep(ctx context.Context, cache *Cache, stdouts []string) error {
	wanted := make(map[string]bool, len(stdouts))
	for _, name := range stdouts {
		wanted[name] = true
	}
	var kept []Record
	for _, run := range f.runs {
		for _, job := range run.Jobs {
			if stdout := run.StdoutOf(job); stdout == "" || !wanted[stdout] {
				continue
			}
			for _, rec := range run.recordsOf(f.Dir, job) {
				if fits, err := f.lacks(ctx, cache, rec); err != nil {
					return err
				} else if fits {
					kept = append(kept, rec)
				}
			}
		}
	}
	if len(kept) == 0 {
		return nil
	}
	return Append(f.Dir, kept...)
}

// lacks reports whether the folder's file should have a record: it has none of the file, or one that does not
// describe it, while this one does.
func (f *Folder) lacks(ctx context.Context, cache *Cache, rec Record) (bool, error) {
	line, ok := f.lineAbout(kindOutput, rec.Name, "")
	if !ok {
		return true, nil
	}
	own, err := ParseLine(line)
	if err == nil && own.Hash == rec.Hash && own.Recipe.String() == rec.Recipe.String() && slices.Equal(own.From, rec.From) {
		return false, nil
	}
	h, _, err := cache.Hash(ctx, filepath.Join(f.Dir, filepath.FromSlash(rec.Name)))
	return err == nil && h == rec.Hash, nil // what cannot be read needs no record
}
