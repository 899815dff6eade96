package request

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"sync"

	"matpool/condor"
	"matpool/condor/jobfile"
	"matpool/internal/status"
)

// Logs returns the names of event logs: a name of a simplified submission file, whose values the overrides replace,
// stands for the log of its jobs, or for those that are there if each job has its own.
func Logs(names []string, overrides ...condor.Setting) (logs []string, err error) {
	submission := false
	for _, name := range names {
		if !begins(name) {
			logs = append(logs, name)
			continue
		}
		submission = true
		q, err := Read(name, overrides...)
		if err != nil {
			return nil, err
		}
		if !q.Log.PerJob() {
			logs = append(logs, q.Log.Expand(0, 0, 1))
			continue
		}
		pattern := macro().ReplaceAllString(string(q.Log), "*")
		found, err := filepath.Glob(filepath.FromSlash(pattern))
		if len(found) == 0 || err != nil {
			return nil, status.DataError(fmt.Errorf("%s: no job has a log %s yet", name, pattern), "")
		}
		logs = append(logs, found...)
	}
	if len(overrides) > 0 && !submission {
		return nil, status.UsageError(errors.New("-"+overrides[0].Name+" requires a simplified submission file, such as run_product"), "")
	}
	return logs, nil
}

var macro = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\$\(\w+\)`) })

// begins reports whether a file begins as a simplified submission file does.
func begins(name string) bool {
	if info, err := os.Stat(name); err != nil || !info.Mode().IsRegular() || info.Size() > jobfile.MaxSize {
		return false
	}
	content, err := os.ReadFile(name)
	if err != nil {
		return false
	}
	text, err := jobfile.Decode(content)
	return err == nil && jobfile.Begins(text)
}
