package npyio

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

// What is no .npy file is named where it is known, and a hint says how to go on.
func TestOtherKindsOfFiles(t *testing.T) {
	matlab := func(version string) string {
		return "MATLAB " + version + " MAT-file, Platform: GLNXA64, Created on: Mon Nov 23 2026" + strings.Repeat(" ", 60) + "\x00\x02MI"
	}
	ours := string(hi.file(t))
	for file, want := range map[string][2]string{
		"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n": {"not a .npy file but a pointer of Git LFS", "git lfs pull"},
		"<!DOCTYPE html>\n<html><head>":                                             {"not a .npy file but a page of HTML", "download it again"},
		"\ufeff\r\n  <HTML lang=\"en\">":                                            {"not a .npy file but a page of HTML", "download it again"},
		"\x1f\x8b\x08\x00\x00\x00\x00\x00":                                          {"not a .npy file but one compressed by gzip", "gunzip < FILE"},
		"BZh91AY&SY":                                                                {"not a .npy file but one compressed by bzip2", "bunzip2 < FILE"},
		"\xfd7zXZ\x00\x00\x04":                                                      {"not a .npy file but one compressed by xz", "unxz < FILE"},
		"\x28\xb5\x2f\xfd\x04\x00":                                                  {"not a .npy file but one compressed by zstd", "unzstd < FILE"},
		string(npz(t, hi)):                                                          {"not a .npy file but a .npz file or another zip archive", "FILE.npz:NAME"},
		string(npz(t)):                                                              {"not a .npy file but a .npz file or another zip archive", "FILE.npz:NAME"},
		matlab("5.0"):                                                               {"not a .npy file but a file of Matlab (version 5)", "scipy.io.loadmat(name)['x']"},
		matlab("7.3"):                                                               {"not a .npy file but a file of Matlab (version 7.3", "h5py.File(name)['x'][...].T"},
		"\x89HDF\r\n\x1a\n\x00\x00":                                                 {"not a .npy file but a file of HDF5", "h5py.File(name)['x'][...]"},
		"SQLite format 3\x00\x10\x00":                                               {"not a .npy file but a database of SQLite, such as a shelf of Python", "shelve.open(name, 'r')['x']"},
		"\xce\x9a\x57\x13\x00\x10\x00\x00":                                          {"not a .npy file but a database of gdbm, such as a shelf of Python", "shelve.open(name, 'r')['x']"},
		"\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x61\x15\x06\x00\x09\x00": {"not a .npy file but a database of Berkeley DB, such as a shelf of Python", "shelve.open(name.removesuffix('.db'), 'r')['x']"},
		"PAR1\x15\x04":                         {"not a .npy file but a table of Parquet", "pandas.read_parquet(name)"},
		"ARROW1\x00\x00\xff":                   {"not a .npy file but a table of Arrow", "pandas.read_feather(name)"},
		"\x80\x04\x95\x8a\x00\x00\x00":         {"not a .npy file but a pickle of Python, which is never opened", "np.save('x.npy', x)"},
		strings.Repeat("\x00", 4096):           {"not a .npy file: it begins with zeros", "make or copy it again"},
		"":                                     {"truncated: it is empty", "make or copy it again"},
		"1.0 2.0\n3.0 4.0\n":                   {`not a .npy file but text: it begins with "1.0 2.0"`, "np.loadtxt(name))"},
		"1.0,2.0\r\n3.0,4.0\r\n":               {`not a .npy file but text: it begins with "1.0,2.0\r"`, "np.loadtxt(name, delimiter=','))"},
		"1,5;2,5\n":                            {`not a .npy file but text: it begins with "1,5;2,5"`, "np.loadtxt(name, delimiter=';'))"},
		"1\t2\n":                               {`not a .npy file but text: it begins with "1\t2"`, `np.loadtxt(name, delimiter='\t'))`},
		strings.Repeat("ä", 300):               {"not a .npy file but text", "np.loadtxt"},
		"a" + strings.Repeat("ä", 300):         {"not a .npy file but text", "np.loadtxt"},
		strings.ReplaceAll(ours, "\n", "\r\n"): {"damaged: it was copied as text", "binary mode"},
		strings.ReplaceAll(ours, "\n", "\r"):   {"damaged: it was copied as text", "binary mode"},
		"\x13" + ours[1:]:                      {"damaged: it was copied as text", "binary mode"},
		strings.ToValidUTF8(ours, "\ufffd"):    {"damaged: it was copied as text", "binary mode"},
		strings.ToValidUTF8(ours, "?"):         {"damaged: it was copied as text", "binary mode"},
		fromLatin1(ours):                       {"damaged: it was copied as text", "binary mode"},
		"\xe2\x80\x9cNUMPY\x01\x00":            {"damaged: it was copied as text", "binary mode"},
		"\x00\x01\x02":                         {`not a .npy file: it begins with "\x00\x01\x02"`, ""},
		"\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00":    {`not a .npy file: it begins with "\x7fELF\x02\x01`, ""},
		"\xff\xfe1\x00.\x000\x00":                                {`not a .npy file: it begins with "\xff\xfe1`, ""},
		"caf\xe9 latin1 is not text for certain, nor for numpy ": {"not a .npy file", ""},
	} {
		_, err := Open(save(t, []byte(file)))
		var header *HeaderError
		if !errors.As(err, &header) || !strings.HasPrefix(header.What, want[0]) || !strings.Contains(Hint(err), want[1]) || (want[1] == "") != (Hint(err) == "") {
			t.Errorf("%.40q: %v\nhint: %s\nwant %s\nhint: %s", file, err, Hint(err), want[0], want[1])
		}
		a, err := OpenArchive(save(t, []byte(file)))
		if err == nil {
			a.Close()
		}
		var archive *ArchiveError
		if !strings.HasPrefix(file, "PK") && (!errors.As(err, &archive) || strings.Contains(err.Error(), "not a .npy")) {
			t.Errorf("%.40q as an archive: %v", file, err)
		}
	}
}

// A hint for each type that is refused, so that the same data go through. None converts to
// float64 what that would change, but says so.
func TestHintsForTypes(t *testing.T) {
	for descr, want := range map[string]string{
		"'<U3'":     "if each text is a number, in Python: np.save(name, np.load(name).astype(np.float64))",
		"'<M8[ns]'": "in Python: np.save(name, np.load(name).view(np.int64))",
		"'>m8[s]'":  "in Python: np.save(name, np.load(name).view(np.int64))",
		"'|O'":      "where the array x is made, save it as numbers: np.save(name, x.astype(np.float64)), or another numeric type",
		"'<f16'":    "in Python: np.save(name, np.load(name).astype(np.float64)) # rounds each value to the 53 bits of a float64",
		"'<c32'":    "in Python: np.save(name, np.load(name).astype(np.complex128)) # rounds re and im to the 53 bits of a float64",
		"[('x', '<f8'), ('y', '<i4')]": "save each field by itself; in Python: " +
			"r = np.load(name); [np.save(f + '.npy', r[f]) for f in r.dtype.names]",
		"('<f8', (2,))":     "in Python: np.save(name, np.load(name))",
		"'<f7'":             "",
		"'|V4'":             "in Python, if they are float32: np.save(name, np.load(name).view(np.float32))",
		"'|V8'":             "in Python, if they are float64: np.save(name, np.load(name).view(np.float64))",
		"'|V16'":            "in Python, if they are complex128: np.save(name, np.load(name).view(np.complex128))",
		"'|V5'":             "ask whoever made the file of what type they are: it does not say so",
		"'<V2'":             "in Python, if they are bfloat16: np.save(name, (np.load(name).view('<u2').astype('<u4') << 16).view('<f4'))",
		"'<V1'":             "in Python, if they are float8_e4m3fn: import ml_dtypes; np.save(name, np.load(name).view(ml_dtypes.float8_e4m3fn).astype(np.float32))",
		"'bfloat16'":        "in Python: import ml_dtypes; np.save(name, np.load(name).astype(np.float32))",
		"'float8_e5m2fnuz'": "in Python: import ml_dtypes; np.save(name, np.load(name).astype(np.float32))",
	} {
		_, _, err := ReadHeader(bytes.NewReader([]byte(npy(1, dict(descr, "False", "(3,)"), 0))))
		if got := Hint(err); got != want || err == nil {
			t.Errorf("%s: %v\nhint: %s\nwant: %s", descr, err, got, want)
		}
	}
	if got := Hint(errors.New("another error")); got != "" {
		t.Error(got)
	}
}
