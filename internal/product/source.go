package product

import (
	"context"
	"fmt"

	"matpool/internal/arrayfile"
	"matpool/internal/base/file"
	"matpool/internal/base/hash"
	"matpool/internal/record"
	"matpool/npyio"
)

// A source is the file of a factor while it is read. It is hashed on the way, unless its hash is known:
// the values that were just read are in the cache, and those of a mapped file come into it.
type source struct {
	path   string
	before record.Stat
	known  hash.Hash
	hasher *hash.Hasher // of the file's bytes so far; nil if they are not hashed
	seen   int64        // bytes of values among them
	all    int64
}

// begin looks at the file before its values are read, and with first hashes it. Without a cache, or a file, nothing
// is hashed.
func (s *source) begin(ctx context.Context, f Factor, hashes *record.Cache, first bool) (err error) {
	if hashes == nil || f.File == nil || f.values != nil {
		return nil
	}
	s.path, _ = arrayfile.Split(f.Name)
	if s.before, err = record.StatOf(s.path); err != nil {
		return fmt.Errorf("%s: %w", s.path, file.Cause(err))
	}
	if s.known, _ = hashes.Lookup(s.path, s.before); s.known.IsZero() && first {
		s.known, _, err = hashes.Hash(ctx, s.path)
	}
	if err != nil || !s.known.IsZero() || f.File.IsMember() {
		return err
	}
	beginning, err := f.File.Beginning()
	if err != nil {
		return arrayfile.InputError(err)
	}
	s.hasher = new(hash.Hasher)
	s.hasher.Write(beginning)
	count, _ := f.Len()
	s.all = count * int64(f.DType.Size)
	return nil
}

// read takes values that were read, from an offset among all. Each is read before any behind it.
func (s *source) read(values []byte, offset int64) {
	if seen := s.seen - offset; s.hasher != nil && seen >= 0 && seen < int64(len(values)) {
		s.hasher.Write(values[seen:])
		s.seen += int64(len(values)) - seen
	}
}

// see is read for values that are mapped.
func (s *source) see(m *npyio.Mapping, offset int64) error {
	if s.hasher == nil {
		return nil
	}
	return m.Read(func(values []byte) { s.read(values, offset) })
}

// input returns the file with its hash when all values have been read.
func (s *source) input(ctx context.Context, hashes *record.Cache) (record.Input, error) {
	in := record.Input{Name: s.path, Hash: s.known}
	var err error
	switch {
	case s.hasher != nil && s.seen == s.all:
		in.Hash = s.hasher.Sum()
	case s.known.IsZero(): // an archive, or a part of a stack that no product needs
		in.Hash, _, err = hashes.Hash(ctx, s.path)
	}
	if err != nil {
		return in, err
	}
	if !hashes.PutLarge(ctx, s.path, in.Hash, s.before) {
		return in, fmt.Errorf("%s: was changed while it was being read", s.path)
	}
	return in, nil
}

// tell calls read with the files of factors that have been read, each once, if there is a cache of hashes.
func tell(ctx context.Context, readers []*reader, hashes *record.Cache, read func([]record.Input)) error {
	if hashes == nil {
		return nil
	}
	var list []record.Input
	for _, r := range readers {
		in := r.input
		if r.source.path != "" {
			var err error
			if in, err = r.source.input(ctx, hashes); err != nil {
				return err
			}
		}
		if in.Name != "" && (len(list) == 0 || list[0].Name != in.Name) {
			list = append(list, in)
		}
	}
	read(list)
	return nil
}
