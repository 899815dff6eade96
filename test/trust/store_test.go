//go:build linux

package trust

import "testing"

func TestRecordsOutliveStdouts(t *testing.T) {
	playScenarios(t, []scenario{
		{
			name: "one log, the first of two files",
			setup: local + `printf 'gram = yes\nindexed_input_files = inputA.npy\nindexed_output_files = gram.npy\nlog = log.txt\ntotal_jobs = 3\n' >rp2
			matsubmit rp2 -local -quiet`,
			last: "matcombine rp",
			want: "settings('rp')",
		},
		{
			name:  "fewer products than before, and -resubmit",
			setup: local + "sed -i 's/total_jobs = 6/total_jobs = 4/' rp" + resubmit,
			last:  "matcombine rp",
			want:  "settings('rp')",
		},
	})
}

func TestFlippedBitsOfArchivesAndResubmit(t *testing.T) {
	flipAndResubmit(t, map[string]string{
		"npz": "printf 'total_jobs = 5\nindexed_input_files = input.npz\nindexed_output_files = output.npz\nlog = log.txt\n' >rp; matinit -quiet -npz -jobs 5 -size 13 -seed 1; matsubmit rp -local -quiet",
	})
}
