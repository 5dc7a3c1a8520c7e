package main

import (
	"fmt"
	"io"
	"os"
	"os/signal"
	"sync"
	"syscall"
)

// programs are those that the test started; all others of the node are theirs.
type programs struct {
	lock   sync.Mutex
	byName map[string]int
	ended  map[int]chan syscall.WaitStatus
}

func newPrograms() *programs {
	all := &programs{byName: map[string]int{}, ended: map[int]chan syscall.WaitStatus{}}
	children := make(chan os.Signal, 16)
	signal.Notify(children, syscall.SIGCHLD)
	go func() {
		for range children {
			all.reap()
		}
	}()
	return all
}

// reap takes the status of every process that has ended, also of orphans: that is a first process's duty.
func (all *programs) reap() {
	all.lock.Lock()
	defer all.lock.Unlock()
	for {
		var status syscall.WaitStatus
		pid, err := syscall.Wait4(-1, &status, syscall.WNOHANG, nil)
		if err == syscall.EINTR {
			continue
		}
		if err != nil || pid <= 0 {
			return
		}
		if channel, ours := all.ended[pid]; ours {
			channel <- status
			delete(all.ended, pid)
		}
	}
}

func (all *programs) spawn(args, env []string, stdout, stderr *os.File) (int, chan syscall.WaitStatus, error) {
	all.lock.Lock()
	defer all.lock.Unlock()
	nothing, err := os.Open(os.DevNull)
	if err != nil {
		return 0, nil, err
	}
	defer nothing.Close()
	pid, err := syscall.ForkExec(args[0], args, &syscall.ProcAttr{
		Dir:   "/",
		Env:   env,
		Files: []uintptr{nothing.Fd(), stdout.Fd(), stderr.Fd()},
		Sys:   &syscall.SysProcAttr{Setsid: true},
	})
	if err != nil {
		return 0, nil, fmt.Errorf("start %s: %w", args[0], err)
	}
	channel := make(chan syscall.WaitStatus, 1)
	all.ended[pid] = channel
	return pid, channel, nil
}

// start runs a program until it ends or is stopped; what it says goes to a file.
func (all *programs) start(name string, args, env []string, log string) error {
	file, err := os.OpenFile(log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer file.Close()
	pid, _, err := all.spawn(args, env, file, file)
	if err != nil {
		return err
	}
	all.lock.Lock()
	all.byName[name] = pid
	all.lock.Unlock()
	return nil
}

// alive says whether a program that was started still runs.
func (all *programs) alive(name string) bool {
	all.lock.Lock()
	defer all.lock.Unlock()
	_, running := all.ended[all.byName[name]]
	return running
}

// stop sends a program a signal and waits until it has ended.
func (all *programs) stop(name string, number int) {
	all.lock.Lock()
	pid := all.byName[name]
	channel, running := all.ended[pid]
	all.lock.Unlock()
	if running {
		syscall.Kill(pid, syscall.Signal(number))
		<-channel
	}
}

// run runs a program to its end and returns what it said.
func (all *programs) run(args, env []string) (status int, said string, err error) {
	reader, writer, err := os.Pipe()
	if err != nil {
		return 0, "", err
	}
	defer reader.Close()
	_, channel, err := all.spawn(args, env, writer, writer)
	writer.Close()
	if err != nil {
		return 0, "", err
	}
	text, err := io.ReadAll(reader)
	return (<-channel).ExitStatus(), string(text), err
}
