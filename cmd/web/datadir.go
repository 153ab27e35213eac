package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// dataDir is the folder of one running Segue, held by a lock on a file in it.
type dataDir struct {
	path string
	lock *os.File
}

// openDataDir makes the folder when it is missing and takes its lock. The
// kernel releases the lock when the process ends, however it ends.
func openDataDir(path string) (*dataDir, error) {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, fmt.Errorf("DATA_DIR %s cannot be made: %w. Choose a folder that this user may write to", path, err)
	}
	lock, err := os.OpenFile(filepath.Join(path, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("DATA_DIR %s cannot be written to: %w. Choose a folder that this user may write to", path, err)
	}
	err = syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		err = fmt.Errorf("another Segue is running on DATA_DIR %s. Stop it, or give this one a folder of its own", path)
	}
	if err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	return &dataDir{path: path, lock: lock}, nil
}

func (d *dataDir) file(name string) string { return filepath.Join(d.path, name) }

// Close releases the lock.
func (d *dataDir) Close() error { return d.lock.Close() }
