//go:build linux

package trust

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// A step is what somebody does in a folder.
type step struct {
	text   string
	python bool
	// makes is whether a program of ours writes outputs, and records of them.
	makes bool
	// check is whether the step is a matcombine that is checked, and how.
	check checkKind
	terms string // with check: the names of the files that it adds, a pattern or a submission file
	// override is what the command says instead of the submission file, as an argument of oracle.py's settings.
	override string
	first    int // with checkNumbered
	count    int
}

type checkKind int

const (
	noCheck       checkKind = iota
	checkFile               // it adds what the submission file says
	checkNumbered           // it adds count products from first on, made in one way
	checkSome               // it adds some products, made in one way
)

func (s step) script() string {
	if !s.python {
		return s.text
	}
	return "/usr/bin/python3 -B - <<'END'\nfrom oracle import *\n" + strings.TrimSpace(s.text) + "\nEND"
}

// script returns steps as a shell script, to be run in the project's root with the programs in PATH.
func script(steps []step) string {
	lines := []string{"export PYTHONPATH=$PWD/test/trust; cd $(mktemp -d)"}
	for _, s := range steps {
		lines = append(lines, s.script())
	}
	return strings.Join(lines, "\n")
}

// products is the number of pairs that a folder has.
const products = 7

// A way is a way in which all products of a sum are made.
type way struct {
	lines string // of the submission file
	args  string // of matprod; OUT is the output's name, or nothing for a sum
}

func ways(n int) []way {
	pair := func(inputs, args string) way {
		return way{"indexed_input_files = " + inputs, args}
	}
	return []way{
		pair("inputA.npy, inputB.npy", "inputA.npy inputB.npy OUT"),
		pair("inputA.npy, inputB.npy", "inputA.npy inputB.npy OUT"), // the most frequent
		pair("inputB.npy, inputA.npy", "inputB.npy inputA.npy OUT"),
		pair("inputA.npy, inputC.npy", "inputA.npy inputC.npy OUT"),
		pair("inputA.npy\ngram = yes", "-gram inputA.npy OUT"),
		pair("inputA.npy, inputB.npy\ntranspose = a", "-transpose a inputA.npy inputB.npy OUT"),
		pair("input.npz", "input.npz OUT"),
		pair("inputB.npy\nfixed = a\ninput_files = inputA0.npy", "-fixed a inputA0.npy inputB.npy OUT"),
		{fmt.Sprintf("inputs = random\nsize = %d\nseed = 5", n), fmt.Sprintf("-generate -size %d -seed 5 OUT", n)},
		{fmt.Sprintf("inputs = random\nsize = %d\nseed = 6", n), fmt.Sprintf("-generate -size %d -seed 6 OUT", n)},
	}
}

// A generator makes random steps.
type generator struct {
	*rand.Rand
	n      int // the matrices' size
	now    way // of the submission file
	first  int
	total  int
	perJob int
	sum    bool
}

func (g *generator) oneOf(list ...string) string { return list[g.IntN(len(list))] }

// sequence returns the steps of a seed, and the size of its matrices: a folder is filled, count steps follow, and then a check.
func sequence(seed uint64, count int) (steps []step, n int) {
	r := rand.New(rand.NewPCG(seed, 20))
	sizes := []int{8, 13, 24, 40, 185} // hashes of the largest are saved
	g := &generator{Rand: r, n: sizes[r.IntN(len(sizes))]}
	g.now, g.total, g.perJob = ways(g.n)[0], 3+g.IntN(4), 1
	steps = []step{
		{text: fmt.Sprintf("matinit -quiet -jobs %d -size %d -seed 1", products, g.n)},
		{text: fmt.Sprintf("matinit -quiet -jobs %d -size %d -seed 3 -a inputC.npy -b inputD.npy", products, g.n)},
		g.file(),
		g.run(),
	}
	for range count {
		steps = append(steps, g.step())
	}
	return append(steps, g.combineFile()), g.n
}

// file is the submission file as it is now.
func (g *generator) file() step {
	lines := []string{g.now.lines, fmt.Sprintf("total_jobs = %d", g.total), "log = log.txt"}
	if g.first > 0 {
		lines = append(lines, fmt.Sprintf("first_index = %d", g.first))
	}
	if g.perJob > 1 {
		lines = append(lines, fmt.Sprintf("products_per_job = %d", g.perJob))
	}
	if g.sum {
		lines = append(lines, "sum = yes")
	} else {
		lines = append(lines, "indexed_output_files = output.npy")
	}
	return step{text: "cat >run_product <<'END'\n" + strings.Join(lines, "\n") + "\nEND"}
}

// edit changes the submission file.
func (g *generator) edit() step {
	switch g.IntN(6) {
	case 0:
		g.total = 3 + g.IntN(products-g.first-2)
	case 1:
		g.first = 1 - g.first
		g.total = min(g.total, products-g.first)
	case 2:
		g.perJob = 1 + g.IntN(3)
	case 3:
		g.sum = !g.sum
	default:
		list := ways(g.n)
		g.now = list[g.IntN(len(list))]
	}
	return g.file()
}

// run makes what the submission file says.
func (g *generator) run() step {
	if *withSubmit && g.IntN(8) == 0 { // another file with the same outputs
		text := strings.Replace(g.file().text, ">run_product", ">other", 1)
		if g.IntN(2) == 0 {
			list := ways(g.n)
			text = strings.Replace(text, g.now.lines, list[g.IntN(len(list))].lines, 1)
		}
		return step{text: text + "\n" + strings.Replace(g.submit("-force"), "run_product", "other", 1), makes: true}
	}
	if *withSubmit && g.IntN(3) > 0 {
		return step{text: g.submit(g.oneOf("", "", "-force", "-resubmit", "-resubmit", "-force "+g.override())), makes: true}
	}
	return step{text: byHand(g.now, g.oneOf("", "", "-resume ."), g.first, g.total, g.perJob, g.sum), makes: true}
}

// override is a flag that overrides the submission file.
func (g *generator) override() string {
	return g.oneOf("-total_jobs=3", "-total_jobs=4", "-products_per_job=2", "-first_index=1", "-gram=yes -indexed_input_files=inputA.npy", "-transpose=a")
}

func (g *generator) submit(flag string) string {
	return strings.Join(strings.Fields("matsubmit run_product -local -quiet "+flag), " ")
}

// byHand returns the commands that make what matsubmit's jobs would make.
func byHand(w way, flags string, first, total, perJob int, sum bool) string {
	if !sum {
		return matprod(w, first, total, flags, "output.npy")
	}
	var lines []string
	for j := 0; j*perJob < total; j++ {
		count := min(perJob, total-j*perJob)
		lines = append(lines, matprod(w, first+j*perJob, count, fmt.Sprintf("%s -sum partial%d.npz", flags, j), ""))
	}
	return strings.Join(lines, "\n")
}

func matprod(w way, first, count int, flags, out string) string {
	args := strings.Replace(w.args, "OUT", out, 1)
	return strings.Join(strings.Fields(fmt.Sprintf("matprod %s -first %d -count %d %s", flags, first, count, args)), " ")
}

// combineFile checks matcombine with the submission file.
func (g *generator) combineFile() step {
	s := step{text: "matcombine run_product", check: checkFile}
	switch g.IntN(6) {
	case 0, 1:
		s.text = "matcombine -o sum.npy run_product"
	case 2:
		if flag := g.override(); *withSubmit && !strings.Contains(flag, " ") {
			s.text, s.override = "matcombine run_product "+flag, strings.Replace(strings.TrimPrefix(flag, "-"), "=", "='", 1)+"'"
		}
	}
	return s
}

// combine checks matcombine, called in one of several ways.
func (g *generator) combine() step {
	count := 2 + g.IntN(4)
	switch g.IntN(8) {
	case 0:
		return step{text: fmt.Sprintf("matcombine -jobs %d", count), check: checkNumbered, count: count, terms: "output[0-9].npy"}
	case 1:
		return step{text: fmt.Sprintf("matcombine -first 1 -jobs %d", count), check: checkNumbered, first: 1, count: count, terms: "output[1-9].npy"}
	case 2:
		return step{text: fmt.Sprintf("matcombine -jobs %d partial.npz", count), check: checkSome, terms: "partial*.npz"}
	case 3:
		return step{text: "matcombine output*.npy", check: checkSome, terms: "output*.npy"}
	case 4:
		return step{text: "matcombine output*.npy partial*.npz", check: checkSome, terms: "[op]*[0-9].np[yz]"}
	}
	return g.combineFile()
}

// part makes some products, or their sums, by hand.
func (g *generator) part() step {
	w := g.now
	if g.IntN(3) == 0 {
		list := ways(g.n)
		w = list[g.IntN(len(list))]
	}
	first := g.IntN(3)
	count := 1 + g.IntN(products-first)
	if g.IntN(10) == 0 { // one by one, perhaps under another's name
		i := g.IntN(products)
		text := g.oneOf("matprod inputA%d.npy inputB%[1]d.npy output%d.npy", "matprod -gram inputA%d.npy output%[2]d.npy")
		return step{text: fmt.Sprintf(text, i, (i+g.IntN(2))%products), makes: true}
	}
	resume := g.oneOf("", "", "-resume .")
	text := matprod(w, first, count, resume, "output.npy")
	switch g.IntN(4) {
	case 0:
		text = matprod(w, first, count, fmt.Sprintf("%s -sum partial%d.npz", resume, g.IntN(4)), "")
	case 1:
		perJob := 1 + g.IntN(3)
		text = byHand(w, resume, first, count, perJob, true)
	}
	if g.IntN(6) == 0 { // killed
		lines := strings.Split(text, "\n")
		for i := range lines {
			lines[i] = fmt.Sprintf("timeout -s KILL 0.0%02d %s", 1+g.IntN(20), lines[i])
		}
		return step{text: strings.Join(lines, "\n")}
	}
	return step{text: text, makes: true}
}

// some names a file.
func (g *generator) some() string {
	return g.oneOf("inputA", "inputB", "inputC", "output", "output", "partial")
}

func named(base string, i int) string {
	if base == "partial" {
		return fmt.Sprintf("partial%d.npz", i)
	}
	return fmt.Sprintf("%s%d.npy", base, i)
}

func (g *generator) index(base string) int {
	if base == "partial" {
		return g.IntN(3)
	}
	return g.IntN(products)
}

// disturb does to files what people and disks do.
func (g *generator) disturb() step {
	base := g.some()
	i, j := g.index(base), g.index(base)
	a, b := named(base, i), named(base, j)
	switch g.IntN(9) {
	case 0: // swap
		if strings.HasPrefix(base, "input") && g.IntN(2) == 0 {
			a, b = named("inputA", i), named("inputB", i)
		}
		return step{text: fmt.Sprintf("mv %s t; mv %s %s; mv t %s", a, b, a, b)}
	case 1:
		return step{text: fmt.Sprintf("%s %s %s", g.oneOf("cp", "cp -p", "ln -f"), a, b)}
	case 2:
		return step{text: g.oneOf("touch -d 2020-01-01 ", "touch ") + g.oneOf(a, base+"*", "*.npy")}
	case 3, 4:
		keep := map[bool]string{true: "True", false: "False"}[g.IntN(3) > 0]
		return step{text: fmt.Sprintf("flip('%s', %.4f, %d, %s)", a, g.Float64(), g.IntN(8), keep), python: true}
	case 5:
		return step{text: "rm -f " + g.oneOf(named("output", g.index("output")), named("partial", g.index("partial")))}
	case 6:
		return step{text: g.oneOf("tar cf inputs.tar input*.np[yz]", "tar xf inputs.tar", "tar cf outputs.tar output*.npy partial*.npz")}
	case 7:
		return step{text: g.oneOf("tar cf all.tar --exclude='*.tar' .", "tar xf all.tar", "tar xf all.tar", "tar xf outputs.tar")}
	}
	return step{text: fmt.Sprintf(
		"mkdir -p g; matinit -quiet -force -jobs %d -size %d -seed %d -dir g; touch -d 2020-01-01 g/*; mv g/input* .", products, g.n, 1+g.IntN(3))}
}

// numpy writes files with Python.
func (g *generator) numpy() step {
	i := g.IntN(products)
	text := g.oneOf(
		fmt.Sprintf("np.save('output%d.npy', np.load('inputA%[1]d.npy') @ np.load('inputB%[1]d.npy'))", i),
		fmt.Sprintf("for i in range(%d):\n    np.save(f'output{i}.npy', np.load(f'inputA{i}.npy') @ np.load(f'inputB{i}.npy'))", products),
		fmt.Sprintf("np.save('input%s%d.npy', np.random.default_rng(%d).random((%d, %[4]d)))", g.oneOf("A", "B", "C"), i, g.IntN(10), g.n),
		fmt.Sprintf("m = np.load('input%s%d.npy', mmap_mode='r+')\nm[2, 3] += 1\nm.flush()\ndel m", g.oneOf("A", "B", "C"), i),
		fmt.Sprintf("np.savez('partial%d.npz', hi=np.load('inputA%d.npy') @ np.load('inputB%[2]d.npy'), lo=np.zeros((%[3]d, %[3]d)))", g.IntN(3), i, g.n),
	)
	return step{text: text, python: true}
}

func (g *generator) step() step {
	switch g.IntN(20) {
	case 0:
		return step{text: fmt.Sprintf("matinit -quiet %s -jobs %d -size %d -seed %d",
			g.oneOf("-force", "-force", "-force -npz", ""), products, g.n, 1+g.IntN(4))}
	case 1, 2, 3:
		return g.edit()
	case 4, 5, 6:
		return g.part()
	case 7, 8, 9, 10:
		return g.run()
	case 11, 12:
		return g.combine()
	case 13, 14:
		return g.numpy()
	}
	return g.disturb()
}
