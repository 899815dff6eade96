//go:build !amd64

package peak

func loops() []loop { return nil }
