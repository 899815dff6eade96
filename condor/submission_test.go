package condor

import (
	"bytes"
	"flag"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "rewrite the expected files in testdata")

// example is what matsubmit might make of the file in the manual.
func example() *Submission {
	s := &Submission{
		Comments:   []string{"run_product.sub: made from run_product; change that file, not this one."},
		BatchName:  "run_product",
		Unit:       "product",
		Executable: "matprod",
		Systems:    []System{Linux, Windows},
		Arguments:  []Template{"-first", "$(index)", "inputA.npy", "inputB.npy", "matprod.outbox/output.npy"},
		Outbox:     "matprod.outbox",
		Stdout:     "logs/$(index).out",
		Stderr:     "logs/$(index).err",
		Log:        "run_product.log",
		Cpus:       1,
		Memory:     Request{100 << 20, "Two factors and a product of 8 MB each, and the program."},
		Disk:       Request{30 << 20, "These files."},
		MaxRetries: 3,
		RetryDelay: 10 * time.Minute,
		MaxRunTime: time.Hour,
		Rows:       Ranges(0, 3, 1),
	}
	for i := range s.Rows {
		r := &s.Rows[i]
		for _, name := range []string{"inputA.npy", "inputB.npy"} {
			r.Inputs = append(r.Inputs, Indexed(name).Expand(r.Index, r.First, r.Count))
		}
	}
	return s
}

func describe(t *testing.T, s *Submission) string {
	t.Helper()
	var b bytes.Buffer
	if err := s.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// The submit descriptions as a person sees them: read them.
func TestDescriptions(t *testing.T) {
	batches := example()
	batches.Comments = append(batches.Comments, "Ten products to a job: it takes a minute then.")
	batches.Systems, batches.Executable = []System{Linux}, "bin/matprod"
	batches.Arguments = []Template{"-first", "$(first)", "-count", "$(count)"}
	batches.Inputs = []string{"data.h5", "my notes.txt"}
	batches.Rows = nil
	for _, r := range Ranges(5, 25, 10) {
		r.Inputs = []string{Indexed("my A.npy").Expand(r.First, 0, 0), Indexed("B$(x).npy").Expand(r.First, 0, 0)}
		r.Remaps = []Remap{{Indexed("output.npy").Expand(r.First, 0, 0), Indexed("my results/output.npy").Expand(r.First, 0, 0)}}
		batches.Rows = append(batches.Rows, r)
	}
	batches.MaxRetries, batches.RetryDelay = 0, 0
	batches.MaxRunTime = 90 * time.Second
	batches.Requirements = `Machine != "pc13.example.org"`
	batches.Extra = []Setting{{"+WantGPULab", "true"}, {"accounting_group", "maths"}}

	other := example()
	other.Unit, other.Outbox, other.Executable, other.Systems = "job", "", "tools/other program.exe", []System{Windows}
	other.Arguments = []Template{"--case", "$(index)", Literal("it's $HOME $(x) $$(OpSys)"), ""}
	other.Stdout, other.Stderr, other.Log = "out.txt", Indexed("err"), Indexed("logs/event.log")
	other.MaxIdle = 1000
	other.Remaps = []RemapAll{{"my file.txt", Indexed("my files/file.txt")}}
	other.Rows = []Row{{Index: 7, First: 7, Count: 1}}

	for name, s := range map[string]*Submission{"products.sub": example(), "batches.sub": batches, "other.sub": other} {
		got := describe(t, s)
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

// The lines that plausible submit files have, and that lose the exit status, the
// messages or the slot. To name a folder that is always there does no harm, nor do the
// manual's own words, in comments.
func TestHarmfulLines(t *testing.T) {
	harmful := regexp.MustCompile(`(?m)^(success_exit_code|transfer_output_files.*[^/\n]$|retry_until|stream_\w+|rank|leave_in_queue)\b|ON_SUCCESS|ON_EXIT_OR_EVICT`)
	for _, name := range []string{"products.sub", "batches.sub", "other.sub"} {
		text, err := os.ReadFile("testdata/" + name)
		if err != nil {
			t.Fatal(err)
		}
		if found := harmful.Find(text); found != nil {
			t.Errorf("%s: %s", name, found)
		}
		if n := len(regexp.MustCompile(`(?m)^queue\b`).FindAll(text, -1)); n != 1 {
			t.Errorf("%s: %d queue statements", name, n)
		}
		for line := range strings.Lines(string(text)) {
			if strings.HasSuffix(line, "\\\n") || strings.TrimRight(line, " \n") != strings.TrimRight(line, "\n") {
				t.Errorf("%s: %q joins the next line, or ends with a blank", name, line)
			}
		}
	}
}

// readDescription reads a submit description by the rules of the manual, and returns
// for each job what some names mean. A row is split at commas and Blanks; the last
// variable has the rest; a row with too few fields keeps those of the row before.
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
				job = append(job, htcondor(t, macros[name], macros))
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

// oddSubmission makes a submission of names with odd letters in all places.
func oddSubmission(random *rand.Rand, batch bool) *Submission {
	letters := []rune("ab .é'\"$(){}#;=,\\-%*[]&~@:+!^|<>?_0123")
	name := func(ext string, in Place) string {
		for {
			var b strings.Builder
			for range 1 + random.IntN(8) {
				b.WriteRune(letters[random.IntN(len(letters))])
			}
			if s := b.String() + ext; CheckName(s, in) == nil {
				return s
			}
		}
	}
	s := example()
	s.Systems, s.Executable = []System{Linux}, "/bin/true"
	s.BatchName = name("", InBatchName)
	s.Arguments = append(s.Arguments, Literal(name("", InStream)), "$(first)", Literal(name("", InStream)))
	s.Stdout, s.Stderr, s.Log = Indexed(name(".out", InStream)), Indexed(name(".err", InStream)), Literal(name(".log", InLog))
	s.Inputs = []string{"c/" + name(".0", InInputs), "c/" + name(".1", InInputs)}
	s.Outbox = "o/" + name(".o", InInputs)
	s.Rows = Ranges(random.IntN(1000), 1+random.IntN(5), 1)
	if batch {
		s.Rows = Ranges(random.IntN(1000), 1+random.IntN(50), 1+random.IntN(20))
	}
	s.Remaps = []RemapAll{{Indexed(name(".x", InRemaps)), Indexed("f f/" + name(".y", InRemaps))}}
	for i := range s.Rows {
		r := &s.Rows[i]
		for j := range 1 + random.IntN(3) {
			r.Inputs = append(r.Inputs, "d/"+name(".in"+strconv.Itoa(j), InInputs))
		}
		if batch {
			for j := range r.Count {
				r.Remaps = append(r.Remaps, Remap{name("."+strconv.Itoa(j), InRemaps), "e e/" + name("", InRemaps)})
			}
		}
	}
	return s
}

// meaning returns what a job of a submission should be, as readDescription does.
func (s *Submission) meaning(i int) []string {
	r := s.Rows[i]
	var args, remaps []string
	expand := func(t Template) string { return t.Expand(r.Index, r.First, r.Count) }
	for _, a := range s.Arguments {
		args = append(args, expand(a))
	}
	for _, m := range s.Remaps {
		remaps = append(remaps, expand(m.Name)+"="+expand(m.To))
	}
	for _, m := range r.Remaps {
		remaps = append(remaps, m.Name+"="+m.To)
	}
	return []string{
		strings.Join(args, "|"), strings.Join(slices.Concat(r.Inputs, s.Inputs, []string{s.Outbox}), ", "), Base(s.Outbox) + "/", strings.Join(remaps, ";"),
		expand(s.Stdout), expand(s.Stderr), expand(s.Log), s.BatchName,
	}
}

// What is written means, read by HTCondor's rules, what was to be said: for names with
// all letters that it can carry, for products and for batches.
func TestDescriptionsMeanWhatTheySay(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for n := range 300 {
		s := oddSubmission(random, n%2 == 1)
		text := describe(t, s)
		jobs := readDescription(t, text, "arguments", "transfer_input_files", "transfer_output_files", "transfer_output_remaps", "output", "error", "log", "batch_name")
		if len(jobs) != len(s.Rows) {
			t.Fatalf("%d jobs, want %d:\n%s", len(jobs), len(s.Rows), text)
		}
		for i, got := range jobs {
			got[0] = strings.Join(split(t, got[0]), "|")
			remaps := strings.Split(strings.Trim(got[3], `"`), ";")
			for j := range remaps {
				remaps[j] = strings.Trim(remaps[j], " ")
			}
			got[3] = strings.Join(remaps, ";")
			if want := s.meaning(i); !slices.Equal(got, want) {
				t.Fatalf("job %d: %q\nwant %q\n%s", i, got, want, text)
			}
		}
	}
}
