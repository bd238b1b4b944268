package batch

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"apkaudit/internal/bounded"
)

// File is a file that is being written. It appears under its name complete and on the
// disk, or not at all. What a run that was killed leaves of it the next run removes that
// writes the same file, or has the same output directory.
type File struct {
	path string
	part *os.File
	hold *os.File // keeps part locked until it has got its name; nil where nothing is
}

// Create begins a file. It removes what runs that were killed have left of the same one.
func Create(path string) (*File, error) {
	if err := fileCanBe(path); err != nil {
		return nil, err
	}
	sweepParts(path)
	f, err := createPart(path)
	if err != nil {
		return nil, unwritten(path, err)
	}
	return f, nil
}

// create is Create in the output directory, which is locked and was swept.
func create(path string) (*File, error) {
	if err := fileCanBe(path); err != nil {
		return nil, err
	}
	part, err := os.CreateTemp(filepath.Dir(path), partPrefix+"*")
	if err != nil {
		return nil, unwritten(path, err)
	}
	return &File{path: path, part: part}, nil
}

// fileCanBe reports a directory in the place of a file: what the system says of that,
// when the file is to appear, is that it exists.
func fileCanBe(path string) error {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return fmt.Errorf("%s: is a directory, where a file is to be written; move it away", path)
	}
	return nil
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
	defer f.release()
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
	defer f.release()
	f.part.Close() // nothing of it is wanted
	os.Remove(f.part.Name())
}

func (f *File) release() {
	if f.hold != nil {
		f.hold.Close() // it was only locked
		f.hold = nil
	}
}
