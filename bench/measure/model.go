//go:build linux

package main

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"gonum.org/v1/gonum/mat"
)

// A model says how long p products take on s slots with k products in a job:
//
//	T = start + round·⌈⌈p/k⌉/s⌉ + bytes/rate + p·product/min(s, cores)
//
// start is what passes before the first jobs run and after the last, round HTCondor's own time for a job, of which s run
// at a time, rate what the submitting machine sends and receives in a second, and product the time of one product in a
// job. On the machines of a real pool the slots have cores of their own; the files go through one machine there too.
type model struct {
	start, round, rate float64 // fitted
	product            float64 // measured: a batch's time, on one thread
	cores, slots       int
	points             int
	deviation          float64 // of the measurements from the model, root mean square, in seconds
}

// fit finds start, round and 1/rate by least squares, from all runs of ours and those of nothing but the files.
func (r *results) fit() (m model, ok bool) {
	batch, ok := r.time(openblas, fmt.Sprintf("cmd.Batch/products=%d/threads=1", r.products()))
	if !ok {
		return m, false
	}
	m.product = batch / float64(r.products())
	cores, _, _ := strings.Cut(r.about("cores"), ",")
	m.cores, _ = strconv.Atoi(cores)
	var rows, y []float64
	for _, f := range r.flows() {
		computing := m.computing(f.products, f.slots)
		switch f.side {
		case numpy:
			continue
		case empty:
			computing = 0
		}
		m.slots = max(m.slots, f.slots)
		for _, seconds := range r.seconds(f.side, f.name) {
			rows = append(rows, 1, math.Ceil(f.jobs/float64(f.slots)), f.bytes())
			y = append(y, seconds-computing)
		}
	}
	m.points = len(y)
	if m.points < 6 {
		return m, false
	}
	var solution mat.VecDense
	a := mat.NewDense(len(y), 3, rows)
	if err := solution.SolveVec(a, mat.NewVecDense(len(y), y)); err != nil {
		return m, false
	}
	if solution.AtVec(2) <= 0 { // too few products: the files did not matter
		return m, false
	}
	m.start, m.round, m.rate = solution.AtVec(0), solution.AtVec(1), 1/solution.AtVec(2)
	var residual mat.VecDense
	residual.MulVec(a, &solution)
	residual.SubVec(&residual, mat.NewVecDense(len(y), y))
	m.deviation = mat.Norm(&residual, 2) / math.Sqrt(float64(len(y)))
	return m, true
}

func (m model) computing(products, slots int) float64 {
	return float64(products) * m.product / float64(min(slots, m.cores))
}

// makespan is the model, for products that are returned.
func (m model) makespan(products, slots int, perJob float64) float64 {
	jobs := math.Ceil(float64(products) / perJob)
	bytes := flow{products: products, jobs: jobs}.bytes()
	return m.start + m.round*math.Ceil(jobs/float64(slots)) + bytes/m.rate + m.computing(products, slots)
}

// modelText tells the constants, and what they say of a large pool.
func (r *results) modelText() string {
	m, ok := r.fit()
	if !ok {
		return ""
	}
	text := fmt.Sprintf("\n### A model\n\n"+
		"p products on s slots, k in a job, take T = %.2f s + %.2f s·⌈⌈p/k⌉/s⌉ + bytes ÷ %.0f MB/s + p·%.1f ms ÷ min(s, cores).\n"+
		"The last time is that of a batch, measured; the others are fitted to %d runs by least squares, which deviate by %.2f s\n"+
		"(root mean square). [How to use it](../../README.md#on-a-larger-pool).\n\n",
		m.start, m.round, m.rate/1e6, 1e3*m.product, m.points, m.deviation)
	const products, slots = 100_000, 1000
	large := m
	large.cores = slots
	var rows [][]string
	for _, k := range []float64{1, 5, 20, 44, 100} {
		jobs := math.Ceil(products / k)
		bytes := flow{products: products, jobs: jobs}.bytes()
		sums := flow{products: products, jobs: jobs, sum: true}.bytes()
		whole := large.makespan(products, slots, k)
		rows = append(rows, []string{fmt.Sprintf("%.0f", k), fmt.Sprintf("%.0f", jobs), duration(large.round * math.Ceil(jobs/slots)),
			duration(bytes / m.rate), duration(large.computing(products, slots)), duration(whole), duration(whole - (bytes-sums)/m.rate)})
	}
	return text + "10⁵ products of 1000×1000 matrices on 10³ slots with a core each:\n\n" +
		table([]string{"products in a job", "jobs", "HTCondor's time for jobs", "sending files", "computing", "makespan", "… with sum = yes"}, rows)
}

func duration(seconds float64) string {
	if seconds < 300 {
		return fmt.Sprintf("%.0f s", seconds)
	}
	return fmt.Sprintf("%.0f min", seconds/60)
}
