package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"syscall"
)

// pretendCapacity lets the kubelet see a device's processors and memory instead of the machine's: what it reports as
// capacity decides what is placed on it. Processes run on the machine's own all the same.
func pretendCapacity(cpus, memoryMiB int) error {
	const folder = "/run/capacity"
	for number := range cpus {
		// Without packages and cores: from these the kubelet would make cpusets, which hold real processors only.
		if err := os.MkdirAll(filepath.Join(folder, "cpu", fmt.Sprint("cpu", number)), 0o755); err != nil {
			return err
		}
	}
	all := fmt.Sprintf("0-%d\n", cpus-1)
	for _, name := range []string{"online", "present", "possible"} {
		if err := os.WriteFile(filepath.Join(folder, "cpu", name), []byte(all), 0o644); err != nil {
			return err
		}
	}
	if err := os.Mkdir(filepath.Join(folder, "node"), 0o755); err != nil {
		return err
	}
	memory, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		return err
	}
	total := regexp.MustCompile(`(?m)^MemTotal:.*$`).ReplaceAll(memory, fmt.Appendf(nil, "MemTotal: %d kB", memoryMiB<<10))
	if err := os.WriteFile(filepath.Join(folder, "meminfo"), total, 0o644); err != nil {
		return err
	}
	for source, target := range map[string]string{
		"cpu":     "/sys/devices/system/cpu",
		"node":    "/sys/devices/system/node",
		"meminfo": "/proc/meminfo",
	} {
		if _, err := os.Stat(target); err != nil {
			continue // a machine without memory nodes
		}
		if err := syscall.Mount(filepath.Join(folder, source), target, "", syscall.MS_BIND, ""); err != nil {
			return fmt.Errorf("hide %s: %w", target, err)
		}
	}
	return nil
}
