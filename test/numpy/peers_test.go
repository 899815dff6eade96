package numpy

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"reflect"
	"strings"
	"syscall"
	"testing"

	"github.com/kshedden/gonpy"
	sbinet "github.com/sbinet/npyio/npy"
	sbinetz "github.com/sbinet/npyio/npz"

	"matpool/elem"
	"matpool/npyio"
)

// A content is an array, whatever the byte order of its file.
type content struct {
	Type    string // without a byte order
	Shape   []int
	Fortran bool
	Bytes   string // in the order of the file's values, each little-endian; in hexadecimal
}

func (c content) same(other content) bool { return fmt.Sprint(c) == fmt.Sprint(other) }

// A reading is what a program makes of a file: an array, an error, or a crash.
type reading struct {
	Content      *content
	Error, Crash string
}

func contentOf(descr string, shape []int, fortran bool, values any) (content, error) {
	b, err := binary.Append(nil, binary.LittleEndian, values)
	return content{strings.TrimLeft(descr, "<>|="), shape, fortran, hex.EncodeToString(b)}, err
}

// readOurs reads a file, or the array of an archive with this name.
func readOurs(name, array string) (content, error) {
	var f *npyio.File
	var err error
	if f, err = npyio.Open(name); array != "" {
		f, err = npyio.OpenMember(name, array)
	}
	if err != nil {
		return content{}, err
	}
	defer f.Close()
	count, _ := f.Len()
	values := make([]byte, int(count)*f.DType.Size)
	if err := errors.Join(f.Read(values, 0), f.Verify()); err != nil {
		return content{}, err
	}
	if t, _ := f.DType.Elem(); f.DType.Order == '>' {
		elem.SwapBytes(values, t)
	}
	return contentOf(f.DType.String(), f.Shape, f.Fortran, values)
}

// peers are the other packages, each with a function like readOurs.
var peers = map[string]func(name, array string) (content, error){
	"gonpy":        readByGonpy,
	"sbinet/npyio": readBySbinet,
}

func readByGonpy(name, array string) (content, error) {
	if array != "" {
		return content{}, errors.New("gonpy reads no archives")
	}
	r, err := gonpy.NewFileReader(name)
	if err != nil {
		return content{}, err
	}
	var values any
	switch r.Dtype {
	case "i1":
		values, err = r.GetInt8()
	case "i2":
		values, err = r.GetInt16()
	case "i4":
		values, err = r.GetInt32()
	case "i8":
		values, err = r.GetInt64()
	case "u1":
		values, err = r.GetUint8()
	case "u2":
		values, err = r.GetUint16()
	case "u4":
		values, err = r.GetUint32()
	case "u8":
		values, err = r.GetUint64()
	case "f4":
		values, err = r.GetFloat32()
	case "f8":
		values, err = r.GetFloat64()
	case "c8":
		values, err = r.GetComplex64()
	case "c16":
		values, err = r.GetComplex128()
	default:
		err = fmt.Errorf("gonpy has no type %s", r.Dtype)
	}
	if err != nil {
		return content{}, err
	}
	return contentOf(r.Dtype, r.Shape, r.ColumnMajor, values)
}

func readBySbinet(name, array string) (content, error) {
	var file io.ReadCloser
	file, err := os.Open(name)
	if array != "" {
		var z *sbinetz.Reader
		if z, err = sbinetz.Open(name); err == nil {
			file, err = z.Open(array)
		}
	}
	if err != nil {
		return content{}, err
	}
	defer file.Close()
	r, err := sbinet.NewReader(file)
	if err != nil {
		return content{}, err
	}
	descr := r.Header.Descr
	typ := sbinet.TypeFrom(descr.Type)
	if typ == nil {
		return content{}, fmt.Errorf("sbinet/npyio has no type %s", descr.Type)
	}
	values := reflect.New(reflect.SliceOf(typ))
	if err := r.Read(values.Interface()); err != nil {
		return content{}, err
	}
	return contentOf(descrOf(typ), descr.Shape, descr.Fortran, values.Elem().Interface())
}

// descrOf returns a type of Go's in numpy's notation.
func descrOf(typ reflect.Type) string {
	for _, t := range elem.Types() {
		if t.String() == typ.String() {
			return npyio.DTypeOf(t).String()
		}
	}
	return typ.String()
}

// The environment variable with which a process of the tests is a peer, and no test; and the
// memory, in KB, and the processors' time, in seconds, that it has.
const (
	peerVariable = "MATPOOL_TEST_PEER"
	peerMemory   = 4_000_000
	peerTime     = 20
)

// A target is a file, or the array of an archive in a member with this name, to read.
type target struct{ File, Array string }

// runPeer reads the files named on stdin, and prints the readings.
func runPeer(peer string) error {
	var targets []target
	if err := json.NewDecoder(os.Stdin).Decode(&targets); err != nil {
		return err
	}
	var readings []reading
	for _, x := range targets {
		readings = append(readings, attempt(peers[peer], x))
	}
	return json.NewEncoder(os.Stdout).Encode(readings)
}

func attempt(read func(name, array string) (content, error), x target) (r reading) {
	defer func() {
		if recover() != nil {
			r = reading{Crash: "panics"}
		}
	}()
	c, err := read(x.File, x.Array)
	if err != nil {
		return reading{Error: err.Error()}
	}
	return reading{Content: &c}
}

// readByPeer has a peer read files in a process of its own, since some of them make it use up its memory, or go on for ever.
func readByPeer(t *testing.T, peer string, targets ...target) []reading {
	t.Helper()
	question, err := json.Marshal(targets)
	if err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	cmd := exec.CommandContext(t.Context(), "sh", "-c", fmt.Sprintf(`ulimit -v %d; ulimit -t %d; exec "$0"`, peerMemory, peerTime), os.Args[0])
	cmd.Env = append(os.Environ(), peerVariable+"="+peer)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(question), &out, &errs
	err = cmd.Run()
	crash := ""
	switch {
	case err != nil && cmd.ProcessState != nil && cmd.ProcessState.Sys().(syscall.WaitStatus).Signal() == syscall.SIGKILL:
		crash = "does not end"
	case strings.Contains(errs.String(), "out of memory") || strings.Contains(errs.String(), "cannot allocate memory"):
		crash = "runs out of memory"
	case err != nil:
		t.Fatalf("%s: %v\n%s", peer, err, &errs)
	}
	if crash != "" && len(targets) == 1 {
		return []reading{{Crash: crash}}
	}
	var readings []reading
	if err := json.Unmarshal(out.Bytes(), &readings); err != nil || len(readings) != len(targets) {
		t.Fatalf("%s: %d readings of %d files: %v %s", peer, len(readings), len(targets), err, crash)
	}
	return readings
}
