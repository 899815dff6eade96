//go:build linux

package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// An entry is a line of the sheet about the machine and the run: keys begin with a small letter and have no blanks, as
// Go's format of benchmarks wants them.
type entry struct{ key, text string }

const sheetName = "machine.txt"

// describe fills in the sheet.
func (s *session) describe(ctx context.Context, command string) ([]entry, error) {
	commit, err := s.output(ctx, s.root, nil, "git", "describe", "--always", "--dirty", "--tags")
	if err != nil {
		return nil, err
	}
	version, err := s.output(ctx, s.dir, nil, s.program(openblas, "matprod"), "-version")
	if err != nil {
		return nil, err
	}
	lines := strings.Split(version, "\n")
	blas, err := s.output(ctx, s.dir, nil, python, s.dgemm())
	if err != nil {
		return nil, err
	}
	if strings.Contains(blas, "not OpenBLAS") {
		return nil, fmt.Errorf("numpy is %s: times against it tell nothing; run test/setup.sh", blas)
	}
	condor := "none"
	if out, err := exec.CommandContext(ctx, "condor_version").Output(); err == nil {
		condor, _, _ = strings.Cut(string(out), "\n")
	}
	return []entry{
		{"date", time.Now().UTC().Format("2006-01-02 15:04 UTC")},
		{"commit", commit},
		{"command", command},
		{"cpu", processor()},
		{"cores", strconv.Itoa(runtime.NumCPU()) + virtual()},
		{"caches", caches()},
		{"memory", fmt.Sprintf("%.1f GiB", float64(memory("MemTotal"))/(1<<30))},
		{"system", field("/etc/os-release", `(?m)^PRETTY_NAME="?([^"\n]*)`) + ", Linux " + text("/proc/sys/kernel/osrelease")},
		{"huge-pages", "transparent " + text("/sys/kernel/mm/transparent_hugepage/enabled")},
		{"go", strings.TrimPrefix(runtime.Version(), "go")},
		{"programs", strings.TrimPrefix(lines[len(lines)-1], "dgemm: ")},
		{"numpy", blas},
		{"condor", condor},
		{"load-before", loads()},
	}, nil
}

// noise adds to the sheet what else the machine did meanwhile.
func noise(before counters) []entry {
	now := readCounters()
	stolen := "unknown"
	if total := now.total - before.total; total > 0 {
		stolen = fmt.Sprintf("%.2f %% of the time", 100*(now.stolen-before.stolen)/total)
	}
	return []entry{{"load-after", loads()}, {"taken-by-other-virtual-machines", stolen}}
}

// counters are the machine's ticks since it was started, in all and those that the hypervisor gave to others
// (proc_stat(5), steal).
type counters struct{ total, stolen float64 }

func readCounters() (c counters) {
	line, _, _ := strings.Cut(text("/proc/stat"), "\n")
	for i, word := range strings.Fields(line) {
		if n, err := strconv.ParseFloat(word, 64); err == nil && i <= 8 { // behind are parts of these
			c.total += n
			if i == 8 {
				c.stolen = n
			}
		}
	}
	return c
}

func writeSheet(dir string, sheet []entry) error {
	lines := ""
	for _, e := range sheet {
		lines += e.key + ": " + e.text + "\n"
	}
	return os.WriteFile(filepath.Join(dir, sheetName), []byte(lines), 0o666)
}

func readSheet(dir string) (sheet []entry, err error) {
	f, err := os.Open(filepath.Join(dir, sheetName))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		k, text, _ := strings.Cut(lines.Text(), ": ")
		sheet = append(sheet, entry{k, text})
	}
	return sheet, nil
}

// about returns what the sheet says of something.
func (r *results) about(key string) string {
	for _, e := range r.sheet {
		if e.key == key {
			return e.text
		}
	}
	return ""
}

// processor returns what the processor calls itself.
func processor() string {
	if name := field("/proc/cpuinfo", `(?m)^model name\s*: (.*)$`); name != "" {
		return name
	}
	return runtime.GOARCH
}

// folderName is for a run of today on this processor: 2026-01-31-amd-epyc-9000.
func folderName() string {
	words := regexp.MustCompile(`\((R|TM)\)|\bCPU\b|\bProcessor\b|@.*|\d+-Core`).ReplaceAllString(processor(), " ")
	slug := regexp.MustCompile(`[^a-z0-9]+`).ReplaceAllString(strings.ToLower(words), "-")
	return time.Now().UTC().Format(time.DateOnly) + "-" + strings.Trim(slug, "-")
}

func virtual() string {
	if regexp.MustCompile(`(?m)^flags.*\bhypervisor\b`).MatchString(text("/proc/cpuinfo")) {
		return ", of a virtual machine"
	}
	return ""
}

// caches lists those of the first core: "L1d 48K, L2 2M, L3 32M".
func caches() string {
	var all []string
	dirs, _ := filepath.Glob("/sys/devices/system/cpu/cpu0/cache/index*")
	for _, dir := range dirs {
		kind := map[string]string{"Data": "d", "Instruction": "i"}[text(filepath.Join(dir, "type"))]
		all = append(all, "L"+text(filepath.Join(dir, "level"))+kind+" "+text(filepath.Join(dir, "size")))
	}
	return strings.Join(all, ", ")
}

// memory returns a figure of /proc/meminfo in bytes.
func memory(name string) int64 {
	kib, _ := strconv.ParseInt(field("/proc/meminfo", `(?m)^`+name+`:\s*(\d+) kB`), 10, 64)
	return kib << 10
}

func loads() string {
	words := strings.Fields(text("/proc/loadavg"))
	return strings.Join(words[:min(3, len(words))], " ")
}

// text returns what a file holds, or nothing.
func text(name string) string {
	data, _ := os.ReadFile(name)
	return strings.TrimSpace(string(data))
}

// field returns what the expression's parentheses match in a file.
func field(name, expression string) string {
	if m := regexp.MustCompile(expression).FindStringSubmatch(text(name)); m != nil {
		return m[1]
	}
	return ""
}
