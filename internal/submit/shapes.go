package submit

import (
	"errors"
	"fmt"
	"slices"

	"matpool/internal/blocks"
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
		sizes := blocks.NewSizes(t.Grid)
		for tile := range tiles {
			errs = append(errs, sizes.Fit(tile, productName(t, tile*perTile), products[tile*perTile].shape))
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

func productName(t task, i int) string { return t.pair.Numbered(t.FirstIndex + i).Name() }

func shapeString(shape []int) string { return npyio.Header{Shape: shape}.ShapeString() }
