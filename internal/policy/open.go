package policy

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"apkaudit/internal/bounded"
)

// Open is Limits.Open with the default limits.
func Open(name string) ([]Input, error) { return DefaultLimits().Open(name) }

// Open reads one document, or all documents of a directory (not of directories
// inside it): text, Markdown and HTML files, sorted by name. A file of a
// directory that cannot be read stays in the list with its error; a file named
// by itself that cannot be read is an error.
func (l Limits) Open(name string) ([]Input, error) {
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%s: no such file or directory; check the path", name)
	case err != nil:
		return nil, fmt.Errorf("%s: %w", name, bounded.Cause(err))
	case info.IsDir():
		return l.openDir(name)
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s: is no regular file; save the policy to disk first", name)
	}
	data, err := l.readFile(name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, bounded.Cause(err))
	}
	return []Input{{Name: name, Data: data}}, nil
}

var documentExts = []string{".txt", ".text", ".md", ".markdown", ".html", ".htm", ".xhtml", ".pdf", ".docx"}

// IsDocument tells whether a file of that name is read as a policy in a directory.
func IsDocument(name string) bool {
	return slices.Contains(documentExts, strings.ToLower(filepath.Ext(name)))
}

// unreadExts are documents that may hold a policy and are not read.
var unreadExts = []string{".doc", ".rtf", ".odt", ".wps", ".pages", ".mht", ".mhtml"}

func (l Limits) openDir(dir string) ([]Input, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", dir, bounded.Cause(err))
	}
	var out []Input
	for _, e := range entries {
		name := filepath.Join(dir, e.Name())
		ext := strings.ToLower(filepath.Ext(e.Name()))
		info, err := os.Stat(name)
		if err != nil || !info.Mode().IsRegular() || !slices.Contains(documentExts, ext) && !slices.Contains(unreadExts, ext) {
			continue
		}
		if len(out) >= l.Files {
			return nil, fmt.Errorf("%s: holds more documents: max-policy-files of %d reached; give the policy's own directory", dir, l.Files)
		}
		in := Input{Name: name}
		in.Data, in.Err = l.readFile(name)
		if in.Err != nil {
			in.Err = bounded.Cause(in.Err)
		}
		out = append(out, in)
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("%s: holds no policy (%s); give the directory with the documents", dir, strings.Join(documentExts, " "))
	}
	return out, nil
}

func (l Limits) readFile(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return bounded.ReadFull(f, "max-policy-bytes", l.DocumentBytes, "its bytes")
}
