//go:build !amd64

package ddsum

func kernels() []kernel { return []kernel{goKernel} }
