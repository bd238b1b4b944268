// Package rules loads the knowledge of signatures/ and of users' overlay
// directories: strict decoding, cross-checks with file and line, one merged and
// indexed Set with its digests.
//
// It does not look at apps or policies and does not decide anything.
package rules

import (
	"bytes"
	"compress/gzip"
	"encoding/gob"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"apkaudit/internal/audit"
	"apkaudit/internal/bounded"
	"apkaudit/signatures"
)

// MaxFileBytes bounds one YAML file of an overlay.
const MaxFileBytes = 8 << 20

// The folders of a rules directory. An overlay may hold any of them.
const (
	dirDataTypes   = "datatypes"
	dirAPIs        = "apis"
	dirSDKs        = "sdks"
	dirPermissions = "permissions"
	dirChecks      = "checks"
	dirPhrases     = "phrases"
	dirTopics      = "topics"
	fileConsumers  = "consumers.yaml" // in dirAPIs
	filesNeeds     = "needs_"         // in dirPermissions, followed by the area
	fileImplied    = "implied.yaml"   // in dirPermissions
	fileElsewhere  = "elsewhere.yaml" // in dirPermissions
	fileGuarded    = "guarded.yaml"   // in dirPermissions
	fileRequests   = "requests.yaml"  // in dirPermissions
	fileStartup    = "startup.yaml"
	fileObserved   = "observations.yaml"
	fileClauses    = "clauses.yaml"
	fileCategories = "categories.yaml"
	fileProperties = "properties.yaml"
	fileGrading    = "grading.yaml"
	fileMeasured   = "measured.yaml"
)

// Error is a fault in a rules file.
type Error struct {
	File string
	Line int // 0 where unknown
	Msg  string
}

func (e *Error) Error() string {
	if e.Line == 0 {
		return e.File + ": " + e.Msg
	}
	return e.File + ":" + strconv.Itoa(e.Line) + ": " + e.Msg
}

// Load returns the built-in knowledge, merged with the given overlay
// directories in their order. An entry of an overlay replaces the entry of the
// same id; phrases are added to.
func Load(overlays ...string) (*Set, error) {
	return load(bytes.NewReader(signatures.Compiled), overlays)
}

// LoadFull is Load with examples, notes and proofs, which only authors and those who
// look something up need. It takes twice the time.
func LoadFull(overlays ...string) (*Set, error) {
	form, err := gzip.NewReader(bytes.NewReader(signatures.Full))
	if err != nil {
		return nil, fmt.Errorf("built-in signatures: %w", err)
	}
	return load(form, overlays)
}

func load(form io.Reader, overlays []string) (*Set, error) {
	src, sums, err := readCompiled(form)
	if err != nil {
		return nil, fmt.Errorf("built-in signatures: %w", err)
	}
	if len(overlays) == 0 {
		return newSet(src, sums), nil // checked when it was compiled
	}
	files := &origin{}
	for _, dir := range overlays {
		over, where, err := readOverlay(dir)
		if err != nil {
			return nil, err
		}
		src.merge(over)
		files.add(where)
	}
	if err := crossCheck(src, files); err != nil {
		return nil, err
	}
	return newSet(src, src.digests()), nil
}

// Digests returns what Digest and AnalysisDigest of the Set of Load(overlays...) return.
// Without overlays no rule is read for it.
func Digests(overlays ...string) (rules, analysis string, err error) {
	if len(overlays) == 0 {
		sums, err := readDigests(gob.NewDecoder(bytes.NewReader(signatures.Compiled)))
		return sums.Rules, sums.Analysis, err
	}
	set, err := Load(overlays...)
	if err != nil {
		return "", "", err
	}
	return set.Digest(), set.AnalysisDigest(), nil
}

// readOverlay reads a directory of rules of the user's.
func readOverlay(dir string) (*Source, *origin, error) {
	info, err := os.Stat(dir)
	if err != nil {
		return nil, nil, fmt.Errorf("rules directory %s: %w; check the path", dir, bounded.Cause(err))
	}
	if !info.IsDir() {
		return nil, nil, fmt.Errorf("rules directory %s is not a directory; give the folder that holds %s/, %s/ …", dir, dirSDKs, dirAPIs)
	}
	return ReadSource(os.DirFS(dir), dir)
}

// LoadSource returns the knowledge of the YAML files in fsys; name stands before file
// names in errors.
func LoadSource(fsys fs.FS, name string) (*Set, error) {
	src, files, err := ReadSource(fsys, name)
	if err != nil {
		return nil, err
	}
	if err := crossCheck(src, files); err != nil {
		return nil, err
	}
	return newSet(src, src.digests()), nil
}

// Compile returns two forms of the set for embedding: that from which programs start,
// without what has no place in JSON (examples, notes and proofs), and the full one, which
// is compressed, being twice as large and not what every start reads. Each is a stream of
// two gob values, digests and Source: the digests cost more to make than all of it to
// read, and some ask for nothing else.
func (s *Set) Compile() (compact, full []byte, err error) {
	text, err := json.Marshal(s.Source)
	if err != nil {
		return nil, nil, err
	}
	var less Source
	if err := json.Unmarshal(text, &less); err != nil {
		return nil, nil, err
	}
	var small, packed bytes.Buffer
	if err := encode(&small, s.digests, less); err != nil {
		return nil, nil, err
	}
	w, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		return nil, nil, err
	}
	if err := encode(w, s.digests, s.Source); err != nil {
		return nil, nil, err
	}
	err = w.Close()
	return small.Bytes(), packed.Bytes(), err
}

func encode(w io.Writer, sums digests, src Source) error {
	e := gob.NewEncoder(w)
	if err := e.Encode(sums); err != nil {
		return err
	}
	return e.Encode(src)
}

func readDigests(d *gob.Decoder) (digests, error) {
	var sums digests
	err := d.Decode(&sums)
	return sums, err
}

func readCompiled(form io.Reader) (*Source, digests, error) {
	d := gob.NewDecoder(form)
	sums, err := readDigests(d)
	if err != nil {
		return nil, sums, err
	}
	src := &Source{}
	if err := d.Decode(src); err != nil {
		return nil, sums, err
	}
	for i := range src.Checks { // an empty list is no list in this form
		if k := &src.Checks[i]; k.Clauses == nil {
			k.Clauses = []string{}
		}
	}
	return src, sums, nil
}

// ReadSource decodes the rules files below fsys; name stands before file names
// in errors. Ids are not yet checked against each other.
func ReadSource(fsys fs.FS, name string) (*Source, *origin, error) {
	r := &sourceReader{fsys: fsys, name: name, src: &Source{}, files: &origin{}}
	steps := []struct {
		dir  string
		read func(file string) error
	}{
		{dirDataTypes, func(f string) error {
			return readList(r, f, "types", &r.src.DataTypes, func(t DataType) string { return t.ID })
		}},
		{dirAPIs, func(f string) error {
			return readAPIs(r, f)
		}},
		{dirPermissions, func(f string) error {
			return readPermissions(r, f)
		}},
		{dirPhrases, func(f string) error {
			return readList(r, f, "phrases", &r.src.Phrases, func(p Phrases) string { return p.ID })
		}},
		{dirTopics, func(f string) error {
			return readList(r, f, "topics", &r.src.Topics, func(t Topic) string { return t.ID })
		}},
		{dirSDKs, func(f string) error {
			return readOne(r, f, &r.src.SDKs, func(s SDK) string { return s.ID })
		}},
		{dirChecks, func(f string) error { return readCheck(r, f) }},
	}
	for _, step := range steps {
		entries, err := fs.ReadDir(fsys, step.dir)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %w", name, err)
		}
		for _, e := range entries { // sorted by name
			if e.IsDir() || path.Ext(e.Name()) != ".yaml" {
				continue
			}
			if err := step.read(path.Join(step.dir, e.Name())); err != nil {
				return nil, nil, err
			}
		}
	}
	for _, one := range []struct {
		file string
		read func(file string) error
	}{
		{fileClauses, func(f string) error {
			return readList(r, f, "clauses", &r.src.Clauses, func(c Clause) string { return c.ID })
		}},
		{fileCategories, func(f string) error { return readList(r, f, "categories", &r.src.Categories, categoryID) }},
		{fileProperties, func(f string) error { return readList(r, f, "properties", &r.src.Properties, propertyID) }},
		{fileGrading, func(f string) error { return readList(r, f, "grading", &r.src.Grading, gradeID) }},
		{fileStartup, func(f string) error { return readList(r, f, "startup", &r.src.Startup, startID) }},
		{fileObserved, func(f string) error { return readList(r, f, "observations", &r.src.Observed, observedID) }},
		{fileMeasured, func(f string) error { return readList(r, f, "measured", &r.src.Measured, measuredID) }},
	} {
		if _, err := fs.Stat(fsys, one.file); err != nil {
			continue
		}
		if err := one.read(one.file); err != nil {
			return nil, nil, err
		}
	}
	return r.src, r.files, nil
}

type sourceReader struct {
	fsys  fs.FS
	name  string
	src   *Source
	files *origin
}

// readList decodes a file whose one key holds a list.
func readList[T any](r *sourceReader, file, key string, into *[]T, id func(T) string) error {
	doc := map[string][]T{}
	if err := r.decode(file, &doc); err != nil {
		return err
	}
	for k := range doc {
		if k != key {
			return &Error{File: path.Join(r.name, file), Msg: fmt.Sprintf("unknown key %q; the file holds one list under %q", k, key)}
		}
	}
	for _, x := range doc[key] {
		if err := r.files.put(kindOf(x), id(x), r, file); err != nil {
			return err
		}
		*into = append(*into, x)
	}
	return nil
}

// readAPIs reads a file of behaviours, or the one of consumers or of scripts. A
// behaviour that states no kind collects.
func readAPIs(r *sourceReader, file string) error {
	switch path.Base(file) {
	case fileConsumers:
		return readList(r, file, "consumers", &r.src.Consumers, func(c Consumer) string { return c.Method })
	case fileScripts:
		return readList(r, file, "scripts", &r.src.Scripts, scriptID)
	}
	from := len(r.src.Behaviours)
	if err := readList(r, file, "behaviours", &r.src.Behaviours, func(b Behaviour) string { return b.ID }); err != nil {
		return err
	}
	for i := from; i < len(r.src.Behaviours); i++ {
		if b := &r.src.Behaviours[i]; b.Kind == "" {
			b.Kind = audit.KindCollect
		}
	}
	return nil
}

// readCheck reads a check. One that names nothing it rests on is a rule of its
// author's own, one that names no profile belongs to all.
func readCheck(r *sourceReader, file string) error {
	from := len(r.src.Checks)
	if err := readOne(r, file, &r.src.Checks, func(c Check) string { return c.ID }); err != nil {
		return err
	}
	for i := from; i < len(r.src.Checks); i++ {
		c := &r.src.Checks[i]
		if c.Basis == "" {
			c.Basis = audit.BasisQuality
		}
		if len(c.Profiles) == 0 {
			c.Profiles = slices.Clone(named)
		}
	}
	return nil
}

// readPermissions reads a file of permissions, or one of those beside them that say
// what needs them.
func readPermissions(r *sourceReader, file string) error {
	switch name := path.Base(file); {
	case strings.HasPrefix(name, filesNeeds):
		return readList(r, file, "needs", &r.src.Needs, needID)
	case name == fileImplied:
		return readList(r, file, "implied", &r.src.Implied, Implied.id)
	case name == fileElsewhere:
		return readList(r, file, "elsewhere", &r.src.Elsewhere, elsewhereID)
	case name == fileGuarded:
		return readList(r, file, "guarded", &r.src.Guarded, guardedID)
	case name == fileRequests:
		return readList(r, file, "requests", &r.src.Requests, requestID)
	}
	return readList(r, file, "permissions", &r.src.Permissions, func(p Permission) string { return p.Name })
}

// readOne decodes a file that is one entry, named after its id.
func readOne[T any](r *sourceReader, file string, into *[]T, id func(T) string) error {
	var doc T
	if err := r.decode(file, &doc); err != nil {
		return err
	}
	if base := path.Base(file); base != id(doc)+".yaml" {
		return &Error{File: path.Join(r.name, file), Line: 1, Msg: fmt.Sprintf("the file of id %q must be named %s.yaml", id(doc), id(doc))}
	}
	if err := r.files.put(kindOf(doc), id(doc), r, file); err != nil {
		return err
	}
	*into = append(*into, doc)
	return nil
}

var (
	yamlLine     = regexp.MustCompile(`(?s)^(?:yaml: )?line (\d+): (.*)$`)
	yamlNotFound = regexp.MustCompile(`^field (.+) not found in type .*$`)
)

// decode reads one YAML document strictly; faults become Errors with a line.
func (r *sourceReader) decode(file string, into any) error {
	shown := path.Join(r.name, file)
	data, err := r.read(file)
	if err != nil {
		return &Error{File: shown, Msg: err.Error()}
	}
	d := yaml.NewDecoder(bytes.NewReader(data))
	d.KnownFields(true)
	err = d.Decode(into)
	switch {
	case err == io.EOF:
		return &Error{File: shown, Msg: "the file is empty"}
	case err != nil:
		msg := err.Error()
		var te *yaml.TypeError
		if errors.As(err, &te) && len(te.Errors) > 0 {
			msg = te.Errors[0]
		}
		line := 0
		if m := yamlLine.FindStringSubmatch(msg); m != nil {
			line, _ = strconv.Atoi(m[1])
			msg = m[2]
		}
		if m := yamlNotFound.FindStringSubmatch(msg); m != nil {
			msg = "unknown key " + strconv.Quote(m[1])
		}
		return &Error{File: shown, Line: line, Msg: msg}
	}
	if err := d.Decode(&yaml.Node{}); err != io.EOF {
		return &Error{File: shown, Msg: "only one YAML document is read from a file; remove the second one"}
	}
	return nil
}

func (r *sourceReader) read(file string) ([]byte, error) {
	f, err := r.fsys.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return bounded.ReadFull(f, "max-rules-file-bytes", MaxFileBytes, file)
}

// merge puts the entries of over in place of those with the same id.
func (s *Source) merge(over *Source) {
	s.DataTypes = replace(s.DataTypes, over.DataTypes, func(t DataType) string { return t.ID })
	s.Behaviours = replace(s.Behaviours, over.Behaviours, func(b Behaviour) string { return b.ID })
	s.Consumers = replace(s.Consumers, over.Consumers, func(c Consumer) string { return c.Method })
	s.Scripts = replace(s.Scripts, over.Scripts, scriptID)
	s.SDKs = replace(s.SDKs, over.SDKs, func(k SDK) string { return k.ID })
	s.Permissions = replace(s.Permissions, over.Permissions, func(p Permission) string { return p.Name })
	s.Needs = replace(s.Needs, over.Needs, needID)
	s.Implied = replace(s.Implied, over.Implied, Implied.id)
	s.Elsewhere = replace(s.Elsewhere, over.Elsewhere, elsewhereID)
	s.Guarded = replace(s.Guarded, over.Guarded, guardedID)
	s.Requests = replace(s.Requests, over.Requests, requestID)
	s.Startup = replace(s.Startup, over.Startup, startID)
	s.Observed = replace(s.Observed, over.Observed, observedID)
	s.Checks = replace(s.Checks, over.Checks, func(c Check) string { return c.ID })
	s.Categories = replace(s.Categories, over.Categories, categoryID)
	s.Properties = replace(s.Properties, over.Properties, propertyID)
	s.Grading = replace(s.Grading, over.Grading, gradeID)
	s.Topics = replace(s.Topics, over.Topics, func(t Topic) string { return t.ID })
	s.Clauses = replace(s.Clauses, over.Clauses, func(c Clause) string { return c.ID })
	s.Measured = replace(s.Measured, over.Measured, measuredID)
	for _, p := range over.Phrases {
		if i := slices.IndexFunc(s.Phrases, func(q Phrases) bool { return q.ID == p.ID }); i >= 0 {
			s.Phrases[i].ZH = append(s.Phrases[i].ZH, p.ZH...)
			s.Phrases[i].EN = append(s.Phrases[i].EN, p.EN...)
		} else {
			s.Phrases = append(s.Phrases, p)
		}
	}
}

func replace[T any](base, over []T, id func(T) string) []T {
	at := make(map[string]int, len(base))
	for i, x := range base {
		at[id(x)] = i
	}
	for _, x := range over {
		if i, ok := at[id(x)]; ok {
			base[i] = x
		} else {
			at[id(x)] = len(base)
			base = append(base, x)
		}
	}
	return base
}
