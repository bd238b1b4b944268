package apk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"apkaudit/internal/audit"
	"apkaudit/internal/bounded"
)

// source is a run of bytes that an app is read from.
type source struct {
	file  string // path inside the whole, "" for the whole
	data  io.ReaderAt
	size  int64
	close func() error // nil where there is nothing to close
}

// openFile opens a regular file of a sensible size. A FIFO would block on
// opening, so the kind is asked first.
func openFile(path string, lim Limits) (*os.File, int64, error) {
	name := shown(path)
	st, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, 0, fmt.Errorf("%s: no such file; check the path", name)
	case errors.Is(err, fs.ErrPermission):
		return nil, 0, fmt.Errorf("%s: permission denied; make the file readable", name)
	case err != nil:
		return nil, 0, fmt.Errorf("%s: %w; check the path", name, bounded.Cause(err))
	case !st.Mode().IsRegular():
		return nil, 0, fmt.Errorf("%s: is no regular file; save the APK to disk first", name)
	}
	if err := fits(name, st.Size(), lim); err != nil {
		return nil, 0, err
	}
	f, err := os.Open(path)
	if err != nil {
		if errors.Is(err, fs.ErrPermission) {
			return nil, 0, fmt.Errorf("%s: permission denied; make the file readable", name)
		}
		return nil, 0, fmt.Errorf("%s: %w; check the path", name, bounded.Cause(err))
	}
	return f, st.Size(), nil
}

// fits refuses sizes that no app has.
func fits(name string, size int64, lim Limits) error {
	switch {
	case size == 0:
		return fmt.Errorf("%s: is empty; fetch the APK again", name)
	case size > lim.FileBytes:
		return fmt.Errorf("%s: %d bytes are more than an APK can have (max-file-bytes of %d); give the APK itself", name, size, lim.FileBytes)
	}
	return nil
}

// shown keeps a message on one line whatever the file is called.
func shown(path string) string {
	for _, r := range path {
		if !strconv.IsPrint(r) {
			return strconv.Quote(path)
		}
	}
	return path
}

func stopped(path string, err error) error {
	return fmt.Errorf("%s: stopped: %w", shown(path), err)
}

// SplitSet tells whether a directory holds the split APKs of one app, as `adb pull` or
// bundletool leave them: one base and at least one split of the same package, in files
// named *.apk right in it. A directory that merely holds several apps is none, and is
// told after the second. size is that of all its APKs together, in bytes. The error is
// that of reading the directory.
func SplitSet(dir string) (size int64, ok bool, err error) {
	o := newOpening(context.Background(), DefaultLimits())
	list, err := o.folder(dir)
	defer closeAll(list)
	if errors.Is(err, errSeveral) {
		return 0, false, nil
	}
	if err != nil {
		return 0, false, err
	}
	for _, s := range list {
		size += s.size
	}
	return size, o.isSet(), nil
}

// isSet tells whether a base with splits of its package was found.
func (o *opening) isSet() bool {
	pkg, bases, splits := "", 0, 0
	for _, s := range o.found {
		if s.isBase() {
			bases++
			pkg = s.pkg
		}
	}
	for _, s := range o.found {
		if len(s.nodes) > 0 && !s.isBase() && s.pkg == pkg {
			splits++
		}
	}
	return bases == 1 && splits > 0
}

// folder opens the APKs of a directory, up to the second that is the base of an app:
// then the error is errSeveral. The sources are to be closed even with an error.
func (o *opening) folder(dir string) (list []source, err error) {
	files, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("%s: %w; check the path", shown(dir), bounded.Cause(err))
	}
	first := ""
	for _, e := range files {
		if !strings.EqualFold(filepath.Ext(e.Name()), ".apk") {
			continue
		}
		path := filepath.Join(dir, e.Name())
		if st, err := os.Stat(path); err != nil || !st.Mode().IsRegular() {
			continue
		}
		if o.apks <= 0 {
			o.gaps.add(audit.GapLimit, partArchive, "%s and those behind it were not opened: max-apks of %d reached", e.Name(), o.lim.APKs)
			break
		}
		o.apks--
		f, size, err := openFile(path, o.lim)
		if err != nil {
			o.gaps.add(audit.GapUnreadable, partArchive, "%v", err)
			continue
		}
		s := source{file: e.Name(), data: f, size: size, close: f.Close}
		list = append(list, s)
		before := len(o.found)
		if err := o.archive(s, audit.ContainerSplit, 0); err != nil {
			if cerr := o.ctx.Err(); cerr != nil {
				return list, cerr
			}
			o.gaps.add(audit.GapUnreadable, partArchive, "%s: %v", e.Name(), err)
		}
		for _, s := range o.found[before:] {
			if !s.isBase() {
				continue
			}
			if first != "" {
				return list, fmt.Errorf("holds several APKs that are %w (%s, %s)", errSeveral, first, s.file)
			}
			first = s.file
		}
	}
	return list, nil
}

func closeAll(list []source) error {
	var err error
	for _, s := range list {
		if s.close != nil {
			err = errors.Join(err, s.close())
		}
	}
	return err
}

// startHash computes the SHA-256 of each source beside all other reading; the returned
// function waits for them.
func startHash(ctx context.Context, list []source) func() ([]string, error) {
	type result struct {
		sums []string
		err  error
	}
	done := make(chan result, 1)
	go func() {
		var r result
		buf := make([]byte, 256<<10)
		for _, s := range list {
			sum, err := hashOf(ctx, s, buf)
			if err != nil {
				r.err = err
				break
			}
			r.sums = append(r.sums, sum)
		}
		done <- r
	}()
	return func() ([]string, error) {
		r := <-done
		return r.sums, r.err
	}
}

func hashOf(ctx context.Context, s source, buf []byte) (string, error) {
	h := sha256.New()
	r := io.NewSectionReader(s.data, 0, s.size)
	for {
		if err := ctx.Err(); err != nil {
			return "", err
		}
		n, err := r.Read(buf)
		h.Write(buf[:n])
		if err == io.EOF {
			return hex.EncodeToString(h.Sum(nil)), nil
		}
		if err != nil {
			return "", err
		}
	}
}
