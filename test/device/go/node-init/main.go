// node-init is a device's first process: it makes the namespaces, cgroups and mounts of a private node, and then
// starts programs in it and connects them to the outside, as it is told over a Unix socket.
//
// It dies with whoever started it, and everything in the node dies with it.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
)

// Node is what the test asks for.
type Node struct {
	// Name is the host name.
	Name string `json:"name"`
	// Folder holds the control socket and the logs.
	Folder string `json:"folder"`
	// Disk holds what outlives a reboot.
	Disk string `json:"disk"`
	// Address is the node's own IPv4 address.
	Address string `json:"address"`
	// CPUs and MemoryMiB are the device's capacity.
	CPUs      int `json:"cpus"`
	MemoryMiB int `json:"memoryMiB"`
	// Cgroups are the node's folders, one in each hierarchy; they exist.
	Cgroups []string `json:"cgroups"`
}

func main() {
	runtime.LockOSThread()
	if len(os.Args) != 3 {
		fail(fmt.Errorf("usage: node-init enter|inside FILE"))
	}
	text, err := os.ReadFile(os.Args[2])
	fail(err)
	var node Node
	fail(json.Unmarshal(text, &node))
	if os.Args[1] == "enter" {
		enter(node)
	} else {
		inside(node)
	}
}

// enter moves this process into the node's cgroups and starts the node's first process in namespaces of its own.
func enter(node Node) {
	// The test's end is our end: a number that prctl(2) calls PR_SET_PDEATHSIG.
	_, _, errno := syscall.RawSyscall(syscall.SYS_PRCTL, 1, uintptr(syscall.SIGKILL), 0)
	if errno != 0 || os.Getppid() == 1 {
		fail(fmt.Errorf("the test that started this node has ended (%v)", errno))
	}
	for _, folder := range node.Cgroups {
		fail(os.WriteFile(filepath.Join(folder, "cgroup.procs"), []byte(strconv.Itoa(os.Getpid())), 0))
	}
	// By the name in the run's folder, which proves later that the process is the run's.
	first := exec.Command(os.Args[0], "inside", os.Args[2])
	first.Stdout, first.Stderr = os.Stdout, os.Stderr
	first.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: syscall.CLONE_NEWNS | syscall.CLONE_NEWPID | syscall.CLONE_NEWNET | syscall.CLONE_NEWUTS |
			syscall.CLONE_NEWIPC | syscall.CLONE_NEWCGROUP,
		Pdeathsig: syscall.SIGKILL,
	}
	fail(first.Run())
}

func inside(node Node) {
	fail(syscall.Sethostname([]byte(node.Name)))
	fail(makeMounts(node))
	fail(pretendCapacity(node.CPUs, node.MemoryMiB))
	fail(makeAddresses(node.Address))
	fail(serve(filepath.Join(node.Folder, "control")))
}

func fail(err error) {
	if err == nil {
		return
	}
	fmt.Fprintln(os.Stderr, "node-init:", err)
	os.Exit(1)
}
