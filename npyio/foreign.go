package npyio

import (
	"bytes"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

var empty = &HeaderError{"truncated: it is empty", "make or copy it again: whatever wrote it did not finish"}

// textMode is the error for a file that was copied as if it were text. On the way \n became
// \r\n or \r, or bytes beyond ASCII became others. This cannot be undone: the file may have held
// \r\n before.
var textMode = &HeaderError{"damaged: it was copied as text, which changes bytes of numbers",
	"copy it again in binary mode (ftp: the command binary; git: mark *.npy as binary in .gitattributes)"}

// beginnings are other kinds of files, by the bytes with which they begin.
var beginnings = []struct {
	bytes string
	err   *HeaderError
}{
	{"\x13NUMPY", textMode},         // 7 bits
	{"\xc2\x93NUMPY", textMode},     // latin1 as UTF-8
	{"\xe2\x80\x9cNUMPY", textMode}, // Windows-1252 as UTF-8
	{"\xef\xbf\xbdNUMPY", textMode}, // what is not UTF-8, replaced
	{"?NUMPY", textMode},
	{"\r\x93NUMPY", textMode},
	{"version https://git-lfs.github.com/", &HeaderError{"not a .npy file but a pointer of Git LFS, not the file itself", "get the file: git lfs pull"}},
	{"PK\x03\x04", npzFile},
	{"PK\x05\x06", npzFile},
	{"\x1f\x8b", packed("gzip", "gunzip")},
	{"BZh", packed("bzip2", "bunzip2")},
	{"\xfd7zXZ\x00", packed("xz", "unxz")},
	{"\x28\xb5\x2f\xfd", packed("zstd", "unzstd")},
	{"MATLAB 5.0 MAT-file", &HeaderError{"not a .npy file but a file of Matlab (version 5)",
		"in Python, for its variable x: np.save('x.npy', scipy.io.loadmat(name)['x'])"}},
	{"MATLAB 7.3 MAT-file", &HeaderError{"not a .npy file but a file of Matlab (version 7.3, which is HDF5)",
		"in Python, for its variable x: np.save('x.npy', h5py.File(name)['x'][...].T)"}},
	{"\x89HDF\r\n\x1a\n", &HeaderError{"not a .npy file but a file of HDF5", "in Python, for its dataset x: np.save('x.npy', h5py.File(name)['x'][...])"}},
	{"SQLite format 3\x00", shelf("SQLite", "name")},
	{"\xcd\x9a\x57\x13", shelf("gdbm", "name")},
	{"\xce\x9a\x57\x13", shelf("gdbm", "name")},
	{"\xcf\x9a\x57\x13", shelf("gdbm", "name")},
	{"PAR1", table("Parquet", "parquet")},
	{"ARROW1\x00\x00", table("Arrow (Feather)", "feather")},
	{"FEA1", table("Feather", "feather")},
	{strings.Repeat("\x00", 64), &HeaderError{"not a .npy file: it begins with zeros: whatever wrote it did not finish, or a disk failed", "make or copy it again"}},
}

var npzFile = &HeaderError{"not a .npy file but a .npz file or another zip archive", "name one of its arrays, as in FILE.npz:NAME"}

func packed(how, unpack string) *HeaderError {
	return &HeaderError{"not a .npy file but one compressed by " + how, "decompress it first: " + unpack + " < FILE > x.npy"}
}

func table(what, function string) *HeaderError {
	return &HeaderError{"not a .npy file but a table of " + what, "in Python: np.save('x.npy', pandas.read_" + function + "(name).to_numpy())"}
}

// shelf returns the error for a database of the kinds in which Python's module shelve keeps objects, arrays too.
func shelf(database, name string) *HeaderError {
	return &HeaderError{"not a .npy file but a database of " + database + ", such as a shelf of Python",
		"in Python, for the array x of a shelf: import shelve; np.save('x.npy', shelve.open(" + name + ", 'r')['x'])"}
}

// notNpy returns the error for a file that does not begin as a .npy file does, with the
// kind of file that it is if that is known.
func notNpy(r io.Reader) error {
	beginning := make([]byte, 512)
	n, _ := io.ReadFull(r, beginning)
	if beginning = beginning[:n]; n == 0 {
		return empty
	}
	for _, kind := range beginnings {
		if bytes.HasPrefix(beginning, []byte(kind.bytes)) {
			return kind.err
		}
	}
	if len(beginning) >= 16 && string(beginning[12:16]) == "\x61\x15\x06\x00" {
		return shelf("Berkeley DB", "name.removesuffix('.db')")
	}
	if len(beginning) > 1 && beginning[0] == 0x80 && 2 <= beginning[1] && beginning[1] <= 5 {
		return &HeaderError{"not a .npy file but a pickle of Python, which is never opened", "where the array x is made: np.save('x.npy', x)"}
	}
	line := bytes.TrimLeft(bytes.TrimPrefix(beginning, []byte("\ufeff")), " \t\r\n")
	for _, tag := range []string{"<!doctype html", "<html", "<head", "<body"} {
		if len(line) >= len(tag) && strings.EqualFold(string(line[:len(tag)]), tag) {
			return &HeaderError{"not a .npy file but a page of HTML: the answer of a web server, not the file", "download it again; look at the page to see what the server says"}
		}
	}
	if isText(beginning) {
		line, _, _ = bytes.Cut(line, []byte("\n"))
		read := "np.loadtxt(name)"
		for _, delimiter := range []string{";", "\\t", ","} {
			if bytes.Contains(line, []byte(strings.ReplaceAll(delimiter, "\\t", "\t"))) {
				read = "np.loadtxt(name, delimiter='" + delimiter + "')"
				break
			}
		}
		return &HeaderError{"not a .npy file but text: it begins with " + shown(line), "if it is a table of numbers, in Python: np.save('x.npy', " + read + ")"}
	}
	return &HeaderError{What: "not a .npy file: it begins with " + shown(beginning)}
}

// shown returns the first bytes of a file for an error.
func shown(b []byte) string { return strconv.QuoteToASCII(string(b[:min(len(b), 12)])) }

// isText reports whether the beginning of a file is UTF-8 without control characters.
func isText(b []byte) bool {
	for i := 0; i < len(b); {
		r, size := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && size == 1 {
			return len(b)-i < utf8.UTFMax && len(b) == 512 // cut inside a character
		}
		if r < ' ' && strings.IndexByte("\t\n\r\f", byte(r)) < 0 || r == 0x7f {
			return false
		}
		i += size
	}
	return true
}
