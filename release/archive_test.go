package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"testing"
	"time"
)

var (
	someFiles = []file{
		{name: "m/matprod", program: true, data: bytes.Repeat([]byte("program"), 1000)},
		{name: "m/licenses/go/LICENSE", data: []byte("redistribution and use")},
		{name: "m/README.md", data: []byte("# matpool")},
	}
	someDate = time.Date(2026, 3, 29, 1, 30, 8, 0, time.UTC)
)

// An archive's bytes do not depend on when, where, or in which order it was written.
func TestArchivesAreReproducible(t *testing.T) {
	for _, target := range targets {
		write := func(date time.Time, files ...file) []byte {
			var archive bytes.Buffer
			if err := target.write(&archive, files, date); err != nil {
				t.Fatal(err)
			}
			return archive.Bytes()
		}
		first := write(someDate, someFiles...)
		backwards := slices.Clone(someFiles)
		slices.Reverse(backwards)
		elsewhere := someDate.In(time.FixedZone("elsewhere", 5*60*60))
		if !bytes.Equal(first, write(elsewhere, backwards...)) {
			t.Errorf("%s: the same files and date give two different archives", target.suffix)
		}
		if bytes.Equal(first, write(someDate.Add(time.Minute), someFiles...)) {
			t.Errorf("%s: the date is not in the archive", target.suffix)
		}
	}
}

// The files come out as they went in, sorted by name, with the date, and without an owner.
func TestTarGzUnpacks(t *testing.T) {
	var archive bytes.Buffer
	if err := writeTarGz(&archive, someFiles, someDate); err != nil {
		t.Fatal(err)
	}
	decompressor, err := gzip.NewReader(&archive)
	if err != nil {
		t.Fatal(err)
	}
	if h := decompressor.Header; h.Name != "" || !h.ModTime.IsZero() {
		t.Errorf("the gzip header holds %+v", h)
	}
	var got []string
	for r := tar.NewReader(decompressor); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if h.Uid != 0 || h.Gid != 0 || h.Uname != "" || h.Gname != "" || !h.ModTime.Equal(someDate) {
			t.Errorf("%s: %+v", h.Name, h)
		}
		got = append(got, unpacked(t, h.Name, h.FileInfo().Mode(), r))
	}
	wantFiles(t, got)
}

func TestZipUnpacks(t *testing.T) {
	var archive bytes.Buffer
	if err := writeZip(&archive, someFiles, someDate); err != nil {
		t.Fatal(err)
	}
	r, err := zip.NewReader(bytes.NewReader(archive.Bytes()), int64(archive.Len()))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range r.File {
		if !f.Modified.Equal(someDate) {
			t.Errorf("%s: the time is %v", f.Name, f.Modified)
		}
		content, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, unpacked(t, f.Name, f.Mode(), content))
	}
	wantFiles(t, got)
}

// unpacked describes a file in an archive.
func unpacked(t *testing.T, name string, mode fs.FileMode, content io.Reader) string {
	t.Helper()
	data, err := io.ReadAll(content)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%v %s %.30s", mode, name, data)
}

func wantFiles(t *testing.T, got []string) {
	t.Helper()
	want := []string{
		"-rw-r--r-- m/README.md # matpool",
		"-rw-r--r-- m/licenses/go/LICENSE redistribution and use",
		"-rwxr-xr-x m/matprod programprogramprogramprogrampr",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}
