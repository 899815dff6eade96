package timeline

import (
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"matpool/condor/eventlog"
)

// decode is the inverse of numbers, as the script has it.
func decode(text string) (list []int) {
	const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	n, place := 0, 1
	for _, letter := range text {
		digit := strings.IndexRune(digits, letter)
		n += (digit & 31) * place
		place *= 32
		if digit < 32 {
			if n%2 == 1 {
				n = -n
			}
			list = append(list, n/2)
			n, place = 0, 1
		}
	}
	return list
}

func TestNumbers(t *testing.T) {
	want := []int{0, 1, -1, 15, 16, -16, 1000, -123456789, 1 << 40}
	var s numbers
	if s.add(want...); !slices.Equal(decode(s.String()), want) {
		t.Errorf("%s: %v, want %v", s.String(), decode(s.String()), want)
	}
}

// jobsIn returns the jobs in series, as the script counts them.
func jobsIn(series string) (names []string) {
	list := decode(series)
	for cluster, proc, first := 0, 0, 0; len(list) > 0; list = list[5:] {
		cluster, proc, first = cluster+list[1], proc+list[2], first+list[3]
		for range list[0] {
			names = append(names, fmt.Sprintf("%d.%d:%d+%d", cluster, proc, first, list[4]))
			first += list[4]
			if proc == 0 {
				cluster++
			} else {
				proc++
			}
		}
	}
	return names
}

// All jobs are in the data, in few series if they are in order: those of a cluster, and those of a DAG, which have a
// cluster each.
func TestSeries(t *testing.T) {
	for _, test := range []struct {
		name   string
		submit func(i int) string
		series int
	}{
		{"a cluster", func(i int) string {
			return fmt.Sprintf("000 (007.%03d.000) 2026-11-23 12:00:00 Job submitted from host: <h>\n    first=%d count=10 starts=4 jobs=300\n...\n", i, 50+10*i)
		}, 2},
		{"a DAG", func(i int) string {
			return fmt.Sprintf("000 (%03d.000.000) 2026-11-23 12:00:00 Job submitted from host: <h>\n    first=%d count=1 starts=4 jobs=300\n    DAG Node: job%d\n...\n", i+8, i, i)
		}, 1},
		{"out of order", func(i int) string {
			return fmt.Sprintf("000 (%03d.000.000) 2026-11-23 12:00:00 Job submitted from host: <h>\n    first=%d count=1 starts=4 jobs=300\n...\n", i+8, i^1)
		}, 300},
		{"another program's", func(i int) string {
			return fmt.Sprintf("000 (007.%03d.000) 2026-11-23 12:00:00 Job submitted from host: <h>\n...\n", i)
		}, 2},
	} {
		h := eventlog.NewHistory()
		var log strings.Builder
		for i := range 300 {
			log.WriteString(test.submit(i))
		}
		reader := eventlog.NewReader("log", strings.NewReader(log.String()))
		for reader.Scan() {
			h.Add(reader.Record().(*eventlog.Event))
		}
		p := Picture{jobs: h.Jobs()}
		var want []string
		for _, j := range p.jobs {
			note, _ := j.Note()
			want = append(want, fmt.Sprintf("%v:%d+%d", j.ID, note.First, note.Count))
		}
		series := p.series()
		if got := jobsIn(series); !slices.Equal(got, want) || len(decode(series)) != 5*test.series {
			t.Errorf("%s: %d series of %q, want %d of %q", test.name, len(decode(series))/5, got, test.series, want)
		}
	}
}

// The picture in a page has the attempts of the report, and is well-formed.
func TestInline(t *testing.T) {
	for _, name := range logs(t) {
		r := reportOf(t, name)
		p, err := New(r)
		if err != nil {
			t.Fatal(name, err)
		}
		x := p.Inline()
		for d := xml.NewDecoder(strings.NewReader(x.SVG)); ; {
			if _, err := d.Token(); err == io.EOF {
				break
			} else if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		attempts := 0
		for _, row := range x.Data.Attempts {
			for list := decode(row); len(list) > 0; attempts++ {
				kind := x.Data.Kinds[list[2]]
				list = list[3+len(kind)-1:]
			}
		}
		var want int
		for _, j := range r.Run.Jobs {
			for _, a := range j.Attempts {
				if a.Slot != "" || a.Machine != "" {
					want++
				}
			}
		}
		if attempts != want || len(x.Data.Rows) != len(p.rows) {
			t.Errorf("%s: %d attempts in %d rows, want %d in %d", name, attempts, len(x.Data.Rows), want, len(p.rows))
		}
	}
}
