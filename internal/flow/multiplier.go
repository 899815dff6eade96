package flow

import (
	"errors"
	"fmt"

	"matpool/blas"
	"matpool/internal/status"
)

// NewMultiplier is [blas.New] for the flags -kernel and -threads: an unknown kernel is
// wrong usage.
func NewMultiplier(kernel string, threads int) (blas.Multiplier, error) {
	m, err := blas.New(kernel, threads)
	if errors.Is(err, blas.ErrKernel) {
		return nil, status.UsageError(fmt.Errorf("flag -kernel: %w", err), "")
	}
	return m, err
}
