package local

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"matpool/condor"
)

// environment returns the job's environment: what HTCondor 23.9.6 sets, what the description adds,
// and nothing of the environment of this process. An HTCondor job has no PATH on Linux,
// and before HTCondor 25 no HOME: a program that works here works with both.
//
// Not here are the variables for files and daemons that only a pool has, such as _CONDOR_JOB_AD.
// The limit on threads is for libraries that know one of these names (STARTER_NUM_THREADS_ENV_VARS);
// HTCondor does not bind a job to processors either, by default (ASSIGN_CPU_AFFINITY). A job that
// requests no GPU sees none (ENVIRONMENT_VALUE_FOR_UnAssignedGPUs).
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
	if !slices.ContainsFunc(a.Extra, func(s condor.Setting) bool { return strings.EqualFold(s.Name, "request_gpus") }) {
		env = append(env, "CUDA_VISIBLE_DEVICES=10000", "GPU_DEVICE_ORDINAL=10000", "NVIDIA_VISIBLE_DEVICES=none", "_CONDOR_AssignedGPUs=10000")
	}
	given, _ := Environment(a.Extra) // the caller of Run has checked it
	return append(env, given...)
}

// Environment returns the variables that settings for HTCondor add to the environment of jobs, as
// NAME=value. The error is for a setting that changes what a program does, and that has no effect
// here: it names the setting.
func Environment(extra []condor.Setting) (env []string, err error) {
	for _, s := range extra {
		name := strings.ToLower(s.Name)
		if attribute, ok := strings.CutPrefix(name, "my."); ok {
			name = "+" + attribute
		}
		switch name {
		case "environment":
			given, err := parseEnvironment(s.Value)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", s.Name, err)
			}
			env = append(env, given...)
		case "getenv", "input", "env", "+environment", "+env", "+in", "container_image", "+containerimage", "docker_image", "+dockerimage", "+singularityimage":
			if name == "getenv" && strings.EqualFold(s.Value, "false") {
				continue
			}
			return nil, fmt.Errorf("%s: has no effect with -local or -try, and the program might need it", s.Name)
		}
	}
	return env, nil
}

// parseEnvironment parses a value of environment: variables that blanks separate, in double quotes,
// or, without these, that semicolons separate.
func parseEnvironment(value string) (env []string, err error) {
	if strings.Contains(value, "$") {
		return nil, errors.New("only HTCondor replaces a macro: -local and -try do not take a $")
	}
	if strings.HasPrefix(value, `"`) {
		env, err = condor.SplitArguments(value)
	} else {
		for s := range strings.SplitSeq(value, ";") {
			if s = strings.TrimSpace(s); s != "" {
				env = append(env, s)
			}
		}
	}
	for _, s := range env {
		if i := strings.IndexByte(s, '='); i < 1 {
			return nil, fmt.Errorf("%q is not of the form NAME=value", s)
		}
	}
	return env, err
}
