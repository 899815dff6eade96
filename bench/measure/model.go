//go:build linux

package main

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
)

// A model predicts the makespan of p products in j jobs on s slots:
//
//	T = start + round·⌈j/s⌉ + in/inRate + out/outRate + p·product/min(s, cores)
//
// start is the time before the first jobs run and after the last, round HTCondor's time for the s jobs that run side by
// side, inRate and outRate the bytes that the submitting machine sends and receives per second, product the time of one
// product in a batch. The slots of this pool share the machine's cores; on a real pool each slot has its own.
type model struct {
	start, round, inRate, outRate float64 // fitted
	product                       float64 // measured
	cores                         int
	runs                          int
	deviation                     float64 // root mean square, in seconds
}

// fit finds start, round, 1/inRate and 1/outRate by least squares, from all of our runs and all runs that only send the files.
// Jobs that make their inputs are left out, since making them takes time, too.
func (a *archive) fit() (m model, ok bool) {
	m.product = a.seconds(shipped, fmt.Sprintf("Batch/products=%d/threads=1", a.products())) / float64(a.products())
	fmt.Sscan(a.machine["cores"], &m.cores)
	var rows, y []float64
	for _, f := range a.flows() {
		if f.implementation == numpy || f.random {
			continue
		}
		var computing float64
		if f.implementation == shipped {
			computing = m.computing(f)
		}
		in, out := f.bytes()
		for _, t := range a.sample(f.implementation, f.name, "sec/op") {
			rows = append(rows, 1, math.Ceil(f.jobs/float64(f.slots)), in, out)
			y = append(y, t-computing)
		}
	}
	if m.runs = len(y); m.runs < 8 || !(m.product > 0) {
		return m, false
	}
	design, observed := mat.NewDense(m.runs, 4, rows), mat.NewVecDense(m.runs, y)
	var solution, residual mat.VecDense
	if err := solution.SolveVec(design, observed); err != nil {
		return m, false
	}
	m.start, m.round, m.inRate, m.outRate = solution.AtVec(0), solution.AtVec(1), 1/solution.AtVec(2), 1/solution.AtVec(3)
	residual.MulVec(design, &solution)
	residual.SubVec(&residual, observed)
	m.deviation = mat.Norm(&residual, 2) / math.Sqrt(float64(m.runs))
	return m, m.inRate > 0 && m.outRate > 0 // with few products, the effect of the files cannot be seen
}

func (m model) computing(f flow) float64 {
	return float64(f.products) * m.product / float64(min(f.slots, m.cores))
}

func (m model) sending(f flow) float64 {
	in, out := f.bytes()
	return in/m.inRate + out/m.outRate
}

func (m model) makespan(f flow) float64 {
	return m.start + m.round*math.Ceil(f.jobs/float64(f.slots)) + m.sending(f) + m.computing(f)
}

// modelText describes the fitted model and its predictions for a large pool.
func (a *archive) modelText() string {
	m, ok := a.fit()
	if !ok {
		return ""
	}
	const products, slots = 100_000, 1000
	large := m
	large.cores = slots
	var rows [][]string
	for _, jobs := range []float64{100_000, 20_000, 5_000, 2_273, 1_000} {
		f := flow{products: products, slots: slots, jobs: jobs}
		sums := f
		sums.sum = true
		rows = append(rows, []string{fmt.Sprint(jobs), fmt.Sprintf("%.0f", products/jobs), duration(m.round * math.Ceil(jobs/slots)),
			duration(m.sending(f)), duration(large.computing(f)), duration(large.makespan(f)), duration(large.makespan(sums))})
	}
	return fmt.Sprintf(`
A model: p products in j jobs on s slots take T = %.2f s + %.2f s·⌈j/s⌉ + bytes in ÷ %.0f MB/s + bytes out ÷ %.0f MB/s
+ p·%.1f ms ÷ min(s, cores). The last time is measured in a batch; the others are fitted to %d runs by least squares, with a
deviation of %.2f s (root mean square). [How to use it](../../README.md#on-a-larger-pool). For 10⁵ products of 1000×1000
matrices on 10³ slots, each with its own core, it predicts:

`, m.start, m.round, m.inRate/1e6, m.outRate/1e6, 1e3*m.product, m.runs, m.deviation) +
		table([]string{"jobs", "products per job", "HTCondor's time for jobs", "sending files", "computing", "makespan", "… with sum = yes"}, rows)
}

func duration(seconds float64) string {
	if seconds < 300 {
		return fmt.Sprintf("%.0f s", seconds)
	}
	return fmt.Sprintf("%.0f min", seconds/60)
}
