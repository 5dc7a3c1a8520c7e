package main

import (
	"fmt"
	"os"
	"strconv"
	"time"
)

// hog takes what it is told and keeps it: memory MIB, cpu SECONDS, or disk MIB FILE.
func hog(args []string) error {
	if len(args) < 2 {
		return fmt.Errorf("usage: hog memory MIB | cpu SECONDS | disk MIB FILE")
	}
	amount, err := strconv.Atoi(args[1])
	if err != nil {
		return err
	}
	switch args[0] {
	case "memory":
		taken := make([]byte, amount<<20)
		for at := 0; at < len(taken); at += 4096 {
			taken[at] = 1
		}
		fmt.Println("took", amount, "MiB")
		defer func() { _ = taken[0] }()
	case "cpu":
		for end := time.Now().Add(time.Duration(amount) * time.Second); time.Now().Before(end); {
		}
	case "disk":
		file, err := os.Create(args[2])
		if err != nil {
			return err
		}
		for block, written := make([]byte, 1<<20), 0; written < amount; written++ {
			if _, err := file.Write(block); err != nil {
				return err
			}
		}
		if err := file.Sync(); err != nil {
			return err
		}
		fmt.Println("wrote", amount, "MiB")
	default:
		return fmt.Errorf("cannot take %q", args[0])
	}
	return pause(nil)
}
