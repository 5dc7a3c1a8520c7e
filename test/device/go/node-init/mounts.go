package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// What the kubelet sets for the whole machine: in the node it writes to files of its own.
var sysctls = map[string]string{
	"vm/overcommit_memory":      "1",
	"vm/panic_on_oom":           "0",
	"kernel/panic":              "10",
	"kernel/panic_on_oops":      "1",
	"kernel/keys/root_maxkeys":  "1000000",
	"kernel/keys/root_maxbytes": "25000000",
}

// makeMounts gives the node its own /proc, /run, /var/lib, /var/log, cgroups and sysctls.
func makeMounts(node Node) error {
	disk := func(name string) string { return filepath.Join(node.Disk, name) }
	for _, name := range []string{"upper", "work", "log", "kubelet", "containerd"} {
		if err := os.MkdirAll(disk(name), 0o755); err != nil {
			return err
		}
	}
	steps := []struct {
		source, target, kind string
		flags                uintptr
		data                 string
	}{
		{"none", "/", "", syscall.MS_REC | syscall.MS_PRIVATE, ""},
		{"proc", "/proc", "proc", 0, ""},
		{"tmpfs", "/run", "tmpfs", 0, "mode=755"},
		{disk("log"), "/var/log", "", syscall.MS_BIND, ""},
		{"overlay", "/var/lib", "overlay", 0, "lowerdir=/var/lib,upperdir=" + disk("upper") + ",workdir=" + disk("work")},
	}
	for _, step := range steps {
		if err := syscall.Mount(step.source, step.target, step.kind, step.flags, step.data); err != nil {
			return fmt.Errorf("mount %s on %s: %w", step.source, step.target, err)
		}
	}
	// Neither lies on the overlay: one keeps overlays itself, the other's mounts must reach containers.
	for _, name := range []string{"kubelet", "containerd"} {
		target := filepath.Join("/var/lib", name)
		if err := os.MkdirAll(target, 0o755); err != nil {
			return err
		}
		if err := syscall.Mount(disk(name), target, "", syscall.MS_BIND, ""); err != nil {
			return fmt.Errorf("mount %s: %w", target, err)
		}
		if err := syscall.Mount("none", target, "", syscall.MS_SHARED, ""); err != nil {
			return fmt.Errorf("share %s: %w", target, err)
		}
	}
	if err := mountCgroups(node.Cgroups); err != nil {
		return err
	}
	return hideSysctls()
}

// mountCgroups mounts each hierarchy anew, so that its root is the node's folder.
func mountCgroups(folders []string) error {
	const root = "/sys/fs/cgroup"
	if err := syscall.Unmount(root, syscall.MNT_DETACH); err != nil {
		return fmt.Errorf("unmount %s: %w", root, err)
	}
	if err := syscall.Mount("tmpfs", root, "tmpfs", 0, "mode=755"); err != nil {
		return err
	}
	text, err := os.ReadFile("/proc/self/cgroup")
	if err != nil {
		return err
	}
	for _, line := range strings.Split(strings.TrimSpace(string(text)), "\n") {
		fields := strings.SplitN(line, ":", 3)
		if fields[1] == "" {
			continue // version 2 beside version 1, without controllers
		}
		target := filepath.Join(root, strings.TrimPrefix(fields[1], "name="))
		if err := os.Mkdir(target, 0o755); err != nil {
			return err
		}
		if err := syscall.Mount("cgroup", target, "cgroup", 0, fields[1]); err != nil {
			return fmt.Errorf("mount cgroup %s: %w", fields[1], err)
		}
	}
	return nil
}

func hideSysctls() error {
	for name, value := range sysctls {
		file := filepath.Join("/run/sysctls", name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(file, []byte(value+"\n"), 0o644); err != nil {
			return err
		}
		if err := syscall.Mount(file, filepath.Join("/proc/sys", name), "", syscall.MS_BIND, ""); err != nil {
			return fmt.Errorf("hide %s: %w", name, err)
		}
	}
	return nil
}
