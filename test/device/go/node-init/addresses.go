package main

import (
	"encoding/binary"
	"fmt"
	"net"
	"syscall"
	"unsafe"
)

// makeAddresses brings loopback up and gives it the node's address too, under a label: pods reach the node there.
func makeAddresses(address string) error {
	socket, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_DGRAM, 0)
	if err != nil {
		return err
	}
	defer syscall.Close(socket)
	var up [40]byte
	copy(up[:], "lo")
	binary.NativeEndian.PutUint16(up[16:], syscall.IFF_UP|syscall.IFF_RUNNING|syscall.IFF_LOOPBACK)
	if err := ioctl(socket, syscall.SIOCSIFFLAGS, &up); err != nil {
		return fmt.Errorf("bring loopback up: %w", err)
	}
	var own [40]byte
	copy(own[:], "lo:node")
	binary.NativeEndian.PutUint16(own[16:], syscall.AF_INET)
	copy(own[20:], net.ParseIP(address).To4())
	if err := ioctl(socket, syscall.SIOCSIFADDR, &own); err != nil {
		return fmt.Errorf("set address %s: %w", address, err)
	}
	// /32: a label of a class A address would otherwise take all of 10.0.0.0/8 for itself.
	copy(own[20:], []byte{255, 255, 255, 255})
	return ioctl(socket, syscall.SIOCSIFNETMASK, &own)
}

func ioctl(socket int, request uintptr, argument *[40]byte) error {
	_, _, errno := syscall.Syscall(syscall.SYS_IOCTL, uintptr(socket), request, uintptr(unsafe.Pointer(argument)))
	if errno != 0 {
		return errno
	}
	return nil
}
