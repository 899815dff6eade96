package submitfile

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"matpool/condor"
	"matpool/condor/condortest"
)

var update = flag.Bool("update", false, "rewrite the expected files in testdata")

// example is a description that matsubmit might make from the file in the manual.
func example() *Description {
	d := &Description{
		Comments:   []string{"run_product.sub: made from run_product; change that file, not this one."},
		BatchName:  "run_product",
		Unit:       "product",
		Executable: "matprod",
		Systems:    []condor.System{condor.Linux, condor.Windows},
		Arguments:  []condor.Template{"-first", "$(index)", "inputA.npy", "inputB.npy", "matprod.outbox/output.npy"},
		Outbox:     "matprod.outbox",
		Stdout:     "logs/$(index).out",
		Stderr:     "logs/$(index).err",
		Log:        "run_product.log",
		Cpus:       1,
		Memory:     Resource{100 << 20, "Two factors and a product of 8 MB each, and the program.", 200 << 20},
		Disk:       Resource{30 << 20, "These files.", 60 << 20},
		MaxRetries: 3,
		RetryDelay: 10 * time.Minute,
		MaxRunTime: time.Hour,
		Jobs:       ranges(0, 3, 1),
	}
	for i := range d.Jobs {
		r := &d.Jobs[i]
		for _, name := range []string{"inputA.npy", "inputB.npy"} {
			r.Inputs = append(r.Inputs, condor.Indexed(name).Expand(r.Index, r.First, r.Count))
		}
	}
	return d
}

func describe(t *testing.T, d *Description) string {
	t.Helper()
	var b bytes.Buffer
	if err := d.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// ranges returns the jobs for total products, numbered from first, each for up to per of them.
func ranges(first, total, per int) (jobs []Job) {
	for done := 0; done < total; done += per {
		j := Job{Index: len(jobs), First: first + done, Count: min(per, total-done)}
		if per == 1 {
			j.Index = j.First
		}
		jobs = append(jobs, j)
	}
	return jobs
}

// descriptions returns the descriptions of testdata, by the names of their files.
func descriptions() map[string]*Description {
	batches := example()
	batches.Comments = append(batches.Comments, "Ten products to a job: it takes a minute then.")
	batches.Systems, batches.Executable = []condor.System{condor.Linux}, "bin/matprod"
	batches.Arguments = []condor.Template{"-first", "$(first)", "-count", "$(count)"}
	batches.Inputs = []string{"data.h5", "my notes.txt"}
	batches.Jobs = nil
	for _, r := range ranges(5, 25, 10) {
		r.Inputs = []string{condor.Indexed("my A.npy").Expand(r.First, 0, 0), condor.Indexed("B$(x).npy").Expand(r.First, 0, 0)}
		r.Remaps = []Remap{{condor.Indexed("output.npy").Expand(r.First, 0, 0), condor.Indexed("my results/output.npy").Expand(r.First, 0, 0)}}
		batches.Jobs = append(batches.Jobs, r)
	}
	batches.Resumes, batches.VacateTime = true, 20*time.Second
	batches.MaxRetries, batches.RetryDelay = 0, 0
	batches.MaxRunTime = 90 * time.Second
	batches.Requirements = `Machine != "pc13.example.org"`
	batches.Extra = []condor.Setting{{Name: "+WantGPULab", Value: "true"}, {Name: "accounting_group", Value: "maths"}}

	other := example()
	other.Unit, other.Outbox, other.Executable, other.Systems = "job", "", "tools/other program.exe", []condor.System{condor.Windows}
	other.Arguments = []condor.Template{"--case", "$(index)", condor.Literal("it's $HOME $(x) $$(OpSys)"), ""}
	other.Stdout, other.Stderr, other.Log = "out.txt", condor.Indexed("err"), condor.Indexed("logs/event.log")
	other.MaxIdle = 1000
	other.Remaps = []RemapTemplate{{"my file.txt", condor.Indexed("my files/file.txt")}}
	other.Jobs = []Job{{Index: 7, First: 7, Count: 1}}

	// A program that knows nothing of indices.
	program := example()
	program.Unit, program.Outbox, program.Executable, program.Systems = "job", "", "solve.sh", []condor.System{condor.Linux}
	program.Arguments = nil
	program.InputRemaps = []RemapTemplate{{condor.Indexed("inputA.npy"), "inputA.npy"}, {condor.Indexed("inputB.npy"), "inputB.npy"}}
	program.Outputs = []condor.Template{"my result.txt", "b"}
	program.Remaps = []RemapTemplate{{"my result.txt", condor.Indexed("my results/result.txt")}, {"b", condor.Indexed("b")}}

	// A fixed factor, which the jobs on a machine share.
	shared := example()
	shared.Arguments = []condor.Template{"A.npy", "inputB.npy", "matprod.outbox/output.npy"}
	shared.Inputs, shared.Shared = []string{"data/A.npy"}, true
	for i := range shared.Jobs {
		shared.Jobs[i].Inputs = shared.Jobs[i].Inputs[1:]
	}

	// Without names of outputs.
	folders := example()
	folders.Unit, folders.Outbox, folders.Folder = "job", "", "run.out/$(index)"
	folders.Inputs = []string{"/data/common", "x y"}
	folders.Jobs[1].Avoid, folders.Jobs[1].NotUnder = []string{"pc1", "pc2.example.org"}, "LINUX"
	return map[string]*Description{"products.sub": example(), "batches.sub": batches, "other.sub": other, "program.sub": program, "folders.sub": folders, "shared.sub": shared}
}

// The complete submit descriptions, for a person to read.
func TestDescriptions(t *testing.T) {
	for name, d := range descriptions() {
		got := describe(t, d)
		path := "testdata/" + name
		if *update {
			if err := os.WriteFile(path, []byte(got), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, want)
		}
	}
}

// The writer prints none of the lines that many submit files have, but that lose the exit
// status, the messages or the slot. A folder that always exists is safe in
// transfer_output_files, and so are such words in comments. Named outputs need all four
// lines of [writeReturn]. ON_EXIT_OR_EVICT is for a program that resumes.
func TestHarmfulLines(t *testing.T) {
	harmful := regexp.MustCompile(`(?m)^(success_exit_code|retry_until|stream_\w+|rank|leave_in_queue)\b|^transfer_output_files.*[^/\n]$|ON_SUCCESS|ON_EXIT_OR_EVICT`)
	for name, d := range descriptions() {
		text := describe(t, d)
		if d.namesOutputs() {
			const needed = "when_to_transfer_output = ON_SUCCESS\nsuccess_exit_code = 0\nstream_output = true\nstream_error = true\n"
			if !strings.Contains(text, needed) {
				t.Errorf("%s: no %s", name, needed)
			}
			text = strings.Replace(text, needed, "", 1)
			text = regexp.MustCompile(`(?m)^# .*|^transfer_output_files.*`).ReplaceAllString(text, "")
		}
		if d.Resumes {
			text = strings.Replace(text, "ON_EXIT_OR_EVICT", "ON_EXIT", 1)
		}
		if found := harmful.FindString(text); found != "" {
			t.Errorf("%s: %s", name, found)
		}
		if n := len(regexp.MustCompile(`(?m)^queue\b`).FindAllString(text, -1)); n != 1 {
			t.Errorf("%s: %d queue statements", name, n)
		}
		for line := range strings.Lines(text) {
			if strings.HasSuffix(line, "\\\n") || strings.TrimRight(line, " \n") != strings.TrimRight(line, "\n") {
				t.Errorf("%s: %q joins the next line, or ends with a blank", name, line)
			}
		}
	}
}

// readDescription parses a submit description by the rules of the manual, and returns the
// expanded values of some names for each job. It splits a job's line at commas and blanks. The
// last variable has the rest; a line with too few fields keeps the values of the line before.
func readDescription(t testing.TB, text string, names ...string) [][]string {
	macros := map[string]string{}
	var vars []string
	var jobs [][]string
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if vars != nil {
			if line == ")" {
				vars = nil
				continue
			}
			fields := strings.FieldsFunc(line, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' })
			for i, name := range vars {
				if i == len(vars)-1 {
					macros[name] = strings.Trim(line, ", \t")
				} else if i < len(fields) {
					macros[name] = fields[i]
					line = strings.TrimLeft(line[len(fields[i]):], ", \t")
				}
			}
			var job []string
			for _, name := range names {
				job = append(job, condortest.Expand(t, macros[name], macros))
			}
			jobs = append(jobs, job)
			continue
		}
		if rest, ok := strings.CutPrefix(line, "queue "); ok {
			rest, _ = strings.CutSuffix(rest, " from (")
			vars = strings.Split(rest, ", ")
			continue
		}
		if name, value, ok := strings.Cut(line, " = "); ok && !strings.HasPrefix(line, "#") {
			macros[name] = value
		}
	}
	return jobs
}

// oddDescription returns a description with odd characters in names in all places.
func oddDescription(random *rand.Rand, batch bool) *Description {
	letters := []rune("ab .é'\"$(){}#;=,\\-%*[]&~@:+!^|<>?_0123")
	name := func(ext string, in condor.Place) string {
		for {
			var b strings.Builder
			for range 1 + random.IntN(8) {
				b.WriteRune(letters[random.IntN(len(letters))])
			}
			if s := b.String() + ext; condor.CheckName(s, in) == nil {
				return s
			}
		}
	}
	d := example()
	d.Systems, d.Executable = []condor.System{condor.Linux}, "/bin/true"
	d.BatchName = name("", condor.InBatchName)
	d.Arguments = append(d.Arguments, condor.Literal(name("", condor.InStream)), "$(first)", condor.Literal(name("", condor.InStream)))
	d.Stdout, d.Stderr, d.Log = condor.Indexed(name(".out", condor.InStream)), condor.Indexed(name(".err", condor.InStream)), condor.Literal(name(".log", condor.InLog))
	d.Inputs = []string{"c/" + name(".0", condor.InInputs), "c/" + name(".1", condor.InInputs)}
	d.Outbox = "o/" + name(".o", condor.InInputs)
	d.Jobs = ranges(random.IntN(1000), 1+random.IntN(5), 1)
	if batch {
		d.Jobs = ranges(random.IntN(1000), 1+random.IntN(50), 1+random.IntN(20))
	}
	d.Remaps = []RemapTemplate{{condor.Indexed(name(".x", condor.InRemaps)), condor.Indexed("f f/" + name(".y", condor.InRemaps))}}
	for i := range d.Jobs {
		r := &d.Jobs[i]
		for j := range 1 + random.IntN(3) {
			r.Inputs = append(r.Inputs, "d/"+name(".in"+strconv.Itoa(j), condor.InInputs))
		}
		if batch {
			for j := range r.Count {
				r.Remaps = append(r.Remaps, Remap{name("."+strconv.Itoa(j), condor.InRemaps), "e e/" + name("", condor.InRemaps)})
			}
		}
	}
	return d
}

// meaning returns the expected values of a job, in the form of readDescription.
func meaning(d *Description, i int) []string {
	r := d.Jobs[i]
	var args, remaps []string
	expand := func(t condor.Template) string { return t.Expand(r.Index, r.First, r.Count) }
	for _, a := range d.Arguments {
		args = append(args, expand(a))
	}
	for _, m := range d.Remaps {
		remaps = append(remaps, expand(m.Name)+"="+expand(m.To))
	}
	for _, m := range r.Remaps {
		remaps = append(remaps, m.Name+"="+m.To)
	}
	return []string{
		strings.Join(args, "|"), strings.Join(slices.Concat(r.Inputs, d.Inputs, []string{d.Outbox}), ", "), condor.Base(d.Outbox) + "/", strings.Join(remaps, ";"),
		expand(d.Stdout), expand(d.Stderr), expand(d.Log), d.BatchName,
	}
}

// Parsed by HTCondor's rules, a description gives the expected jobs: for names with all
// characters that HTCondor can represent, for products and for batches.
func TestDescriptionsMeanWhatTheySay(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for n := range 300 {
		d := oddDescription(random, n%2 == 1)
		text := describe(t, d)
		jobs := readDescription(t, text, "arguments", "transfer_input_files", "transfer_output_files", "transfer_output_remaps", "output", "error", "log", "batch_name")
		if len(jobs) != len(d.Jobs) {
			t.Fatalf("%d jobs, want %d:\n%s", len(jobs), len(d.Jobs), text)
		}
		for i, got := range jobs {
			got[0] = strings.Join(condortest.SplitArguments(t, got[0]), "|")
			remaps := strings.Split(strings.Trim(got[3], `"`), ";")
			for j := range remaps {
				remaps[j] = strings.Trim(remaps[j], " ")
			}
			got[3] = strings.Join(remaps, ";")
			if want := meaning(d, i); !slices.Equal(got, want) {
				t.Fatalf("job %d: %q\nwant %q\n%s", i, got, want, text)
			}
		}
	}
}

// Lines that are only written if they are needed: columns, blanks, limits, notes.
func TestLinesThatAreWritten(t *testing.T) {
	for _, test := range []struct {
		change     func(d *Description)
		has, hasNo string // a line, or the beginning of one
	}{
		{func(d *Description) {}, "queue index, inputs from (", "transfer_output_remaps"},
		{func(d *Description) { d.Arguments = []condor.Template{"$(first)"} }, "queue index, first, inputs from (", ""},
		{func(d *Description) { d.Remaps = []RemapTemplate{{"a", "$(count)"}} }, "queue index, count, inputs from (", "blank ="},
		{func(d *Description) { d.Jobs[0].Count = 2 }, "queue index, first, count, inputs from (", ""},
		{func(d *Description) { d.Jobs[0].Count = 2 }, "submit_event_user_notes = first=$(first) count=$(count) starts=4 jobs=3", ""},
		{func(d *Description) { d.Jobs = d.Jobs[:1]; d.Jobs[0].Inputs, d.Outbox = nil, "" }, "queue index from (", "transfer_input_files"},
		{func(d *Description) { d.Jobs = d.Jobs[:1]; d.Jobs[0].Inputs = nil; d.Inputs = []string{"x y"} }, "transfer_input_files = x y, matprod.outbox\n", ""},
		{func(d *Description) { d.Arguments = nil }, "", "arguments"},
		{func(d *Description) { d.MaxIdle = 10 }, "max_idle = 10\n", ""},
		{func(d *Description) { d.Outbox = ""; d.Jobs = d.Jobs[:1]; d.Jobs[0].Outputs = []string{"a b", "c"} }, "0, a$(blank)b$(comma)c, inputA0.npy, inputB0.npy\n", ""},
		{func(d *Description) { d.Outbox = ""; d.Jobs = d.Jobs[:1]; d.Jobs[0].Outputs = []string{"a"} }, "transfer_output_files = $(outputs)\n", "comma ="},
		{func(d *Description) { d.Outbox = "" }, "when_to_transfer_output = ON_EXIT\n", "success_exit_code"},
		{func(d *Description) {}, "periodic_release = NumHolds <= 3 && time() - EnteredCurrentStatus > 600", "max_idle"},
		{func(d *Description) { d.Resumes = true }, "when_to_transfer_output = ON_EXIT_OR_EVICT\n", ""},
		{func(d *Description) { d.VacateTime = 90 * time.Second }, "job_max_vacate_time = 90\n", ""},
		{func(d *Description) { d.VacateTime = time.Second }, "job_max_vacate_time = 10\n", "when_to_transfer_output = ON_EXIT_OR_EVICT"},
		{func(d *Description) { d.MaxRetries = 0 }, "max_retries = 0\n", "periodic_release"},
		{func(d *Description) { d.MaxRetries = 0 }, "started_too_often = JobStatus == 1 && (NumShadowStarts > 21 * ", ""},
		{func(d *Description) {}, "periodic_hold = $(started_too_often) || JobStatus == 2 && ", ""},
		{func(d *Description) {}, "periodic_hold_subcode = ifThenElse(JobStatus == 1, 1000, 47)\n", ""},
		{func(d *Description) { d.RetryDelay = 0 }, "requirements = (Arch == \"X86_64\") && (OpSys == \"LINUX\" || OpSys == \"WINDOWS\")\n", ""},
		{func(d *Description) { d.RetryDelay, d.Systems = 0, []condor.System{condor.LinuxArm64} }, "requirements = (Arch == \"aarch64\") && (OpSys == \"LINUX\")\n", "$$"},
		{func(d *Description) { d.RetryDelay, d.Systems = 0, []condor.System{condor.Linux, condor.LinuxArm64} }, "requirements = (Arch == \"X86_64\" || Arch == \"aarch64\") && (OpSys == \"LINUX\")\n", ""},
		{func(d *Description) { d.RetryDelay, d.Systems = 0, condor.Systems() }, "requirements = (Arch == \"X86_64\" || Arch == \"aarch64\" && OpSys == \"LINUX\") && (OpSys == \"LINUX\" || OpSys == \"WINDOWS\")\n", ""},
		{func(d *Description) { d.Systems = condor.Systems() }, "# matprod.LINUX.X86_64.exe, matprod.LINUX.aarch64.exe, matprod.WINDOWS.X86_64.exe.\n", ""},
		{func(d *Description) { d.RetryDelay = 1500 * time.Millisecond }, "periodic_release = NumHolds <= 3 && time() - EnteredCurrentStatus > 2 ", ""},
		{func(d *Description) { d.Memory.Bytes = 1<<20 + 1 }, "request_memory = 2MB\n", ""},
		{func(d *Description) { d.Disk.Bytes = 1 }, "request_disk = 1MB\n", ""},
		{func(d *Description) { d.Comments = []string{"a\nqueue 5", `b \`} }, "# a queue 5\n# b\n", "queue 5"},
		{func(d *Description) { d.Memory.Why = "a\nqueue 5" }, "# a queue 5\nrequest_memory", "queue 5"},
		{func(d *Description) { d.Systems = []condor.System{condor.Windows}; d.Executable = "a b.exe" }, "executable = a b.exe\n", "$$"},
	} {
		d := example()
		test.change(d)
		text := "\n" + describe(t, d)
		if !strings.Contains(text, "\n"+test.has) {
			t.Errorf("no line %q in%s", test.has, text)
		}
		if test.hasNo != "" && strings.Contains(text, "\n"+test.hasNo) {
			t.Errorf("a line %q in%s", test.hasNo, text)
		}
	}
}

// ParseNote parses the jobs' note after its macros are expanded.
func TestNote(t *testing.T) {
	for _, d := range descriptions() {
		jobs := readDescription(t, describe(t, d), "submit_event_user_notes")
		for i, j := range d.Jobs {
			want := condor.Note{First: j.First, Count: j.Count, Starts: d.MaxRetries + 1, Jobs: len(d.Jobs), Sum: d.Sum}
			if d.Unit != "product" {
				want.Unit = d.Unit
			}
			if got, ok := condor.ParseNote(jobs[i][0]); !reflect.DeepEqual(got, want) || !ok {
				t.Errorf("%q: %v, %t; want %v", jobs[i][0], got, ok, want)
			}
		}
	}
}

// The description of 100,000 jobs.
func BenchmarkWrite(b *testing.B) {
	d := example()
	d.Jobs = ranges(0, 100_000, 1)
	for i := range d.Jobs {
		d.Jobs[i].Inputs = []string{fmt.Sprintf("inputA%d.npy", i), fmt.Sprintf("inputB%d.npy", i)}
	}
	b.ReportAllocs()
	for b.Loop() {
		if err := d.Write(io.Discard); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(d.Jobs)*b.N)/b.Elapsed().Seconds(), "jobs/s")
}

// A node's job that is held is removed unless something releases it: HTCondor, a person who held
// it, or its inputs. Its exit status 64 or 65 ends it; DAGMan does not try it again.
func TestNodesEnd(t *testing.T) {
	const paused = "JobStatus == 5 && HoldReasonCode =!= 1 && HoldReasonCode =!= 15 && HoldReasonCode =!= 16"
	const reason = "+PeriodicRemoveReason = strcat(\"held, and nothing releases it: \", HoldReason)\n"
	write := func(print func(io.Writer) error) string {
		t.Helper()
		var b strings.Builder
		if err := print(&b); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	job := LocalJob{Executable: "matcombine", Stdout: "run.norm", Stderr: "run.err"}
	d, named := example(), descriptions()["program.sub"]
	retried, namedToo := write(d.WriteNode), write(named.WriteNode)
	d.MaxRetries = 0
	for text, releases := range map[string]string{
		retried: "NumHolds <= 3 && " + condor.Releases(), namedToo: "NumHolds <= 3 && " + condor.Releases(), write(d.WriteNode): "false", write(job.Write): "false",
	} {
		if want := "\nperiodic_remove = " + paused + " && (" + releases + ") =!= true\n" + reason; !strings.Contains(text, want) {
			t.Errorf("no%s in\n%s", want, text)
		}
	}
	if !strings.Contains(retried, "\nretry_until = ExitCode =?= 64 || ExitCode =?= 65\n") {
		t.Error(retried)
	}
	dag := write(func(w io.Writer) error { return d.WriteDAG(w, DAG{Node: "run.node.sub"}) })
	if strings.Contains(dag, "\nRETRY ") {
		t.Error(dag)
	}
}
