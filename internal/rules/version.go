package rules

import (
	"fmt"
	"path"
	"regexp"
	"strings"
)

// Kinds of places at which an app states the version of an SDK.
const (
	VersionField    = "field"     // static String field Name of class What
	VersionMethod   = "method"    // method Name of class What, without arguments
	VersionFile     = "file"      // text of the entries that match the pattern What
	VersionMetaData = "meta_data" // value of the key What
	VersionNative   = "native"    // what follows the text Name in a native library that matches What
)

// VersionPlace is one place of SDK.Version, taken apart.
type VersionPlace struct{ Kind, What, Name string }

// ParseVersion reads one place of SDK.Version: field:CLASS.NAME,
// method:CLASS.NAME, file:PATH, meta_data:KEY or native:LIB:PREFIX. In PATH and
// LIB "*" stands for any run of characters but "/".
func ParseVersion(place string) (VersionPlace, error) {
	kind, rest, _ := strings.Cut(place, ":")
	v := VersionPlace{Kind: kind, What: rest}
	switch kind {
	case VersionField, VersionMethod:
		dot := strings.LastIndexByte(rest, '.')
		if dot < 0 || !prefixSyntax.MatchString(rest) {
			return v, fmt.Errorf("%s: is followed by a class and a name, com.foo.Bar.NAME, not by %q", kind, rest)
		}
		v.What, v.Name = rest[:dot], rest[dot+1:]
	case VersionFile:
		if !entryPattern(rest) {
			return v, fmt.Errorf("file: is followed by the path of an entry, META-INF/foo.version, not by %q", rest)
		}
	case VersionMetaData:
		if !metaDataKey.MatchString(rest) {
			return v, fmt.Errorf("meta_data: is followed by a key without blanks, not by %q", rest)
		}
	case VersionNative:
		v.What, v.Name, _ = strings.Cut(rest, ":")
		if !entryPattern(v.What) || strings.Contains(v.What, "/") || !strings.HasSuffix(v.What, ".so") {
			return v, fmt.Errorf("native: is followed by a library, libfoo.so, not by %q", v.What)
		}
		if len(v.Name) < minNativePrefix {
			return v, fmt.Errorf("native:%s: needs at least %d characters that stand before the version, not %q", v.What, minNativePrefix, v.Name)
		}
	default:
		return v, fmt.Errorf("a version is written field:, method:, file:, meta_data: or native:, not %q", place)
	}
	return v, nil
}

// minNativePrefix keeps accidental matches out of machine code.
const minNativePrefix = 4

var metaDataKey = regexp.MustCompile(`^\S+$`)

// entryPattern tells whether a pattern can match an entry of an archive.
func entryPattern(p string) bool {
	_, err := path.Match(p, "")
	return err == nil && p != "" && p[0] != '/' && path.Clean(p) == p && !strings.Contains(p, "..")
}
