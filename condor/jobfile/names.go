package jobfile

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"matpool/condor"
	"matpool/internal/base/file"
	"matpool/internal/base/text"
)

// A use says what the file of a name is for: a set of bits.
type use int

const (
	numbered use = 1 << iota // the name gets an index
	common                   // every job gets the file
	output                   // the job makes the file
	log                      // HTCondor writes events into the file
)

func program(to *string) func(string) error {
	return store(to, func(value string) (string, error) { return parseName(value, 0, condor.InStream) })
}

// names is for names separated by commas. Double quotes may enclose each name, or the whole list:
// "data.h5, dependencies.exe".
func names(to *[]string, u use) func(string) error {
	return store(to, func(value string) (names []string, err error) {
		if value == "" {
			return nil, nil
		}
		if inner, ok := strings.CutPrefix(value, `"`); ok {
			if inner, ok := strings.CutSuffix(inner, `"`); ok && !strings.Contains(inner, `"`) {
				value = inner
			}
		}
		if strings.HasPrefix(value, "[") && strings.HasSuffix(value, "]") && strings.ContainsAny(value, ",'\"") {
			list := strings.Split(strings.NewReplacer("'", "", `"`, "", " ", "").Replace(value[1:len(value)-1]), ",")
			return nil, fmt.Errorf("write the list without brackets: %s", text.Clip(strings.Join(list, ", ")))
		}
		for begin, i, quoted := 0, 0, false; i <= len(value); i++ {
			if i < len(value) && value[i] == '"' {
				quoted = !quoted
			}
			if i < len(value) && (value[i] != ',' || quoted) {
				continue
			}
			name, err := parseName(strings.Trim(value[begin:i], condor.Blanks), u, condor.InInputs)
			switch {
			case err != nil:
				return nil, err
			case slices.Contains(names, name) && (u != numbered || len(names) > 1): // a product may be A·A
				return nil, fmt.Errorf("%s is named twice", name)
			}
			names, begin = append(names, name), i+1
		}
		return names, nil
	})
}

// stream is for the name of the file for the jobs' output, errors or events: numbered, or with
// any macros.
func stream(to *condor.Template, u use) func(string) error {
	place := condor.InStream
	if u&log != 0 {
		place = condor.InLog
	}
	return store(to, func(value string) (condor.Template, error) {
		if u&numbered != 0 {
			name, err := parseName(value, u, place)
			return condor.Indexed(name), err
		}
		name, err := oneName(value)
		if err != nil {
			return "", err
		}
		t := condor.Template(name)
		return t, cmp.Or(checkShell(name), t.Check(), checkJobNumber(t), condor.CheckName(name, place))
	})
}

func oneName(value string) (string, error) {
	name, err := unquote(value)
	if err == nil && name == "" {
		err = errors.New("a name is empty")
	}
	return name, err
}

// parseName parses the name of a file, which may have the macro $(index) if it is numbered, and
// no other.
func parseName(value string, u use, place condor.Place) (string, error) {
	name, err := oneName(value)
	switch {
	case err != nil:
		return "", err
	case u&output != 0 && strings.ContainsAny(name, "*?"):
		return "", fmt.Errorf("%s: HTCondor does not expand wildcards in the names of outputs: name each file, or leave this out, and all new files come back", text.Clip(name))
	}
	return name, cmp.Or(checkShell(name), checkNumbers(name, u), condor.CheckLiteral(name, u&numbered != 0), condor.CheckName(name, place))
}

// shellVariable matches what a shell replaces at the beginning of a name.
var shellVariable = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(~[^/]*|\$\w+|\$\{\w+\})/`) })

// checkShell returns an error for a name that a shell, or Windows, would take for another file
// than HTCondor.
func checkShell(name string) error {
	if m := shellVariable().FindStringSubmatch(name); m != nil {
		return fmt.Errorf("%s: %s is not expanded here: write the folder's name, as in /home/alice/x.npy, or a name relative to the current folder", text.Clip(name), m[1])
	}
	if strings.Contains(name, `\`) {
		return fmt.Errorf("%s: write / between folders, on Windows too, as in %s", text.Clip(name), text.Clip(strings.ReplaceAll(name, `\`, "/")))
	}
	return nil
}

// htcondorNumber matches HTCondor's numbers of a submission and of a job in it.
var htcondorNumber = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?i)\$\((Cluster|ClusterId|Process|ProcId)\)`) })

// checkNumbers returns an error if the name of a file has HTCondor's number of a job where it
// has no effect.
func checkNumbers(name string, u use) error {
	numbers := htcondorNumber().FindAllString(name, -1)
	plain := htcondorNumber().ReplaceAllString(name, "")
	job := condor.Template(name).Uses("Process") || condor.Template(name).Uses("ProcId")
	switch {
	case numbers == nil:
		return nil
	case job && u&common != 0:
		return fmt.Errorf("%s: every job gets this file: for files with numbers write indexed_input_files = %s", text.Clip(name), plain)
	case job && u&numbered != 0 && condor.Base(plain) != "" && file.InsertIndex(plain, numbers[0]) == name:
		return fmt.Errorf("%s: write %s: the number goes before the extension, as in %s", text.Clip(name), plain, file.Indexed(plain, 7))
	case job && u&numbered != 0:
		return fmt.Errorf("%s: write $(index), not HTCondor's numbers, which begin at 0 in every submission", text.Clip(name))
	}
	return fmt.Errorf("%s: HTCondor's numbers are only for stdout, stderr, log and arguments", text.Clip(name))
}

// checkJobNumber returns an error for $(Process), unless the text also has what makes it
// unique. Its author means the index of the product, but a second submission, such as one of
// what is missing, begins at 0 again: a job would compute another product, or write to
// another job's file.
func checkJobNumber(template condor.Template) error {
	if template.Uses("index") || template.Uses("first") || template.Uses("Cluster") || template.Uses("ClusterId") || !template.PerJob() {
		return nil
	}
	return fmt.Errorf("write $(index), not %s: it begins at 0 in every submission", htcondorNumber().FindString(string(template)))
}
