package report

import (
	"net/url"
	"path"
	"path/filepath"
	"strings"
)

// nameless stands where a file has no name that could be a uri.
const nameless = "unnamed"

// relativeURI makes a relative, percent-encoded uri of a file as it was given:
// relative to dir where it lies below it, else its base name, and never empty.
// A relative file is relative to dir already; of a web address the last part of
// its path is taken, or its host.
func relativeURI(dir, file string) string {
	if u, err := url.Parse(file); err == nil && (u.Scheme == "http" || u.Scheme == "https") {
		if base := path.Base(u.Path); base != "." && base != "/" {
			return escapeSegment(base)
		}
		return segmentOr(u.Hostname())
	}
	name := file
	if dir != "" {
		if !filepath.IsAbs(name) {
			name = filepath.Join(dir, name)
		}
		rel, err := filepath.Rel(dir, name)
		if err != nil {
			rel = filepath.Base(name)
		}
		name = rel
	}
	name = path.Clean(filepath.ToSlash(name))
	if path.IsAbs(name) || name == ".." || strings.HasPrefix(name, "../") {
		name = path.Base(path.Clean(filepath.ToSlash(file)))
	}
	if file == "" || name == "." || name == "/" || name == ".." {
		return segmentOr("")
	}
	var out []string
	for _, seg := range strings.Split(name, "/") {
		out = append(out, escapeSegment(seg))
	}
	return strings.Join(out, "/")
}

func segmentOr(s string) string {
	if s == "" {
		return nameless
	}
	return escapeSegment(s)
}

// escapeSegment percent-encodes every byte but RFC 3986's unreserved ones.
func escapeSegment(s string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.IndexByte("-._~", c) >= 0:
			b.WriteByte(c)
		default:
			b.WriteByte('%')
			b.WriteByte(hex[c>>4])
			b.WriteByte(hex[c&15])
		}
	}
	return b.String()
}
