package numpy

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// What matinit draws with each generator, distribution and type are the files that numpy saves, A0, B0, A1, …
// from one stream, by the lines that the manual states.
func TestRandomInputsAreNumpys(t *testing.T) {
	type drawing struct{ rng, dist, dtype, line string }
	var all []drawing
	for rng, lines := range map[string][2]string{
		"mt19937": {"np.random.rand(*n).astype('%s')", "np.random.randn(*n).astype('%s')"},
		"pcg64":   {"r.random(n, '%s')", "r.standard_normal(n, '%s')"},
	} {
		for i, dist := range []string{"uniform", "normal"} {
			for _, dtype := range []string{"float64", "float32"} {
				all = append(all, drawing{rng, dist, dtype, fmt.Sprintf(lines[i], dtype)})
			}
		}
	}
	all = append(all,
		drawing{"mt19937", "", "", "np.random.rand(*n)"},
		drawing{"mt19937", "", "float16", "np.random.rand(*n).astype('e')"},
		drawing{"mt19937", "normal", "float16", "np.random.randn(*n).astype('e')"},
		drawing{"pcg64", "", "float16", "r.random(n).astype('e')"},
		drawing{"pcg64", "normal", "float16", "r.standard_normal(n).astype('e')"})
	for rng, function := range map[string]string{"mt19937": "np.random.randint", "pcg64": "r.integers"} {
		for _, integers := range [][3]string{
			{"bool", "0", "2"},
			{"int8", "-128", "128"}, {"int8", "-3", "4"},
			{"uint8", "0", "256"}, {"uint8", "7", "8"},
			{"int16", "-1000", "1000"}, {"uint16", "0", "65536"},
			{"int32", "-2147483648", "2147483648"}, {"uint32", "5", "4000000000"},
			{"", "-10", "10"}, {"int64", "-9223372036854775808", "9223372036854775808"},
			{"uint64", "0", "18446744073709551616"}, {"uint64", "18446744073709551000", "18446744073709551616"},
		} {
			dtype := integers[0]
			if dtype == "" {
				dtype = "int64"
			}
			all = append(all, drawing{rng, "integers:" + integers[1] + ":" + integers[2], integers[0],
				fmt.Sprintf("%s(%s, %s, n, dtype='%s')", function, integers[1], integers[2], dtype)})
		}
	}
	const jobs, size = 2, 37 // odd numbers of values, so that parts of words are left over
	var questions []question
	var ours []string
	for i, d := range all {
		seed := strconv.Itoa(i)
		if d.rng == "pcg64" && i%2 == 0 {
			seed = "1" + strings.Repeat("0", 3*i)
		}
		dir := t.TempDir()
		args := []string{"-quiet", "-jobs", strconv.Itoa(jobs), "-size", strconv.Itoa(size), "-rng", d.rng, "-seed", seed}
		if d.dist != "" {
			args = append(args, "-dist", d.dist)
		}
		if d.dtype != "" {
			args = append(args, "-dtype", d.dtype)
		}
		if printed := run(t, dir, matinit, args...); printed != seed {
			t.Errorf("%v: the seed is printed as %s, not %s", args, printed, seed)
		}
		run(t, dir, matinit, append(args, "-npz")...)
		ours = append(ours, dir)
		for _, npz := range []bool{false, true} {
			questions = append(questions, question{"rng": d.rng, "seed": seed, "line": d.line, "jobs": jobs, "size": size, "folder": t.TempDir(), "npz": npz})
		}
	}
	// More than one piece is drawn for each array.
	for _, npz := range []bool{false, true} {
		args := []string{"-quiet", "-jobs", "1", "-size", "1100", "-rng", "pcg64", "-seed", "3"}
		if npz {
			args = append(args, "-npz")
		}
		ours = append(ours, t.TempDir())
		run(t, ours[len(ours)-1], matinit, args...)
		questions = append(questions, question{"rng": "pcg64", "seed": "3", "line": "r.random(n)", "jobs": 1, "size": 1100, "folder": t.TempDir(), "npz": npz})
	}
	ask[any](t, "inputs", questions...)

	for i, q := range questions {
		dir := ours[min(i/2, len(all))]
		if i == len(questions)-1 {
			dir = ours[len(all)+1]
		}
		for job := range q["jobs"].(int) {
			if q["npz"].(bool) {
				name := fmt.Sprintf("input%d.npz", job)
				got, want := readFile(t, filepath.Join(dir, name)), readFile(t, filepath.Join(q["folder"].(string), name))
				if binary.LittleEndian.Uint16(want[4:]) == 20 {
					got = asOfOldPython(got)
				}
				if !bytes.Equal(got, want) {
					t.Errorf("%v: %s is another", q, name)
				}
				continue
			}
			for _, factor := range "AB" {
				name := fmt.Sprintf("input%c%d.npy", factor, job)
				if !bytes.Equal(readFile(t, filepath.Join(dir, name)), readFile(t, filepath.Join(q["folder"].(string), name))) {
					t.Errorf("%v: %s is another", q, name)
				}
			}
		}
	}
}

// asOfOldPython makes of an archive as Python 3.11.7 and later write it one of earlier versions: in local headers
// the sizes stand in 32 bits, too, and the version to unpack with is 2.0.
func asOfOldPython(archive []byte) []byte {
	b := bytes.Clone(archive)
	for i := 0; ; i++ {
		next := bytes.Index(b[i:], []byte("PK\x03\x04\x2d\x00"))
		if next < 0 {
			break
		}
		i += next
		b[i+4] = 20
		sizes := b[i+30+int(binary.LittleEndian.Uint16(b[i+26:]))+4:]
		copy(b[i+18:i+22], sizes[:4])
		copy(b[i+22:i+26], sizes[8:12])
	}
	return bytes.ReplaceAll(b, []byte("PK\x01\x02\x2d\x03\x2d\x00"), []byte("PK\x01\x02\x14\x03\x14\x00"))
}
