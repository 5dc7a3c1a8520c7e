package main

import (
	"fmt"
	"os"
	"path/filepath"
)

// copyTree is cp -R -f FROM TO/: the one form in which generated pods call it.
func copyTree(args []string) error {
	if len(args) != 4 || args[0] != "-R" || args[1] != "-f" {
		return fmt.Errorf("usage: cp -R -f FROM TO, got %q", args)
	}
	to := filepath.Join(args[3], filepath.Base(args[2]))
	// A restart copies over what the first try left.
	if err := os.RemoveAll(to); err != nil {
		return err
	}
	return os.CopyFS(to, os.DirFS(args[2]))
}
