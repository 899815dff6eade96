package local

import (
	"slices"
	"strings"
	"testing"

	"matpool/condor"
	"matpool/condor/submitfile"
)

// The variables of environment reach a job in either of HTCondor's syntaxes. What else changes what
// a program does is refused.
func TestEnvironment(t *testing.T) {
	for _, test := range []struct{ name, value, want, err string }{
		{"environment", `"SCALE=10 NAME='a b' Q='it''s' D=""x"""`, "SCALE=10|NAME=a b|Q=it's|D=\"x\"", ""},
		{"Environment", `A=1; B=x y;`, "A=1|B=x y", ""},
		{"environment", `"A=$(index)"`, "", "environment: only HTCondor replaces a macro"},
		{"environment", `"A"`, "", `"A" is not of the form`},
		{"environment", `"A='b"`, "", "not closed"},
		{"getenv", "True", "", "getenv: has no effect with -local"},
		{"getenv", "false", "", ""},
		{"input", "in.txt", "", "input: has no effect"},
		{"MY.Environment", `"A=1"`, "", "MY.Environment: has no effect"},
		{"container_image", "x.sif", "", "container_image: has no effect"},
		{"+SingularityImage", `"x.sif"`, "", "+SingularityImage: has no effect"},
		{"nice_user", "true", "", ""},
	} {
		env, err := Environment([]condor.Setting{{Name: test.name, Value: test.value}})
		if strings.Join(env, "|") != test.want || (err == nil) != (test.err == "") || err != nil && !strings.Contains(err.Error(), test.err) {
			t.Errorf("%+v: %q, %v", test, env, err)
		}
	}
}

// A job sees no GPU unless it requests one.
func TestNoGPU(t *testing.T) {
	for requests, hidden := range map[string]bool{"nice_user": true, "request_GPUs": false} {
		a := attempt{Runner: &Runner{Description: &submitfile.Description{Extra: []condor.Setting{{Name: requests, Value: "1"}}}}}
		env := a.environment()
		for _, want := range []string{"CUDA_VISIBLE_DEVICES=10000", "GPU_DEVICE_ORDINAL=10000", "NVIDIA_VISIBLE_DEVICES=none", "_CONDOR_AssignedGPUs=10000"} {
			if slices.Contains(env, want) != hidden {
				t.Errorf("%s: %s", requests, env)
			}
		}
	}
}
