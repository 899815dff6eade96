package submit

import (
	"errors"
	"fmt"
	"slices"

	"matpool/internal/status"
	"matpool/npyio"
)

// checkShapes makes sure that products that are added have the same shape, and that tiles fit
// each other.
func checkShapes(t task, products []product) error {
	var errs []error
	switch tiles := t.Grid.Tiles(); {
	case tiles > 0:
		perTile := len(products) / tiles
		for i := range products {
			errs = append(errs, sameShape(t, products, i, i/perTile*perTile))
		}
		if err := errors.Join(errs...); err != nil {
			return err
		}
		for tile := range tiles {
			row, col := tile/t.Grid.Cols*t.Grid.Cols, tile%t.Grid.Cols
			errs = append(errs, sameSize(t, products, tile*perTile, row*perTile, 0), sameSize(t, products, tile*perTile, col*perTile, 1))
		}
	case t.files.Sums || t.DAG:
		for i := range products {
			errs = append(errs, sameShape(t, products, i, 0))
		}
	}
	return errors.Join(errs...)
}

// sameShape returns an error unless two products have the same shape.
func sameShape(t task, products []product, i, other int) error {
	m, first := products[i], products[other]
	if slices.Equal(m.shape, first.shape) {
		return nil
	}
	return status.DataError(fmt.Errorf("%s: is %s, but %s is %s: they cannot be added",
		productName(t, i), shapeString(m.shape), productName(t, other), shapeString(first.shape)), "")
}

// sameSize returns an error unless two products are matrices with as many rows, or with as many
// columns.
func sameSize(t task, products []product, i, other, axis int) error {
	m, first := products[i].shape, products[other].shape
	if len(m) != 2 || len(first) != 2 {
		return status.DataError(fmt.Errorf("%s: must be a matrix to be a tile", productName(t, i)), "")
	}
	if m[axis] == first[axis] {
		return nil
	}
	what := [...]string{"row", "column"}[axis]
	return status.DataError(fmt.Errorf("%s: has %d %ss, but %s in the same %s of tiles has %d",
		productName(t, i), m[axis], what, productName(t, other), what, first[axis]), "")
}

func productName(t task, i int) string { return t.pair.Numbered(t.FirstIndex + i).Name() }

func shapeString(shape []int) string { return npyio.Header{Shape: shape}.ShapeString() }
