package cmd_test

import (
	"bytes"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"matpool/condor/jobfile"
	"matpool/internal/status"
)

// manuals returns each program's manual, its package comment.
func manuals(t *testing.T) map[string]string {
	files, err := filepath.Glob(filepath.Join("*", "doc.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no manuals: %v", err)
	}
	manuals := make(map[string]string)
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		text, _ := strings.CutPrefix(file.Doc.List[0].Text, "/*\n")
		text, ok := strings.CutSuffix(text, "*/")
		if !ok || file.Name.Name != "main" {
			t.Fatalf("%s: the manual is not the package comment between /* and */", name)
		}
		manuals[filepath.Base(filepath.Dir(name))] = text
	}
	return manuals
}

// forManuals runs a test on each program's manual.
func forManuals(t *testing.T, test func(t *testing.T, program, manual string)) {
	for program, manual := range manuals(t) {
		t.Run(program, func(t *testing.T) {
			t.Parallel()
			test(t, program, manual)
		})
	}
}

// run runs a command in a folder and returns its output.
func run(t *testing.T, dir string, command ...string) (stdout, stderr string, err error) {
	t.Helper()
	findPrograms(t)
	cmd := exec.Command(command[0], command[1:]...)
	var out, errs bytes.Buffer
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &out, &errs
	err = cmd.Run()
	return out.String(), errs.String(), err
}

// The section on flags is made from the flags' definitions. With -update, the package comment is
// made from it too.
func TestHelpIsTheManual(t *testing.T) {
	forManuals(t, func(t *testing.T, program, manual string) {
		stdout, stderr, err := run(t, t.TempDir(), program, "-help")
		if err != nil || stderr != "" {
			t.Fatalf("%v, stderr %q", err, stderr)
		}
		if stdout == manual {
			return
		}
		if !*update {
			t.Fatalf("-help prints\n%s\nthe package comment is\n%s\ngo test ./cmd -run Help -update writes what -help prints into it", stdout, manual)
		}
		name := filepath.Join(program, "doc.go")
		source, err := os.ReadFile(name)
		if err == nil {
			err = os.WriteFile(name, bytes.Replace(source, []byte(manual), []byte(stdout), 1), 0o666)
		}
		if err != nil {
			t.Fatal(err)
		}
	})
}

// section returns the part of a manual after the line with the heading.
func section(manual, heading string) string {
	_, text, _ := strings.Cut(manual, "\n"+heading+":")
	return text
}

// The examples of a manual are one session: each command finds the files that the commands
// before it have written, and those of the folder examples. It prints exactly the text below it.
func TestExamplesAreTrue(t *testing.T) {
	forManuals(t, func(t *testing.T, program, manual string) {
		dir, ran := t.TempDir(), false
		if err := os.CopyFS(dir, os.DirFS(examples)); err != nil {
			t.Fatal(err)
		}
		for _, block := range strings.Split(section(manual, "Examples"), "\n\t$ ")[1:] {
			command, want := example(block)
			if underWine() {
				want = strings.ReplaceAll(want, "on Linux\n", "on Windows\n")
			}
			stdout, stderr, err := run(t, dir, strings.Fields(command)...)
			if err != nil || stderr != "" {
				t.Errorf("$ %s\n%v\n%s", command, err, stderr)
			}
			if stdout != want {
				t.Errorf("$ %s\nprints\n%s\nthe manual says\n%s", command, stdout, want)
			}
			ran = true
		}
		if !ran {
			t.Error("there are no examples")
		}
	})
}

// example returns the command that a block begins with, and the text below it: all indented
// lines, with the empty lines between them.
func example(block string) (command, output string) {
	command, rest, _ := strings.Cut(block, "\n")
	for line := range strings.Lines(rest) {
		text, indented := strings.CutPrefix(line, "\t")
		if !indented && line != "\n" {
			break
		}
		output += text
	}
	if output = strings.Trim(output, "\n"); output != "" {
		output += "\n"
	}
	return command, output
}

// The manual lists each attribute of a simplified submission file, on one line.
func TestAttributesAreInTheManual(t *testing.T) {
	_, text, _ := strings.Cut(manuals(t)["matsubmit"], "\nAttributes:\n\n")
	text, _, _ = strings.Cut(text, "\n\n")
	if text, want := strings.ReplaceAll("\n"+text+"\n", "\n\t", "\n"), "\n"+jobfile.AttributesHelp(); text != want {
		t.Errorf("the manual has\n%s\nwant\n%s", text, want)
	}
}

// The manual lists the columns of -csv and the fields of -json.
func TestColumnsAreInTheManual(t *testing.T) {
	manual, names := manuals(t)["matwatch"], map[string]bool{}
	log := filepath.Join(logs, "retries.log")
	table, _, _ := run(t, ".", "matwatch", "-csv", log)
	header, _, _ := strings.Cut(strings.TrimSpace(table), "\n")
	for name := range strings.SplitSeq(header, ",") {
		names[name] = true
	}
	object, _, _ := run(t, ".", "matwatch", "-json", log)
	for _, m := range regexp.MustCompile(`(?m)^ *"(\w+)": `).FindAllStringSubmatch(object, -1) {
		names[m[1]] = true
	}
	if len(names) < 60 {
		t.Errorf("only %d names", len(names))
	}
	for name := range names {
		if !regexp.MustCompile(`\b` + name + `\b`).MatchString(manual) {
			t.Errorf("%s is not in the manual", name)
		}
	}
}

// The last paragraph lists the exit statuses, those of package status.
func TestExitStatusesAreInTheManual(t *testing.T) {
	forManuals(t, func(t *testing.T, program, manual string) {
		want := []int{status.OK, status.Failure, status.Usage, status.Data}
		if program == "matwatch" || program == "matsubmit" {
			want = append(want, status.Unfinished)
			slices.Sort(want)
		}
		_, text, _ := strings.Cut(manual, "\nExit status: ")
		var got []int
		for clause := range strings.SplitSeq(text, ";") {
			number, _, _ := strings.Cut(strings.TrimSpace(clause), " ")
			n, err := strconv.Atoi(number)
			if err != nil {
				t.Errorf("%q does not begin with an exit status", clause)
			}
			got = append(got, n)
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("the manual lists the exit statuses %v, want %v", got, want)
		}
	})
}
