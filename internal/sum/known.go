package sum

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"

	"matpool/internal/arrayfile"
	"matpool/internal/base/each"
	"matpool/internal/base/file"
	"matpool/internal/base/hash"
	"matpool/internal/base/text"
	"matpool/internal/record"
	"matpool/internal/status"
	"matpool/npyio"
)

// A Judgment says which files make a sum, besides those that are named, and what to do with others.
type Judgment struct {
	Recorder *record.Recorder // its cache has the files' hashes, and the output gets a record
	Family   record.Recipe    // of the products; the zero Recipe: that of most files
	Products record.Ranges    // those that must be in the sum; none if they are not known
	Folders  []string         // where records are looked for besides the files' own folders

	// InputsOf returns the files from which a product must be made; nil if that is not known.
	InputsOf func(n int) []string

	Unchecked  bool                // add whatever is there
	Force      bool                // replace a file that is not known to be an output
	Submission string              // the simplified submission file of the jobs that made the files; or ""
	Warn       func(line string)   // takes a line about files that were not checked
	Fit        func(h []hash.Hash) // takes the hashes of all files if they are what their records say; or nil
}

// Known is what is known of the files of a sum: their hashes, which are taken as the files are read, and
// their records. A nil one knows nothing.
type known struct {
	*Judgment
	folders  map[string]*record.Folder
	files    []knownFile
	hashed   bool // the hashes are needed
	recorded bool // some files have a record, or say themselves what they are
	judged   bool

	// What the files are made of, if that is known of all of them.
	family   record.Recipe
	products record.Ranges
}

// A knownFile is the file of a term.
type knownFile struct {
	before record.Stat
	hash   hash.Hash
	hasher *hash.Hasher // of what was read so far
	whole  bool         // it has been read just now, and has this hash
	sound  bool         // so says its record
}

// results are the operations of recipes of files that make a sum. Whoever adds inputs knows what they are.
var results = []string{"product", "gram", "program", "sum", "join"}

// An AlsoWrong returns what else is wrong with file i, as the rest of a sentence, or "". It gets the file's record, in which
// inputs have the names by which they are found from here, and a function that returns the records of a folder.
type AlsoWrong func(i int, r record.Record, load func(dir string) (*record.Folder, error)) string

// judgeAtFirst judges if all hashes are known already. Otherwise finish does.
func (t *Terms) judgeAtFirst(ctx context.Context, j *Judgment, output string, also AlsoWrong) error {
	if err := t.CheckOutput(output); err != nil {
		return err
	}
	if j == nil {
		return nil
	}
	if output != "" && !j.Force {
		if err := arrayfile.CheckReplaced(output); err != nil {
			return err
		}
	}
	k := &known{Judgment: j, folders: map[string]*record.Folder{}, files: make([]knownFile, len(t.terms))}
	t.known, t.also = k, also
	if !j.Unchecked {
		for _, term := range t.terms {
			records, err := k.recordsOf(term.path)
			if err != nil {
				return err
			}
			if k.hashed = len(records) > 0; k.hashed {
				break
			}
		}
	}
	k.recorded = k.hashed
	for _, term := range t.terms {
		k.recorded = k.recorded || !j.Unchecked && term.says
	}
	if k.hashed = k.hashed || output != ""; k.hashed {
		all, err := k.begin(ctx, t.terms)
		if err != nil || !all {
			return err
		}
	}
	return t.judge(ctx)
}

// begin looks up the files' hashes. It hashes archives, which are not read from their first byte to their last,
// and reports whether all are known.
func (k *known) begin(ctx context.Context, terms []Term) (all bool, err error) {
	all = true
	for i, term := range terms {
		f := &k.files[i]
		if f.before, err = record.StatOf(term.path); err != nil {
			return false, fmt.Errorf("%s: %w", term.name, file.Cause(err))
		}
		var isKnown bool
		if f.hash, isKnown = k.Recorder.Cache.Lookup(term.path, f.before); isKnown {
			continue
		}
		if term.isArchive() {
			if f.hash, _, err = k.Recorder.Cache.Hash(ctx, term.path); err != nil {
				return false, err
			}
			f.whole = true
			continue
		}
		all = false
	}
	return all, nil
}

// isSound reports whether the file has just been read whole, and is what its record says.
func (k *known) isSound(i int) bool { return k != nil && k.files[i].whole && k.files[i].sound }

// sees reports whether file i must be hashed as it is read.
func (k *known) sees(i int) bool { return k != nil && k.hashed && k.files[i].hash.IsZero() }

// see hashes values that were read, in their order. The array is that of file i.
func (k *known) see(i int, array *npyio.File, values []byte) error {
	if !k.sees(i) {
		return nil
	}
	f := &k.files[i]
	if f.hasher == nil {
		beginning, err := array.Beginning()
		if err != nil {
			return arrayfile.InputError(err)
		}
		f.hasher = new(hash.Hasher)
		f.hasher.Write(beginning)
	}
	f.hasher.Write(values)
	return nil
}

// finish makes sure that the values that were read belong together, and that the files are those that make
// the sum.
func (t *Terms) finish(ctx context.Context) error {
	if err := cmp.Or(t.checkUnchanged(), t.verifySeen()); err != nil {
		return err
	}
	k := t.known
	if k == nil {
		return nil
	}
	for i := range k.files {
		f := &k.files[i]
		if !f.hash.IsZero() { // known before the values were read: it must be theirs, too
			if !f.before.StillOf(t.terms[i].path) {
				return changed(t.terms[i].name)
			}
			continue
		}
		if k.judged {
			continue
		}
		if f.hasher == nil { // an empty array
			if err := t.With(i, func(_ int, array *npyio.File) error { return k.see(i, array, nil) }); err != nil {
				return err
			}
		}
		f.hash, f.hasher = f.hasher.Sum(), nil
		if !k.Recorder.Cache.PutLarge(ctx, t.terms[i].path, f.hash, f.before) {
			return changed(t.terms[i].name)
		}
	}
	if k.judged {
		return nil
	}
	return t.judge(ctx)
}

// load returns the records of a folder, which is read once.
func (k *known) load(dir string) (f *record.Folder, err error) {
	if f = k.folders[dir]; f == nil {
		if f, err = record.Load(dir); err == nil {
			k.folders[dir] = f
		}
	}
	return f, err
}

// recordsOf returns the records of a file that is a result. Its inputs have the names by which they are found from here.
func (k *known) recordsOf(path string) (list []record.Record, err error) {
	for i, dir := range append([]string{filepath.Dir(path)}, k.Folders...) {
		f, err := k.load(dir)
		if err != nil {
			return nil, err
		}
		if f.IsEmpty() {
			continue
		}
		name := file.From(dir, path)
		if i > 0 && filepath.Dir(name) == "." { // looked for already
			continue
		}
		for _, r := range f.Of(filepath.ToSlash(name)) {
			if !slices.Contains(results, r.Recipe.Op()) {
				continue
			}
			r.From = slices.Clone(r.From)
			for i, input := range r.From {
				if r.From[i].Name = filepath.FromSlash(input.Name); !filepath.IsAbs(r.From[i].Name) {
					r.From[i].Name = filepath.Join(dir, r.From[i].Name)
				}
			}
			list = append(list, r)
		}
	}
	return list, nil
}

// judge compares all files with their records, and with each other.
func (t *Terms) judge(ctx context.Context) error {
	k := t.known
	k.judged = true
	if k.Unchecked {
		return nil
	}
	if !k.recorded {
		k.warnOfLost(t.terms)
		return errors.Join(linked(t.terms)...)
	}
	records := make([][]record.Record, len(t.terms))
	for i, term := range t.terms {
		var err error
		if records[i], err = k.recordsOf(term.path); err != nil {
			return err
		}
	}
	inputs := k.inputs(ctx, records)
	terms, found := make([]record.Term, len(t.terms)), make([]string, len(t.terms))
	judged := true
	for i, term := range t.terms {
		terms[i] = record.Term{Name: term.name, Hash: k.files[i].hash}
		if len(records[i]) == 0 {
			if term.says {
				recipe, err := term.recipe()
				if err != nil {
					return err
				}
				terms[i].Record = &record.Record{Recipe: recipe}
			}
			continue
		}
		terms[i].Record, found[i] = describing(term, k.files[i].hash, records[i], inputs)
		if found[i] == "" {
			found[i] = k.strange(ctx, *terms[i].Record)
		}
		if found[i] == "" && t.also != nil {
			found[i] = t.also(i, *terms[i].Record, k.load)
		}
		k.files[i].sound = found[i] == ""
		judged = judged && found[i] == ""
	}
	products := k.Products
	if !judged {
		products = nil // what a file lacks that is not what its record says nobody knows
	}
	problems, count := record.CheckSum(terms, k.Family, products)
	if judged && count == 0 {
		if line := record.Unrecorded(terms); line != "" {
			k.Warn(line)
		}
		if k.Fit != nil {
			hashes := make([]hash.Hash, len(terms))
			for i, term := range terms {
				hashes[i] = term.Hash
			}
			k.Fit(hashes)
		}
		k.describe(terms)
		return nil
	}
	return k.refuse(terms, found, problems, count)
}

// warnOfLost warns of outputs without records in a folder that has records of other files: theirs may have been lost.
// Otherwise the files are old, or numpy's, and nothing is said.
func (k *known) warnOfLost(terms []Term) {
	var outputs []record.Term
	for _, term := range terms {
		if f := k.folders[filepath.Dir(term.path)]; f != nil && !f.IsEmpty() && arrayfile.IsDefault(filepath.Base(term.path)) {
			outputs = append(outputs, record.Term{Name: term.name})
		}
	}
	if line := record.Unrecorded(outputs); line != "" {
		k.Warn(line)
	}
}

// linked returns an error for each term that is another's file, through a link. Without records, nothing else is known:
// files with the same content may be two products.
func linked(terms []Term) (errs []error) {
	type likeness struct {
		size, time int64
		member     string
	}
	alike := map[likeness][]int{}
	for i, term := range terms {
		key := likeness{term.info.Size(), term.info.ModTime().UnixNano(), term.member}
		for _, other := range alike[key] {
			if os.SameFile(terms[other].info, term.info) {
				errs = append(errs, status.DataError(fmt.Errorf("%s: is the same file as %s", term.name, terms[other].name), leaveOut+unchecked))
				break
			}
		}
		alike[key] = append(alike[key], i)
	}
	return errs
}

// What to do about files that do not fit.
const leaveOut, unchecked = "leave out or make again what does not fit", "; -unchecked takes the files as they are"

// refuse returns what is wrong with the files, a line for each.
func (k *known) refuse(terms []record.Term, found []string, problems []record.Finding, count int) error {
	hint := leaveOut
	if k.Submission != "" {
		hint = "matsubmit " + k.Submission + " -resubmit makes again what does not fit"
	}
	hint += unchecked
	reasons := map[string]string{}
	var last []string
	for _, p := range problems {
		if reasons[p.File] == "" {
			reasons[p.File] = p.Reason
		}
	}
	var errs []error
	add := func(line string) { errs = append(errs, status.DataError(errors.New(line), hint)) }
	for i, term := range terms {
		// That it is a copy of another says more than that it has changed.
		if reason := cmp.Or(reasons[term.Name], found[i]); reason != "" {
			add(term.Name + ": " + reason)
			delete(reasons, term.Name)
		}
	}
	for _, p := range problems {
		if reasons[p.File] != "" { // what no file has
			p.File = cmp.Or(k.Submission, p.File)
			last = append(last, p.String())
		}
	}
	for _, line := range last {
		add(line)
	}
	if more := count - len(problems); more > 0 {
		add("and " + text.Count(more, "file") + " more")
	}
	return errors.Join(errs...)
}

// inputs returns the hashes of all files that the records name as inputs, as they are now, by their paths.
func (k *known) inputs(ctx context.Context, records [][]record.Record) map[string]hash.Hash {
	var names []string
	hashes := map[string]hash.Hash{}
	for _, list := range records {
		for _, r := range list {
			for _, input := range r.From {
				if _, seen := hashes[input.Name]; !seen {
					hashes[input.Name] = hash.Hash{}
					names = append(names, input.Name)
				}
			}
		}
	}
	found := make([]hash.Hash, len(names))
	each.Number(runtime.GOMAXPROCS(0), len(names), func(i int) {
		found[i], _, _ = k.Recorder.Cache.Hash(ctx, names[i]) // what is not there, or can't be read, is not known
	})
	for i, name := range names {
		hashes[name] = found[i]
	}
	return hashes
}

// describing returns the record that describes a file, if one does, and what is wrong with the file.
func describing(term Term, h hash.Hash, records []record.Record, inputs map[string]hash.Hash) (best *record.Record, reason string) {
	want := record.Expected{Input: func(name string) (hash.Hash, bool) { return inputs[name], !inputs[name].IsZero() }}
	for i, r := range records {
		f := record.Judge(term.name, term.info.Size(), h, records[i:i+1], want)
		switch {
		case f.Outcome == record.Valid:
			return &r, ""
		case f.Outcome != record.Changed && best == nil:
			best, reason = &r, f.Reason
		}
	}
	if best == nil {
		reason = record.Judge(term.name, term.info.Size(), h, records, record.Expected{}).Reason
	}
	return best, reason
}

// strange returns what is wrong if a file was made from other files than those that the caller expects. The same bytes
// at another place are the same.
func (k *known) strange(ctx context.Context, r record.Record) string {
	if k.InputsOf == nil || len(r.From) == 0 {
		return ""
	}
	var expected []string
	seen := map[string]bool{}
	for _, part := range r.Recipe.Indices() {
		for n := part.First; n <= part.Last; n++ {
			for _, name := range k.InputsOf(n) {
				if !seen[name] {
					seen[name] = true
					expected = append(expected, name)
				}
			}
		}
	}
	for i, name := range expected[:min(len(expected), len(r.From))] {
		have := r.From[i]
		if filepath.Clean(name) == have.Name || filepath.Base(name) != filepath.Base(have.Name) || have.Hash.IsZero() {
			continue
		}
		if now, _, err := k.Recorder.Cache.Hash(ctx, name); err == nil && now != have.Hash {
			return fmt.Sprintf("was made from %s, not %s", have.Name, name)
		}
	}
	return ""
}

// describe sets what the files are made of.
func (k *known) describe(terms []record.Term) {
	var products record.Ranges
	for _, term := range terms {
		if term.Record == nil {
			return
		}
		r := term.Record.Recipe
		if k.family.IsZero() {
			k.family = r.Family()
		}
		indices := r.Indices()
		if n, ok := k.family.IndexOf(r); ok {
			indices = record.One(n)
		}
		if len(indices) == 0 {
			k.family = record.Recipe{}
			return
		}
		products = append(products, indices...)
	}
	k.products = record.NewRanges(products...)
}
