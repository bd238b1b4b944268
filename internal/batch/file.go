package batch

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"apkaudit/internal/bounded"
)

// File is a file that is being written. It appears under its name complete and on the
// disk, or not at all. What a run that was killed leaves of it in the output directory
// the next run removes.
type File struct {
	path string
	part *os.File
}

// Create begins a file.
func Create(path string) (*File, error) {
	part, err := os.CreateTemp(filepath.Dir(path), partPrefix+"*")
	if err != nil {
		return nil, unwritten(path, err)
	}
	return &File{path, part}, nil
}

func unwritten(path string, err error) error {
	return fmt.Errorf("%s: cannot be written: %w", path, bounded.Cause(err))
}

// Write is that of os.File; the error names the file.
func (f *File) Write(p []byte) (int, error) {
	n, err := f.part.Write(p)
	if err != nil {
		err = unwritten(f.path, err)
	}
	return n, err
}

// Name is that under which the file is written until Commit.
func (f *File) Name() string { return f.part.Name() }

// Commit makes the file appear.
func (f *File) Commit() error {
	err := f.part.Chmod(0o644)
	if err == nil {
		err = f.part.Sync()
	}
	if err = errors.Join(err, f.part.Close()); err == nil {
		err = os.Rename(f.part.Name(), f.path)
	}
	if err == nil {
		err = syncDir(filepath.Dir(f.path))
	}
	if err != nil {
		os.Remove(f.part.Name())
		return unwritten(f.path, err)
	}
	return nil
}

// Abort gives a file up.
func (f *File) Abort() {
	f.part.Close() // nothing of it is wanted
	os.Remove(f.part.Name())
}
