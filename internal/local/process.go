package local

import (
	"context"
	"time"
)

// waitFor waits until the program has ended, and kills the processes that it has left. If ctx
// is cancelled or the program runs too long, it kills the program too.
func (p *process) waitFor(ctx context.Context, limit time.Duration) (tooLong bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	killed := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		p.kill()
		close(killed)
	})
	err = p.wait()
	if !stop() {
		<-killed
		tooLong = ctx.Err() == context.DeadlineExceeded
	}
	p.kill()
	return tooLong, err
}
