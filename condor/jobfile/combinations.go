package jobfile

import (
	"slices"
	"strings"

	"matpool/condor"
	"matpool/internal/base/file"
	"matpool/internal/base/text"
)

// combine sets what follows from several attributes. Given reports whether one has a value that
// is not its default.
func (d *draft) combine(given func(attr string) bool) {
	program := strings.ToLower(condor.Base(d.Executable))
	d.Matprod = program == "" || program == "matprod" || program == "matprod.exe"
	switch {
	case d.Script == "":
	case program != "": // the file says that matprod replaces the script, or check says that it does not
		d.replaced, d.Script = d.Script, ""
	default:
		d.Matprod = len(d.IndexedInputs) == 2 && len(d.IndexedOutputs) <= 1
	}
	if d.isRandom {
		d.Random = &d.random
	}
	if !given("indexed_input_files") {
		switch {
		case !d.Matprod || d.isRandom:
			d.IndexedInputs = nil
		case d.Gram:
			d.IndexedInputs = []string{file.InputX}
		}
	}
	if d.fixed != "" && d.Matprod && len(d.Inputs) == 1 {
		d.Fixed = Fixed{Factor: d.fixed, Name: d.Inputs[0]}
		archive, _, _ := file.SplitMember(d.Fixed.Name) // the jobs get all of it
		d.Inputs = []string{archive}
	}
	for _, name := range d.IndexedInputs {
		if archive, _, _ := file.SplitMember(name); d.Matprod && file.NumbersMember(name) && !slices.Contains(d.Inputs, archive) {
			d.Inputs = append(d.Inputs, archive)
		}
	}
	if d.panels > 1 && d.Grid.Tiles() > 0 && !given("sum") {
		d.Sum = true // of a tile's panels
	}
	if d.TotalJobs == 0 && (d.panels > 0 || !d.Sum) {
		d.TotalJobs = d.products()
	}
	if tiles := d.Grid.Tiles(); tiles > 0 && d.Sum && !given("products_per_job") {
		d.ProductsPerJob = max(d.TotalJobs/tiles, 1) // a job sums the products of a tile
	}
}

// products returns the number of products of a grid, or of panels, or of both: each tile has all panels; 0 for neither.
func (d *draft) products() int {
	tiles := d.Grid.Tiles()
	if d.panels == 0 {
		return tiles
	}
	return d.panels * max(tiles, 1)
}

// check reports values that exclude each other: fail gets the attribute at fault and a message.
func (d *draft) check(given func(attr string) bool, fail func(attr, format string, args ...any)) {
	if d.TotalJobs == 0 {
		fail("total_jobs", "set the number of products, as in total_jobs = 100")
	}
	switch {
	case d.TotalJobs > file.MaxCount && (d.Random == nil || !d.Sum):
		fail("total_jobs", "%d products have too many files, the limit is %d; with inputs = random and sum = yes they have none", d.TotalJobs, file.MaxCount)
	case d.ProductsPerJob > 0 && (d.TotalJobs-1)/d.ProductsPerJob >= file.MaxCount:
		fail("products_per_job", "%d products are too many jobs, the limit is %d: write products_per_job = auto", d.TotalJobs, file.MaxCount)
	}
	if !d.Matprod && d.Script == "" && d.replaced != "" {
		fail("python_script", "leave it out: executable = %s says what runs", d.Executable)
	}
	if given("python_version") && !d.Matprod && d.Script == "" {
		fail("python_version", "leave it out: a script's first line (#!) says which Python runs it")
	}
	if given("arguments") && d.Matprod {
		fail("arguments", "matsubmit makes matprod's arguments: leave this out, or set executable to another program")
	}

	// Which product is made of which factors.
	has := func(t Trait) bool {
		switch t {
		case TraitGram:
			return d.Gram
		case TraitTransposed:
			return d.Transpose
		case TraitRandom:
			return d.Random != nil
		case TraitGrid:
			return d.Grid.Tiles() > 0
		case TraitPanels:
			return d.panels > 0
		}
		return given(string(t))
	}
	for _, x := range []struct {
		trait Trait
		only  string
	}{
		{TraitRandom, "only matprod makes random inputs"},
		{TraitFixed, "only matprod has a fixed factor; each job of another program gets all of input_files"},
		{TraitGram, "only matprod makes Gram matrices"},
		{TraitTransposed, "only matprod transposes a factor"},
		{TraitGrid, "only matprod makes tiles"},
		{TraitPanels, "only matprod makes products of panels"},
	} {
		if has(x.trait) && !d.Matprod {
			fail(string(x.trait), "%s", x.only)
		}
	}
	conflicts := Conflicts(has)
	for _, c := range conflicts {
		fail(string(c.Trait), "%s", c.Message(func(t Trait) string {
			switch t {
			case TraitGram:
				return "gram = yes"
			case TraitRandom:
				return "inputs = random"
			case TraitSeed:
				return "a seed, as in seed = 42"
			}
			return string(t)
		}))
	}
	n := len(d.IndexedInputs)
	files, mayShare := FactorFiles(has)
	shared := n == 1 && file.IsNpz(d.IndexedInputs[0]) && mayShare
	switch {
	case !d.Matprod || len(conflicts) > 0 || shared:
	case has(TraitFixed):
		if n != files-1 || d.Fixed.Factor == "" {
			fail("fixed", "needs one file in input_files and one in indexed_input_files, such as inputB.npy, not %d and %d", len(d.Inputs), n)
		}
	case n == files:
	case files == 0:
		fail("indexed_input_files", "with inputs = random the jobs get no inputs: leave this out")
	case files == 1:
		fail("indexed_input_files", "gram = yes needs one input, not %d", n)
	case n == 1 && len(d.Inputs) == 1:
		fail("indexed_input_files", "if %s is a factor of all products, write fixed = a, for %[1]s·%s, or fixed = b, for %[2]s·%[1]s", d.Inputs[0], d.IndexedInputs[0])
	case n == 1 && strings.ContainsAny(d.IndexedInputs[0], " ;"):
		words := strings.FieldsFunc(d.IndexedInputs[0], func(r rune) bool { return r == ' ' || r == ';' })
		fail("indexed_input_files", "put commas between the names: %s", text.Clip(strings.Join(words, ", ")))
	default:
		fail("indexed_input_files", "matprod needs two inputs, the factors, or one .npz file of both, not %d", n)
	}
	if n == 2 && !d.Matprod && d.IndexedInputs[0] == d.IndexedInputs[1] {
		fail("indexed_input_files", "%s is named twice", d.IndexedInputs[0])
	}
	if d.Sum && !d.Matprod {
		fail("sum", "only matprod can sum its products")
	}
	if d.Check && !d.Matprod {
		fail("check", "only matprod can check its products")
	}

	// Which tile it is.
	tiles := d.Grid.Tiles()
	switch {
	case tiles == 0 || !d.Matprod || d.Gram:
	case d.FirstIndex != 0:
		fail("first_index", "tiles are numbered from 0, not %d", d.FirstIndex)
	case d.TotalJobs == 0 || !d.Sum && d.TotalJobs == tiles:
	case d.TotalJobs%tiles != 0:
		fail("total_jobs", "a grid of %v has %d tiles, and %d products do not divide evenly among them: leave it out, or write total_jobs = %[2]d", d.Grid, tiles, d.TotalJobs)
	case !d.Sum:
		fail("total_jobs", "a grid of %v has %d tiles: write sum = yes if each is the sum of %d products", d.Grid, tiles, d.TotalJobs/tiles)
	case d.ProductsPerJob != d.TotalJobs/tiles:
		fail("products_per_job", "leave it out: with sum = yes and a grid, a job has the %d products of a tile", d.TotalJobs/tiles)
	}

	if n := d.products(); d.panels > 0 && d.Matprod && d.TotalJobs != n {
		fail("panels", "they make %d products, not total_jobs = %d: leave out one of the two", n, d.TotalJobs)
	}

	// The names of the files.
	if d.Matprod && len(d.IndexedOutputs) > 1 {
		fail("indexed_output_files", "matprod has one output, the product, not %d", len(d.IndexedOutputs))
	}
	for _, list := range []struct {
		attr  string
		names []string
	}{{"indexed_input_files", d.IndexedInputs}, {"indexed_output_files", d.IndexedOutputs}} {
		for _, name := range list.names {
			// In a job, matprod's files are in one folder.
			if path, _, _ := file.SplitMember(name); d.Matprod && file.PlacesIndex(path) && !file.PlacesIndex(condor.Base(path)) {
				fail(list.attr, "%s: matprod needs $(index) in the last part of the name, too, as in run$(index)/x$(index).npy", text.Clip(name))
			}
		}
	}
	for _, name := range d.IndexedOutputs {
		if slices.Contains(d.IndexedInputFiles(), name) {
			fail("indexed_output_files", "%s is also an input: give it another name", name)
		}
		if _, _, isMember := file.SplitMember(name); isMember && d.Matprod {
			fail("indexed_output_files", "%s: an output must be a whole file, not an array in one", name)
		}
	}
	ignoreCase := slices.Contains(d.Systems, condor.Windows)
	if a, b, clash := condor.ClashInJob(ignoreCase, d.Executable, d.IndexedInputFiles(), d.Inputs); clash {
		attr := "indexed_input_files"
		if slices.Contains(d.Inputs, b) && !slices.Contains(d.IndexedInputFiles(), a) {
			attr = "input_files"
		}
		fail(attr, "%s and %s would have the same name in a job's folder", a, b)
	}
	if a, b, clash := condor.ClashInJob(ignoreCase, d.Executable, d.IndexedOutputs, nil); clash {
		fail("indexed_output_files", "%s and %s would have the same name in a job's folder", a, b)
	}
}
