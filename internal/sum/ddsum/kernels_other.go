//go:build !amd64 && !arm64

package ddsum

func kernels() []kernel { return []kernel{goKernel} }
