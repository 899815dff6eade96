//go:build unix

package chirp

import (
	"io"
	"net/netip"
	"os"

	"golang.org/x/sys/unix"
)

// dial connects to an address.
//
// Note: package net would add 0.6 MB to the program, which HTCondor copies to a machine for
// each job.
func dial(to netip.AddrPort) (io.ReadWriteCloser, error) {
	domain, address := unix.AF_INET6, unix.Sockaddr(&unix.SockaddrInet6{Port: int(to.Port()), Addr: to.Addr().As16()})
	if to.Addr().Is4() {
		domain, address = unix.AF_INET, &unix.SockaddrInet4{Port: int(to.Port()), Addr: to.Addr().As4()}
	}
	fd, err := unix.Socket(domain, unix.SOCK_STREAM, 0)
	if err != nil {
		return nil, err
	}
	unix.CloseOnExec(fd)
	if err := unix.Connect(fd, address); err != nil {
		unix.Close(fd)
		return nil, err
	}
	return os.NewFile(uintptr(fd), to.String()), nil
}
