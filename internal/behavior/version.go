package behavior

import (
	"bytes"
	"context"
	"path"
	"regexp"
	"slices"
	"strings"

	"apkaudit/internal/apk"
	"apkaudit/internal/audit"
	"apkaudit/internal/rules"
)

// Limits of what is read to find versions.
const (
	maxVersionText   = 4 << 10 // of a text entry
	maxVersionNative = 8 << 20 // of a native library
	maxVersionFiles  = 8       // entries that one place may match
	maxVersionTries  = 16      // places of one native library
	maxVersionLength = 40
)

// versionSyntax is what a version may look like. Apps lie and build tools fail:
// "unspecified", "${version}" and "task ':core:writeVersionFile' …" all occur.
var versionSyntax = regexp.MustCompile(`^[vVrR]?[0-9]+([.+_-]?[0-9A-Za-z]+)*$`)

// versionOf returns the version that a text begins with, behind one word at most
// ("android 5.5.8" of the WeChat SDK), "" for none.
func versionOf(text string) string {
	words := strings.FieldsFunc(text[:min(len(text), maxVersionText)], func(r rune) bool { return strings.ContainsRune(" \t\r\n\"';,()", r) })
	for _, w := range words[:min(len(words), 2)] {
		if len(w) <= maxVersionLength && versionSyntax.MatchString(w) {
			return w
		}
		if strings.ContainsAny(w, "0123456789") {
			break
		}
	}
	return ""
}

// versions finds out versions, of found SDKs alone: only what their signatures
// ask for is looked at, and only as long as nothing was found.
type versions struct {
	ctx     context.Context
	set     *rules.Set
	app     *apk.App
	classes *superIndex
	own     *owners
	general map[int][]string // by SDK: what version files say that no signature asks for
}

// fill states the version of an SDK, the i-th of the set, whose code is there, or
// whose native library says it.
func (v *versions) fill(s *audit.SDK, i int) {
	for _, text := range v.set.SDKs[i].Version {
		place, err := rules.ParseVersion(text)
		native := place.Kind == rules.VersionNative && slices.ContainsFunc(s.Evidence, func(e audit.SDKEvidence) bool { return e.Kind == audit.EvidenceNativeLib })
		if err != nil || !native && !v.own.present[i] {
			continue
		}
		if s.Version = v.at(place); s.Version != "" {
			return
		}
	}
	if v.own.present[i] {
		s.Version = v.generally(i)
	}
}

// at reads one place.
func (v *versions) at(p rules.VersionPlace) string {
	switch p.Kind {
	case rules.VersionField, rules.VersionMethod:
		d, class := v.classes.find("L" + strings.ReplaceAll(p.What, ".", "/") + ";")
		if d == nil {
			return ""
		}
		read := d.StaticString
		if p.Kind == rules.VersionMethod {
			read = d.ReturnedString
		}
		text, _ := read(class, p.Name)
		return versionOf(text)
	case rules.VersionFile:
		for _, e := range entriesLike(v.app, p.What) {
			if text := v.file(e); text != "" {
				return text
			}
		}
	case rules.VersionMetaData:
		for _, m := range v.app.MetaData {
			if text := versionOf(m.Value); m.Name == p.What && text != "" {
				return text
			}
		}
	case rules.VersionNative:
		return v.native(p.What, p.Name)
	}
	return ""
}

// entriesLike lists the first entries that fit a pattern, split by split.
func entriesLike(app *apk.App, pattern string) []string {
	literal := pattern
	if n := strings.IndexAny(pattern, `*?[\`); n >= 0 {
		literal = pattern[:n]
	}
	var out []string
	for _, prefix := range app.Prefixes() {
		for _, e := range entriesBelow(app, prefix+literal) {
			if len(out) == maxVersionFiles {
				return out
			}
			if ok, err := path.Match(pattern, app.Inside(e)); ok && err == nil {
				out = append(out, e)
			}
		}
	}
	return out
}

// entriesBelow lists the entries that begin so. Entries are sorted.
func entriesBelow(app *apk.App, literal string) []string {
	from, _ := slices.BinarySearch(app.Entries, literal)
	n := from
	for n < len(app.Entries) && strings.HasPrefix(app.Entries[n], literal) {
		n++
	}
	return app.Entries[from:n]
}

// file reads the version out of a text entry: the value of version in a file of
// properties, else its first line.
func (v *versions) file(entry string) string {
	text, err := v.app.ReadHead(v.ctx, entry, maxVersionText)
	if err != nil {
		return ""
	}
	first := ""
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if value, ok := strings.CutPrefix(line, "version="); ok {
			return versionOf(value)
		}
		if first == "" {
			first = line
		}
	}
	return versionOf(first)
}

// native reads what follows a text in a native library, of one ABI.
func (v *versions) native(lib, prefix string) string {
	for _, l := range v.app.NativeLibs {
		if ok, err := path.Match(lib, l.Name); !ok || err != nil || len(l.ABIs) == 0 {
			continue
		}
		data, err := v.app.ReadHead(v.ctx, v.app.Library(preferred(l.ABIs), l.Name), maxVersionNative)
		if err != nil {
			continue
		}
		for range maxVersionTries {
			n := bytes.Index(data, []byte(prefix))
			if n < 0 {
				break
			}
			data = data[n+len(prefix):]
			if text := versionOf(leadingVersion(data)); text != "" {
				return text
			}
		}
	}
	return ""
}

// preferred is the ABI that is read of a library: that of most phones, else the
// first.
func preferred(abis []string) string {
	for _, abi := range []string{"arm64-v8a", "armeabi-v7a", "x86_64", "x86"} {
		if slices.Contains(abis, abi) {
			return abi
		}
	}
	return abis[0]
}

// leadingVersion cuts at the first byte that no version has.
func leadingVersion(b []byte) string {
	b = b[:min(len(b), maxVersionLength+1)]
	n := bytes.IndexFunc(b, func(r rune) bool {
		return !(r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || strings.ContainsRune(".+_-", r))
	})
	if n >= 0 {
		b = b[:n]
	}
	return strings.TrimRight(string(b), ".+_-")
}

// Files in which build tools write the version of a library, whose names hold its
// group: META-INF/androidx.core_core.version and
// META-INF/maven/com.foo/bar/pom.properties.
const (
	metaInf      = "META-INF/"
	versionFile  = ".version"
	mavenFolder  = metaInf + "maven/"
	mavenVersion = "/pom.properties"
)

// generally returns the version that such files say of a present SDK of which one
// prefix is just the group: androidx.tracing says nothing of androidx as a whole.
// Where several disagree none is given.
func (v *versions) generally(i int) string {
	if v.general == nil {
		v.general = map[int][]string{}
		for _, prefix := range v.app.Prefixes() {
			for _, e := range entriesBelow(v.app, prefix+metaInf) {
				if leaf, ok := v.own.index.leaf[groupOf(e[len(prefix):])]; ok {
					sdk := v.own.index.prefixes[leaf].sdk
					v.general[sdk] = append(v.general[sdk], e)
				}
			}
		}
	}
	version := ""
	for n, e := range v.general[i] {
		text := v.file(e)
		if n == maxVersionFiles || text == "" || version != "" && text != version {
			return ""
		}
		version = text
	}
	return version
}

// groupOf is the group that the name of a version file holds, "" for other files.
func groupOf(entry string) string {
	if rest, ok := strings.CutPrefix(entry, mavenFolder); ok {
		if group, ok := strings.CutSuffix(rest, mavenVersion); ok {
			return path.Dir(group)
		}
		return ""
	}
	name, ok := strings.CutSuffix(strings.TrimPrefix(entry, metaInf), versionFile)
	if !ok || strings.Contains(name, "/") {
		return ""
	}
	group, _, _ := strings.Cut(name, "_")
	return group
}
