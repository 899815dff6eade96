package file

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

func TestIndexed(t *testing.T) {
	for _, test := range []struct {
		name  string
		index int
		want  string
	}{
		{"inputA.npy", 7, "inputA7.npy"},
		{"inputA.npy", 100, "inputA100.npy"},
		{"pipe", 7, "pipe7"},
		{"run.v1/pipe", 7, "run.v1/pipe7"},
		{"run.v1/x.npy", 0, "run.v1/x0.npy"},
		{"a.tar.gz", 3, "a.tar3.gz"},
		{".hidden", 3, ".hidden3"},
		{"..x.npy", 3, "..x3.npy"},
		{"dot.", 3, "dot3."},
		{"x.npy.npy", 3, "x.npy3.npy"},
		{"d.e/output.npz:C", 7, "d.e/output7.npz:C"},
		{"output.NPZ:a.b/c.npy", 7, "output7.NPZ:a.b/c.npy"},
		{"output.npz:", 7, "output7.npz:"},
		{`C:\x.npz:C`, 7, `C:\x7.npz:C`},
		{"in_$(index)_A.npy", 7, "in_7_A.npy"},
		{"run$(Index)/x$(INDEX).npy", 7, "run7/x7.npy"},
		{"all.npz:A$(index)", 7, "all.npz:A7"},
		{"run$(index)/x.npz:a$(Index)", 7, "run7/x.npz:a7"},
		{"run$(index)/x.npz:a", 7, "run7/x.npz:a"},
		{"w.npz:linear/W:0", 7, "w7.npz:linear/W:0"},
		{"$(indx).npy", 7, "$(indx)7.npy"},
	} {
		if got := Indexed(test.name, test.index); got != test.want {
			t.Errorf("Indexed(%q, %d) = %q, want %q", test.name, test.index, got, test.want)
		}
	}
}

func TestIndexedRange(t *testing.T) {
	if got := fmt.Sprint(IndexedRange("out.npy", 9, 3)); got != "[out9.npy out10.npy out11.npy]" {
		t.Error(got)
	}
}

func TestSplitMember(t *testing.T) {
	for name, want := range map[string][2]string{
		"x.npz:C": {"x.npz", "C"}, "d.e/x.NPZ:a.b/c.npy": {"d.e/x.NPZ", "a.b/c.npy"}, `C:\x.npz:C`: {`C:\x.npz`, "C"}, "C:/x.npz": {},
		"w.npz:W:0": {"w.npz", "W:0"}, "w.npz:/conv5_3/W": {"w.npz", "/conv5_3/W"}, "w.npz:a.npz:b": {"w.npz", "a.npz:b"}, "w.npz::": {"w.npz", ":"},
		"x.npz": {}, "x.npz:": {}, ".npz:C": {}, "x.npy:C": {}, "npz:C": {},
	} {
		path, member, ok := SplitMember(name)
		if ok != (want[0] != "") || ok && (path != want[0] || member != want[1]) || !ok && path != name {
			t.Errorf("%s: %q, %q, %t; want %q", name, path, member, ok, want)
		}
	}
}

func TestPadded(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a007.npy", "b2_00", "c01.npz", "d0.npy"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range map[string]string{"a7.npy": "a007.npy", "b2_0": "b2_00", "c1.npz:A": "c01.npz", "a8.npy": "", "d.npy": "", "d0.npy": ""} {
		if want != "" {
			want = filepath.Join(dir, want)
		}
		if got := Padded(filepath.Join(dir, name)); got != want {
			t.Errorf("Padded(%q) = %q, want %q", name, got, want)
		}
	}
}
