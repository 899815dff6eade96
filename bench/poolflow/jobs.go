//go:build linux

package main

import (
	"fmt"
	"strconv"
	"strings"
)

// requirements selects machines for the number of slots: each machine has two.
func (f flow) requirements() string {
	if f.slots == 2 {
		return `Machine == "linux1"`
	}
	return `OpSys == "LINUX"`
}

// ourJobs returns the simplified file. Nothing is said of the slots: matsubmit asks the pool.
func ourJobs(f flow) string {
	text := fmt.Sprintf("operating_systems = linux\nlog = log.txt\ntotal_jobs = %d\nproducts_per_job = %s\nrequirements = %s\n",
		f.products, f.perJobText(), f.requirements())
	if f.random {
		text += fmt.Sprintf("inputs = random\nsize = %d\nseed = %d\n", size, seed)
	}
	if f.sum {
		text += "sum = yes\nindexed_output_files = partial.npz\n"
	}
	return text
}

// description returns the first part of a submit description, for jobs that matsubmit does not submit.
func (f flow) description() string {
	return `universe = vanilla
transfer_executable = false
should_transfer_files = YES
when_to_transfer_output = ON_EXIT
request_cpus = 1
request_memory = 256MB
log = log.txt
requirements = ` + f.requirements() + "\n"
}

// pythonJobs returns a job for each product. On the machine, the files get the names that product.py reads.
func (p *pool) pythonJobs(f flow) string {
	return f.description() + `executable = /bin/sh
arguments = "-c 'mv inputA$(Process).npy inputA.npy && mv inputB$(Process).npy inputB.npy && exec /usr/bin/python3 product.py'"
transfer_input_files = ` + p.script("numpy/product.py") + `, inputA$(Process).npy, inputB$(Process).npy
error = err$(Process).txt
transfer_output_files = output.npy
transfer_output_remaps = "output.npy = output$(Process).npy"
queue ` + strconv.Itoa(f.products) + "\n"
}

// emptyJobs returns jobs that only have their files sent, and send back as many bytes as the products have.
func (p *pool) emptyJobs(f flow) string {
	text := f.description() + "executable = /usr/bin/true\n"
	for first := 0; first < f.products; first += f.perJob {
		var inputs, outputs, remaps []string
		for i := first; i < min(first+f.perJob, f.products); i++ {
			a := fmt.Sprintf("inputA%d.npy", i)
			inputs = append(inputs, a, fmt.Sprintf("inputB%d.npy", i))
			outputs = append(outputs, a)
			remaps = append(remaps, fmt.Sprintf("%s=output%d.npy", a, i))
		}
		text += fmt.Sprintf("transfer_input_files = %s\ntransfer_output_files = %s\ntransfer_output_remaps = \"%s\"\nqueue\n",
			strings.Join(inputs, ","), strings.Join(outputs, ","), strings.Join(remaps, ";"))
	}
	return text
}
