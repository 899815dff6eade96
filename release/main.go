// Release builds the released programs: with OpenBLAS on amd64, static, and byte for byte the same wherever the compilers
// are the same.
//
//	go run ./release -version v1.2 -o dist         archives for Linux on amd64 and arm64 and for Windows; their checksums
//	go run ./release -version v1.2 -programs bin   only the programs, for this machine
//
// The Makefile calls it in the project's folder: make release, make build. OpenBLAS and the C compilers come from
// third_party/openblas/build.sh. The release fails if a program needs a library that its machine may lack, or if a library
// has no licence.
package main

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

func main() {
	version := flag.String("version", "", "the `version` that the programs print and that is in the archives' names")
	dist := flag.String("o", "dist", "write the archives to this `folder`")
	programs := flag.String("programs", "", "build only the programs for this machine, in this `folder`")
	flag.Parse()
	if err := run(*version, *dist, *programs, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

func run(version, dist, programs string, stdout io.Writer) error {
	if flag.NArg() > 0 {
		return fmt.Errorf("%q is not a flag: see go run ./release -help", flag.Arg(0))
	}
	if !regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z.+_-]*$`).MatchString(version) {
		return fmt.Errorf("-version %q: it must be letters, digits and . + _ - (make release takes it from git)", version)
	}
	if programs != "" {
		return linux.buildInto(programs, version)
	}

	date, err := releaseDate()
	if err != nil {
		return err
	}
	var files []file
	var sums strings.Builder
	for _, t := range targets {
		archive, err := t.archive(version, date)
		if err != nil {
			return fmt.Errorf("%s: %w", t.name, err)
		}
		files = append(files, file{name: t.archiveName(version), data: archive})
		fmt.Fprintf(&sums, "%x  %s\n", sha256.Sum256(archive), t.archiveName(version))
		fmt.Fprintf(stdout, "%5.1f MB  %s\n", float64(len(archive))/1e6, filepath.Join(dist, t.archiveName(version)))
	}
	return replace(dist, append(files, file{name: checksums, data: []byte(sums.String())}))
}

const checksums = "SHA256SUMS"

// releaseDate returns the time of every file in an archive: that of SOURCE_DATE_EPOCH, the usual variable of reproducible
// builds, or else the commit's.
func releaseDate() (time.Time, error) {
	epoch := os.Getenv("SOURCE_DATE_EPOCH")
	if epoch == "" {
		out, err := exec.Command("git", "log", "-1", "--format=%ct").Output()
		if err != nil {
			return time.Time{}, errors.New("git does not know the date of this commit; outside a clone, set SOURCE_DATE_EPOCH, in seconds since 1970")
		}
		epoch = strings.TrimSpace(string(out))
	}
	seconds, err := strconv.ParseInt(epoch, 10, 64)
	if err != nil {
		return time.Time{}, fmt.Errorf("SOURCE_DATE_EPOCH is %q: it must be seconds since 1970", epoch)
	}
	return time.Unix(seconds, 0).UTC(), nil
}

// replace removes the last release, and nothing else, from the folder dist, and writes the new one.
func replace(dist string, files []file) error {
	if err := os.MkdirAll(dist, 0o755); err != nil {
		return err
	}
	old := []string{filepath.Join(dist, checksums)}
	for _, t := range targets {
		archives, err := filepath.Glob(filepath.Join(dist, t.archiveName("*")))
		if err != nil {
			return err
		}
		old = append(old, archives...)
	}
	for _, name := range old {
		if err := os.Remove(name); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	for _, f := range files {
		if err := os.WriteFile(filepath.Join(dist, f.name), f.data, f.mode()); err != nil {
			return err
		}
	}
	return nil
}

// archiveName returns the name of the archive with the programs of a version.
func (t target) archiveName(version string) string { return t.folder(version) + t.suffix }

// folder returns the name of the folder that the archive unpacks to.
func (t target) folder(version string) string {
	return "matpool_" + version + "_" + t.os + "_" + t.arch
}

// archive builds and checks the programs, and returns the archive.
func (t target) archive(version string, date time.Time) ([]byte, error) {
	dir, err := os.MkdirTemp("", "matpool-release-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	programs, err := t.build(dir, version)
	if err != nil {
		return nil, err
	}
	files, err := t.licenses()
	if err != nil {
		return nil, err
	}
	for i := range files {
		files[i].name = "licenses/" + files[i].name
	}
	for _, program := range programs {
		data, err := os.ReadFile(program)
		if err != nil {
			return nil, err
		}
		files = append(files, file{name: filepath.Base(program), program: true, data: data})
	}
	texts, err := t.documents(version)
	if err != nil {
		return nil, err
	}
	files = append(files, texts...)
	for i := range files {
		files[i].name = t.folder(version) + "/" + files[i].name
	}

	var archive bytes.Buffer
	err = t.write(&archive, files, date)
	return archive.Bytes(), err
}
