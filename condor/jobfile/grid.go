package jobfile

import (
	"matpool/internal/base/file"
	"matpool/internal/base/text"
)

// A Grid is the sizes of a grid of tiles, which are numbered row by row.
type Grid struct{ Rows, Cols int }

// Tiles returns the number of tiles.
func (g Grid) Tiles() int { return g.Rows * g.Cols }

func (r *resolver) grid() (g Grid) {
	if r.given("grid") {
		g.Rows, g.Cols, _ = text.ParseGrid(r.values["grid"].Value, file.MaxIndex) // it was checked
	}
	return g
}

// sumTiles gives each job all the products of a tile, if it returns their sum.
func (r *resolver) sumTiles(q *Request) {
	if tiles := q.Grid.Tiles(); tiles > 0 && q.Sum && !r.given("products_per_job") {
		q.ProductsPerJob = max(q.TotalJobs/tiles, 1)
	}
}

// checkGrid checks that the products are those of the tiles.
func (r *resolver) checkGrid(q *Request) {
	tiles := q.Grid.Tiles()
	switch {
	case tiles == 0:
	case !q.Matprod:
		r.fail("grid", "only matprod makes tiles")
	case q.Gram:
		r.fail("grid", "a Gram matrix is cut into panels only: it does not go with gram = yes")
	case q.FirstIndex != 0:
		r.fail("first_index", "tiles are numbered from 0, not %d", q.FirstIndex)
	case q.TotalJobs == 0 || !q.Sum && q.TotalJobs == tiles:
	case q.TotalJobs%tiles != 0 || q.TotalJobs < tiles:
		r.fail("total_jobs", "a grid of %dx%d has %d tiles, and %d products are not as many for each", q.Grid.Rows, q.Grid.Cols, tiles, q.TotalJobs)
	case !q.Sum:
		r.fail("total_jobs", "a grid of %dx%d has %d tiles: write sum = yes if each is the sum of %d products", q.Grid.Rows, q.Grid.Cols, tiles, q.TotalJobs/tiles)
	case q.ProductsPerJob != q.TotalJobs/tiles:
		r.fail("products_per_job", "leave it out: with sum = yes and a grid, a job has the %d products of a tile", q.TotalJobs/tiles)
	}
}
