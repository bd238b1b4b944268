package behavior

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"apkaudit/internal/apk"
	"apkaudit/internal/audit"
	"apkaudit/internal/bounded"
	"apkaudit/internal/rules"
)

// Limits of what is read to find versions. One that is met is told where the version stays
// unknown.
const (
	maxVersionText   = 4 << 10 // of a text entry
	maxVersionNative = 8 << 20 // of a native library
	maxVersionFiles  = 8       // entries that one place may match
	maxVersionTries  = 16      // places of one native library
)

// maxVersionLength is part of what a version is: a longer text is none.
const maxVersionLength = 40

// versionSyntax is what a version may look like. Apps lie and build tools fail:
// "unspecified", "${version}" and "task ':core:writeVersionFile' …" all occur.
var versionSyntax = regexp.MustCompile(`^[vVrR]?[0-9]+([.+_-]?[0-9A-Za-z]+)*$`)

// versionOf returns the version that a text begins with, behind one word at most
// ("android 5.5.8" of the WeChat SDK), "" for none: one behind thousands of characters is
// none that the text begins with.
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
	met     map[string]int   // limits that were met in search of the version at hand
	cuts    map[string]int   // those of SDKs whose version stayed unknown
}

// gaps tells of the limits that were met.
func (v *versions) gaps() []audit.Gap {
	return limitGaps("versions of SDKs", v.cuts, audit.Text{
		ZH: "可能有 SDK 的版本未能确定，而应用中本有说明。",
		EN: "The version of an SDK may be unknown although the app states it.",
	})
}

// cut notes a limit that was met in search of the version at hand.
func (v *versions) cut(limit string, value int) {
	if v.met == nil {
		v.met = map[string]int{}
	}
	v.met[limit] = value
}

// fill states the version of an SDK, the i-th of the set, whose code is there, or
// whose native library says it.
func (v *versions) fill(s *audit.SDK, i int) {
	clear(v.met)
	defer func() {
		if s.Version == "" && len(v.met) > 0 {
			if v.cuts == nil {
				v.cuts = map[string]int{}
			}
			maps.Copy(v.cuts, v.met)
		}
	}()
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
		for _, e := range v.entriesLike(p.What) {
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
func (v *versions) entriesLike(pattern string) []string {
	literal := pattern
	if n := strings.IndexAny(pattern, `*?[\`); n >= 0 {
		literal = pattern[:n]
	}
	var out []string
	for _, prefix := range v.app.Prefixes() {
		for _, e := range entriesBelow(v.app, prefix+literal) {
			if ok, err := path.Match(pattern, v.app.Inside(e)); !ok || err != nil {
				continue
			}
			if len(out) == maxVersionFiles {
				v.cut("max-version-files", maxVersionFiles)
				return out
			}
			out = append(out, e)
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
	text, short := v.head(entry, "max-version-text", maxVersionText)
	first := ""
	for line := range strings.Lines(string(text)) {
		if short && !strings.HasSuffix(line, "\n") {
			line = line[:max(0, len(line)-maxVersionLength)] // a version may end in the middle of it
		}
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

// head reads the first bytes of an entry, none where it cannot be read; short tells that
// there are more.
func (v *versions) head(entry, limit string, most int) (data []byte, short bool) {
	data, err := v.app.ReadHead(v.ctx, entry, int64(most)+1)
	var full *bounded.LimitError
	if errors.As(err, &full) {
		v.cut(full.Limit, int(full.Value))
	}
	if err != nil {
		return nil, false
	}
	if len(data) > most {
		v.cut(limit, most)
		return data[:most], true
	}
	return data, false
}

// native reads what follows a text in a native library, of one ABI.
func (v *versions) native(lib, prefix string) string {
	for _, l := range v.app.NativeLibs {
		if ok, err := path.Match(lib, l.Name); !ok || err != nil || len(l.ABIs) == 0 {
			continue
		}
		data, short := v.head(v.app.Library(preferred(l.ABIs), l.Name), "max-version-native", maxVersionNative)
		for tries := 0; ; tries++ {
			n := bytes.Index(data, []byte(prefix))
			if n < 0 {
				break
			}
			if tries == maxVersionTries {
				v.cut("max-version-tries", maxVersionTries)
				break
			}
			if data = data[n+len(prefix):]; short && len(data) <= maxVersionLength {
				break // a version may end behind what was read
			}
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
		if n == maxVersionFiles {
			v.cut("max-version-files", maxVersionFiles)
			return ""
		}
		text := v.file(e)
		if text == "" || version != "" && text != version {
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
