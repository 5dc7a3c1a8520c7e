// device-tools is what containers of the tests run where the real program cannot be had or would prove nothing:
// the pause of a pod, a name server for the node, a port that answers, and one that takes more than it may.
package main

import (
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
)

var tools = map[string]func(args []string) error{
	"pause":  pause,
	"dns":    answerNames,
	"hog":    hog,
	"health": answerHealth,
}

func main() {
	// By the name that it was called, as busybox does, or by its first argument.
	name, args := filepath.Base(os.Args[0]), os.Args[1:]
	if tools[name] == nil && len(args) > 0 {
		name, args = args[0], args[1:]
	}
	tool := tools[name]
	if tool == nil {
		fmt.Fprintf(os.Stderr, "device-tools: no tool %q\n", name)
		os.Exit(2)
	}
	if err := tool(args); err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
		os.Exit(1)
	}
}

// pause does nothing until it is told to end; as a pod's first process it reaps.
func pause([]string) error {
	ends := make(chan os.Signal, 4)
	signal.Notify(ends, syscall.SIGTERM, syscall.SIGINT, syscall.SIGCHLD)
	for received := range ends {
		if received != syscall.SIGCHLD {
			return nil
		}
		for {
			if pid, err := syscall.Wait4(-1, nil, syscall.WNOHANG, nil); err != nil || pid <= 0 {
				break
			}
		}
	}
	return nil
}
