package submit

import (
	"context"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"matpool/condor"
	"matpool/condor/submitfile"
	"matpool/internal/base/file"
	"matpool/internal/base/text"
	"matpool/internal/forecast"
	"matpool/internal/pair"
	matprod "matpool/internal/product"
	"matpool/internal/record"
	"matpool/internal/sum"
)

// Jobs of matprod make products. Those that make sums differ from them in little.
type (
	ofProducts struct{}
	ofSum      struct{ ofProducts }
)

func (ofProducts) unit() string { return "product" }

func (ofProducts) summary(w work, products int) string {
	if w.perJob == 1 {
		return ", one product each"
	}
	return " with " + text.Count(products, "product")
}

func (ofSum) summary(_ work, products int) string {
	return " for the sum of " + text.Count(products, "product")
}

func (ofProducts) program(w work, dir string) string {
	name := w.Executable
	if name == "" || path.Base(name) == name && !isFile(name) {
		return filepath.ToSlash(filepath.Join(dir, "matprod"))
	}
	return name
}

const outboxName = "matprod.outbox"

func (ofProducts) outbox() string { return outboxName }

func (ofProducts) inJob(_ work, name string) condor.Template {
	return condor.Indexed(condor.Base(name))
}

func (ofProducts) inspect(w work, fixed *matprod.Factor, number int) (product, error) {
	if fixed == nil && w.Fixed.Factor != "" {
		return inspectFiles(w, number)
	}
	p, err := matprod.Describe(w.pair.Numbered(number), fixed)
	if err != nil {
		return product{}, err
	}
	m := product{in: inputSize(w, number, p), out: fileSize(p.C), flops: 2 * p.Multiplications,
		shape: p.C.Shape, factors: p.Factors, result: p.Result, fixed: p.Fixed, sum: p.Sum}
	if w.Check {
		m.checking = forecast.CheckFlops * p.Values()
	}
	return m, nil
}

func (ofProducts) returns(m product) (each, once int64) { return m.out, 0 }
func (ofSum) returns(m product) (each, once int64)      { return 0, m.sum }

func (ofProducts) couldMake(w work, name string, shape []int) (bool, error) {
	found, isSum, err := sum.TermShape(name)
	return isSum == w.files.Sums && slices.Equal(found, shape), err
}

func (ofProducts) family(w work) record.Recipe { return w.pair.Family() }

func (ofProducts) givenToAll(work) []string { return nil }
func (ofProducts) records() bool            { return true }

// memory: matprod holds a pair and its product. In a batch it reads, multiplies and writes several at
// the same time: two, or one for each processor if they are small (see [matprod.AtOnce]). A factor
// that all have in common is there once. A sum adds two numbers, 16 bytes, for each element.
func (ofProducts) memory(w work) submitfile.Resource {
	var largest product
	for _, g := range w.products {
		if g.factors+g.result > largest.factors+largest.result {
			largest = g.product
		}
	}
	bytes := largest.factors + largest.result
	read := "pair"
	switch {
	case w.Gram:
		read = "input"
	case largest.fixed > 0:
		read = "factor"
	}
	why := fmt.Sprintf("The largest %s takes %s and its product %s", read, text.Size(largest.factors), text.Size(largest.result))
	if w.perJob > 1 {
		atOnce := min(matprod.AtOnce(w.Cpus, bytes), w.perJob)
		bytes *= int64(atOnce)
		why += fmt.Sprintf(", %d of these at a time", atOnce)
	}
	if largest.fixed > 0 {
		bytes += largest.fixed
		why += fmt.Sprintf("; the fixed factor %s", text.Size(largest.fixed))
	}
	if _, sum := w.kind.returns(largest); sum > 0 {
		bytes += sum
		why += fmt.Sprintf("; the sum %s", text.Size(sum))
	}
	if list := int64(w.perJob) * matprod.PairMemory; list > 1<<20 {
		bytes += list
		why += fmt.Sprintf("; the list of products %s", text.Size(list))
	}
	own := matprod.ProgramMemory(w.Cpus)
	return submitfile.Resource{Bytes: own + bytes, Why: why + fmt.Sprintf("; the program %s.", text.Size(own))}
}

func (ofProducts) disk(w work, in, out int64) submitfile.Resource {
	own := w.programs.size()
	sum, saved := own+in+out, ""
	if w.files.Sums && w.resumes() {
		sum += 3 * out // the sum that it begins with, the one that it saved last, and the next one
		saved = fmt.Sprintf("%s to save the sum, ", text.Size(3*out))
	}
	return submitfile.Resource{Bytes: sum + sum/10 + 1<<20,
		Why: fmt.Sprintf("Inputs of %s, outputs of %s, %sthe program's %s, and a tenth more.", text.Size(in), text.Size(out), saved, text.Size(own))}
}

func (ofProducts) here(ctx context.Context, t task, batches []batch) (forecast.Speed, string, error) {
	speed, err := forecast.Measure(ctx)
	return speed, t.commandHere(batches), err
}

// drawnFrom returns what shows in the log from what random inputs are drawn, or "" if the inputs are
// files: two jobs for which it is the same have the same inputs.
func (w work) drawnFrom() string {
	q := w.Random
	if q == nil {
		return ""
	}
	words := []string{q.Seed, strconv.Itoa(q.Size), q.Distribution}
	if q.DType != "" {
		words = append(words, q.DType)
	}
	return strings.Join(words, "/")
}

// In a job's folder, inputs have the last part of their names, and outputs go to the outbox.
func (ofProducts) arguments(w work) []condor.Template {
	c := w.inOutbox()
	switch {
	case w.perJob > 1:
		return slices.Concat(w.rangeFlags(), operands(append(w.factorNames(condor.Literal), condor.Literal(c))...))
	case w.Random != nil:
		return slices.Concat(w.flags(w.pair.Flags()), []condor.Template{"-first", "$(index)"}, operands(condor.Literal(c)))
	}
	return slices.Concat(w.flags(w.pair.Form.Flags()), operands(append(w.factorNames(condor.Indexed), condor.Indexed(c))...))
}

func (ofSum) arguments(w work) []condor.Template {
	return slices.Concat(w.rangeFlags(), []condor.Template{"-sum", condor.Indexed(w.inOutbox())}, operands(w.factorNames(condor.Literal)...))
}

// inOutbox returns the name, without an index, of a product in the outbox.
func (w work) inOutbox() string { return path.Join(outboxName, condor.Base(w.files.Names[0])) }

// flags returns the flags that matprod has in every job, and then those of a pair. It prints its outputs' records:
// stdout comes back however the job ends, and into a file of each job.
func (w work) flags(ofPair []string) []condor.Template {
	flags := []string{"-records=-"}
	if w.again {
		flags = []string{"-again"}
	}
	if w.Check {
		flags = append(flags, "-check")
	}
	return literals(flags, ofPair)
}

// rangeFlags returns the flags for the products of a job.
func (w work) rangeFlags() []condor.Template {
	flags := append(w.flags(w.pair.Flags()), "-first", "$(first)", "-count", "$(count)")
	if w.resumes() {
		flags = append(flags, "-resume", ".")
	}
	return flags
}

// operands returns names as arguments that are not flags.
func operands(names ...condor.Template) []condor.Template {
	if slices.ContainsFunc(names, func(name condor.Template) bool { return strings.HasPrefix(string(name), "-") }) {
		return append([]condor.Template{"--"}, names...)
	}
	return names
}

// literals returns arguments without macros.
func literals(args ...[]string) (templates []condor.Template) {
	for _, arg := range slices.Concat(args...) {
		templates = append(templates, condor.Literal(arg))
	}
	return templates
}

// factorNames returns the names of the factors in a job's folder, of a fixed one literally and of others as
// the function numbered gives them.
func (w work) factorNames(numbered func(name string) condor.Template) (names []condor.Template) {
	fixed, _ := w.pair.FixedAndOther()
	for _, name := range []string{w.pair.A, w.pair.B} {
		if name == "" {
			continue
		}
		path, member, isMember := file.SplitMember(name)
		inJob := condor.Base(path)
		if isMember {
			inJob += ":" + member
		}
		if w.pair.Fixed != pair.NotFixed && name == fixed {
			names = append(names, condor.Literal(inJob))
		} else {
			names = append(names, numbered(inJob))
		}
	}
	return names
}

// commandHere returns a short command that computes the jobs' products on this machine, or ""
// if there is none.
func (t task) commandHere(batches []batch) string {
	if t.Random != nil || t.Fixed.Factor != "" || t.files.Sums && t.Grid.Tiles() > 0 {
		return ""
	}
	first, next := batches[0].first, batches[0].first
	for _, b := range batches {
		if b.first != next {
			return ""
		}
		next += b.count
	}
	names := slices.Clone(t.IndexedInputs)
	command := "matprod"
	for _, flag := range t.pair.Form.Flags() {
		command += " " + flag
	}
	if t.Check {
		command += " -check"
	}
	serial := t.files.Sums || t.DAG
	if serial {
		command += " -serial"
	}
	if first > 0 {
		command += fmt.Sprintf(" -first %d", first)
	}
	if serial {
		command += fmt.Sprintf(" -jobs %d", next-first)
	} else {
		command += fmt.Sprintf(" -count %d", next-first)
		names = append(names, t.files.Names[0])
	}
	if standard := []string{file.InputA, file.InputB, file.Product}; slices.Equal(names, standard[:len(names)]) {
		names = nil // matprod's defaults
	}
	for _, name := range names {
		if !plainWord(name) {
			return ""
		}
		command += " " + name
	}
	return command
}
