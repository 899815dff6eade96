package submit

import (
	"fmt"
	"os"
	"strconv"
	"strings"

	"matpool/condor"
	"matpool/condor/jobfile"
	"matpool/internal/base/file"
	"matpool/internal/pair"
	matprod "matpool/internal/product"
	"matpool/internal/status"
)

// drawnFrom returns what shows in the log from what random inputs are drawn, or "": two jobs for which it
// is the same have the same inputs.
func drawnFrom(q *jobfile.Request) string {
	if q.Random == nil {
		return ""
	}
	words := []string{q.Random.Seed, strconv.Itoa(q.Random.Size), q.Random.Distribution}
	if q.Random.DType != "" {
		words = append(words, q.Random.DType)
	}
	return strings.Join(words, "/")
}

// inspectFixed checks the factor that all products have in common, if there is one, and returns the
// size of its file.
func inspectFixed(t task) (fixed *matprod.Factor, bytes int64, err error) {
	if fixed, err = matprod.ReadFixed(t.pair); err != nil || fixed == nil {
		return nil, 0, err
	}
	info, err := os.Stat(t.Inputs[0])
	if err != nil {
		return nil, 0, fmt.Errorf("%s: %w", t.Inputs[0], file.Cause(err))
	}
	return fixed, info.Size(), nil
}

// numberedSize returns the size of .npy files of those factors that each product has for itself.
func numberedSize(t task, p matprod.Description) int64 {
	switch {
	case t.Random != nil:
		return 0
	case t.pair.Fixed == pair.FixedA:
		return fileSize(p.B)
	case t.pair.Fixed == pair.FixedB, t.Gram:
		return fileSize(p.A)
	}
	return fileSize(p.A) + fileSize(p.B)
}

// factorFlags returns the flags of matprod that say what the factors are, for jobs with indices.
func factorFlags(t task) (args []condor.Template) {
	args = formFlags(t)
	if t.Fixed.Factor != "" {
		args = append(args, "-fixed", condor.Template(t.Fixed.Factor))
	}
	if q := t.Random; q != nil {
		args = append(args, "-generate", "-size", condor.Template(strconv.Itoa(q.Size)), "-seed", condor.Template(q.Seed))
		if q.Distribution != "uniform" {
			args = append(args, "-dist", condor.Literal(q.Distribution))
		}
		if q.DType != "" {
			args = append(args, "-dtype", condor.Literal(q.DType))
		}
	}
	return args
}

// formFlags returns the flags of matprod that say which product of the factors is made.
func formFlags(t task) []condor.Template {
	switch {
	case t.Gram:
		return []condor.Template{"-gram"}
	case t.Transpose:
		return []condor.Template{"-transpose", "a"}
	}
	return nil
}

// factorNames returns the names of the factors in a job's folder, of a fixed one literally and of others as
// the function numbered gives them.
func factorNames(t task, numbered func(name string) condor.Template) (names []condor.Template) {
	fixed, _ := t.pair.FixedAndOther()
	for _, name := range []string{t.pair.A, t.pair.B} {
		if name == "" {
			continue
		}
		path, member, isMember := file.SplitMember(name)
		inJob := condor.Base(path)
		if isMember {
			inJob += ":" + member
		}
		if t.pair.Fixed != pair.NotFixed && name == fixed {
			names = append(names, condor.Literal(inJob))
		} else {
			names = append(names, numbered(inJob))
		}
	}
	return names
}

// checkSameInputs makes sure that the outputs of earlier jobs are from the same random inputs as those of the
// new ones, or from files: no file's time shows it.
func checkSameInputs(t task, d division, q queue) error {
	for _, job := range q.latest {
		if job == nil {
			continue
		}
		if note, _ := job.Note(); note.Random != drawnFrom(t.Request) {
			return status.UsageError(fmt.Errorf("%s: job %v is for %s, and the new ones for %s: -resubmit would mix them",
				logs(t, d)[0], job.ID, inputsOf(note.Random), inputsOf(drawnFrom(t.Request))), "-force starts over")
		}
	}
	return nil
}

func inputsOf(random string) string {
	if random == "" {
		return "inputs in files"
	}
	return "random inputs " + random
}
