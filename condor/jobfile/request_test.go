package jobfile

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"matpool/condor"
)

// The request of a file with one line.
func TestDefaults(t *testing.T) {
	f, errs := parse(t, "total_jobs = 100\n")
	if errs != nil {
		t.Fatal(errs)
	}
	got, err := f.Request()
	want := &Request{
		Matprod:       true,
		IndexedInputs: []string{"inputA.npy", "inputB.npy"},
		TotalJobs:     100, ProductsPerJob: 1,
		Stdout: "logs/$(index).out", Stderr: "logs/$(index).err", Log: "run.log",
		Cpus: 1, MaxRetries: 3, RetryDelay: 10 * time.Minute, MaxRunTime: time.Hour,
		BatchName: "run",
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v\nwant %+v", got, err, want)
	}
}

// The request of a file with every attribute.
func TestRequest(t *testing.T) {
	f, errs := parse(t, `
executable           = tools/my program.exe
arguments            = --case $(index) 'two words' it''s
indexed_input_files  = in/a.dat, b c.dat,pipe
indexed_output_files = "out/x.dat, y"
input_files          = "data.h5, dependencies.exe"
total_jobs           = 20
first_index          = 5
products_per_job     = Auto
slots                = 40
sum                  = No
check                = no
indexed_stdout       = logs/out.log
stderr               = err/$(Cluster).$(INDEX).txt
log                  = all $x.log
operating_systems    = Windows LINUX
request_cpus         = 2
request_memory       = 1.5 GB
request_disk         = 300mb
max_retries          = 0
retry_delay          = 30s
max_run_time         = 1h30m
batch_name           = "first # one"
max_idle             = 500
requirements         = OpSysMajorVer >= 10
condor.rank          = Mips   # not a comment
+Project             = "maths"
`)
	if errs != nil {
		t.Fatal(errs)
	}
	got, err := f.Request()
	want := &Request{
		Executable: "tools/my program.exe",
		Arguments:  []condor.Template{"--case", "$(index)", "two words", "its"},

		IndexedInputs: []string{"in/a.dat", "b c.dat", "pipe"}, IndexedOutputs: []string{"out/x.dat", "y"},
		Inputs:    []string{"data.h5", "dependencies.exe"},
		TotalJobs: 20, FirstIndex: 5, Slots: 40,
		Stdout: "logs/out$(index).log", Stderr: "err/$(Cluster).$(INDEX).txt", Log: "all $x.log",
		Systems: []condor.System{condor.Linux, condor.Windows},
		Cpus:    2, Memory: 3 << 29, Disk: 300 << 20,
		RetryDelay: 30 * time.Second, MaxRunTime: 90 * time.Minute,
		BatchName: "first # one", MaxIdle: 500, Requirements: "OpSysMajorVer >= 10",
		Extra: []condor.Setting{set("rank", "Mips   # not a comment"), set("+Project", `"maths"`)},
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v\nwant %+v", got, err, want)
	}
}

// Values of each attribute. The error for an invalid value shows the valid form.
func TestValues(t *testing.T) {
	value := func(name, text string) (any, error) {
		d := new(draft)
		a, ok := find(d.attributes(), name)
		if !ok {
			t.Fatal(name)
		}
		if err := a.set(text); err != nil {
			return nil, err
		}
		return map[string]any{
			"total_jobs": d.TotalJobs, "first_index": d.FirstIndex, "products_per_job": d.ProductsPerJob, "max_retries": d.MaxRetries,
			"max_run_time": d.MaxRunTime, "retry_delay": d.RetryDelay, "request_memory": d.Memory, "request_disk": d.Disk,
			"sum": d.Sum, "operating_systems": d.Systems, "executable": d.Executable, "input_files": d.Inputs,
			"log": string(d.Log), "indexed_log": string(d.Log), "indexed_output_files": d.IndexedOutputs, "grid": d.Grid, "transpose": d.Transpose,
			"fixed": d.fixed, "inputs": d.isRandom, "seed": d.random.Seed, "distribution": d.random.Distribution, "batch_name": d.BatchName, "bandwidth": d.Bandwidth,
		}[name], nil
	}
	const mb = 1 << 20
	for _, test := range []struct {
		name, in string
		want     any // a value, or an error's text
	}{
		{"total_jobs", "1", 1},
		{"total_jobs", "1000000", 1000000},
		{"total_jobs", "0", `"0" is not a whole number from 1 to 500000000`},
		{"total_jobs", "500000001", `"500000001" is not a whole number from 1 to 500000000`},
		{"total_jobs", "", `"" is not a whole number from 1 to 500000000`},
		{"total_jobs", "+5", `"+5" is not a whole number from 1 to 500000000`},
		{"total_jobs", "1e3", `"1e3" is not a whole number from 1 to 500000000`},
		{"first_index", "0", 0},
		{"first_index", "500000000", 500000000},
		{"first_index", "-1", `"-1" is not a whole number from 0 to 500000000`},
		{"products_per_job", "many", `"many" is not a whole number from 1 to 1000000, or auto`},

		{"max_run_time", "60", time.Hour},
		{"max_run_time", "0.5", 30 * time.Second},
		{"max_run_time", "30s", 30 * time.Second},
		{"max_run_time", "30 S", 30 * time.Second},
		{"max_run_time", "90m", 90 * time.Minute},
		{"max_run_time", "90 minutes", 90 * time.Minute},
		{"max_run_time", "2h", 2 * time.Hour},
		{"max_run_time", "1d 2h 3m 4s", 26*time.Hour + 3*time.Minute + 4*time.Second},
		{"max_run_time", "0.2s", time.Second},
		{"max_run_time", "366d", 366 * 24 * time.Hour},
		{"max_run_time", "367d", `"367d" is more than a year`},
		{"max_run_time", "1h30", `"1h30" is not a time: write minutes, as in 60, or 30s, 90m, 2h`},
		{"max_run_time", "60,5", `"60,5" is not a time: write minutes, as in 60, or 30s, 90m, 2h`},
		{"max_run_time", "h", `"h" is not a time: write minutes, as in 60, or 30s, 90m, 2h`},
		{"max_run_time", "-5", `"-5" is not a time: write minutes, as in 60, or 30s, 90m, 2h`},
		{"max_run_time", "5 weeks", `"5 weeks" is not a time: write minutes, as in 60, or 30s, 90m, 2h`},
		{"max_run_time", "", `"" is not a time: write minutes, as in 60, or 30s, 90m, 2h`},
		{"max_run_time", "0", `must be more than 0`},
		{"retry_delay", "0", time.Duration(0)},

		{"request_memory", "auto", int64(0)},
		{"request_memory", "512MB", int64(512 * mb)},
		{"request_memory", "512 m", int64(512 * mb)},
		{"request_memory", "512MiB", int64(512 * mb)},
		{"request_memory", "2gb", int64(2048 * mb)},
		{"request_memory", "0.5TB", int64(1 << 39)},
		{"request_memory", "100KB", int64(102400)},
		{"request_memory", "100 B", int64(100)},
		{"request_memory", "0.3KB", int64(308)},
		{"request_memory", "512", `"512" has no unit: HTCondor takes it for megabytes: write 512MB`},
		{"request_memory", "0MB", `"0MB" is not between 1 B and 1024 TB`},
		{"request_memory", "2000TB", `"2000TB" is not between 1 B and 1024 TB`},
		{"request_memory", "5 parsecs", `"5 parsecs": the units are B, KB, MB, GB and TB`},
		{"request_memory", "5KM", `"5KM": the units are B, KB, MB, GB and TB`},
		{"request_memory", "lots", `"lots" is not a size: write it as 512MB or 2GB, or auto`},
		{"request_memory", "1GB 2MB", `"1GB 2MB" is not a size: write it as 512MB or 2GB, or auto`},

		{"sum", "YES", true},
		{"sum", "false", false},
		{"sum", "1", `must be yes or no, not "1"`},

		{"operating_systems", "linux", []condor.System{condor.Linux}},
		{"operating_systems", "Windows, Linux", []condor.System{condor.Linux, condor.Windows}},
		{"operating_systems", "windows linux-ARM64 linux", []condor.System{condor.Linux, condor.LinuxArm64, condor.Windows}},
		{"operating_systems", `"windows"`, []condor.System{condor.Windows}},
		{"operating_systems", "", `write one or more of linux, linux-arm64 and windows`},
		{"operating_systems", "macos", `macos is none of linux, linux-arm64 and windows`},
		{"operating_systems", "linux LINUX", `LINUX is named twice`},

		{"executable", "my prog.exe", "my prog.exe"},
		{"executable", `"my prog.exe"`, "my prog.exe"},
		{"executable", "", `a name is empty`},
		{"executable", `"prog`, `"prog: double quotes must be at both ends or at neither`},
		{"executable", "bin/", `bin/: byte 3: this is a folder's name, not a file's`},
		{"log", "$(index).log", "$(index).log"},
		{"log", "$(indx).log", `$(indx).log: byte 0: unknown macro; the known ones are $(index), $(first), $(count), $(Cluster), $(Process), and $(DOLLAR) for a plain $`},
		{"log", "$ENV(HOME)/log", `$ENV(HOME)/log: byte 0: unknown macro; the known ones are $(index), $(first), $(count), $(Cluster), $(Process), and $(DOLLAR) for a plain $`},
		{"indexed_log", "$(index).log", "$(index).log"},
		{"indexed_output_files", "run$(index)/x.txt, y_$(Index).txt", []string{"run$(index)/x.txt", "y_$(Index).txt"}},
		{"indexed_output_files", "x$(first).txt", `x$(first).txt: byte 1: $(first) has no effect in this name, only $(index) has`},
		{"input_files", "x$(index).txt", `x$(index).txt: byte 1: $(index) has no effect in this name, which is the same for every job`},
		{"indexed_log", "$(indx).log", "$(DOLLAR)(indx)$(index).log"},

		{"input_files", "a", []string{"a"}},
		{"input_files", " a ,b c,  d", []string{"a", "b c", "d"}},
		{"input_files", `"a,b"`, []string{"a", "b"}},
		{"input_files", `"a", "b c"`, []string{"a", "b c"}},
		{"input_files", "", []string(nil)},
		{"input_files", "a,,b", `a name is empty`},
		{"input_files", "a,", `a name is empty`},
		{"input_files", `""`, `a name is empty`},
		{"input_files", "a, b, a", `a is named twice`},
		{"input_files", `"a,b", c`, `a,b: byte 1: HTCondor cannot represent ',' here`},
		{"input_files", `a"b, c`, `a"b, c: double quotes must be at both ends or at neither`},
		{"input_files", "http://example.org/x", `http://example.org/x: byte 4: HTCondor would take this for a URL`},

		{"input_files", "~/x.npy", `~/x.npy: ~ is not expanded here: write the folder's name, as in /home/alice/x.npy, or a name relative to the current folder`},
		{"input_files", "a, ~bob/x", `~bob/x: ~bob is not expanded here: write the folder's name, as in /home/alice/x.npy, or a name relative to the current folder`},
		{"executable", "$HOME/bin/x", `$HOME/bin/x: $HOME is not expanded here: write the folder's name, as in /home/alice/x.npy, or a name relative to the current folder`},
		{"log", "${SCRATCH}/log", `${SCRATCH}/log: ${SCRATCH} is not expanded here: write the folder's name, as in /home/alice/x.npy, or a name relative to the current folder`},
		{"indexed_log", "~/log", `~/log: ~ is not expanded here: write the folder's name, as in /home/alice/x.npy, or a name relative to the current folder`},
		{"input_files", "~x, $x, a/~/$HOME/x", []string{"~x", "$x", "a/~/$HOME/x"}},
		{"input_files", `..\res\x.npy`, `..\res\x.npy: write / between folders, on Windows too, as in ../res/x.npy`},
		{"executable", `C:\x.exe`, `C:\x.exe: write / between folders, on Windows too, as in C:/x.exe`},
		{"indexed_output_files", "a.txt, *.txt", `*.txt: HTCondor does not expand wildcards in the names of outputs: name each file, or leave this out, and all new files come back`},
		{"indexed_output_files", "x?.txt", `x?.txt: HTCondor does not expand wildcards in the names of outputs: name each file, or leave this out, and all new files come back`},
		{"indexed_output_files", "results/", `results/: byte 7: this is a folder's name, not a file's`},
		{"input_files", "x?.txt", []string{"x?.txt"}},

		{"grid", "2x3", Grid{2, 3}},
		{"transpose", "a", true},
		{"transpose", "b", `"b": only the first factor can be transposed: write transpose = a`},
		{"fixed", "b", "b"},
		{"fixed", "c", `must be a, the first factor, or b, the second, not "c"`},
		{"inputs", "random", true},
		{"inputs", "files", false},
		{"inputs", "Random", `must be files or random, not "Random"`},
		{"seed", "007", "7"},
		{"seed", "-1", `must be a whole number, 0 or more, not "-1"`},
		{"rng", "mt19937", `mt19937 is not seeded for several streams, and each pair has one: write pcg64`},
		{"rng", "PCG64", `must be pcg64, not "PCG64"`},
		{"distribution", "a\x01", "a\x01: byte 1: a control character ('\\x01')"},
		{"batch_name", `"a b"`, "a b"},

		{"arguments", `-x 'a b' "`, `-x 'a b' ": byte 9: use single quotes, not double quotes, around an argument with blanks`},
		{"arguments", `-x $(idx)`, `$(idx): byte 0: unknown macro; the known ones are $(index), $(first), $(count), $(Cluster), $(Process), and $(DOLLAR) for a plain $`},
		{"arguments", "a\x01", "a\x01: byte 1: a control character ('\\x01')"},
		{"requirements", `Name == "a\`, `a "\" at the end would continue the line`},
		{"requirements", "a\xff", "a\xff: byte 1: not UTF-8"},
		{"bandwidth", "fast", `"fast" is not a rate: write it as 1Gbit/s or 100MB/s`},
		{"bandwidth", "100", `"100" is not a rate: write it as 1Gbit/s or 100MB/s`},
		{"bandwidth", "1GB", `"1GB" is not a rate: write it as 1Gbit/s or 100MB/s`},
		{"bandwidth", "0 Mbit/s", `"0 Mbit/s" is not a rate: write it as 1Gbit/s or 100MB/s`},
		{"bandwidth", "1Gbit/s", 125e6},
		{"bandwidth", "2.5 GB/s", 2.5e9},
		{"bandwidth", "100Mbps", 12.5e6},
		{"bandwidth", "800 b/s", 100.0},
		{"requirements", `OpSys = "LINUX" && Name != "a=b"`, `= compares nothing: write OpSys == "LINUX" && Name != "a=b"`},
		{"indexed_input_files", `['a.npy', "b.npy"]`, "write the list without brackets: a.npy, b.npy"},
	} {
		got, err := value(test.name, test.in)
		if err != nil {
			got = err.Error()
		}
		if !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s = %s:\n%v\nwant\n%v", test.name, test.in, got, test.want)
		}
	}
}

func set(name, value string) condor.Setting { return condor.Setting{Name: name, Value: value} }

// An override is checked like a line, replaces it, and does not change the file.
func TestOverrides(t *testing.T) {
	const text = "total_jobs = 100\nstdout = x\nindexed_log = y\n+A = 1\n"
	for _, test := range []struct {
		overrides []condor.Setting
		want      string // of the request, or its errors
	}{
		{nil, "100 x y$(index) [{+A 1}]"},
		{[]condor.Setting{set("total_jobs", "5")}, "5 x y$(index) [{+A 1}]"},
		{[]condor.Setting{set("TOTAL_JOBS", " 5 "), set("total_jobs", "6")}, "6 x y$(index) [{+A 1}]"},
		{[]condor.Setting{set("indexed_stdout", "z.out"), set("log", "l")}, "100 z$(index).out l [{+A 1}]"},
		{[]condor.Setting{set("+a", "2"), set("condor.rank", "Mips")}, "100 x y$(index) [{+a 2} {rank Mips}]"},
		{[]condor.Setting{set("total_jobs", "many")}, `flag -total_jobs: "many" is not a whole number from 1 to 500000000`},
		{[]condor.Setting{set("totaljobs", "1"), set("slots", "0")}, "flag -totaljobs: unknown attribute totaljobs; did you mean total_jobs?\nflag -slots: \"0\" is not a whole number from 1 to 1000000"},
		{[]condor.Setting{set("universe", "vanilla")}, "flag -universe: leave it out: matsubmit sets it; condor.universe overrides that"},
		{[]condor.Setting{set("indexed_input_files", "a")}, "flag -indexed_input_files: matprod needs two inputs, the factors, or one .npz file of both, not 1"},
	} {
		f, errs := parse(t, text)
		if errs != nil {
			t.Fatal(errs)
		}
		q, err := f.Request(test.overrides...)
		got := strings.Join(messages(t, err), "\n")
		if err == nil {
			got = strings.Join([]string{strconv.Itoa(q.TotalJobs), string(q.Stdout), string(q.Log), fmt.Sprint(q.Extra)}, " ")
		}
		if got != test.want {
			t.Errorf("%v:\n%s\nwant\n%s", test.overrides, got, test.want)
		}
		if again, _ := parse(t, text); !slices.Equal(f.Lines, again.Lines) {
			t.Errorf("%v: the file is now\n%v", test.overrides, f.Lines)
		}
	}
}

// Values that conflict.
func TestRequestsThatAreRefused(t *testing.T) {
	for _, test := range []struct{ in, want string }{
		{"", "run: total_jobs: set the number of products, as in total_jobs = 100"},
		{"total_jobs = 1\narguments = -x", "run:2: arguments: matsubmit makes matprod's arguments: leave this out, or set executable to another program"},
		{"total_jobs = 1\nexecutable = bin/Matprod.exe\narguments = inputA$(index).npy", "run:3: arguments: matsubmit makes matprod's arguments: leave this out, or set executable to another program"},
		{"total_jobs = 1\nstdout = a\nindexed_stdout = b", "run:3: indexed_stdout: stdout is also set, on line 2: remove one of them"},
		{"total_jobs = 1\nindexed_input_files = a, b, c", "run:2: indexed_input_files: matprod needs two inputs, the factors, or one .npz file of both, not 3"},
		{"total_jobs = 1\nindexed_input_files = b\ninput_files = a", "run:2: indexed_input_files: if a is a factor of all products, write fixed = a, for a·b, or fixed = b, for b·a"},
		{"total_jobs = 1\nfixed = a\ninput_files = c", "run:2: fixed: needs one file in input_files and one in indexed_input_files, such as inputB.npy, not 1 and 2"},
		{"total_jobs = 1\nfixed = b\nindexed_input_files = a", "run:2: fixed: needs one file in input_files and one in indexed_input_files, such as inputB.npy, not 0 and 1"},
		{"total_jobs = 1\nfixed = b\ninputs = random\nseed = 1", "run:2: fixed: can't be combined with inputs = random: both factors are random"},
		{"total_jobs = 1\nexecutable = x\nfixed = b", "run:3: fixed: only matprod has a fixed factor; each job of another program gets all of input_files"},
		{"total_jobs = 1\ninputs = random", "run:2: inputs: requires a seed, as in seed = 42: without it no two runs would have the same factors"},
		{"total_jobs = 1\ninputs = random\nseed = 1\nindexed_input_files = a, b", "run:4: indexed_input_files: with inputs = random the jobs get no inputs: leave this out"},
		{"total_jobs = 1\nexecutable = x\ninputs = random\nseed = 1", "run:3: inputs: only matprod makes random inputs"},
		{"total_jobs = 1\nsize = 1\nrng = pcg64\ndtype = int8", "run:2: size: requires inputs = random\nrun:3: rng: requires inputs = random\nrun:4: dtype: requires inputs = random"},
		{"total_jobs = 1\nindexed_output_files = a, b", "run:2: indexed_output_files: matprod has one output, the product, not 2"},
		{"total_jobs = 1\nindexed_output_files = inputB.npy", "run:2: indexed_output_files: inputB.npy is also an input: give it another name"},
		{"total_jobs = 1\nexecutable = x\nsum = yes", "run:3: sum: only matprod can sum its products"},
		{"total_jobs = 1\nexecutable = x\ncheck = yes", "run:3: check: only matprod can check its products"},
		{"total_jobs = 1\nindexed_input_files = x/a, y/a", "run:2: indexed_input_files: x/a and y/a would have the same name in a job's folder"},
		{"total_jobs = 1\nindexed_input_files = a, b\ninput_files = c, x/a", "run:2: indexed_input_files: a and x/a would have the same name in a job's folder"},
		{"total_jobs = 1\nindexed_input_files = a, A\noperating_systems = windows", "run:2: indexed_input_files: a and A would have the same name in a job's folder"},
		{"total_jobs = 1\nexecutable = x\nindexed_output_files = x/a, y/a", "run:3: indexed_output_files: x/a and y/a would have the same name in a job's folder"},
		{"total_jobs = 1\nexecutable = bin/prog\ninput_files = a, a/prog", "run:3: input_files: bin/prog and a/prog would have the same name in a job's folder"},
		{"total_jobs = 1\nexecutable = prog\nindexed_input_files = a/prog", "run:3: indexed_input_files: prog and a/prog would have the same name in a job's folder"},
		{"total_jobs = 1\nexecutable = prog\nindexed_output_files = prog", "run:3: indexed_output_files: prog and prog would have the same name in a job's folder"},
		{"total_jobs = 1\nexecutable = x\ninput_files = a/c, b/c", "run:3: input_files: a/c and b/c would have the same name in a job's folder"},
		{"total_jobs = 1\ngram = yes\ntranspose = a", "run:3: transpose: can't be combined with gram = yes: a Gram matrix transposes its file anyway"},
		{"total_jobs = 1\ngram = yes\nindexed_input_files = a, b", "run:3: indexed_input_files: gram = yes needs one input, not 2"},
		{"total_jobs = 1\ngram = yes\nexecutable = x", "run:2: gram: only matprod makes Gram matrices"},
		{"total_jobs = 1\ntranspose = a\nexecutable = x", "run:2: transpose: only matprod transposes a factor"},
		{"total_jobs = 1\ngram = yes\ninputs = random\nseed = 1", "run:2: gram: can't be combined with inputs = random: a Gram matrix is made of a file"},
		{"total_jobs = 6\ngrid = 2x3\nfirst_index = 1", "run:3: first_index: tiles are numbered from 0, not 1"},
		{"total_jobs = 6\ngrid = 2x3\ngram = yes", "run:2: grid: can't be combined with gram = yes: a Gram matrix is cut into panels only"},
		{"total_jobs = 6\npanels = 9", "run:2: panels: they make 9 products, not total_jobs = 6: leave out one of the two"},
		{"panels = 9\nexecutable = x", "run:1: panels: only matprod makes products of panels"},
		{"panels = 9\ninputs = random\nseed = 1", "run:1: panels: can't be combined with inputs = random: panels are cut from files"},
		{"panels = 3\ngrid = 2x2\nsum = no", "run: total_jobs: a grid of 2x2 has 4 tiles: write sum = yes if each is the sum of 3 products"},
		{"total_jobs = 6\ngrid = 2x3\nexecutable = x", "run:2: grid: only matprod makes tiles"},
		{"total_jobs = 7\ngrid = 2x3", "run:1: total_jobs: a grid of 2x3 has 6 tiles, and 7 products do not divide evenly among them: leave it out, or write total_jobs = 6"},
		{"total_jobs = 12\ngrid = 2x3", "run:1: total_jobs: a grid of 2x3 has 6 tiles: write sum = yes if each is the sum of 2 products"},
		{"total_jobs = 12\ngrid = 2x3\nsum = yes\nproducts_per_job = 3", "run:4: products_per_job: leave it out: with sum = yes and a grid, a job has the 2 products of a tile"},
		{"arguments = -x\nsum = yes", "run: total_jobs: set the number of products, as in total_jobs = 100\nrun:1: arguments: matsubmit makes matprod's arguments: leave this out, or set executable to another program"},
	} {
		f, errs := parse(t, test.in)
		if errs != nil {
			t.Fatalf("%q: %q", test.in, errs)
		}
		q, err := f.Request()
		if got := strings.Join(messages(t, err), "\n"); got != test.want || q != nil {
			t.Errorf("%q:\n%s\nwant\n%s", test.in, got, test.want)
		}
	}
	// … and some that do not.
	for _, in := range []string{
		"total_jobs = 1\nindexed_input_files = a, A",
		"total_jobs = 1\nexecutable = bin/Matprod.EXE\nsum = yes",
		"total_jobs = 1\nexecutable = other",
		"total_jobs = 1\nexecutable = bin/prog\ninput_files = ./bin/prog, x",
		"total_jobs = 1\ninputs = random\nseed = 1\nindexed_input_files =",
		"total_jobs = 1\nfixed = a\ninput_files = c.npz:x\nindexed_input_files = b.npz",
	} {
		f, _ := parse(t, in)
		q, err := f.Request()
		if err != nil {
			t.Errorf("%q: %v", in, err)
		} else if q.Executable == "other" && (q.Matprod || q.IndexedInputs != nil) {
			t.Errorf("%q: another program has matprod's inputs, %q", in, q.IndexedInputs)
		}
	}
}

// A seed is the same number however it is written.
func TestSeed(t *testing.T) {
	for text, want := range map[string]string{"7": "7", "007": "7", "0": "0", "00": "0", "340282366920938463463374607431768211456": "340282366920938463463374607431768211456"} {
		f, err := Parse("run", "total_jobs = 1\ninputs = random\nseed = "+text+"\n")
		if err != nil {
			t.Fatal(err)
		}
		q, err := f.Request()
		if err != nil || q.Random.Seed != want {
			t.Errorf("%s: %+v, %v", text, q, err)
		}
	}
}

// Jobs get an archive of which only the arrays are numbered as a common file, and an archive
// that is numbered as their own.
func TestArraysOfArchives(t *testing.T) {
	for _, test := range []struct{ in, own, common string }{
		{"indexed_input_files = a.npz:A, b.npz:layer/W:0", "a.npz b.npz", ""},
		{"indexed_input_files = a.npz:A, a.npz:B", "a.npz", ""},
		{"indexed_input_files = all.npz:A$(index), all.npz:B$(index)", "", "all.npz"},
		{"indexed_input_files = all.npz:A$(index), b.npy", "b.npy", "all.npz"},
		{"indexed_input_files = run$(index)/x$(index).npz:A$(index), b.npy", "run$(index)/x$(index).npz b.npy", ""},
		{"indexed_input_files = all.npz:A$(index)\ninput_files = all.npz:B\nfixed = b", "", "all.npz"},
		{"indexed_input_files = all.npz:A$(index), all.npz:B$(index)\nexecutable = other", "all.npz:A$(index) all.npz:B$(index)", ""},
	} {
		f, _ := parse(t, "total_jobs = 2\n"+test.in)
		q, err := f.Request()
		if err != nil || strings.Join(q.IndexedInputFiles(), " ") != test.own || strings.Join(q.Inputs, " ") != test.common {
			t.Errorf("%s: %+v, %v", test.in, q, err)
		}
	}
}

// A job sums all products of a tile.
func TestTiles(t *testing.T) {
	for in, want := range map[string]int{"total_jobs = 12\ngrid = 2x3\nsum = yes": 2, "total_jobs = 6\ngrid = 2x3": 1, "total_jobs = 6\ngrid = 2x3\nsum = yes": 1, "total_jobs = 12\ngrid = 2x3\nsum = yes\nproducts_per_job = 2": 2} {
		f, _ := parse(t, in)
		if q, err := f.Request(); err != nil || q.ProductsPerJob != want || q.Grid != (Grid{2, 3}) {
			t.Errorf("%q: %+v, %v", in, q, err)
		}
	}
}
