package main

import (
	"fmt"
	"net"
)

// answerNames answers every question for an IPv4 address with one: all names that pods ask for lead to the node.
func answerNames(args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("usage: dns ADDRESS")
	}
	address := net.ParseIP(args[0]).To4()
	connection, err := net.ListenPacket("udp", net.JoinHostPort(args[0], "53"))
	if err != nil {
		return err
	}
	question := make([]byte, 1500)
	for {
		length, from, err := connection.ReadFrom(question)
		if err != nil {
			return err
		}
		if reply := answerTo(question[:length], address); reply != nil {
			connection.WriteTo(reply, from)
		}
	}
}

// answerTo follows RFC 1035, section 4: the header, the question as it was asked, and one record that points at it.
func answerTo(asked []byte, address net.IP) []byte {
	const header = 12
	end := header
	for end < len(asked) && asked[end] != 0 {
		end += int(asked[end]) + 1
	}
	end += 5 // the root's length, type and class
	if end > len(asked) {
		return nil
	}
	reply := append([]byte{}, asked[:end]...)
	reply[2], reply[3] = 0x81, 0x80
	copy(reply[4:header], []byte{0, 1, 0, 0, 0, 0, 0, 0})
	if asked[end-3] != 1 {
		return reply // not for an A record: there is none
	}
	reply[7] = 1
	reply = append(reply, 0xc0, header, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4)
	return append(reply, address...)
}
