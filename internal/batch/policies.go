package batch

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"apkaudit/internal/bounded"
	"apkaudit/internal/policy"
)

// maxMapBytes bounds the file that says which policy is whose.
const maxMapBytes = 64 << 20

// Policies says which documents an app is compared with. It is safe for concurrent use.
type Policies struct {
	byName map[string][]string // package -> paths in a directory of policies
	of     map[string][]string // file or package, and the file's place -> documents as the map names them
	source string
	rows   []mapRow // of the map
	docs   map[string][]policy.Input
	all    []policy.Input // for apps without one of their own
	limits policy.Limits
}

// mapRow is the first column of one row.
type mapRow struct {
	line int
	app  string
}

// OpenPolicies reads how policies belong to apps: source is a directory that holds
// PACKAGE.html, PACKAGE.pdf … or PACKAGE/, or a CSV file with a file or package and a
// policy in each row, the policy's path being relative to the CSV file; "" for neither.
// all are for apps that have none there. limits bound each document. fetch reads an address.
//
// Errors name the line; a policy that a row names has to be there.
func OpenPolicies(source string, all []policy.Input, limits policy.Limits, fetch func(string) (policy.Input, error)) (*Policies, error) {
	p := &Policies{all: all, limits: limits, source: source, of: map[string][]string{}, docs: map[string][]policy.Input{}}
	if source == "" {
		return p, nil
	}
	info, err := os.Stat(source)
	if err != nil {
		return nil, fmt.Errorf("%s: %w; give a directory of policies or a CSV file", source, bounded.Cause(err))
	}
	if info.IsDir() {
		return p, p.list(source)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: is no regular file; give a directory of policies or a CSV file", source)
	}
	f, err := os.Open(source)
	if err != nil {
		return nil, fmt.Errorf("%s: cannot be read: %w", source, bounded.Cause(err))
	}
	defer f.Close()
	data, err := bounded.ReadFull(f, "max-map-bytes", maxMapBytes, source)
	if err != nil {
		return nil, err
	}
	return p, p.readMap(source, data, fetch)
}

func (p *Policies) list(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("%s: cannot be listed: %w", dir, bounded.Cause(err))
	}
	p.byName = map[string][]string{}
	for _, e := range entries {
		name := e.Name()
		ext := filepath.Ext(name)
		info, err := os.Stat(filepath.Join(dir, name)) // where a link leads
		switch {
		case e.IsDir(), err == nil && info.IsDir():
			p.byName[name] = append(p.byName[name], filepath.Join(dir, name))
		case policy.IsDocument(name):
			pkg := strings.TrimSuffix(name, ext)
			p.byName[pkg] = append(p.byName[pkg], filepath.Join(dir, name))
		}
	}
	return nil
}

// The columns of the map, as its first row may name them.
const (
	columnApp    = "file_or_package"
	columnPolicy = "policy"
)

func (p *Policies) readMap(file string, data []byte, fetch func(string) (policy.Input, error)) error {
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff"))))
	r.FieldsPerRecord, r.TrimLeadingSpace, r.Comment = 2, true, '#'
	for first := true; ; first = false {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s: %w; each row is a file or package and its policy", file, err)
		}
		line, _ := r.FieldPos(0)
		app, doc := strings.TrimSpace(row[0]), strings.TrimSpace(row[1])
		switch {
		case first && app == columnApp && doc == columnPolicy:
			continue
		case app == "" || doc == "":
			return fmt.Errorf("%s:%d: a row needs a file or package and its policy", file, line)
		}
		if err := p.read(file, doc, fetch); err != nil {
			return fmt.Errorf("%s:%d: %w", file, line, err)
		}
		p.rows = append(p.rows, mapRow{line, app})
		p.of[app] = append(p.of[app], doc)
		if at := placeOf(app); at != app {
			p.of[at] = append(p.of[at], doc)
		}
	}
}

// placeOf is the path of a file however it is spelt, as the working directory has it.
func placeOf(file string) string {
	if at, err := filepath.Abs(filepath.FromSlash(file)); err == nil {
		return at
	}
	return file // there is no working directory: only what is spelt alike is the same
}

// read sees that a policy is there. Addresses are fetched once; files are read when
// they are needed, for there may be many.
func (p *Policies) read(file, doc string, fetch func(string) (policy.Input, error)) error {
	if _, known := p.docs[doc]; known {
		return nil
	}
	if strings.HasPrefix(doc, "https://") || strings.HasPrefix(doc, "http://") {
		in, err := fetch(doc)
		in.Name = doc
		p.docs[doc] = []policy.Input{in}
		return err
	}
	path := filepath.FromSlash(doc)
	if !filepath.IsAbs(path) {
		path = filepath.Join(filepath.Dir(file), path)
	}
	if _, err := os.Stat(path); err != nil {
		return fmt.Errorf("%s: %w; check the path", path, bounded.Cause(err))
	}
	p.docs[doc] = []policy.Input{{Name: path}} // without Data: to be read
	return nil
}

// For returns the documents of an app; none where the app's own are to be looked for.
// A document that cannot be read is given with its error, so that the report says it.
func (p *Policies) For(file, pkg string) ([]policy.Input, error) {
	named := p.Named(file, pkg)
	if len(named) == 0 {
		return p.all, nil
	}
	var out []policy.Input
	for _, name := range named {
		docs, err := p.limits.Open(name)
		if fetched := p.docs[name]; len(fetched) == 1 && fetched[0].Data != nil {
			docs, err = fetched, nil
		}
		if err != nil {
			docs = []policy.Input{{Name: name, Err: err}}
		}
		out = append(out, docs...)
	}
	return out, nil
}

// Named lists the files, directories and addresses of an app's policy, as a command
// line can name them.
func (p *Policies) Named(file, pkg string) []string {
	var out []string
	for _, key := range []string{placeOf(file), filepath.Base(file), pkg} {
		for _, doc := range p.of[key] {
			if in := p.docs[doc]; len(in) == 1 && !slices.Contains(out, in[0].Name) {
				out = append(out, in[0].Name)
			}
		}
		if len(out) > 0 {
			return out
		}
	}
	return p.byName[pkg]
}

// maxUnused is how many rows a note lists.
const maxUnused = 5

// Unused says what of the map, or that nothing of the directory, is about any of the
// apps: a name that is spelt wrong would else pass for an app without a policy. "" for
// nothing.
func (p *Policies) Unused(apps []Row) string {
	known := map[string]bool{}
	for i := range apps {
		file := apps[i].Path()
		known[placeOf(file)], known[filepath.Base(file)], known[apps[i].Facts.Package] = true, true, true
	}
	if p.byName != nil {
		for pkg := range p.byName {
			if known[pkg] {
				return ""
			}
		}
		return fmt.Sprintf("%s: nothing there is named by a package of these apps; name policies PACKAGE.html, PACKAGE.pdf … or PACKAGE/", p.source)
	}
	var lines []string
	for _, r := range p.rows {
		if !known[r.app] && !known[placeOf(r.app)] {
			lines = append(lines, fmt.Sprintf("line %d (%s)", r.line, r.app))
		}
	}
	if len(lines) == 0 {
		return ""
	}
	listed := strings.Join(lines[:min(len(lines), maxUnused)], ", ")
	if len(lines) > maxUnused {
		listed += " …"
	}
	return fmt.Sprintf("%s: %d of %d rows name no app of this run: %s", p.source, len(lines), len(p.rows), listed)
}
