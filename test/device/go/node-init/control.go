package main

import (
	"bufio"
	"encoding/json"
	"io"
	"net"
	"os"
)

// request is one line of a connection to the control socket.
type request struct {
	Do   string   `json:"do"`
	Name string   `json:"name"`
	Args []string `json:"args"`
	Env  []string `json:"env"`
	// Log is the file for what a program says.
	Log    string `json:"log"`
	Signal int    `json:"signal"`
	// Address is host:port in the node: where to dial, or to listen.
	Address string `json:"address"`
	// Socket is a Unix socket outside that a listener hands its connections to.
	Socket string `json:"socket"`
}

type answer struct {
	Error  string `json:"error,omitempty"`
	Status int    `json:"status"`
	Said   string `json:"said,omitempty"`
	Alive  bool   `json:"alive,omitempty"`
}

// serve answers until the node's end. Unix sockets with a path know no network namespaces, which is what connects
// the node to the test without an interface of the machine.
func serve(path string) error {
	os.Remove(path)
	listener, err := net.Listen("unix", path)
	if err != nil {
		return err
	}
	all := newPrograms()
	for {
		connection, err := listener.Accept()
		if err != nil {
			return err
		}
		go handle(connection, all)
	}
}

func handle(connection net.Conn, all *programs) {
	defer connection.Close()
	reader := bufio.NewReader(connection)
	line, err := reader.ReadBytes('\n')
	if err != nil {
		return
	}
	var asked request
	var said answer
	if err = json.Unmarshal(line, &asked); err == nil {
		switch asked.Do {
		case "start":
			err = all.start(asked.Name, asked.Args, asked.Env, asked.Log)
		case "stop":
			all.stop(asked.Name, asked.Signal)
		case "alive":
			said.Alive = all.alive(asked.Name)
		case "run":
			said.Status, said.Said, err = all.run(asked.Args, asked.Env)
		case "listen":
			err = listen(asked.Address, asked.Socket)
		case "dial":
			var other net.Conn
			if other, err = net.Dial("tcp", asked.Address); err == nil {
				reply(connection, said)
				join(connection, reader, other)
				return
			}
		}
	}
	if err != nil {
		said.Error = err.Error()
	}
	reply(connection, said)
}

func reply(connection net.Conn, said answer) {
	text, _ := json.Marshal(said)
	connection.Write(append(text, '\n'))
}

// listen hands what arrives at an address in the node to a Unix socket outside.
func listen(address, socket string) error {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer connection.Close()
				if other, err := net.Dial("unix", socket); err == nil {
					join(connection, connection, other)
				}
			}()
		}
	}()
	return nil
}

// join copies both ways until both are done. What was read ahead of one stands in its reader.
func join(one net.Conn, reader io.Reader, other net.Conn) {
	defer other.Close()
	done := make(chan struct{})
	go func() {
		io.Copy(other, reader)
		closeWrite(other)
		close(done)
	}()
	io.Copy(one, other)
	closeWrite(one)
	<-done
}

func closeWrite(connection net.Conn) {
	if half, ok := connection.(interface{ CloseWrite() error }); ok {
		half.CloseWrite()
	}
}
