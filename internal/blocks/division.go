package blocks

import (
	"fmt"

	"matpool/blas"
	"matpool/condor/jobfile"
	"matpool/internal/base/text"
	"matpool/internal/pair"
	"matpool/internal/product"
	"matpool/internal/status"
)

// choose returns the division, and the reason for what it leaves open: panels, or both sizes of the
// grid, that are 0. It is the coarsest whose pairs, each with its product and the program, fit in a job's memory.
func (o CutOptions) choose(f product.Factors) (d Division, why string, err error) {
	d = o.Cut
	if d.Panels > 0 && d.Rows > 0 {
		return d, "", nil
	}
	m := newFootprint(f, o.Memory)
	switch {
	case d.Panels == 0:
		d.Panels, err = m.panels()
		why = fmt.Sprintf("panels = auto: %d", d.Panels)
	default:
		d.Grid, err = m.grid()
		why = fmt.Sprintf("grid = auto: %v", d.Grid)
	}
	if err != nil {
		return d, "", err
	}
	a, b, product := m.pair(d)
	return d, why + fmt.Sprintf(". Of a job's memory of %s the program takes %s, a product %s, and its factors %s.",
		text.Size(m.limit), text.Size(m.program), text.Size(product), text.Size(a+b)), nil
}

// A footprint is what jobs need of their memory, in bytes.
type footprint struct {
	product.Factors
	limit, program      int64
	sizeA, sizeB, sizeC int64 // of a value
}

func newFootprint(f product.Factors, limit int64) footprint {
	a, b, _ := f.Types()
	m := footprint{Factors: f, limit: limit, program: product.ProgramMemory(1), sizeA: int64(a.Size()), sizeB: int64(b.Size()), sizeC: 8 * int64(blas.Parts(a, b))}
	if f.Form == pair.Gram {
		m.sizeA = 0 // X is B
	}
	return m
}

// pair returns what the largest pair of a division takes, and its product.
func (m footprint) pair(d Division) (a, b, product int64) {
	part := func(size, parts int) int64 { return int64((size + parts - 1) / parts) }
	rows, k, cols := part(m.Rows, d.Rows), part(m.K, d.Panels), part(m.Cols, d.Cols)
	return rows * k * m.sizeA, k * cols * m.sizeB, rows * cols * m.sizeC
}

// panels returns the smallest number of panels.
func (m footprint) panels() (int, error) {
	_, _, product := m.pair(Division{1, jobfile.Grid{Rows: 1, Cols: 1}})
	each := int64(m.Rows)*m.sizeA + int64(m.Cols)*m.sizeB // for each of k
	if each == 0 || m.K == 0 {
		return 1, nil
	}
	left := m.limit - m.program - product
	if left < each {
		hint := "-memory allows a job more"
		if m.Form != pair.Gram {
			hint += "; -grid cuts the product itself"
		}
		return 0, status.UsageError(fmt.Errorf("-panels auto: %s takes %s, and the program %s, of a job's memory of %s",
			m.Name(), text.Size(product), text.Size(m.program), text.Size(m.limit)), hint)
	}
	k := int(min(left/each, int64(m.K)))
	return (m.K + k - 1) / k, nil
}

// grid returns a grid with few tiles: it cuts the rows of A or the columns of B,
// whichever have the larger blocks, until a pair fits.
func (m footprint) grid() (jobfile.Grid, error) {
	d := Division{1, jobfile.Grid{Rows: 1, Cols: 1}}
	for {
		a, b, product := m.pair(d)
		switch {
		case m.program+a+b+product <= m.limit:
			return d.Grid, nil
		case d.Rows < m.Rows && (a >= b || d.Cols >= m.Cols):
			d.Rows++
		case d.Cols < m.Cols:
			d.Cols++
		default:
			return d.Grid, status.UsageError(fmt.Errorf("-grid auto: a row of %s and a column of %s take %s, and the program %s, of a job's memory of %s",
				m.A.Name, m.B.Name, text.Size(a+b), text.Size(m.program), text.Size(m.limit)), "-memory allows a job more; -panels cuts rows and columns")
		}
	}
}
