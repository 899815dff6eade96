package local

import (
	"context"
	"strconv"
	"strings"
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

// environment returns the job's environment: what HTCondor 23.9.6 sets, and nothing of the
// environment of this process. An HTCondor job has no PATH and no HOME on Linux.
//
// Not here are the variables for files and daemons that only a pool has, such as _CONDOR_JOB_AD.
// The limit on threads is for libraries that know one of these names (STARTER_NUM_THREADS_ENV_VARS);
// HTCondor does not bind a job to processors either, by default (ASSIGN_CPU_AFFINITY).
func (a *attempt) environment() []string {
	slot, _, _ := strings.Cut(a.slot, "@")
	env := append(systemEnvironment(), "BATCH_SYSTEM=HTCondor", "_CONDOR_SLOT="+slot)
	for _, name := range []string{"_CONDOR_SCRATCH_DIR", "_CONDOR_JOB_IWD", "TMPDIR", "TEMP", "TMP"} {
		env = append(env, name+"="+a.dir)
	}
	for _, name := range []string{"CUBACORES", "GOMAXPROCS", "JULIA_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS", "OMP_NUM_THREADS", "OMP_THREAD_LIMIT",
		"OPENBLAS_NUM_THREADS", "PYTHON_CPU_COUNT", "ROOT_MAX_THREADS", "TF_LOOP_PARALLEL_ITERATIONS", "TF_NUM_THREADS"} {
		env = append(env, name+"="+strconv.Itoa(a.Cpus))
	}
	return env
}
