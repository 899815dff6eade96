package chirp

import (
	"io"
	"net/netip"

	"golang.org/x/sys/windows"
)

// dial connects to an address. See the note in dial_unix.go.
func dial(to netip.AddrPort) (io.ReadWriteCloser, error) {
	const version = 0x202 // 2.2, the latest
	if err := windows.WSAStartup(version, new(windows.WSAData)); err != nil {
		return nil, err
	}
	domain, address := windows.AF_INET6, windows.Sockaddr(&windows.SockaddrInet6{Port: int(to.Port()), Addr: to.Addr().As16()})
	if to.Addr().Is4() {
		domain, address = windows.AF_INET, &windows.SockaddrInet4{Port: int(to.Port()), Addr: to.Addr().As4()}
	}
	s, err := windows.Socket(domain, windows.SOCK_STREAM, 0)
	if err != nil {
		return nil, err
	}
	if err := windows.Connect(s, address); err != nil {
		windows.Closesocket(s)
		return nil, err
	}
	return socket(s), nil
}

type socket windows.Handle

func (s socket) Read(p []byte) (int, error) {
	var n, flags uint32
	err := windows.WSARecv(windows.Handle(s), buffer(p), 1, &n, &flags, nil, nil)
	if err == nil && n == 0 && len(p) > 0 {
		err = io.EOF
	}
	return int(n), err
}

func (s socket) Write(p []byte) (int, error) {
	var n uint32
	err := windows.WSASend(windows.Handle(s), buffer(p), 1, &n, 0, nil, nil)
	return int(n), err
}

func (s socket) Close() error { return windows.Closesocket(windows.Handle(s)) }

// buffer describes p, which must not be empty.
func buffer(p []byte) *windows.WSABuf {
	return &windows.WSABuf{Len: uint32(len(p)), Buf: &p[0]}
}
