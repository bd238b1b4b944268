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

// maxFiles bounds how many documents a directory may hold.
const maxFiles = 200

// Open reads one document, or all documents of a directory (not of directories
// inside it): text, Markdown and HTML files, sorted by name. A file of a
// directory that cannot be read stays in the list with its error; a file named
// by itself that cannot be read is an error.
func Open(name string) ([]Input, error) {
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%s: no such file or directory; check the path", name)
	case err != nil:
		return nil, fmt.Errorf("%s: %w", name, bounded.Cause(err))
	case info.IsDir():
		return openDir(name)
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s: is no regular file; save the policy to disk first", name)
	}
	data, err := readFile(name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, bounded.Cause(err))
	}
	return []Input{{Name: name, Data: data}}, nil
}

var documentExts = []string{".txt", ".text", ".md", ".markdown", ".html", ".htm", ".xhtml", ".pdf", ".docx"}

// unreadExts are documents that may hold a policy and are not read.
var unreadExts = []string{".doc", ".rtf", ".odt", ".wps", ".pages", ".mht", ".mhtml"}

func openDir(dir string) ([]Input, error) {
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
		if len(out) == maxFiles {
			return nil, fmt.Errorf("%s: holds more than %d documents; give the policy's own directory", dir, maxFiles)
		}
		in := Input{Name: name}
		in.Data, in.Err = readFile(name)
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

func readFile(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return bounded.ReadFull(f, "max-policy-bytes", MaxBytes, name)
}
