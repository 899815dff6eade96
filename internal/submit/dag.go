package submit

import (
	"context"
	"io"

	"matpool/condor"
)

func (p *plan) checkDAG() error { return nil }

func (p *plan) runDAG(ctx context.Context, s *condor.Submission, say io.Writer) error { return nil }
